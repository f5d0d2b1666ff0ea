#include "cpp/jsep/usual_offer.h"

#include <algorithm>

#include "cpp/jsep/codec_negotiation.h"
#include "cpp/jsep/codecs.h"
#include "cpp/jsep/payload_types.h"
#include "cpp/sdp/description.h"

namespace rtc::jsep {
namespace {

UsualSection print(MediaKind kind) {
  UsualSection usual;
  PayloadTypes numbers;
  const auto codecs = offerCodecs(kind, {}, {}, /*voiceActivityDetection=*/true, numbers);
  sdp::MediaSection section;
  writeCodecs(section, codecs);
  usual.formats = section.formats;
  usual.codecs = section.print();
  usual.hasRtx = std::any_of(codecs.begin(), codecs.end(), [](const RtpCodec& codec) {
    return roleOf(codec) == CodecRole::kRetransmission;
  });
  HeaderExtensionIds ids;
  usual.extensions = supportedHeaderExtensions(kind);
  sdp::Section extmaps;
  for (const sdp::Extmap& extmap : offerExtmaps(usual.extensions, /*mixed=*/true, ids))
    extmaps.add(extmap);
  usual.extmaps = extmaps.print();
  return usual;
}

}  // namespace

const UsualSection& usualSection(MediaKind kind) {
  static const UsualSection audio = print(MediaKind::kAudio);
  static const UsualSection video = print(MediaKind::kVideo);
  return kind == MediaKind::kAudio ? audio : video;
}

}  // namespace rtc::jsep
