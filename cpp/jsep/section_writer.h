#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cpp/jsep/codecs.h"
#include "cpp/jsep/media.h"
#include "cpp/jsep/offer_plan.h"
#include "cpp/jsep/transceiver.h"
#include "cpp/jsep/types.h"
#include "cpp/jsep/usual_offer.h"
#include "cpp/sdp/description.h"

/// One m-section at a time, in the look of Chromium's, which every deployed peer reads. What a
/// bundle shares is repeated in each of its sections, because some of them need that.
namespace rtc::jsep {

/// Port zero.
struct RejectedSection {
  std::string kind;
  std::string protocol;
  std::vector<std::string> formats;
  /// Left out when empty.
  std::string mid;
};
sdp::MediaSection writeRejected(RejectedSection parts);

/// What sections of both kinds say.
struct SectionHead {
  std::string protocol;
  /// Left out when empty.
  std::string mid;
  sdp::Setup::Role setup = sdp::Setup::Role::kActpass;
  const LocalTransport* transport = nullptr;
  /// Whether it speaks for the transport: then the candidates are here.
  bool tagged = false;
  bool bundleOnly = false;
};

struct DataParts {
  SectionHead head;
  DataForm form = DataForm::kCurrent;
  /// With a=sctp-init.
  bool announcesInit = false;
};
sdp::MediaSection writeData(const DataParts& parts, const SessionConfig& config);

struct RtpParts {
  SectionHead head;
  MediaKind kind = MediaKind::kAudio;
  Direction direction = Direction::kSendRecv;
  std::vector<RtpCodec> codecs;
  std::vector<sdp::Extmap> extmaps;
  /// In place of `codecs` and of `extmaps`, when they are the usual ones.
  const UsualSection* usualCodecs = nullptr;
  const UsualSection* usualExtmaps = nullptr;
  bool reducedSize = true;
  /// Not null. Streams, track and SSRCs are written when its direction sends.
  const TransceiverWishes* sender = nullptr;
  std::vector<std::string> rids;
  std::string cname;
};
sdp::MediaSection writeRtp(const RtpParts& parts, const SessionConfig& config);

}  // namespace rtc::jsep
