#include "cpp/media/session_parts.h"

namespace rtc::media {

std::vector<OutboundStats> Session::outboundStats() const {
  std::vector<OutboundStats> list;
  for (const auto& sender : parts_->senders) {
    for (size_t i = 0; i < sender->encodings.size(); ++i) {
      const Encoding& encoding = sender->encodings[i];
      // webrtc-stats: a stream is monitored once it exists, which negotiation makes it.
      if (!encoding.stream || (!sender->config.sends && !encoding.hasSent()))
        continue;
      OutboundStats stats;
      stats.sender = sender->id;
      stats.encoding = i;
      stats.kind = sender->config.kind;
      stats.mid = sender->config.mid;
      stats.rid = encoding.ids.rid;
      stats.ssrc = encoding.ids.ssrc;
      stats.rtxSsrc = encoding.stream->rtxSsrc();
      if (encoding.hasSent())
        stats.codec = encoding.stream->codec();
      stats.isActive = encoding.wish.active && sender->config.sends;
      stats.target = encoding.told;
      stats.totalPacketSendDelay = encoding.packetSendDelay;
      stats.counters = encoding.stream->counters();
      stats.remote = encoding.stream->remoteReceiver();
      stats.roundTrip = encoding.stream->roundTrip();
      list.push_back(std::move(stats));
    }
  }
  return list;
}

std::vector<InboundStats> Session::inboundStats() const {
  std::vector<InboundStats> list;
  for (const auto& receiver : parts_->receivers) {
    for (const auto& stream : receiver->streams) {
      InboundStats stats;
      stats.receiver = receiver->id;
      stats.kind = receiver->config.kind;
      stats.mid = receiver->config.mid;
      stats.ssrc = stream->ssrc();
      for (const AnnouncedStream& announced : receiver->config.announced) {
        if (announced.ssrc == stream->ssrc() && announced.rtxSsrc != rtp::Ssrc(0))
          stats.rtxSsrc = announced.rtxSsrc;
      }
      if (const Codec* codec = stream->codec())
        stats.codec = *codec;
      const ReceiveStatistics& statistics = stream->statistics();
      stats.counters = statistics.counters();
      stats.packetsLost = statistics.packetsLost();
      stats.jitter = statistics.jitter();
      stats.feedback = stream->counters();
      stats.remote = statistics.remoteSender();
      if (stream->video() != nullptr)
        stats.video = stream->video()->counters();
      if (stream->audio() != nullptr)
        stats.audio = stream->audio()->counters();
      list.push_back(std::move(stats));
    }
  }
  return list;
}

CongestionStats Session::congestionStats() const {
  CongestionStats stats;
  for (const auto& sender : parts_->senders) {
    for (const Encoding& encoding : sender->encodings) {
      if (encoding.hasSent())
        stats.availableOutgoing = parts_->controller.targets().bitrate;
    }
  }
  return stats;
}

}  // namespace rtc::media
