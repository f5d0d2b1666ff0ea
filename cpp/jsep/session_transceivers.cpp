#include <utility>

#include "cpp/jsep/codec_negotiation.h"
#include "cpp/jsep/direction.h"
#include "cpp/jsep/preparation.h"
#include "cpp/jsep/refusal.h"
#include "cpp/jsep/session.h"
#include "cpp/jsep/state.h"
#include "cpp/jsep/transceivers.h"

namespace rtc::jsep {
Transceiver* Session::change(TransceiverId id) {
  if (state_->signaling == SignalingState::kClosed)
    return nullptr;
  Transceiver* transceiver = state_->transceiver(id);
  if (transceiver != nullptr)
    state_->createdIsStale = true;
  return transceiver;
}

Result<TransceiverId, Error> Session::addTransceiver(TransceiverInit init) {
  if (state_->signaling == SignalingState::kClosed)
    return closedError();
  if (!prepareCname(*state_, random_))
    return randomError();
  state_->createdIsStale = true;
  return jsep::addTransceiver(*state_, std::move(init)).id;
}

Result<AddedTrack, Error> Session::addTrack(MediaKind kind, std::string senderId,
                                            std::vector<std::string> streams) {
  if (state_->signaling == SignalingState::kClosed)
    return closedError();
  if (!prepareCname(*state_, random_))
    return randomError();
  state_->createdIsStale = true;
  return jsep::addTrack(*state_, kind, std::move(senderId), std::move(streams));
}

void Session::removeTrack(TransceiverId id) {
  if (Transceiver* transceiver = change(id)) {
    transceiver->wishes.hasTrack = false;
    transceiver->wishes.direction =
        directionOf(/*send=*/false, receives(transceiver->wishes.direction));
  }
}

void Session::setSenderTrack(TransceiverId id, bool hasTrack) {
  if (Transceiver* transceiver = change(id))
    transceiver->wishes.hasTrack = hasTrack;
}

void Session::setSenderStreams(TransceiverId id, std::vector<std::string> streams) {
  if (Transceiver* transceiver = change(id))
    transceiver->wishes.streams = std::move(streams);
}

void Session::setDirection(TransceiverId id, Direction direction) {
  Transceiver* transceiver = change(id);
  if (transceiver != nullptr && !transceiver->isEnding())
    transceiver->wishes.direction = direction;
}

void Session::stopTransceiver(TransceiverId id) {
  Transceiver* transceiver = change(id);
  if (transceiver != nullptr && !transceiver->isEnding())
    stopSendingAndReceiving(*transceiver);
}

Status<Error> Session::setCodecPreferences(TransceiverId id, const std::vector<RtpCodec>& codecs) {
  const Transceiver* transceiver = std::as_const(*state_).transceiver(id);
  if (transceiver == nullptr || state_->signaling == SignalingState::kClosed)
    return Done{};
  auto checked = checkCodecPreferences(transceiver->kind, codecs);
  if (!checked)
    return fail(std::move(checked.error()));
  change(id)->wishes.codecPreferences = std::move(*checked);
  return Done{};
}

Status<Error> Session::setHeaderExtensionsToNegotiate(
    TransceiverId id, std::vector<HeaderExtensionCapability> extensions) {
  const Transceiver* transceiver = std::as_const(*state_).transceiver(id);
  if (transceiver == nullptr || state_->signaling == SignalingState::kClosed)
    return Done{};
  auto checked = checkHeaderExtensions(transceiver->wishes.headerExtensions, extensions);
  if (!checked)
    return checked;
  setExtensionsToNegotiate(*state_, *change(id), std::move(extensions));
  return Done{};
}

std::vector<HeaderExtensionCapability> Session::headerExtensionsToNegotiate(
    TransceiverId id) const {
  const Transceiver* transceiver = std::as_const(*state_).transceiver(id);
  return transceiver ? extensionsToNegotiate(*state_, *transceiver)
                     : std::vector<HeaderExtensionCapability>{};
}

std::vector<HeaderExtensionCapability> Session::negotiatedHeaderExtensions(TransceiverId id) const {
  const Transceiver* transceiver = std::as_const(*state_).transceiver(id);
  return transceiver ? transceiver->negotiated.headerExtensions
                     : std::vector<HeaderExtensionCapability>{};
}

RtpParameters Session::sendParameters(TransceiverId id) const {
  const Transceiver* transceiver = std::as_const(*state_).transceiver(id);
  return transceiver ? sendParametersOf(*state_, *transceiver) : RtpParameters{};
}

RtpParameters Session::receiveParameters(TransceiverId id) const {
  const Transceiver* transceiver = std::as_const(*state_).transceiver(id);
  return transceiver ? receiveParametersOf(*transceiver) : RtpParameters{};
}

std::vector<TransceiverInfo> Session::transceivers() const {
  std::vector<TransceiverInfo> result;
  for (const Transceiver& transceiver : state_->transceivers)
    result.push_back(infoOf(*state_, transceiver));
  return result;
}

std::optional<TransceiverInfo> Session::transceiver(TransceiverId id) const {
  const Transceiver* transceiver = std::as_const(*state_).transceiver(id);
  if (transceiver == nullptr)
    return std::nullopt;
  return infoOf(*state_, *transceiver);
}

std::vector<MediaFlow> Session::mediaFlows() const {
  return jsep::mediaFlows(*state_);
}

}  // namespace rtc::jsep
