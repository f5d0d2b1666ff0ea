#include "cpp/jsep/section_writer.h"

#include <algorithm>

#include "cpp/jsep/candidates.h"
#include "cpp/jsep/direction.h"
#include "cpp/jsep/simulcast.h"

namespace rtc::jsep {
namespace {

using sdp::MediaSection;

/// An offer of video has about a hundred lines.
constexpr size_t kUsualLines = 128;

// RFC 8840 section 4.1.1: without a candidate an offer is at port 9 of 0.0.0.0.
void writeConnection(MediaSection& section, const SectionHead& head) {
  section.port = head.bundleOnly ? 0 : 9;
  section.protocol = head.protocol;
  section.addLine(sdp::Line::other('c', "IN IP4 0.0.0.0"));
}

void writeTransport(MediaSection& section, const SectionHead& head, const SessionConfig& config) {
  section.add(sdp::IceUfrag{head.transport->ice.ufrag});
  section.add(sdp::IcePwd{head.transport->ice.password});
  section.add(sdp::IceOptions{{"trickle"}});
  for (const sdp::Fingerprint& fingerprint : config.fingerprints)
    section.add(fingerprint);
  section.add(sdp::Setup{head.setup});
  if (!head.mid.empty())
    section.add(sdp::Mid{head.mid});
  if (head.bundleOnly)
    section.add(sdp::BundleOnly{});
}

void writeCandidates(MediaSection& section, const SectionHead& head) {
  if (!head.tagged)
    return;
  for (const std::string& candidate : head.transport->candidates)
    foldCandidate(section, candidate);
  if (head.transport->endOfCandidates)
    foldEndOfCandidates(section);
  updateDefaultCandidate(section);
}

// RFC 8830: a line for each stream, the track's id in each.
void writeMsids(MediaSection& section, const TransceiverWishes& sender) {
  for (const std::string& stream : sender.streams)
    section.add(sdp::Msid{stream, sender.senderId});
  if (sender.streams.empty())
    section.add(sdp::Msid{"-", sender.senderId});
}

// RFC 5576. Older peers find streams and tracks here.
void writeSsrcs(MediaSection& section, const TransceiverWishes& sender, const RtpParts& parts) {
  std::vector<uint32_t> ssrcs{sender.ssrc};
  const bool repeats =
      parts.usualCodecs != nullptr
          ? parts.usualCodecs->hasRtx
          : std::any_of(parts.codecs.begin(), parts.codecs.end(), [](const RtpCodec& codec) {
              return roleOf(codec) == CodecRole::kRetransmission;
            });
  if (repeats) {
    ssrcs.push_back(sender.rtxSsrc);
    section.add(sdp::SsrcGroup{"FID", ssrcs});
  }
  const std::string stream = sender.streams.empty() ? "-" : sender.streams.front();
  for (uint32_t ssrc : ssrcs) {
    section.add(sdp::Ssrc{ssrc, "cname", parts.cname});
    section.add(sdp::Ssrc{ssrc, "msid", stream + " " + sender.senderId});
  }
}

}  // namespace

MediaSection writeRejected(RejectedSection parts) {
  MediaSection section;
  const bool rtp = parts.protocol.find("RTP/") != std::string::npos;
  section.kind = std::move(parts.kind);
  section.port = 0;
  section.protocol = std::move(parts.protocol);
  section.formats = std::move(parts.formats);
  section.addLine(sdp::Line::other('c', "IN IP4 0.0.0.0"));
  if (!parts.mid.empty())
    section.add(sdp::Mid{std::move(parts.mid)});
  if (rtp)
    section.add(sdp::Direction{Direction::kInactive});
  return section;
}

MediaSection writeData(const DataParts& parts, const SessionConfig& config) {
  MediaSection section;
  section.kind = "application";
  const bool current = parts.form == DataForm::kCurrent;
  section.formats = {current ? "webrtc-datachannel" : std::to_string(config.sctpPort)};
  writeConnection(section, parts.head);
  writeTransport(section, parts.head, config);
  if (current) {
    section.add(sdp::SctpPort{config.sctpPort});
  } else {
    section.add(sdp::SctpMap{config.sctpPort, "webrtc-datachannel", 1024});
  }
  section.add(sdp::MaxMessageSize{config.maxMessageSize});
  if (parts.announcesInit && !config.sctpInit.empty())
    section.add(sdp::SctpInit{config.sctpInit});
  writeCandidates(section, parts.head);
  return section;
}

MediaSection writeRtp(const RtpParts& parts, const SessionConfig& config) {
  MediaSection section;
  section.kind = toString(parts.kind);
  section.reserve(kUsualLines);
  writeConnection(section, parts.head);
  section.add(sdp::RawAttribute{"rtcp", "9 IN IP4 0.0.0.0"});
  writeTransport(section, parts.head, config);
  if (parts.usualExtmaps != nullptr)
    section.addPrinted(parts.usualExtmaps->extmaps);
  for (const sdp::Extmap& extmap : parts.extmaps)
    section.add(extmap);
  section.add(sdp::Direction{parts.direction});
  // RFC 9429 section 5.3.1: what the transceiver wants to send is named, also where the peer does
  // not want to receive it.
  if (sends(parts.sender->direction))
    writeMsids(section, *parts.sender);
  section.add(sdp::RtcpMux{});
  if (parts.reducedSize)
    section.add(sdp::RtcpRsize{});
  if (parts.usualCodecs != nullptr) {
    section.formats = parts.usualCodecs->formats;
    section.addPrinted(parts.usualCodecs->codecs);
  } else {
    writeCodecs(section, parts.codecs);
  }
  writeSimulcast(section, parts.rids);
  // With rids, packets tell their encoding themselves (RFC 8852).
  if (sends(parts.sender->direction) && parts.rids.empty())
    writeSsrcs(section, *parts.sender, parts);
  writeCandidates(section, parts.head);
  return section;
}

}  // namespace rtc::jsep
