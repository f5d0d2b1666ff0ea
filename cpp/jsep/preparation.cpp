#include "cpp/jsep/preparation.h"

#include <algorithm>
#include <array>

#include "cpp/base/bytes.h"
#include "cpp/jsep/direction.h"
#include "cpp/jsep/ice_credentials.h"

namespace rtc::jsep {
namespace {

// RFC 8839 section 5.4 asks for 24 bits of randomness in the ufrag and 128 in the password; with
// six bits a character these lengths are what browsers use.
constexpr size_t kUfragLength = 4;
constexpr size_t kPasswordLength = 24;
constexpr size_t kCnameLength = 16;
// Collisions of random values are repaired by drawing again; a source that goes on colliding is
// broken.
constexpr int kAttempts = 8;

bool contains(const std::vector<IceCredentials>& list, const IceCredentials& one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

bool hasUfrag(const std::vector<IceCredentials>& list, const std::string& ufrag) {
  return std::any_of(list.begin(), list.end(),
                     [&](const IceCredentials& one) { return one.ufrag == ufrag; });
}

// Of the transports that the pending description began, null while there are none that go on.
const IceCredentials* begunCredentials(const State& state) {
  for (const Transport& transport : state.transports) {
    if (state.stable && state.stable->transport(transport.id) == nullptr && transport.local &&
        !contains(state.credentialsToReplace, *transport.local)) {
      return &*transport.local;
    }
  }
  return nullptr;
}

// RFC 9562, version 4.
std::optional<std::string> drawUuid(RandomSource& random) {
  std::array<uint8_t, 16> raw{};
  if (!random.fill(raw))
    return std::nullopt;
  raw[6] = static_cast<uint8_t>((raw[6] & 0x0f) | 0x40);
  raw[8] = static_cast<uint8_t>((raw[8] & 0x3f) | 0x80);
  std::string text;
  for (size_t i = 0; i < raw.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10)
      text += '-';
    text += "0123456789abcdef"[raw[i] >> 4];
    text += "0123456789abcdef"[raw[i] & 0x0f];
  }
  return text;
}

bool isSsrcTaken(const State& state, uint32_t ssrc) {
  return std::any_of(state.transceivers.begin(), state.transceivers.end(),
                     [&](const Transceiver& transceiver) {
                       return transceiver.wishes.ssrc == ssrc || transceiver.wishes.rtxSsrc == ssrc;
                     });
}

// RFC 3550 section 8: random, and unique in the session. 0 stands for none.
bool drawSsrc(State& state, uint32_t& ssrc, RandomSource& random) {
  for (int attempt = 0; ssrc == 0; ++attempt) {
    std::array<uint8_t, 4> raw{};
    if (attempt == kAttempts || !random.fill(raw))
      return false;
    const uint32_t drawn = *ByteReader(raw).u32();
    if (drawn != 0 && !isSsrcTaken(state, drawn))
      ssrc = drawn;
  }
  return true;
}

}  // namespace

bool prepareCname(State& state, RandomSource& random) {
  if (state.cname.empty())
    state.cname = randomIceChars(random, kCnameLength);
  return !state.cname.empty();
}

bool prepareSession(State& state, RandomSource& random) {
  if (state.sessionId.empty()) {
    std::array<uint8_t, 8> raw{};
    if (!random.fill(raw))
      return false;
    // RFC 9429 section 5.2.1: 64 bits with the highest zero.
    const uint64_t id = *ByteReader(raw).u64() & 0x7fffffffffffffff;
    state.sessionId = std::to_string(id);
  }
  return state.transceivers.empty() || prepareCname(state, random);
}

bool prepareSenders(State& state, RandomSource& random) {
  for (Transceiver& transceiver : state.transceivers) {
    TransceiverWishes& wishes = transceiver.wishes;
    if (!sends(wishes.direction))
      continue;
    if (wishes.senderId.empty()) {
      auto id = drawUuid(random);
      if (!id)
        return false;
      wishes.senderId = std::move(*id);
    }
    if (!drawSsrc(state, wishes.ssrc, random))
      return false;
    if (transceiver.kind == MediaKind::kVideo && !drawSsrc(state, wishes.rtxSsrc, random))
      return false;
  }
  return true;
}

bool prepareTransports(State& state, std::vector<LocalTransport>& transports,
                       const std::vector<bool>& restarts, RandomSource& random) {
  std::vector<IceCredentials> inUse = localCredentials(state);
  for (const Transport& transport : state.transports) {
    if (transport.local)
      inUse.push_back(*transport.local);
  }
  std::erase_if(state.prepared,
                [&](const IceCredentials& drawn) { return contains(inUse, drawn); });
  for (size_t i = 0; i < transports.size(); ++i) {
    LocalTransport& described = transports[i];
    const Transport* transport = state.transport(described.id);
    if (transport != nullptr && transport->local && !restarts[i]) {
      described.ice = *transport->local;
      described.candidates = transport->gathered;
      described.endOfCandidates = transport->gatheringComplete;
      continue;
    }
    // An answer restarts nothing that was not offered to be: credentials outlive the transport that
    // they have been on.
    const Transport* before = transport ? state.transport(transport->replaces) : nullptr;
    if (before != nullptr && before->local && !restarts[i]) {
      described.ice = *before->local;
      continue;
    }
    // One set for all that begins, as browsers have it. Sections that are bundled later go on with
    // the one that they were offered with: Firefox takes anything else for a restart of some
    // sections only, and refuses it.
    const IceCredentials* begun = begunCredentials(state);
    if (begun != nullptr && !restarts[i]) {
      described.ice = *begun;
      continue;
    }
    // A collision would make a restart that is none.
    for (int attempt = 0; state.prepared.empty(); ++attempt) {
      IceCredentials fresh{randomIceChars(random, kUfragLength),
                           randomIceChars(random, kPasswordLength)};
      if (fresh.ufrag.empty() || fresh.password.empty() || attempt == kAttempts)
        return false;
      if (!hasUfrag(inUse, fresh.ufrag))
        state.prepared.push_back(std::move(fresh));
    }
    described.ice = state.prepared.front();
  }
  return true;
}

}  // namespace rtc::jsep
