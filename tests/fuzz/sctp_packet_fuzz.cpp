// Packet, chunk and parameter parsers on anything.

#include <cstdlib>

#include "cpp/sctp/chunk_data.h"
#include "cpp/sctp/chunk_forward_tsn.h"
#include "cpp/sctp/chunk_i_data.h"
#include "cpp/sctp/chunk_i_forward_tsn.h"
#include "cpp/sctp/chunk_init.h"
#include "cpp/sctp/chunk_reconfig.h"
#include "cpp/sctp/chunk_sack.h"
#include "cpp/sctp/error_cause.h"
#include "cpp/sctp/packet.h"

using namespace rtc;
using namespace rtc::sctp;

namespace {

void parseValue(uint8_t flags, ByteSpan value) {
  (void)DataChunk::parse(flags, value);
  (void)IDataChunk::parse(flags, value);
  (void)IForwardTsnChunk::parse(value);
  (void)SackChunk::parse(value);
  (void)ForwardTsnChunk::parse(value);
  (void)OutgoingResetRequest::parse(value);
  (void)ReConfigResponse::parse(value);
  (void)firstCause(value);
  if (const auto init = InitChunk::parse(value)) {
    // What was understood survives being written and read.
    const auto again = InitChunk::parse(init->encode());
    if (!again || again->tag != init->tag || !(again->extensions == init->extensions))
      std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteSpan input(data, size);
  (void)parsePacket(input);
  (void)parsePacket(input, Checksum::kZero);
  parseValue(0, input);
  ChunkIterator chunks(input);
  while (const auto chunk = chunks.next())
    parseValue(chunk->flags, chunk->value);
  return 0;
}
