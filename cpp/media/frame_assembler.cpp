#include "cpp/media/frame_assembler.h"

#include <algorithm>
#include <utility>

namespace rtc::media {
namespace {

// Beyond it the oldest losses are taken for final.
constexpr size_t kMaxDoneRanges = 256;

bool isVideo(payload::Format format) {
  return format != payload::Format::kAudio && format != payload::Format::kTelephoneEvent;
}

}  // namespace

void FrameAssembler::setCodecs(const std::vector<Codec>& codecs) {
  formats_.clear();
  for (const Codec& codec : codecs) {
    if (isVideo(codec.format))
      formats_[codec.payloadType] = {codec.format, payload::createDepacketizer(codec.format)};
  }
}

FrameAssembler::Insertion FrameAssembler::insert(rtp::Packet packet, rtp::SequenceIndex index,
                                                 Timestamp now) {
  if (floor_ && index < *floor_)
    return Insertion::kLate;
  if (doneRangeOf(index) || held_.contains(index))
    return Insertion::kDuplicate;
  Held held;
  const bool isPadding = packet.payload.empty();
  if (!isPadding) {
    const auto format = formats_.find(packet.payloadType);
    if (format == formats_.end())
      return Insertion::kUnknownPayloadType;
    auto header = format->second.depacketizer->inspect(packet.payload);
    if (!header)
      return Insertion::kMalformed;
    held.header = std::move(*header);
    held.format = format->second;
  }
  lowest_ = lowest_ ? std::min(*lowest_, index) : index;
  highest_ = highest_ ? std::max(*highest_, index) : index;
  if (isPadding) {
    markDone(index, {index, packet.timestamp});
    if (const auto next = held_.find(index.next()); next != held_.end())
      follow(next);
    return Insertion::kTaken;
  }

  Insertion result = Insertion::kTaken;
  const size_t cost = costOf(packet, held.header);
  if (held_.size() >= kMaxPackets || heldBytes_ + cost > kMaxBytes) {
    throwAwayHeld();
    dropBefore(index);
    result = Insertion::kOverflow;
  }
  heldBytes_ += cost;
  keyPackets_ += held.header.isKey ? 1 : 0;
  held.packet = std::move(packet);
  held.receivedAt = now;
  const auto it = held_.emplace(index, std::move(held)).first;
  const auto previous = held_.find(index.previous());
  if (previous != held_.end() && previous->second.isContinuous && isEnd(*previous))
    takeOut(previous);
  follow(it);
  return result;
}

std::optional<AssembledFrame> FrameAssembler::poll() {
  if (frames_.empty())
    return std::nullopt;
  AssembledFrame frame = std::move(frames_.front());
  frames_.pop_front();
  return frame;
}

// A picture group is a byte a picture in a payload, and a list of lists here.
size_t FrameAssembler::costOf(const rtp::Packet& packet, const payload::PayloadHeader& header) {
  constexpr size_t kPicture = sizeof(payload::PictureGroup::Picture) + 32;
  return packet.payload.size() +
         (header.pictureGroup ? header.pictureGroup->pictures.size() * kPicture : 0);
}

const FrameAssembler::Done* FrameAssembler::doneRangeOf(rtp::SequenceIndex index) const {
  auto it = done_.upper_bound(index);
  if (it == done_.begin())
    return nullptr;
  --it;
  return index <= it->second.last ? &it->second : nullptr;
}

bool FrameAssembler::isDone(rtp::SequenceIndex from, rtp::SequenceIndex to) const {
  if (from >= to)
    return true;
  const Done* range = doneRangeOf(from);
  return range && range->last >= to.previous();
}

bool FrameAssembler::hasHole() const {
  if (held_.empty())
    return false;
  const rtp::SequenceIndex begin = floor_.value_or(*lowest_);
  auto there = static_cast<int64_t>(held_.size());
  for (const auto& [first, done] : done_)
    there += done.last - std::max(first, begin) + 1;
  return there < *highest_ - begin + 1;
}

bool FrameAssembler::mayStart(const Packets::value_type& entry) const {
  const auto& [index, held] = entry;
  if (held.header.beginsFrame)
    return true;
  if (!held.header.mayBeginFrame)
    return false;
  if (const auto previous = held_.find(index.previous()); previous != held_.end()) {
    const rtp::Packet& before = previous->second.packet;
    return before.marker || previous->second.header.endsFrame ||
           before.timestamp != held.packet.timestamp;
  }
  const Done* range = doneRangeOf(index.previous());
  return range && range->padding != held.packet.timestamp;
}

bool FrameAssembler::continuesFrame(const Packets::value_type& entry) const {
  const auto previous = held_.find(entry.first.previous());
  if (previous == held_.end())
    return false;
  const Held& before = previous->second;
  const rtp::Packet& packet = entry.second.packet;
  return before.isContinuous && !before.packet.marker && !before.header.endsFrame &&
         before.packet.timestamp == packet.timestamp &&
         before.packet.payloadType == packet.payloadType;
}

bool FrameAssembler::isEnd(const Packets::value_type& entry) const {
  const auto& [index, held] = entry;
  if (held.packet.marker || held.header.endsFrame)
    return true;
  const auto next = held_.find(index.next());
  return next != held_.end() && next->second.packet.timestamp != held.packet.timestamp &&
         next->second.header.mayBeginFrame;
}

void FrameAssembler::follow(Packets::iterator it) {
  while (it != held_.end()) {
    if (it->second.isContinuous || !(continuesFrame(*it) || mayStart(*it)))
      return;
    it->second.isContinuous = true;
    const rtp::SequenceIndex next = it->first.next();
    if (isEnd(*it))
      takeOut(it);
    it = held_.find(next);
  }
}

void FrameAssembler::takeOut(Packets::iterator last) {
  auto first = last;
  while (continuesFrame(*first))
    --first;
  const auto end = std::next(last);
  std::vector<Held*> packets;
  std::vector<ByteSpan> payloads;
  for (auto it = first; it != end; ++it) {
    packets.push_back(&it->second);
    payloads.emplace_back(it->second.packet.payload);
  }
  AssembledFrame out;
  out.first = first->first;
  out.last = last->first;
  auto data = first->second.format.depacketizer->assemble(payloads);
  if (data) {
    out.frame.data = std::move(*data);
    describe(packets, out);
    frames_.push_back(std::move(out));
  }
  // What does not fit together is as done as any other frame; the gap shows that one is missing.
  const rtp::SequenceIndex begin = first->first;
  const rtp::SequenceIndex lastIndex = last->first;
  while (first != end)
    first = erase(first);
  if (data)
    markDone(begin, {lastIndex, std::nullopt});
}

void FrameAssembler::describe(const std::vector<Held*>& packets, AssembledFrame& out) const {
  const Held& first = *packets.front();
  out.format = first.format.format;
  out.header = first.header;
  out.packets = packets.size();
  out.firstPacketAt = out.completeAt = first.receivedAt;
  out.frame.timestamp = first.packet.timestamp;
  out.frame.payloadType = first.packet.payloadType;
  out.frame.csrcs = first.packet.csrcs;
  payload::VideoFrameInfo& video = out.frame.video;
  for (const Held* held : packets) {
    const payload::PayloadHeader& header = held->header;
    out.firstPacketAt = std::min(out.firstPacketAt, held->receivedAt);
    out.completeAt = std::max(out.completeAt, held->receivedAt);
    video.spatialLayer = std::max(video.spatialLayer, header.spatialLayer);
    if (header.width != 0) {
      video.width = header.width;
      video.height = header.height;
    }
    // Slices that need no other picture may stand behind parameter sets.
    if (out.format == payload::Format::kH264)
      out.header.isKey |= header.isKey;
    if (held != &first && header.mayBeginFrame) {
      out.header.references.insert(out.header.references.end(), header.references.begin(),
                                   header.references.end());
    }
  }
  video.isKey = out.header.isKey;
  video.temporalLayer = out.header.temporalLayer;
  video.isLayerSync = out.header.isLayerSync;
}

FrameAssembler::Packets::iterator FrameAssembler::erase(Packets::iterator it) {
  heldBytes_ -= costOf(it->second.packet, it->second.header);
  keyPackets_ -= it->second.header.isKey ? 1 : 0;
  return held_.erase(it);
}

void FrameAssembler::throwAwayHeld() {
  held_.clear();
  heldBytes_ = keyPackets_ = 0;
}

void FrameAssembler::markDone(rtp::SequenceIndex first, const Done& done) {
  const auto next = done_.upper_bound(first);
  auto it = done_.end();
  if (next != done_.begin() && std::prev(next)->second.last.next() == first) {
    it = std::prev(next);
    it->second = done;
  } else {
    it = done_.emplace_hint(next, first, done);
  }
  if (next != done_.end() && next->first == done.last.next()) {
    it->second = next->second;
    done_.erase(next);
  }
  if (done_.size() > kMaxDoneRanges)
    dropBefore(std::next(done_.begin())->first);
}

void FrameAssembler::dropBefore(rtp::SequenceIndex index) {
  if (floor_ && index <= *floor_)
    return;
  floor_ = index;
  for (auto it = held_.begin(); it != held_.end() && it->first < index;)
    it = erase(it);
  // The packet just before stays known, for the sake of the frame that begins behind it.
  const rtp::SequenceIndex keep = index.previous();
  while (!done_.empty() && done_.begin()->first < keep) {
    const Done range = done_.begin()->second;
    done_.erase(done_.begin());
    if (range.last >= keep)
      done_.emplace(keep, range);
  }
}

void FrameAssembler::reset() {
  throwAwayHeld();
  done_.clear();
  frames_.clear();
  floor_.reset();
  lowest_.reset();
  highest_.reset();
}

}  // namespace rtc::media
