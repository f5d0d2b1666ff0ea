#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cpp/jsep/media.h"
#include "tests/cpp/jsep/session_pair.h"

/// Helpers for tests that negotiate audio and video.
namespace rtc::jsep::testing {

inline TransceiverId addTransceiver(Side& side, MediaKind kind,
                                    Direction direction = Direction::kSendRecv,
                                    std::vector<std::string> rids = {}) {
  TransceiverInit init;
  init.kind = kind;
  init.direction = direction;
  init.rids = std::move(rids);
  auto added = side->addTransceiver(init);
  EXPECT_TRUE(added.ok());
  return added.ok() ? *added : TransceiverId();
}

inline AddedTrack addTrack(Side& side, MediaKind kind, std::string track = "track",
                           std::vector<std::string> streams = {"stream"}) {
  auto added = side->addTrack(kind, std::move(track), std::move(streams));
  EXPECT_TRUE(added.ok());
  return added.ok() ? *added : AddedTrack{};
}

inline TransceiverInfo infoOf(Side& side, TransceiverId id) {
  auto info = side->transceiver(id);
  EXPECT_TRUE(info) << "there is no such transceiver";
  return info.value_or(TransceiverInfo{});
}

/// The only transceiver, or the one at that place.
inline TransceiverInfo infoAt(Side& side, size_t index = 0) {
  const auto all = side->transceivers();
  EXPECT_LT(index, all.size());
  return index < all.size() ? all[index] : TransceiverInfo{};
}

/// "audio 9", "video 0", …, in order: what the m= lines say.
inline std::vector<std::string> lines(const std::optional<Description>& description) {
  std::vector<std::string> result;
  for (const auto& media : parsed(description ? description->sdp : "").media)
    result.push_back(media.kind + " " + std::to_string(media.port));
  return result;
}

/// "BUNDLE 0 1"; empty without a group.
inline std::string bundle(const std::optional<Description>& description) {
  const auto all = parsed(description ? description->sdp : "");
  const auto* group = all.session.find<sdp::Group>();
  return group ? *group->value() : "";
}

inline std::string midAt(const std::optional<Description>& description, size_t index) {
  return midOf(section(description, index)).value_or("-");
}

inline std::string ufragAt(const std::optional<Description>& description, size_t index) {
  const auto media = section(description, index);
  const auto* ufrag = media.find<sdp::IceUfrag>();
  return ufrag ? ufrag->ufrag : "";
}

inline Direction directionAt(const std::optional<Description>& description, size_t index) {
  const auto media = section(description, index);
  const auto* direction = media.find<sdp::Direction>();
  EXPECT_NE(direction, nullptr);
  return direction ? direction->direction : Direction::kSendRecv;
}

/// The section's text, from its m= line on.
inline std::string textAt(const std::string& sdp, size_t index) {
  size_t at = sdp.find("m=");
  for (; index > 0 && at != std::string::npos; --index)
    at = sdp.find("\r\nm=", at + 1) + 2;
  const size_t end = sdp.find("\r\nm=", at);
  return sdp.substr(at, end == std::string::npos ? end : end + 2 - at);
}

/// `sdp` with one section replaced.
inline std::string withSection(const std::string& sdp, size_t index, const std::string& text) {
  return replaced(sdp, textAt(sdp, index), text);
}

inline std::string rejecting(const std::string& sdp, size_t index) {
  const std::string text = textAt(sdp, index);
  const size_t port = text.find(' ') + 1;
  return withSection(sdp, index, text.substr(0, port) + "0" + text.substr(text.find(' ', port)));
}

}  // namespace rtc::jsep::testing
