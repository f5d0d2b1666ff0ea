#pragma once

// The language of datachannel_pair_fuzz.cpp: a program begins with the six bytes of `Setup`, and
// goes on with instructions, each a byte and its operands. What is missing at the end is zeros.
// simulate_whole --record writes programs in it.

#include <array>
#include <cstdint>

#include "cpp/base/bytes.h"

namespace rtc::fuzz {

enum class Instruction : uint8_t {
  kOpen,        // who, options, value, length of label
  kNegotiated,  // options, value, id: both ends open it
  kSend,        // who, channel, size, count
  kSendFrom,    // who, channel, size: a message that is asked for while it is sent
  kSupply,      // who, what: give (even) or give up (odd)
  kDeliver,     // who sent it, count
  kLose,        // who sent it, which
  kDuplicate,   // who sent it, which
  kReorder,     // who sent it, which: it becomes the last
  kCorrupt,     // who sent it, which, where, how
  kReplay,      // who sent it, which of those that were delivered
  kForge,       // victim, manner, chunks, each a type, flags, length, value
  kForgeRaw,    // victim, manner, length, bytes of chunks
  kWait,        // how long, without a timer that came in time
  kRun,         // how long, over a good network
  kClose,       // who, channel
  kRestart,     // who: another association under the same channels
  kLimit,       // who, which, value
  kEnd,         // who, shutdown, abort, or silence
  kCount,
};

/// Chosen by the highest values of an instruction's byte, lest what programs of before mean
/// changes.
inline constexpr uint8_t kFirstLater = 0xe0;
enum class Later : uint8_t {
  kForgeMessage,  // victim, stream, kind, length, bytes: in a chunk of its own, where it is due
  kForgeRequest,  // victim, type, number, TSN, count of streams, streams: RFC 6525's
  kForgeBegun,    // victim, count: messages that begin and do not end
  kMisuse,        // who, what: refused, whatever the state
  kCount,
};

/// Named by their place in front of a program.
enum class Setup : uint8_t { kFlags, kWindow, kMessage, kBuffer, kPacket, kStreams, kCount };

/// Of `Setup::kFlags`; the first four for either end, a bit each.
inline constexpr uint8_t kInterleavingA = 1, kInterleavingB = 2, kChecksumA = 4, kChecksumB = 8,
                         kBothConnect = 16, kKnowsInit = 32, kStartsConnected = 64;

/// The high bits of `Setup::kStreams`: both ends have opened channels before they know their roles.
inline constexpr uint8_t kOpensEarly = 0xf0;

/// Of the manner of a forged packet.
inline constexpr uint8_t kNear = 1, kZeroTag = 2, kWrongTag = 4;

/// Sizes of messages, by the low bits of an operand. The last two are the largest that is agreed
/// on, and one more.
inline constexpr std::array<uint32_t, 14> kSizes = {0,    1,    7,    8,     12,    100,    1000,
                                                    1170, 1300, 5000, 20000, 65536, 270000, 0};

inline Bytes instruction(Instruction what, std::initializer_list<uint8_t> operands) {
  Bytes bytes{static_cast<uint8_t>(what)};
  bytes.insert(bytes.end(), operands);
  return bytes;
}

}  // namespace rtc::fuzz
