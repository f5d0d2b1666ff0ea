#include "cpp/jsep/session.h"

#include <algorithm>

#include "cpp/jsep/answer_plan.h"
#include "cpp/jsep/apply.h"
#include "cpp/jsep/build.h"
#include "cpp/jsep/ice_credentials.h"
#include "cpp/jsep/media.h"
#include "cpp/jsep/munging.h"
#include "cpp/jsep/negotiation_needed.h"
#include "cpp/jsep/preparation.h"
#include "cpp/jsep/refusal.h"
#include "cpp/jsep/state.h"
#include "cpp/jsep/trickle.h"
#include "cpp/jsep/validate.h"
#include "cpp/sdp/candidate.h"
#include "cpp/sdp/parser.h"

namespace rtc::jsep {
namespace {

using sdp::SessionDescription;

Result<SessionDescription, Error> parseDescription(const std::string& text) {
  auto parsed = sdp::parse(text);
  if (!parsed) {
    return fail(Error{ErrorKind::kRtcError,
                      "line " + std::to_string(parsed.error().line) + ": " + parsed.error().message,
                      RtcErrorDetail::kSdpSyntaxError, parsed.error().line});
  }
  return std::move(*parsed);
}

std::optional<Description> describe(const std::optional<AppliedDescription>& applied) {
  if (!applied)
    return std::nullopt;
  return Description{applied->type, sdp::serialize(applied->sdp)};
}

bool contains(const std::vector<IceCredentials>& list, const IceCredentials& one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

}  // namespace

Session::Session(SessionConfig config, RandomSource& random)
    : config_(std::move(config)), random_(random), state_(std::make_unique<State>()) {
  state_->dataRequested = config_.alwaysNegotiateDataChannels;
}

Session::~Session() = default;

void Session::setFingerprints(std::vector<sdp::Fingerprint> fingerprints) {
  config_.fingerprints = std::move(fingerprints);
  state_->createdIsStale = true;
}

void Session::setSctpInit(Bytes init) {
  config_.sctpInit = std::move(init);
  state_->createdIsStale = true;
}

void Session::setBundlePolicy(BundlePolicy policy) {
  config_.bundlePolicy = policy;
  state_->createdIsStale = true;
}

void Session::requestDataChannels() {
  if (state_->dataRequested)
    return;
  state_->dataRequested = true;
  state_->createdIsStale = true;
}

void Session::restartIce() {
  state_->credentialsToReplace = localCredentials(*state_);
  state_->createdIsStale = true;
}

// --- createOffer, createAnswer -----------------------------------------------------------------

Result<Description, Error> Session::createOffer(const OfferOptions& options) {
  if (state_->signaling == SignalingState::kClosed)
    return closedError();
  if (state_->signaling != SignalingState::kStable &&
      state_->signaling != SignalingState::kHaveLocalOffer) {
    return failWith(ErrorKind::kInvalidStateError,
                    std::string("an offer cannot be created in signaling state ") +
                        toString(state_->signaling));
  }
  if (config_.fingerprints.empty()) {
    return failWith(ErrorKind::kNotReadableError, "there is no certificate to offer");
  }
  auto next = std::make_unique<State>(*state_);
  if (!prepareSession(*next, random_) || !prepareSenders(*next, random_))
    return randomError();
  OfferPlan plan = planOffer(*next, config_);
  std::vector<bool> restarts;
  for (const LocalTransport& planned : plan.transports) {
    const Transport* transport = next->transport(planned.id);
    restarts.push_back(options.iceRestart ||
                       (transport != nullptr && transport->local &&
                        contains(next->credentialsToReplace, *transport->local)));
  }
  if (!prepareTransports(*next, plan.transports, restarts, random_))
    return randomError();
  next->lastCreatedOffer = sdp::serialize(buildOffer(*next, config_, plan, options));
  next->lastPlan = std::move(plan);
  next->createdIsStale = false;
  state_ = std::move(next);
  return Description{SdpType::kOffer, state_->lastCreatedOffer};
}

Result<Description, Error> Session::createAnswer(const AnswerOptions& options) {
  if (state_->signaling == SignalingState::kClosed)
    return closedError();
  if (state_->signaling != SignalingState::kHaveRemoteOffer &&
      state_->signaling != SignalingState::kHaveLocalPranswer) {
    return failWith(ErrorKind::kInvalidStateError,
                    std::string("an answer cannot be created in signaling state ") +
                        toString(state_->signaling));
  }
  if (config_.fingerprints.empty()) {
    return failWith(ErrorKind::kNotReadableError, "there is no certificate to answer with");
  }
  auto next = std::make_unique<State>(*state_);
  if (!prepareSession(*next, random_) || !prepareSenders(*next, random_))
    return randomError();
  AnswerPlan plan = planAnswer(*next, config_.bundlePolicy, options);
  std::vector<bool> restarts;
  for (const LocalTransport& planned : plan.transports) {
    const Transport* transport = next->transport(planned.id);
    // RFC 9429 section 5.3.1: a restart is answered with a restart, once.
    restarts.push_back(transport != nullptr && !next->pendingLocal &&
                       remoteRestartsIce(*next, *transport));
  }
  if (!prepareTransports(*next, plan.transports, restarts, random_))
    return randomError();
  next->lastCreatedAnswer = sdp::serialize(buildAnswer(*next, config_, plan));
  next->answeredOffer = next->pendingOffer;
  next->createdIsStale = false;
  state_ = std::move(next);
  return Description{SdpType::kAnswer, state_->lastCreatedAnswer};
}

// --- setLocal, setRemote -----------------------------------------------------------------------

Status<Error> Session::setLocal(const LocalDescription& description) {
  const SignalingState signaling = state_->signaling;
  if (signaling == SignalingState::kClosed)
    return closedError();
  const bool offersByItself = signaling == SignalingState::kStable ||
                              signaling == SignalingState::kHaveLocalOffer ||
                              signaling == SignalingState::kHaveRemotePranswer;
  const SdpType type =
      description.type.value_or(offersByItself ? SdpType::kOffer : SdpType::kAnswer);
  if (type == SdpType::kRollback)
    return rollbackFrom(/*remote=*/false);

  // Browsers ask for an answer's SDP first, for a provisional answer's state first, and so do the
  // web-platform-tests.
  if (type == SdpType::kPranswer) {
    if (auto allowed = checkSignalingState(signaling, type, false); !allowed)
      return allowed;
  }
  const bool offer = type == SdpType::kOffer;
  if (!description.sdp.empty()) {
    const std::string& created = offer ? state_->lastCreatedOffer : state_->lastCreatedAnswer;
    const bool isFirst = !state_->currentLocal && !state_->pendingLocal;
    if (description.sdp != created && !isHarmlessEdit(created, description.sdp, isFirst)) {
      return failWith(ErrorKind::kInvalidModificationError,
                      std::string("the SDP is not the one that ") +
                          (offer ? "createOffer" : "createAnswer") + " made last");
    }
    return applyLocal(type, description.sdp);
  }
  std::string created = offer ? state_->lastCreatedOffer : state_->lastCreatedAnswer;
  if (created.empty() || state_->createdIsStale) {
    auto fresh = offer ? createOffer() : createAnswer();
    if (!fresh)
      return fail(std::move(fresh.error()));
    created = std::move(fresh->sdp);
  }
  return applyLocal(type, created);
}

Status<Error> Session::applyLocal(SdpType type, const std::string& text) {
  if (auto allowed = checkSignalingState(state_->signaling, type, false); !allowed)
    return allowed;
  auto parsed = parseDescription(text);
  if (!parsed)
    return fail(std::move(parsed.error()));
  auto next = std::make_unique<State>(*state_);
  const bool dataRejected = jsep::applyLocal(*next, {type, std::move(*parsed)}, config_);
  commit(std::move(next), dataRejected);
  return Done{};
}

Status<Error> Session::setRemote(const Description& description) {
  if (state_->signaling == SignalingState::kClosed)
    return closedError();
  if (description.type == SdpType::kRollback)
    return rollbackFrom(/*remote=*/true);
  if (description.type == SdpType::kOffer &&
      !checkSignalingState(state_->signaling, SdpType::kOffer, true)) {
    if (auto rolledBack = rollbackFrom(/*remote=*/false); !rolledBack)
      return rolledBack;
  }
  return applyRemote(description.type, description.sdp);
}

Status<Error> Session::applyRemote(SdpType type, const std::string& text) {
  if (auto allowed = checkSignalingState(state_->signaling, type, true); !allowed)
    return allowed;
  auto parsed = parseDescription(text);
  if (!parsed)
    return fail(std::move(parsed.error()));
  if (auto valid = validateExtent(*parsed, type, *state_, config_); !valid)
    return valid;
  if (auto valid = validateRemote(*parsed, config_); !valid)
    return valid;
  if (type == SdpType::kOffer) {
    if (auto valid = validateRemoteOffer(*parsed, *state_); !valid)
      return valid;
  } else {
    if (auto valid = validateRemoteAnswer(*parsed, *state_); !valid)
      return valid;
  }
  auto next = std::make_unique<State>(*state_);
  const bool dataRejected = jsep::applyRemote(*next, {type, std::move(*parsed)}, config_);
  commit(std::move(next), dataRejected);
  return Done{};
}

Status<Error> Session::rollback() {
  if (state_->signaling == SignalingState::kClosed)
    return closedError();
  return rollbackFrom(state_->signaling == SignalingState::kHaveRemoteOffer);
}

Status<Error> Session::rollbackFrom(bool remote) {
  auto allowed = checkSignalingState(state_->signaling, SdpType::kRollback, remote);
  if (!allowed)
    return allowed;
  commit(std::make_unique<State>(rolledBack(*state_)), false);
  return Done{};
}

void Session::commit(std::unique_ptr<State> next, bool dataRejected) {
  const bool moved = next->signaling != state_->signaling;
  next->createdIsStale = true;
  state_ = std::move(next);
  if (moved)
    outputs_.push_back(SignalingStateChanged{state_->signaling});
  commands_.update(*state_, outputs_);
  if (dataRejected)
    outputs_.push_back(DataRejected{});
}

// --- candidates --------------------------------------------------------------------------------

Status<Error> Session::addCandidate(const RemoteCandidate& candidate) {
  if (state_->signaling == SignalingState::kClosed)
    return closedError();
  const std::string_view text = sdp::trimCandidate(candidate.candidate);
  const bool end = text.empty();
  if (!end && !candidate.sdpMid && !candidate.sdpMLineIndex) {
    return failWith(ErrorKind::kTypeError, "a candidate needs its sdpMid or its sdpMLineIndex");
  }
  const AppliedDescription* remote = state_->remote();
  if (remote == nullptr) {
    return failWith(ErrorKind::kInvalidStateError, "there is no remote description yet");
  }
  std::optional<size_t> index;
  // A mid is a token (RFC 5888 section 4). Peers without one at hand send an empty string, pion
  // with every candidate, and browsers go by the index then.
  const bool canDoWithoutMid = end || candidate.sdpMLineIndex;
  if (candidate.sdpMid && !(candidate.sdpMid->empty() && canDoWithoutMid)) {
    index = findMid(remote->sdp, *candidate.sdpMid);
    for (size_t i = 0; !index && i < state_->sections.size(); ++i) {
      if (state_->sections[i].midIsOurs && state_->sections[i].mid == *candidate.sdpMid)
        index = i;
    }
    if (!index) {
      return failWith(ErrorKind::kOperationError,
                      "no m-section has the mid \"" + *candidate.sdpMid + "\"");
    }
  } else if (candidate.sdpMLineIndex) {
    index = *candidate.sdpMLineIndex;
    if (*index >= remote->sdp.media.size()) {
      return failWith(ErrorKind::kOperationError,
                      "there is no m-section " + std::to_string(*index));
    }
  }
  if (index && isRejected(remote->sdp.media[*index]))
    return Done{};

  std::optional<std::string> ufrag = candidate.usernameFragment;
  if (!end) {
    auto line = sdp::parseCandidate(text);
    if (!line)
      return failWith(ErrorKind::kOperationError, std::move(line.error()));
    if (!ufrag) {
      if (const auto own = line->extension("ufrag"))
        ufrag = std::string(*own);
    }
  }
  // It changes nothing where it finds nothing, so that no copy of all that is known is needed.
  if (!foldRemoteCandidate(*state_, index, ufrag, text)) {
    return failWith(
        ErrorKind::kOperationError,
        "no remote description has the username fragment \"" + ufrag.value_or("") + "\"");
  }
  commands_.update(*state_, outputs_);
  return Done{};
}

void Session::addLocalCandidate(TransportId transport, std::string_view usernameFragment,
                                std::string_view candidate) {
  foldLocalCandidate(*state_, transport, usernameFragment, candidate);
}

void Session::removeLocalCandidate(TransportId transport, std::string_view usernameFragment,
                                   std::string_view candidate) {
  unfoldLocalCandidate(*state_, transport, usernameFragment, candidate);
}

void Session::setGatheringComplete(TransportId transport, std::string_view usernameFragment) {
  foldLocalCandidate(*state_, transport, usernameFragment, {});
}

void Session::setDtlsEstablished(TransportId id) {
  if (Transport* transport = state_->transport(id))
    transport->dtlsEstablished = true;
}

std::optional<CandidateTarget> Session::candidateTarget(TransportId transport) const {
  const Transport* known = state_->transport(transport);
  if (known == nullptr || !known->local || known->section >= state_->sections.size())
    return std::nullopt;
  return CandidateTarget{state_->sections[known->section].mid,
                         static_cast<uint16_t>(known->section), known->local->ufrag};
}

// --- observation -------------------------------------------------------------------------------

SignalingState Session::signalingState() const {
  return state_->signaling;
}

std::optional<Description> Session::currentLocalDescription() const {
  return describe(state_->currentLocal);
}
std::optional<Description> Session::pendingLocalDescription() const {
  return describe(state_->pendingLocal);
}
std::optional<Description> Session::currentRemoteDescription() const {
  return describe(state_->currentRemote);
}
std::optional<Description> Session::pendingRemoteDescription() const {
  return describe(state_->pendingRemote);
}
std::optional<Description> Session::localDescription() const {
  return describe(state_->pendingLocal ? state_->pendingLocal : state_->currentLocal);
}
std::optional<Description> Session::remoteDescription() const {
  return describe(state_->pendingRemote ? state_->pendingRemote : state_->currentRemote);
}

std::optional<bool> Session::canTrickleIceCandidates() const {
  const AppliedDescription* remote = state_->remote();
  if (remote == nullptr)
    return std::nullopt;
  return canTrickle(remote->sdp);
}

bool Session::negotiationNeeded() const {
  if (state_->signaling == SignalingState::kClosed)
    return false;
  return isNegotiationNeeded(*state_);
}

std::optional<SctpInfo> Session::sctp() const {
  // A pending offer may bundle the section otherwise; that counts once it is answered.
  const bool isPending = state_->signaling == SignalingState::kHaveLocalOffer ||
                         state_->signaling == SignalingState::kHaveRemoteOffer;
  const bool existed = state_->stable && state_->stable->dataSection();
  const State& inForce = isPending && existed ? *state_->stable : *state_;
  const auto index = inForce.dataSection();
  if (!index)
    return std::nullopt;
  SctpInfo info;
  info.transport = *inForce.sections[*index].transport;
  info.mid = inForce.sections[*index].mid;
  if (inForce.sctp) {
    info.negotiated = true;
    info.maxMessageSize = inForce.sctp->maxMessageSize;
  }
  return info;
}

bool Session::dataLeaves(TransportId transport) const {
  if (!state_->stable)
    return false;
  const auto before = state_->stable->dataSection();
  const auto now = state_->dataSection();
  return before && now && state_->stable->sections[*before].transport == transport &&
         state_->sections[*now].transport != transport;
}

std::optional<Output> Session::poll() {
  if (outputs_.empty())
    return std::nullopt;
  Output next = std::move(outputs_.front());
  outputs_.pop_front();
  return next;
}

void Session::close() {
  state_->signaling = SignalingState::kClosed;
  outputs_.clear();
}

}  // namespace rtc::jsep
