#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/base/queue.h"
#include "cpp/base/time.h"
#include "cpp/sctp/chunk_reconfig.h"
#include "cpp/sctp/output.h"
#include "cpp/sctp/reassembly.h"
#include "cpp/sctp/received_tsns.h"
#include "cpp/sctp/retransmission_queue.h"
#include "cpp/sctp/send_queue.h"
#include "cpp/sctp/timer.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

/// Stream reset (RFC 6525) as data channels need it: our outgoing streams on request, the peer's
/// when it says so. Requests of other kinds are denied.
class StreamReset {
 public:
  struct Config {
    /// The peer knows RFC 6525.
    bool supported = false;
    uint16_t incomingStreams = 0;
  };

  /// Both ends number their requests from their initial TSN on (RFC 6525 section 4.1).
  StreamReset(const Config& config, Tsn localInitialTsn, Tsn peerInitialTsn, SendQueue& queue,
              RetransmissionQueue& outgoing, ReceivedTsns& received, Reassembly& reassembly);

  /// Streams whose queue is marked as resetting. They are named to the peer once they are drained.
  void want(std::span<const StreamId> streams, Queue<Output>& events);

  /// A RE-CONFIG chunk that is due, header included; the timer runs from then.
  std::optional<Bytes> takeChunk(Timestamp now, Duration rto);
  bool chunkDue() { return !responses_.empty() || requestDue_ || requestPossible(); }

  /// True when the peer answered our request, and so is alive.
  bool handle(ByteSpan chunkValue, Timestamp now, Duration rto, Queue<Output>& events);
  /// The cumulative TSN may have moved: what the peer asked for may now be possible.
  void receivedMore(Queue<Output>& events);

  Timestamp deadline() const { return timer_.deadline(); }
  /// True when a request went unanswered.
  bool handleTimeout(Timestamp now);

 private:
  void addDrained(StreamId stream);
  bool requestPossible();
  void makeRequest();
  void handleRequest(const OutgoingResetRequest& request, Queue<Output>& events);
  bool handleResponse(const ReConfigResponse& response, Timestamp now, Duration rto,
                      Queue<Output>& events);
  void deny(uint32_t requestNumber);
  bool perform(const OutgoingResetRequest& request, Queue<Output>& events);

  Config config_;
  SendQueue& queue_;
  RetransmissionQueue& outgoing_;
  ReceivedTsns& received_;
  Reassembly& reassembly_;

  // What is to be reset: streams on which something is queued, and the others by the TSN last used
  // on them, those without one first.
  std::set<StreamId> queued_;
  std::set<std::pair<TsnIndex, StreamId>> drained_;
  std::optional<OutgoingResetRequest> request_;
  bool requestDue_ = false;
  bool answeredInProgress_ = false;
  uint32_t nextRequestNumber_;
  Timer timer_;

  uint32_t peerNextRequest_;
  ReConfigResult lastResult_ = ReConfigResult::kNothingToDo;
  std::optional<OutgoingResetRequest> deferred_;
  std::vector<ReConfigResponse> responses_;
};

}  // namespace rtc::sctp
