#pragma once

// The language of call_peers_fuzz.cpp: a program begins with a byte of options (and another one,
// where it says so), and goes on with instructions, each a byte and its operands; the lowest bit of
// the first operand is whose call it is. What is missing at the end is zeros. simulate_whole
// --record writes programs in it.

#include <cstdint>
#include <initializer_list>

#include "cpp/base/bytes.h"

namespace rtc::fuzz {

enum class Call : uint8_t {
  kCreateOffer,   // who and options
  kCreateAnswer,  // who
  kSetLocal,      // who: without arguments
  kSetLocalTo,    // who, type, which of those that were created (0: empty)
  kSetRemote,     // who: the description that the other end has set
  kSetRemoteTo,   // who, type, which of all that were set, damage: choices until a zero
  kRollback,      // who, and whether as a remote description
  kCandidates,    // who gets what the other end has gathered
  kCandidate,     // who, shape, place, bytes of text with their number in front
  kNegotiate,     // who offers: a whole exchange
  kTransceiver,   // who, kind and direction, shape
  kChange,        // who, which transceiver, what, value
  kDataChannel,   // who, options, value, id
  kSend,          // who, channel, size
  kCloseChannel,  // who, channel
  kFrame,         // who, transceiver, size
  kRestartIce,    // who
  kConfigure,     // who, servers and policy
  kPool,          // who, size
  kInterface,     // who, lose (odd) or bring back
  kTime,          // how much
  kWeather,       // of whose datagrams, how many, what becomes of them, where
  kReplay,        // to whom, which of those that went by, where it is changed, how
  kInject,        // to whom, from where, bytes with their number in front
  kStats,         // who
  kClose,         // who, and 0x5a, lest most programs end early
  kCount,

  kFirstLate = 0xe0,
  kSendAs = kFirstLate,  // who, channel, size, shape: text, empty, asked for, asked for and kept
  kSupply,               // who, which of what is wanted, how
  kTone,                 // who, transceiver, which, how long
  kWish,                 // who, transceiver, what, value
  kSpeak,                // who, transceiver, how many frames, of what size
  kPrefer,               // who, transceiver, what, value
  kInspect,              // who
  kSetRemoteOddly,       // who: as kSetRemote, but for one thing; which; which of these
  kServers,              // who, which, policy
  kServer,               // (who), what becomes of it, or of those who answer streams
  kStream,               // who, which, what happens to it, bytes with their number in front
  kTell,                 // whom, of which candidate, port
  kResolved,             // to whom, which, how many addresses
  kLateEnd,
};

/// Bytes below `kFirstLate` mean what they have always meant.
inline Call callOf(uint8_t byte) {
  constexpr auto kFirst = static_cast<uint8_t>(Call::kFirstLate);
  constexpr auto kEnd = static_cast<uint8_t>(Call::kLateEnd);
  if (byte < kFirst)
    return static_cast<Call>(byte % static_cast<uint8_t>(Call::kCount));
  return static_cast<Call>(kFirst + (byte - kFirst) % (kEnd - kFirst));
}

/// Of the first byte.
inline constexpr uint8_t kMaxBundle = 1, kMaxCompat = 2, kAlwaysData = 4, kAnnouncesInit = 8,
                         kStartsNegotiated = 16, kStartsWithMedia = 32, kHasServer = 64,
                         kHasMoreOptions = 128;

/// Of the second, which is there with `kHasMoreOptions`. Certificates are given, or made when they
/// are needed: by a pool that the peers share, where one has been prepared, and which may use the
/// embedding's key pairs, or have no randomness for another. The second peer may have no media.
inline constexpr uint8_t kMakesCertificates = 1, kSharesPool = 2, kHasKeyPairs = 4, kPoolFails = 8,
                         kHasNoMedia = 16, kConnectsTcp = 32, kStartsWithRelay = 64,
                         kRelayAlone = 128;

inline Bytes call(Call what, std::initializer_list<uint8_t> operands) {
  Bytes bytes{static_cast<uint8_t>(what)};
  bytes.insert(bytes.end(), operands);
  return bytes;
}

}  // namespace rtc::fuzz
