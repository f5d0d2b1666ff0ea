#pragma once

// What one seed stands for: two ends, the links between them, and how the session is used.

#include <array>
#include <cstdint>
#include <string>

#include "cpp/base/time.h"
#include "cpp/sctp/config.h"
#include "tests/sim/link.h"

namespace rtc::sim::channels {

/// How a session ends.
enum class Ending : uint8_t {
  /// Every channel is closed by one of its ends, or both, with whatever is queued on it.
  kCloseChannels,
  /// SHUTDOWN by one end.
  kShutdown,
  /// One end closes as a peer connection does: it sends ABORT.
  kAbort,
  /// From some moment on nothing arrives any more, in either direction.
  kSilence,
};

struct Scenario {
  uint64_t seed = 0;
  /// From the end of that index to the other. Lengths are those of SCTP packets.
  std::array<LinkOptions, 2> links;
  std::array<sctp::AssociationConfig, 2> configs;
  /// What each end is told of its path (`sctp::Association::setPath`).
  std::array<size_t, 2> pathCeilings{};
  /// Both ends begin the association, or the first alone.
  bool bothConnect = true;
  /// The ends know each other's INIT from signalling, so that no handshake is made.
  bool knowsInit = false;
  uint32_t channelsAtStart = 1;
  uint32_t maxChannels = 1;
  size_t maxMessage = 0;
  /// Bytes that both ends send in all.
  size_t budget = 0;
  uint32_t actions = 0;
  Duration longestPause;
  bool linksChange = false;
  /// Associations that are replaced in all.
  uint32_t restarts = 0;
  Ending ending = Ending::kCloseChannels;
};

Scenario scenarioFor(uint64_t seed);
std::string describe(const Scenario& scenario);

/// In which time something must happen while anything is outstanding: computed from the bounds of
/// the retransmission timer, and both links' loss and delay.
Duration longestSilence(const Scenario& scenario, const std::array<LinkOptions, 2>& links);
/// In which time `bytes` must have passed in both directions, however unlucky.
Duration longestTransfer(const Scenario& scenario, const std::array<LinkOptions, 2>& links,
                         size_t bytes, size_t messages);

}  // namespace rtc::sim::channels
