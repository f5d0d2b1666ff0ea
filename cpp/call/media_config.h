#pragma once

#include "cpp/jsep/media_flow.h"
#include "cpp/jsep/types.h"
#include "cpp/media/session.h"

/// From what SDP negotiated to what the media session works by.
namespace rtc::call {

inline media::StreamId streamIdOf(jsep::TransceiverId id) {
  return media::StreamId(id.value());
}
inline jsep::TransceiverId transceiverIdOf(media::StreamId id) {
  return jsep::TransceiverId(id.value());
}

media::SenderConfig senderConfig(const jsep::MediaFlow& flow);
media::ReceiverConfig receiverConfig(const jsep::MediaFlow& flow);

}  // namespace rtc::call
