#include "cpp/sctp/send_queue.h"

#include <algorithm>
#include <memory>

namespace rtc::sctp {
namespace {

using Turn = StreamScheduler::Turn;

// What a chunk takes beside its payload, for the scheduler's reckoning.
constexpr size_t kChunkCost = 20;
// Where messages are not interleaved, one that has begun holds up all others while its source is
// slow. So it begins when it is there as a whole, or so much of it; and as much is asked for ahead
// of it until its end: reading may then take the time in which that leaves.
constexpr size_t kReadAhead = 4 * MessageSupply::kPiece;
// So many of them are read ahead at once, waiting for their turn or for their sources.
constexpr size_t kMostReadAhead = 8;

void step(Mid& mid) {
  mid = Mid(mid.value() + 1);
}

}  // namespace

void SendQueue::add(OutgoingMessage message) {
  const StreamId id = message.stream;
  Stream& stream = streams_[id];
  stream.buffered += message.size();
  buffered_ += message.size();
  const auto added = std::make_shared<OutgoingMessage>(std::move(message));
  if (added->supply)
    sources_[added->supply->source()] = added;
  stream.messages.push_back(added);
  if (stream.messages.size() == 1)
    scheduler_.activate(id);
}

MessageRef SendQueue::messageOf(SourceId source) const {
  const auto it = sources_.find(source);
  return it == sources_.end() ? nullptr : it->second.lock();
}

void SendQueue::supply(SourceId source, size_t offset, Bytes bytes) {
  const MessageRef message = messageOf(source);
  if (!message || message->abandoned || !message->supply->supply(offset, std::move(bytes)))
    return;
  if (!starved_.contains(message->stream) || isStarved(*message))
    return;
  starved_.erase(message->stream);
  const bool hasTurn = scheduler_.isHeld() && scheduler_.current() == message->stream;
  if (!hasTurn)
    scheduler_.activate(message->stream);
}

std::vector<SourceId> SendQueue::takeReleased() {
  std::vector<SourceId> released;
  for (auto it = sources_.begin(); it != sources_.end();) {
    if (it->second.expired()) {
      released.push_back(it->first);
      it = sources_.erase(it);
    } else {
      ++it;
    }
  }
  return released;
}

// Asks for what comes next, and says whether there is too little of it yet.
bool SendQueue::isStarved(OutgoingMessage& message) {
  MessageSupply& supply = *message.supply;
  const bool isFirst = !supply.begun();
  const size_t ahead = rules_.interleaving ? MessageSupply::kPiece : kReadAhead;
  while (const auto want = supply.want(message.cut, ahead))
    wanted_.push_back({supply.source(), *want});
  if (isFirst)
    noteBegun(message);
  const bool mustBeAhead = !rules_.interleaving && message.cut == 0;
  return mustBeAhead ? !supply.caughtUp() : !supply.piece();
}

Fragment SendQueue::cut(OutgoingMessage& message, const MessageRef& ref, size_t length) {
  const bool begin = message.cut == 0;
  Fragment fragment{ref,
                    nullptr,
                    static_cast<uint32_t>(message.cut),
                    static_cast<uint32_t>(length),
                    Fsn(message.fragments++),
                    begin,
                    false,
                    false};
  if (message.supply) {
    fragment.piece = message.supply->piece();
    fragment.offset = static_cast<uint32_t>(message.supply->cutOfPiece());
    message.supply->cut(length);
  }
  message.cut += length;
  fragment.end = message.wholeCut();
  return fragment;
}

std::optional<Fragment> SendQueue::produce(const Room& room, TsnIndex tsn, Timestamp now) {
  while (!scheduler_.empty()) {
    const StreamId id = scheduler_.current();
    Stream& stream = streams_[id];
    const MessageRef message = stream.messages.front();
    const bool begin = message->cut == 0;

    if (message->expiresAt <= now && (begin || rules_.partialReliability)) {
      message->abandoned = true;
      const bool isCounted = SendQueue::isCounted(*message);
      dropFront(stream);
      starved_.erase(id);
      scheduler_.served(0, message->weight, stream.messages.empty() ? Turn::kLast : Turn::kOver);
      if (isCounted)
        endBegun(*message);
      if (begin)
        continue;
      stream.lastTsn = tsn;
      return placeholderFor(message);
    }
    if (begin && message->size() > room.most && !isCounted(*message) && !mayBegin(*message)) {
      scheduler_.remove(id);
      waiting_.push_back(id);
      continue;
    }
    size_t left = message->size() - message->cut;
    if (message->supply) {
      if (isStarved(*message)) {
        starved_.insert(id);
        if (isHeldUp())
          return std::nullopt;
        scheduler_.remove(id);
        continue;
      }
      // A fragment lies within one piece.
      left = message->supply->piece()->size() - message->supply->cutOfPiece();
    }
    // What fits into one chunk is not torn apart to fill a packet.
    if (room.here < left && (left <= room.most || room.here < room.least))
      return std::nullopt;

    if (begin)
      numberMessage(stream, *message);
    Fragment fragment = cut(*message, message, std::min(left, room.here));
    const size_t length = fragment.length;
    if (begin && !fragment.end && !message->supply)
      noteBegun(*message);
    stream.lastTsn = tsn;
    take(stream, *message, message->cut);
    Turn turn = rules_.interleaving ? Turn::kOver : Turn::kGoesOn;
    if (fragment.end) {
      popFront(stream);
      turn = stream.messages.empty() ? Turn::kLast : Turn::kOver;
    }
    scheduler_.served(length + kChunkCost, message->weight, turn);
    if (fragment.end && (!begin || message->supply))
      endBegun(*message);
    return fragment;
  }
  return std::nullopt;
}

Fragment SendQueue::placeholderFor(const MessageRef& message) {
  return {message, nullptr, 0, 0, Fsn(message->fragments), false, true, true};
}

// RFC 8260 section 2.1: ordered and unordered messages are counted apart.
void SendQueue::numberMessage(Stream& stream, OutgoingMessage& message) {
  Mid& next = message.ordered ? stream.nextOrdered : stream.nextUnordered;
  message.mid = next;
  step(next);
}

bool SendQueue::mayBegin(const OutgoingMessage& message) const {
  if (!countsWhenBegun(message) || begun_.empty())
    return true;
  if (!rules_.interleaving)
    return begun_.size() < kMostReadAhead;
  const size_t size = message.size();
  const size_t largest = std::max(size, *begun_.rbegin());
  return begunBytes_ + size - largest <= rules_.begunLimit;
}

void SendQueue::noteBegun(const OutgoingMessage& message) {
  if (!countsWhenBegun(message))
    return;
  begun_.insert(message.size());
  begunBytes_ += message.size();
}

// What was begun is cut to its end or given up: others may begin, and may have the next turn.
void SendQueue::endBegun(const OutgoingMessage& message) {
  if (!countsWhenBegun(message))
    return;
  begunBytes_ -= message.size();
  begun_.erase(begun_.find(message.size()));
  // Those that turn out not to fit all at once will wait again.
  while (!waiting_.empty()) {
    const auto it = streams_.find(waiting_.front());
    if (it != streams_.end() && !it->second.messages.empty()) {
      if (!mayBegin(*it->second.messages.front()))
        break;
      scheduler_.activate(waiting_.front());
    }
    waiting_.pop_front();
  }
}

bool SendQueue::discardRest(const MessageRef& message, TsnIndex tsn) {
  message->abandoned = true;
  if (message->wholeCut())
    return false;
  // Only the front of a stream can be partly cut.
  const auto it = streams_.find(message->stream);
  if (it == streams_.end() || it->second.messages.empty() ||
      it->second.messages.front() != message) {
    return false;
  }
  const bool begun = message->cut > 0;
  const bool counted = isCounted(*message);
  if (begun)
    it->second.lastTsn = tsn;
  forgetStream(message->stream);
  dropFront(it->second);
  if (!it->second.messages.empty())
    scheduler_.activate(message->stream);
  if (counted)
    endBegun(*message);
  return begun;
}

void SendQueue::forgetStream(StreamId stream) {
  scheduler_.remove(stream);
  starved_.erase(stream);
  waiting_.removeIf([&](StreamId waiting) { return waiting == stream; });
}

size_t SendQueue::buffered(StreamId stream) const {
  const auto it = streams_.find(stream);
  return it == streams_.end() ? 0 : it->second.buffered;
}

void SendQueue::endReset(StreamId stream, bool performed) {
  const auto it = streams_.find(stream);
  if (it == streams_.end())
    return;
  it->second.resetting = false;
  if (performed) {
    it->second.nextOrdered = it->second.nextUnordered = Mid(0);
    it->second.lastTsn.reset();
  }
}

bool SendQueue::resetting(StreamId stream) const {
  const auto it = streams_.find(stream);
  return it != streams_.end() && it->second.resetting;
}

bool SendQueue::drained(StreamId stream) const {
  const auto it = streams_.find(stream);
  return it == streams_.end() || it->second.messages.empty();
}

std::optional<TsnIndex> SendQueue::lastTsn(StreamId stream) const {
  const auto it = streams_.find(stream);
  return it == streams_.end() ? std::nullopt : it->second.lastTsn;
}

void SendQueue::dropStreamsFrom(uint16_t firstInvalid) {
  for (const StreamId id : streamsWithMessages()) {
    if (id.value() < firstInvalid)
      continue;
    Stream& stream = streams_[id];
    const MessageRef front = stream.messages.front();
    const bool counted = isCounted(*front);
    while (!stream.messages.empty())
      dropFront(stream);
    forgetStream(id);
    if (counted)
      endBegun(*front);
  }
}

// The order of a hash table is no order to send in, nor to show.
std::set<StreamId> SendQueue::streamsWithMessages() const {
  std::set<StreamId> ids;
  for (const auto& [id, stream] : streams_) {
    if (!stream.messages.empty())
      ids.insert(id);
  }
  return ids;
}

void SendQueue::reset() {
  streams_.clear();
  scheduler_.clear();
  begun_.clear();
  begunBytes_ = 0;
  waiting_.clear();
  starved_.clear();
  wanted_.clear();
  sources_.clear();
  buffered_ = 0;
  taken_.clear();
  drained_.clear();
}

void SendQueue::restart(const std::vector<MessageRef>& again) {
  for (auto message = again.rbegin(); message != again.rend(); ++message)
    streams_[(*message)->stream].messages.push_front(*message);
  for (auto& [id, stream] : streams_) {
    stream.nextOrdered = stream.nextUnordered = Mid(0);
    stream.lastTsn.reset();
    stream.resetting = false;
    for (const MessageRef& message : stream.messages)
      message->startOver();
  }
  drained_.clear();
  scheduler_.clear();
  begun_.clear();
  begunBytes_ = 0;
  waiting_.clear();
  starved_.clear();
  wanted_.clear();
  for (const StreamId id : streamsWithMessages())
    scheduler_.activate(id);
}

void SendQueue::take(Stream& stream, OutgoingMessage& message, size_t end) {
  if (end <= message.counted)
    return;
  const size_t bytes = end - std::exchange(message.counted, end);
  stream.buffered -= bytes;
  buffered_ -= bytes;
  if (!taken_.empty() && taken_.back().stream == message.stream &&
      taken_.back().ppid == message.ppid) {
    taken_.back().bytes += bytes;
  } else {
    taken_.push_back({message.stream, message.ppid, bytes});
  }
}

void SendQueue::dropFront(Stream& stream) {
  OutgoingMessage& message = *stream.messages.front();
  take(stream, message, message.size());
  popFront(stream);
}

void SendQueue::popFront(Stream& stream) {
  const StreamId id = stream.messages.front()->stream;
  stream.messages.pop_front();
  if (stream.resetting && stream.messages.empty())
    drained_.push_back(id);
}

}  // namespace rtc::sctp
