#include "cpp/sctp/stream_reset.h"

#include <algorithm>
#include <utility>

namespace rtc::sctp {
namespace {
// As many as fit into the smallest packet allowed, along with a response.
constexpr size_t kMaxStreamsPerRequest = 200;
// A chunk has two requests at most, and a new one comes when they are answered (section 5.1).
constexpr size_t kMaxPendingResponses = 2;
}  // namespace

StreamReset::StreamReset(const Config& config, Tsn localInitialTsn, Tsn peerInitialTsn,
                         SendQueue& queue, RetransmissionQueue& outgoing, ReceivedTsns& received,
                         Reassembly& reassembly)
    : config_(config),
      queue_(queue),
      outgoing_(outgoing),
      received_(received),
      reassembly_(reassembly),
      nextRequestNumber_(localInitialTsn.value()),
      peerNextRequest_(peerInitialTsn.value()) {}

void StreamReset::want(std::span<const StreamId> streams, Queue<Output>& events) {
  if (config_.supported) {
    for (const StreamId stream : streams) {
      if (queue_.drained(stream)) {
        addDrained(stream);
      } else {
        queued_.insert(stream);
      }
    }
    return;
  }
  for (const StreamId stream : streams)
    queue_.endReset(stream, false);
  events.push_back(StreamResetFailed{{streams.begin(), streams.end()}});
}

// Nothing more is sent on it until it is reset.
void StreamReset::addDrained(StreamId stream) {
  drained_.emplace(queue_.lastTsn(stream).value_or(TsnIndex()), stream);
}

// RFC 6525 lets the peer answer "In progress" until it has everything up to our last TSN. Some
// peers reset at once instead, so while something is known to be missing there the request waits.
bool StreamReset::requestPossible() {
  for (const StreamId stream : queue_.takeDrained()) {
    if (queued_.erase(stream) > 0)
      addDrained(stream);
  }
  return !request_ && !drained_.empty() &&
         (drained_.begin()->first <= outgoing_.cumulativeAck() || !outgoing_.lossKnown());
}

void StreamReset::makeRequest() {
  OutgoingResetRequest request;
  request.requestNumber = nextRequestNumber_++;
  request.responseNumber = peerNextRequest_ - 1;
  request.lastAssignedTsn = outgoing_.nextTsn().previous().wire();
  while (requestPossible() && request.streams.size() < kMaxStreamsPerRequest) {
    request.streams.push_back(drained_.begin()->second);
    drained_.erase(drained_.begin());
  }
  outgoing_.markStreamReset();
  request_ = std::move(request);
  requestDue_ = true;
}

std::optional<Bytes> StreamReset::takeChunk(Timestamp now, Duration rto) {
  if (requestPossible())
    makeRequest();
  // Section 3.1: a chunk holds one request, one response, or one of each; two responses too.
  ByteWriter value;
  if (!responses_.empty()) {
    responses_.front().writeTo(value);
    responses_.erase(responses_.begin());
  }
  if (requestDue_) {
    requestDue_ = false;
    answeredInProgress_ = false;
    request_->writeTo(value);
    timer_.start(now, rto);
  }
  if (value.size() == 0)
    return std::nullopt;
  return encodeChunk(ChunkType::kReConfig, 0, value.view());
}

bool StreamReset::handle(ByteSpan chunkValue, Timestamp now, Duration rto, Queue<Output>& events) {
  bool answered = false;
  ParameterIterator parameters(chunkValue);
  while (const auto parameter = parameters.next()) {
    switch (static_cast<ReConfigParameter>(parameter->type)) {
      case ReConfigParameter::kOutgoingSsnReset:
        if (const auto request = OutgoingResetRequest::parse(parameter->value)) {
          handleRequest(*request, events);
        }
        break;
      case ReConfigParameter::kResponse:
        if (const auto response = ReConfigResponse::parse(parameter->value)) {
          answered = handleResponse(*response, now, rto, events) || answered;
        }
        break;
      case ReConfigParameter::kIncomingSsnReset:
      case ReConfigParameter::kSsnTsnReset:
      case ReConfigParameter::kAddOutgoingStreams:
      case ReConfigParameter::kAddIncomingStreams:
        if (const auto number = ByteReader(parameter->value).u32())
          deny(*number);
        break;
      default:
        break;
    }
  }
  return answered;
}

// RFC 6525 section 5.2.2, numbers as in section 5.2.1.
void StreamReset::handleRequest(const OutgoingResetRequest& request, Queue<Output>& events) {
  if (responses_.size() >= kMaxPendingResponses)
    return;
  if (request.requestNumber == peerNextRequest_ - 1) {
    responses_.push_back({request.requestNumber, lastResult_});
    return;
  }
  if (request.requestNumber != peerNextRequest_) {
    responses_.push_back({request.requestNumber, ReConfigResult::kBadSequenceNumber});
    return;
  }
  ++peerNextRequest_;
  deferred_.reset();
  const bool known =
      std::all_of(request.streams.begin(), request.streams.end(),
                  [&](StreamId stream) { return stream.value() < config_.incomingStreams; });
  if (!known) {
    lastResult_ = ReConfigResult::kWrongSsn;
  } else if (perform(request, events)) {
    lastResult_ = ReConfigResult::kPerformed;
  } else {
    lastResult_ = ReConfigResult::kInProgress;
    deferred_ = request;
  }
  responses_.push_back({request.requestNumber, lastResult_});
}

bool StreamReset::perform(const OutgoingResetRequest& request, Queue<Output>& events) {
  if (received_.index(request.lastAssignedTsn) > received_.cumulative())
    return false;
  std::vector<IncomingMessage> givenUp;
  reassembly_.resetStreams(request.streams, givenUp);
  for (const IncomingMessage& message : givenUp)
    events.push_back(Received{message.stream, message.ppid, {}, message.ordered, message.part});
  events.push_back(IncomingStreamsReset{request.streams});
  return true;
}

void StreamReset::receivedMore(Queue<Output>& events) {
  if (!deferred_ || !perform(*deferred_, events))
    return;
  // Unasked, but it saves the peer the wait for its own timer.
  lastResult_ = ReConfigResult::kPerformed;
  responses_.push_back({deferred_->requestNumber, lastResult_});
  deferred_.reset();
}

void StreamReset::deny(uint32_t requestNumber) {
  if (responses_.size() >= kMaxPendingResponses)
    return;
  if (requestNumber == peerNextRequest_) {
    ++peerNextRequest_;
    deferred_.reset();
    lastResult_ = ReConfigResult::kDenied;
  } else if (requestNumber != peerNextRequest_ - 1) {
    responses_.push_back({requestNumber, ReConfigResult::kBadSequenceNumber});
    return;
  }
  responses_.push_back({requestNumber, lastResult_});
}

bool StreamReset::handleResponse(const ReConfigResponse& response, Timestamp now, Duration rto,
                                 Queue<Output>& events) {
  if (!request_ || response.responseNumber != request_->requestNumber)
    return false;
  switch (response.result) {
    case ReConfigResult::kInProgress:
    case ReConfigResult::kRequestInProgress:
      // Asked again when the timer expires, with the same number.
      answeredInProgress_ = true;
      timer_.start(now, rto);
      return true;
    case ReConfigResult::kPerformed:
    case ReConfigResult::kNothingToDo:
      for (const StreamId stream : request_->streams)
        queue_.endReset(stream, true);
      events.push_back(OutgoingStreamsReset{std::move(request_->streams)});
      break;
    default:
      for (const StreamId stream : request_->streams)
        queue_.endReset(stream, false);
      events.push_back(StreamResetFailed{std::move(request_->streams)});
      break;
  }
  request_.reset();
  requestDue_ = false;
  timer_.stop();
  return true;
}

bool StreamReset::handleTimeout(Timestamp now) {
  if (!timer_.expire(now) || !request_)
    return false;
  requestDue_ = true;
  return !answeredInProgress_;
}

}  // namespace rtc::sctp
