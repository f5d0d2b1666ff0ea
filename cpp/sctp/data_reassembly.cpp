#include "cpp/sctp/data_reassembly.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace rtc::sctp {

Status<ReassemblyError> DataReassembly::add(TsnIndex tsn, const DataChunk& chunk,
                                            size_t maxMessageSize,
                                            std::vector<IncomingMessage>& out) {
  const size_t size = chunk.payload.size();
  if (size > maxMessageSize)
    return fail(ReassemblyError::kTooLarge);
  Run run;
  run.last = tsn;
  run.stream = chunk.stream;
  run.ssn = chunk.ssn;
  run.ppid = chunk.ppid;
  run.unordered = chunk.unordered;
  run.begins = chunk.begin;
  run.ends = chunk.end;

  if (run.begins && run.ends) {
    complete(run, toBytes(chunk.payload), out);
    return Done{};
  }

  // Find the runs on both sides. What cannot be one message with this fragment is left alone: a
  // message that ends without its last fragment was abandoned, and FORWARD TSN will say so.
  auto after = runs_.upper_bound(tsn);
  auto before = runs_.end();
  if (!run.begins && after != runs_.begin()) {
    const auto candidate = std::prev(after);
    if (candidate->second.last.next() == tsn && !candidate->second.ends &&
        sameMessage(candidate->second, run)) {
      before = candidate;
    }
  }
  const bool joinsAfter = !run.ends && after != runs_.end() && after->first == tsn.next() &&
                          !after->second.begins && sameMessage(run, after->second);

  bytes_ += size;
  Runs::iterator it;
  if (before != runs_.end()) {
    it = before;
    Run& target = it->second;
    if (bytes_ > MessagePieces::kLittle)
      target.pieces.growByLittle();
    target.pieces.append(chunk.payload);
    target.last = tsn;
    target.ends = run.ends;
  } else {
    if (bytes_ > MessagePieces::kLittle)
      run.pieces.growByLittle();
    run.pieces.append(chunk.payload);
    it = runs_.emplace_hint(after, tsn, std::move(run));
    // The one before it waits for what was lost.
    if (it != runs_.begin())
      std::prev(it)->second.pieces.settle();
  }
  if (joinsAfter) {
    Run& target = it->second;
    Run& tail = after->second;
    target.last = tail.last;
    target.ends = tail.ends;
    target.pieces.append(std::move(tail.pieces));
    runs_.erase(after);
  }
  Run& whole = it->second;
  if (whole.size() > maxMessageSize)
    return fail(ReassemblyError::kTooLarge);
  if (whole.begins && whole.ends) {
    Run finished = std::move(whole);
    runs_.erase(it);
    bytes_ -= finished.pieces.size();
    if (finished.handedOver > 0) {
      finishParts(std::move(finished), out);
    } else {
      complete(finished, finished.pieces.take(), out);
    }
    return Done{};
  }
  if (whole.begins && whole.pieces.isLong() && isNext(whole)) {
    while (whole.pieces.isLong()) {
      Bytes piece = whole.pieces.takeFront();
      bytes_ -= piece.size();
      handOver(whole, std::move(piece), MessagePart::Kind::kMore, out);
    }
  }
  return Done{};
}

// Whether nothing has to be delivered before it.
bool DataReassembly::isNext(const Run& run) {
  if (run.unordered)
    return true;
  Stream& stream = streams_[run.stream];
  return MessageIndex::near(stream.next, run.ssn) == stream.next;
}

void DataReassembly::handOver(Run& run, Bytes piece, MessagePart::Kind kind,
                              std::vector<IncomingMessage>& out) {
  if (run.handedOver == 0)
    run.part = PartId(nextPart_++);
  const size_t offset = run.handedOver;
  run.handedOver += piece.size();
  handedOver_ += piece.size();
  out.push_back({run.stream, run.ppid, std::move(piece), !run.unordered,
                 MessagePart{run.part, offset, kind}});
}

void DataReassembly::finishParts(Run run, std::vector<IncomingMessage>& out) {
  handOver(run, run.pieces.take(), MessagePart::Kind::kLast, out);
  handedOver_ -= run.handedOver;
  if (run.unordered)
    return;
  Stream& stream = streams_[run.stream];
  stream.next = stream.next.next();
  deliverReady(stream, out);
}

void DataReassembly::dropFirst(std::vector<IncomingMessage>& out) {
  Run& run = runs_.begin()->second;
  bytes_ -= run.pieces.size();
  if (run.handedOver > 0)
    handOver(run, {}, MessagePart::Kind::kGivenUp, out);
  handedOver_ -= run.handedOver;
  runs_.erase(runs_.begin());
}

void DataReassembly::complete(const Run& run, Bytes payload, std::vector<IncomingMessage>& out) {
  IncomingMessage message{run.stream, run.ppid, std::move(payload), !run.unordered};
  if (run.unordered) {
    out.push_back(std::move(message));
    return;
  }
  Stream& stream = streams_[run.stream];
  const MessageIndex index = MessageIndex::near(stream.next, run.ssn);
  if (index == stream.next) {
    stream.next = index.next();
    out.push_back(std::move(message));
    deliverReady(stream, out);
  } else if (index > stream.next) {
    const size_t size = message.payload.size();
    MessagePieces::settle(message.payload);
    if (stream.waiting.emplace(index, std::move(message)).second) {
      bytes_ += size;
      ++waiting_;
    }
  }
  // A sequence number that was passed already belongs to a message that was skipped, or to a peer
  // that breaks the rules; either way it is late.
}

void DataReassembly::deliverReady(Stream& stream, std::vector<IncomingMessage>& out) {
  auto it = stream.waiting.begin();
  while (it != stream.waiting.end() && it->first == stream.next) {
    bytes_ -= it->second.payload.size();
    --waiting_;
    out.push_back(std::move(it->second));
    stream.next = stream.next.next();
    it = stream.waiting.erase(it);
  }
}

void DataReassembly::forward(TsnIndex newCumulative,
                             std::span<const ForwardTsnChunk::Skipped> skipped,
                             std::vector<IncomingMessage>& out) {
  while (!runs_.empty() && runs_.begin()->first <= newCumulative)
    dropFirst(out);
  // The end of a message whose beginning was just skipped.
  if (!runs_.empty() && runs_.begin()->first == newCumulative.next() &&
      !runs_.begin()->second.begins) {
    dropFirst(out);
  }
  for (const ForwardTsnChunk::Skipped& entry : skipped) {
    Stream& stream = streams_[entry.stream];
    const MessageIndex last = MessageIndex::near(stream.next, entry.ssn);
    if (last < stream.next)
      continue;
    auto it = stream.waiting.begin();
    while (it != stream.waiting.end() && it->first <= last) {
      bytes_ -= it->second.payload.size();
      --waiting_;
      out.push_back(std::move(it->second));
      it = stream.waiting.erase(it);
    }
    stream.next = last.next();
    deliverReady(stream, out);
  }
}

void DataReassembly::resetStreams(std::span<const StreamId> streams) {
  const auto drop = [&](const Stream& stream) {
    for (const auto& [index, message] : stream.waiting)
      bytes_ -= message.payload.size();
    waiting_ -= stream.waiting.size();
  };
  // What is not there is at zero.
  if (streams.empty()) {
    for (const auto& [id, stream] : streams_)
      drop(stream);
    std::unordered_map<StreamId, Stream>().swap(streams_);  // with its buckets
  }
  for (const StreamId id : streams) {
    const auto it = streams_.find(id);
    if (it == streams_.end())
      continue;
    drop(it->second);
    streams_.erase(it);
  }
}

}  // namespace rtc::sctp
