#include "cpp/jsep/settle.h"

#include <algorithm>

#include "cpp/jsep/bundling.h"
#include "cpp/jsep/codec_negotiation.h"
#include "cpp/jsep/direction.h"
#include "cpp/jsep/ice_credentials.h"
#include "cpp/jsep/media.h"
#include "cpp/jsep/simulcast.h"
#include "cpp/jsep/transceivers.h"

namespace rtc::jsep {
namespace {

using sdp::SessionDescription;

// webrtc-pc "update the data max message size"; 0 is infinite on all sides.
uint64_t combineMessageSizes(uint64_t remote, uint64_t canSend) {
  if (remote == 0 || canSend == 0)
    return std::max(remote, canSend);
  return std::min(remote, canSend);
}

class Settlement {
 public:
  Settlement(State& state, const SessionConfig& config, SdpType type, bool localIsOfferer)
      : state_(state),
        config_(config),
        local_(state.local()->sdp),
        remote_(state.remote()->sdp),
        offer_(localIsOfferer ? local_ : remote_),
        answer_(localIsOfferer ? remote_ : local_),
        isFinal_(type == SdpType::kAnswer),
        localIsOfferer_(localIsOfferer) {
    for (size_t i = 0; i < state_.sections.size(); ++i)
      accepted_.push_back(isAccepted(i));
  }

  bool reject() {
    bool dataRejected = false;
    for (size_t i = 0; i < accepted_.size(); ++i) {
      MSection& section = state_.sections[i];
      if (accepted_[i])
        continue;
      if (section.use == SectionUse::kData) {
        state_.sctp.reset();
        // The channels that wanted the section close with it; new ones ask anew.
        state_.dataRequested = false;
        dataRejected = true;
      } else if (Transceiver* transceiver = state_.transceiverOf(section)) {
        stop(*transceiver);
      }
      section.use = SectionUse::kNone;
      section.transport.reset();
      section.offered.reset();
    }
    removeStopped(state_);
    return dataRejected;
  }

  void accept() {
    assignAnsweredTransports(state_, answer_, accepted_);
    tagTransports(state_, answer_);
    for (size_t i = 0; i < accepted_.size(); ++i) {
      if (!accepted_[i])
        continue;
      MSection& section = state_.sections[i];
      if (Transport* transport = state_.transport(*section.transport);
          transport != nullptr && transport->section == i)
        settleDtls(*transport);
      if (section.use == SectionUse::kData) {
        settleData(i);
      } else if (Transceiver* transceiver = state_.transceiverOf(section)) {
        settleMedia(*transceiver, i);
      }
    }
  }

 private:
  bool isAccepted(size_t index) const {
    // An answer has no bundle-only sections: port zero is a rejection there.
    if (answer_.media[index].port == 0 || !isAlive(state_, offer_, index))
      return false;
    return state_.sections[index].use != SectionUse::kData ||
           (isUsableData(local_, index) && isUsableData(remote_, index));
  }

  void settleDtls(Transport& transport) {
    auto fingerprints = jsep::fingerprints(remote_, transport.section);
    const bool goesOn = transport.dtls && transport.dtls->fingerprints == fingerprints;
    if (!goesOn)
      hasNewDtls_ = true;
    // An association that is established keeps its roles, whatever the answer says: Firefox answers
    // every ICE restart with a=setup:active, pion and webrtcbin every offer, and all three go on as
    // they are.
    if (goesOn && transport.dtlsEstablished)
      return;
    // RFC 4145 section 4: without a=setup an answer means active.
    const bool answererIsServer =
        setupRole(answer_, transport.section) == sdp::Setup::Role::kPassive;
    transport.dtls =
        DtlsState{answererIsServer == localIsOfferer_ ? DtlsRole::kClient : DtlsRole::kServer,
                  std::move(fingerprints)};
  }

  void settleData(size_t index) {
    state_.sctp = SctpState{
        state_.sections[index].mid, sctpPort(local_.media[index]), sctpPort(remote_.media[index]),
        combineMessageSizes(maxMessageSize(remote_.media[index]), config_.maxSendSize),
        remoteInit(index)};
  }

  // What began without the peer's INIT, or with another, goes on with it as long as its DTLS
  // association does: one that turns up late is for an association to come, and there is none.
  Bytes remoteInit(size_t index) const {
    if (state_.sctp && (state_.sctp->remoteInit.empty() || !hasNewDtls_))
      return state_.sctp->remoteInit;
    Bytes init = sctpInit(remote_.media[index]);
    const bool isMutual = !sctpInit(local_.media[index]).empty() && isPeersInit(init, config_);
    return isMutual ? init : Bytes();
  }

  void settleMedia(Transceiver& transceiver, size_t index) {
    TransceiverNegotiated& negotiated = transceiver.negotiated;
    const Direction answered = directionOf(answer_, index);
    const Direction direction = localIsOfferer_ ? reversed(answered) : answered;
    negotiated.currentDirection = direction;
    negotiated.hasSent = negotiated.hasSent || sends(direction);
    negotiated.transport = state_.sections[index].transport;
    negotiated.reducedSize = answer_.media[index].has<sdp::RtcpRsize>();

    const auto local = codecsOf(local_.media[index]);
    const auto remote = codecsOf(remote_.media[index]);
    negotiated.sendCodecs = sendCodecs(local, remote);
    negotiated.receiveCodecs =
        receives(direction) ? receiveCodecs(local, remote) : std::vector<RtpCodec>{};

    settleExtensions(transceiver, extmapsOf(answer_, index));
    settleRids(negotiated, index);
  }

  // webrtc-extensions, "RTP header control": what an answer settles is what is negotiated from then
  // on.
  void settleExtensions(Transceiver& transceiver, const std::vector<sdp::Extmap>& answered) {
    TransceiverNegotiated& negotiated = transceiver.negotiated;
    const auto extensions =
        negotiatedExtensions(transceiver.wishes.headerExtensions, answered, localIsOfferer_);
    negotiated.sendExtensions = sendExtensions(extensions, answered);
    negotiated.receiveExtensions = receiveExtensions(extensions, answered);
    if (!isFinal_)
      return;
    negotiated.headerExtensions = extensions;
    transceiver.wishes.headerExtensions = extensions;
  }

  void settleRids(TransceiverNegotiated& negotiated, size_t index) {
    if (negotiated.rids.size() < 2)
      return;
    const auto asked = receivedRids(remote_.media[index]);
    const auto ours = sentRids(local_.media[index]);
    // A section that does not send says nothing about layers.
    const bool isSaid =
        localIsOfferer_ ? !ours.empty() : asked.empty() || sends(directionOf(answer_, index));
    if (isSaid)
      negotiated.rids = prunedRids(negotiated.rids, localIsOfferer_ ? asked : ours);
  }

  State& state_;
  const SessionConfig& config_;
  const SessionDescription& local_;
  const SessionDescription& remote_;
  const SessionDescription& offer_;
  const SessionDescription& answer_;
  const bool isFinal_;
  const bool localIsOfferer_;
  std::vector<bool> accepted_;
  /// Some transport begins DTLS with a peer that it has not met.
  bool hasNewDtls_ = false;
};

void finishExchange(State& state) {
  state.signaling = SignalingState::kStable;
  state.lastCreatedOffer.clear();
  state.lastCreatedAnswer.clear();
  state.answeredOffer.clear();
  state.pendingOffer.clear();
  state.lastPlan = {};
  state.stable.reset();
  for (MSection& section : state.sections)
    section.offered.reset();
  for (Transport& transport : state.transports)
    transport.replaces.reset();
  for (Transceiver& transceiver : state.transceivers) {
    transceiver.negotiated.ridsAreOffered = false;
    transceiver.fromOffer = false;
  }
  // webrtc-pc: the restart that was asked for has happened when none of the old credentials is
  // left.
  const auto now = localCredentials(state);
  const bool anyLeft =
      std::any_of(state.credentialsToReplace.begin(), state.credentialsToReplace.end(),
                  [&](const IceCredentials& old) {
                    return std::find(now.begin(), now.end(), old) != now.end();
                  });
  if (!anyLeft)
    state.credentialsToReplace.clear();
}

}  // namespace

bool settle(State& state, const SessionConfig& config, SdpType type, bool localIsOfferer) {
  Settlement settlement(state, config, type, localIsOfferer);
  settlement.accept();
  if (type != SdpType::kAnswer) {
    state.signaling =
        localIsOfferer ? SignalingState::kHaveRemotePranswer : SignalingState::kHaveLocalPranswer;
    return false;
  }
  const bool dataRejected = settlement.reject();
  finishExchange(state);
  dropIdleTransports(state);
  return dataRejected;
}

}  // namespace rtc::jsep
