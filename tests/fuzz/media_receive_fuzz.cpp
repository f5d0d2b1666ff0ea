// A stream whose packets come in any order, with any numbers and times: what is counted and what is
// asked for stays within bounds. Each step is six bytes: how, sequence number, time, timestamp.

#include <cstdlib>

#include "cpp/media/nack_requester.h"
#include "cpp/media/receive_statistics.h"

using namespace rtc;
using namespace rtc::media;

namespace {

void require(bool condition) {
  if (!condition)
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ByteReader input(ByteSpan(data, size));
  ReceiveStatistics statistics;
  NackRequester nacks;
  Timestamp now = Timestamp::milliseconds(1);
  uint64_t packets = 0;
  while (input.remaining() >= 6) {
    const uint8_t how = *input.u8();
    rtp::Packet packet;
    packet.sequenceNumber = rtp::SequenceNumber(*input.u16());
    now = now + Duration::milliseconds(*input.u8());
    packet.timestamp = rtp::RtpTime(static_cast<uint32_t>(*input.u16()) << ((how >> 4) & 15));
    const bool isRetransmission = (how & 1) != 0;
    nacks.received(packet.sequenceNumber, isRetransmission, (how & 2) != 0, now);
    if (isRetransmission)
      statistics.recovered(packet, now);
    else
      statistics.received(packet, (how & 4) != 0 ? 48000 : 90000, now);
    ++packets;
    if ((how & 8) != 0)
      nacks.forgetUpTo(
          rtp::SequenceNumber(static_cast<uint16_t>(packet.sequenceNumber.value() - 3)));
    require(nacks.missing() <= NackRequester::kMaxMissing);
    require(statistics.packetsLost() >= 0 && statistics.jitter() >= 0);
    size_t asked = 0;
    for (auto batch = nacks.poll(now); !batch.empty(); batch = nacks.poll(now))
      asked += batch.size();
    require(asked <= NackRequester::kMaxMissing);
    require(nacks.deadline() > now);
    if ((how & 12) == 12) {
      if (const auto block = statistics.takeReportBlock(now))
        require(block->cumulativeLost >= 0);
    }
  }
  require(statistics.counters().packetsReceived == packets);
  // Whatever is missing is asked for or given up in the end.
  for (int i = 0; i < 20'000 && !nacks.deadline().isNever(); ++i) {
    now = nacks.deadline();
    while (!nacks.poll(now).empty()) {
    }
  }
  require(nacks.missing() == 0);
  return 0;
}
