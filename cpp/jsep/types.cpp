#include "cpp/jsep/types.h"

namespace rtc::jsep {

const char* toString(SignalingState state) {
  switch (state) {
    case SignalingState::kStable:
      return "stable";
    case SignalingState::kHaveLocalOffer:
      return "have-local-offer";
    case SignalingState::kHaveRemoteOffer:
      return "have-remote-offer";
    case SignalingState::kHaveLocalPranswer:
      return "have-local-pranswer";
    case SignalingState::kHaveRemotePranswer:
      return "have-remote-pranswer";
    case SignalingState::kClosed:
      return "closed";
  }
  return "closed";
}

const char* toString(SdpType type) {
  switch (type) {
    case SdpType::kOffer:
      return "offer";
    case SdpType::kPranswer:
      return "pranswer";
    case SdpType::kAnswer:
      return "answer";
    case SdpType::kRollback:
      return "rollback";
  }
  return "offer";
}

std::optional<SdpType> parseSdpType(std::string_view text) {
  for (SdpType type : {SdpType::kOffer, SdpType::kPranswer, SdpType::kAnswer, SdpType::kRollback}) {
    if (text == toString(type))
      return type;
  }
  return std::nullopt;
}

const char* toString(MediaKind kind) {
  return kind == MediaKind::kAudio ? "audio" : "video";
}

std::optional<MediaKind> parseMediaKind(std::string_view text) {
  for (MediaKind kind : {MediaKind::kAudio, MediaKind::kVideo}) {
    if (text == toString(kind))
      return kind;
  }
  return std::nullopt;
}

const char* toString(Direction direction) {
  switch (direction) {
    case Direction::kSendRecv:
      return "sendrecv";
    case Direction::kSendOnly:
      return "sendonly";
    case Direction::kRecvOnly:
      return "recvonly";
    case Direction::kInactive:
      return "inactive";
  }
  return "inactive";
}

std::optional<Direction> parseDirection(std::string_view text) {
  const auto parsed = sdp::Direction::fromName(text);
  if (!parsed)
    return std::nullopt;
  return parsed->direction;
}

}  // namespace rtc::jsep
