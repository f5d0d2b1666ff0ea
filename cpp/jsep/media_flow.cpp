#include "cpp/jsep/media_flow.h"

#include <algorithm>

#include "cpp/jsep/direction.h"
#include "cpp/jsep/state.h"
#include "cpp/jsep/transceivers.h"

namespace rtc::jsep {
namespace {

/// A section that names more is not of a peer that sends one track in it.
constexpr size_t kMaxAnnounced = 16;

// RFC 5576 section 4.2, RFC 4588 section 8.2: a=ssrc-group:FID <media> <retransmissions>.
std::vector<AnnouncedStream> announcedStreams(const sdp::MediaSection& section) {
  std::vector<AnnouncedStream> streams;
  std::vector<uint32_t> repairs;
  for (const sdp::SsrcGroup& group : section.all<sdp::SsrcGroup>()) {
    if (group.semantics == "FID" && group.ssrcs.size() == 2)
      repairs.push_back(group.ssrcs[1]);
    if (group.semantics == "FEC-FR" && group.ssrcs.size() == 2)
      repairs.push_back(group.ssrcs[1]);
  }
  std::sort(repairs.begin(), repairs.end());
  for (const sdp::Ssrc& line : section.all<sdp::Ssrc>()) {
    const bool isKnown =
        std::any_of(streams.begin(), streams.end(),
                    [&](const AnnouncedStream& stream) { return stream.ssrc == line.ssrc; });
    const bool isRepair = std::binary_search(repairs.begin(), repairs.end(), line.ssrc);
    if (!isKnown && !isRepair && streams.size() < kMaxAnnounced)
      streams.push_back({line.ssrc, 0});
  }
  for (const sdp::SsrcGroup& group : section.all<sdp::SsrcGroup>()) {
    if (group.semantics != "FID" || group.ssrcs.size() != 2)
      continue;
    for (AnnouncedStream& stream : streams) {
      if (stream.ssrc == group.ssrcs[0])
        stream.rtxSsrc = group.ssrcs[1];
    }
  }
  return streams;
}

// What the peer says of its streams while the exchange is pending counts from its answer on.
const sdp::MediaSection* remoteSection(const State& state, TransceiverId id) {
  const auto index = state.sectionOf(id);
  const AppliedDescription* remote =
      state.pendingRemote && state.pendingRemote->type != SdpType::kOffer ? &*state.pendingRemote
      : state.currentRemote                                               ? &*state.currentRemote
      : state.pendingRemote                                               ? &*state.pendingRemote
                                                                          : nullptr;
  if (!index || remote == nullptr || *index >= remote->sdp.media.size())
    return nullptr;
  return &remote->sdp.media[*index];
}

}  // namespace

std::vector<MediaFlow> mediaFlows(const State& state) {
  std::vector<MediaFlow> flows;
  for (const Transceiver& transceiver : state.transceivers) {
    const TransceiverNegotiated& negotiated = transceiver.negotiated;
    if (!negotiated.transport || !negotiated.currentDirection || !negotiated.mid)
      continue;
    MediaFlow flow;
    flow.transceiver = transceiver.id;
    flow.kind = transceiver.kind;
    flow.transport = *negotiated.transport;
    flow.mid = *negotiated.mid;
    flow.sends = !transceiver.isEnding() && sends(*negotiated.currentDirection);
    flow.receives = !transceiver.isEnding() && receives(*negotiated.currentDirection);
    flow.ends = transceiver.isEnding();
    flow.send = sendParametersOf(state, transceiver);
    flow.ssrc = transceiver.wishes.ssrc;
    flow.rtxSsrc = transceiver.wishes.rtxSsrc;
    flow.rids = negotiated.rids;
    flow.receive = receiveParametersOf(transceiver);
    if (const sdp::MediaSection* section = remoteSection(state, transceiver.id))
      flow.announced = announcedStreams(*section);
    flows.push_back(std::move(flow));
  }
  return flows;
}

}  // namespace rtc::jsep
