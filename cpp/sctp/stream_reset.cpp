#include "cpp/sctp/stream_reset.h"

#include <algorithm>
#include <utility>

namespace rtc::sctp {
namespace {
// As many as fit into the smallest packet allowed, along with a response.
constexpr size_t kMaxStreamsPerRequest = 200;
constexpr size_t kMaxPendingResponses = 8;
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
    wanted_.insert(streams.begin(), streams.end());
    return;
  }
  for (const StreamId stream : streams)
    queue_.endReset(stream, false);
  events.push_back(StreamResetFailed{{streams.begin(), streams.end()}});
}

// RFC 6525 lets the peer answer "In progress" until it has everything up to our last TSN. Some
// peers reset at once instead, so while something is known to be missing there the request waits.
bool StreamReset::ready(StreamId stream) const {
  if (!queue_.drained(stream))
    return false;
  const auto lastTsn = queue_.lastTsn(stream);
  return !lastTsn || *lastTsn <= outgoing_.cumulativeAck() || !outgoing_.lossKnown();
}

bool StreamReset::requestPossible() const {
  return !request_ &&
         std::any_of(wanted_.begin(), wanted_.end(), [&](StreamId s) { return ready(s); });
}

void StreamReset::makeRequest() {
  OutgoingResetRequest request;
  request.requestNumber = nextRequestNumber_++;
  request.responseNumber = peerNextRequest_ - 1;
  request.lastAssignedTsn = outgoing_.nextTsn().previous().wire();
  for (auto it = wanted_.begin();
       it != wanted_.end() && request.streams.size() < kMaxStreamsPerRequest;) {
    if (ready(*it)) {
      request.streams.push_back(*it);
      it = wanted_.erase(it);
    } else {
      ++it;
    }
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
  reassembly_.resetStreams(request.streams);
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
