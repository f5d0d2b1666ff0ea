#include "cpp/payload/format.h"

#include <algorithm>

#include "cpp/payload/audio.h"
#include "cpp/payload/av1.h"
#include "cpp/payload/h264.h"
#include "cpp/payload/telephone_event.h"
#include "cpp/payload/vp8.h"
#include "cpp/payload/vp9.h"

namespace rtc::payload {
namespace {

struct Name {
  std::string_view name;
  Format format;
};

constexpr Name kNames[] = {
    {"opus", Format::kAudio}, {"pcmu", Format::kAudio},
    {"pcma", Format::kAudio}, {"g722", Format::kAudio},
    {"cn", Format::kAudio},   {"telephone-event", Format::kTelephoneEvent},
    {"vp8", Format::kVp8},    {"vp9", Format::kVp9},
    {"h264", Format::kH264},  {"av1", Format::kAv1},
};

bool equalsLowerCase(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, {}, [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
}

}  // namespace

std::optional<Format> formatOf(std::string_view codecName) {
  for (const Name& known : kNames) {
    if (equalsLowerCase(codecName, known.name))
      return known.format;
  }
  return std::nullopt;
}

std::unique_ptr<Packetizer> createPacketizer(const PacketizerOptions& options) {
  switch (options.format) {
    case Format::kAudio:
      return createAudioPacketizer();
    case Format::kTelephoneEvent:
      return createTelephoneEventPacketizer();
    case Format::kVp8:
      return createVp8Packetizer(options.seed);
    case Format::kVp9:
      return createVp9Packetizer(options.seed);
    case Format::kH264:
      return createH264Packetizer(options.singleNalUnits);
    case Format::kAv1:
      return createAv1Packetizer();
  }
  return createAudioPacketizer();
}

std::unique_ptr<Depacketizer> createDepacketizer(Format format) {
  switch (format) {
    case Format::kAudio:
      return createAudioDepacketizer();
    case Format::kTelephoneEvent:
      return createTelephoneEventDepacketizer();
    case Format::kVp8:
      return createVp8Depacketizer();
    case Format::kVp9:
      return createVp9Depacketizer();
    case Format::kH264:
      return createH264Depacketizer();
    case Format::kAv1:
      return createAv1Depacketizer();
  }
  return createAudioDepacketizer();
}

}  // namespace rtc::payload
