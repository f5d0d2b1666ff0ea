#include "cpp/call/media_stats.h"

#include "cpp/peer/stats_record.h"

namespace rtc::call {
namespace {

const char* kindName(media::Kind kind) {
  return kind == media::Kind::kAudio ? "audio" : "video";
}

std::string streamId(const char* prefix, const std::string& transportId, media::Kind kind,
                     rtp::Ssrc ssrc) {
  return prefix + transportId + (kind == media::Kind::kAudio ? "A" : "V") +
         std::to_string(ssrc.value());
}

// RTCCodecStats (webrtc-stats section 8.3): one for each way that a payload type is used.
class CodecRecords {
 public:
  CodecRecords(const std::string& transportId, std::vector<peer::StatsRecord>& records)
      : transportId_(transportId), records_(records) {}

  std::string idFor(const media::Codec& codec, media::Kind kind, bool isSent) {
    std::string id = std::string(isSent ? "CO" : "CI") + transportId_ + "_" +
                     std::to_string(codec.payloadType.value());
    for (const peer::StatsRecord& record : records_) {
      if (record.id == id)
        return id;
    }
    peer::RecordBuilder record(id, "codec");
    record.text("transportId", transportId_)
        .number("payloadType", codec.payloadType.value())
        .text("mimeType", std::string(kindName(kind)) + "/" + codec.name)
        .number("clockRate", codec.clockRate);
    if (kind == media::Kind::kAudio)
      record.number("channels", codec.channels);
    if (!codec.fmtp.empty())
      record.text("sdpFmtpLine", codec.fmtp);
    records_.push_back(record.take());
    return id;
  }

 private:
  const std::string& transportId_;
  std::vector<peer::StatsRecord>& records_;
};

void addOutbound(const media::OutboundStats& stats, const std::string& transportId,
                 CodecRecords& codecs, std::vector<peer::StatsRecord>& records) {
  const std::string id = streamId("OT", transportId, stats.kind, stats.ssrc);
  const std::string remoteId = streamId("RI", transportId, stats.kind, stats.ssrc);
  const std::string codecId =
      stats.codec ? codecs.idFor(*stats.codec, stats.kind, /*isSent=*/true) : std::string();
  const media::SendCounters& counters = stats.counters;
  peer::RecordBuilder record(id, "outbound-rtp");
  record.number("ssrc", stats.ssrc.value())
      .text("kind", kindName(stats.kind))
      .text("transportId", transportId)
      .text("mid", stats.mid)
      .number("encodingIndex", stats.encoding)
      .flag("active", stats.isActive)
      .number("packetsSent", counters.packetsSent)
      .number("bytesSent", counters.bytesSent)
      .number("headerBytesSent", counters.headerBytesSent)
      .number("retransmittedPacketsSent", counters.retransmittedPacketsSent)
      .number("retransmittedBytesSent", counters.retransmittedBytesSent)
      .number("nackCount", counters.nackCount)
      .number("targetBitrate", stats.target)
      .number("totalPacketSendDelay", stats.totalPacketSendDelay.seconds());
  if (!codecId.empty())
    record.text("codecId", codecId);
  if (!stats.rid.empty())
    record.text("rid", stats.rid);
  if (stats.rtxSsrc)
    record.number("rtxSsrc", stats.rtxSsrc->value());
  if (stats.remote)
    record.text("remoteId", remoteId);
  if (stats.kind == media::Kind::kVideo) {
    record.number("framesSent", counters.framesSent)
        .number("pliCount", counters.pliCount)
        .number("firCount", counters.firCount);
  }
  records.push_back(record.take());
  if (!stats.remote)
    return;

  // RTCRemoteInboundRtpStreamStats (section 8.6).
  peer::RecordBuilder remote(remoteId, "remote-inbound-rtp");
  remote.number("ssrc", stats.ssrc.value())
      .text("kind", kindName(stats.kind))
      .text("transportId", transportId)
      .text("localId", id)
      .number("packetsLost", stats.remote->packetsLost)
      .number("fractionLost", stats.remote->fractionLost)
      .number("jitter", stats.remote->jitter)
      .number("totalRoundTripTime", stats.roundTrip.total().seconds())
      .number("roundTripTimeMeasurements", stats.roundTrip.measurements());
  if (!codecId.empty())
    remote.text("codecId", codecId);
  if (const auto trip = stats.roundTrip.latest())
    remote.number("roundTripTime", trip->seconds());
  records.push_back(remote.take());
}

// What is counted by samples, the jitter buffer counts in units of the codec's clock: with Opus,
// G.711 and G.722 a unit is a sample of its own rate.
template <typename Counters>
void addPlayout(const Counters& counters, uint64_t emitted, peer::RecordBuilder& record) {
  record.number("jitterBufferDelay", counters.jitterBufferDelay.seconds())
      .number("jitterBufferTargetDelay", counters.jitterBufferTargetDelay.seconds())
      .number("jitterBufferMinimumDelay", counters.jitterBufferMinimumDelay.seconds())
      .number("jitterBufferEmittedCount", emitted);
}

void addJitterBuffer(const media::InboundStats& stats, peer::RecordBuilder& record) {
  uint64_t discarded = stats.feedback.packetsDiscarded;
  if (stats.video) {
    addPlayout(*stats.video, stats.video->jitterBufferEmittedCount, record);
    record.number("framesReceived", stats.video->framesReceived)
        .number("framesAssembledFromMultiplePackets",
                stats.video->framesAssembledFromMultiplePackets)
        .number("totalAssemblyTime", stats.video->totalAssemblyTime.seconds())
        .number("freezeCount", stats.video->freezeCount)
        .number("totalFreezesDuration", stats.video->totalFreezesDuration.seconds());
    discarded += stats.video->packetsDiscarded;
  }
  if (stats.audio) {
    addPlayout(*stats.audio, stats.audio->jitterBufferEmittedCount, record);
    discarded += stats.audio->packetsDiscarded;
  }
  record.number("packetsDiscarded", discarded);
}

void addInbound(const media::InboundStats& stats, const std::string& transportId,
                CodecRecords& codecs, std::vector<peer::StatsRecord>& records) {
  const std::string id = streamId("IT", transportId, stats.kind, stats.ssrc);
  const std::string remoteId = streamId("RO", transportId, stats.kind, stats.ssrc);
  const std::string codecId =
      stats.codec ? codecs.idFor(*stats.codec, stats.kind, /*isSent=*/false) : std::string();
  const media::ReceiveCounters& counters = stats.counters;
  peer::RecordBuilder record(id, "inbound-rtp");
  record.number("ssrc", stats.ssrc.value())
      .text("kind", kindName(stats.kind))
      .text("transportId", transportId)
      .text("mid", stats.mid)
      .number("packetsReceived", counters.packetsReceived)
      .number("packetsLost", stats.packetsLost)
      .number("jitter", stats.jitter)
      .number("bytesReceived", counters.bytesReceived)
      .number("headerBytesReceived", counters.headerBytesReceived)
      .number("retransmittedPacketsReceived", counters.retransmittedPacketsReceived)
      .number("retransmittedBytesReceived", counters.retransmittedBytesReceived)
      .number("fecPacketsReceived", stats.feedback.fecPacketsReceived)
      .number("nackCount", stats.feedback.nackCount);
  if (!codecId.empty())
    record.text("codecId", codecId);
  if (stats.rtxSsrc)
    record.number("rtxSsrc", stats.rtxSsrc->value());
  if (counters.lastPacketAt)
    record.number("lastPacketReceivedTimestamp",
                  static_cast<double>(counters.lastPacketAt->us()) / 1000);
  if (stats.remote)
    record.text("remoteId", remoteId);
  if (stats.kind == media::Kind::kVideo) {
    record.number("pliCount", stats.feedback.pliCount).number("firCount", stats.feedback.firCount);
  }
  addJitterBuffer(stats, record);
  records.push_back(record.take());
  if (!stats.remote)
    return;

  // RTCRemoteOutboundRtpStreamStats (section 8.9).
  peer::RecordBuilder remote(remoteId, "remote-outbound-rtp");
  remote.number("ssrc", stats.ssrc.value())
      .text("kind", kindName(stats.kind))
      .text("transportId", transportId)
      .text("localId", id)
      .number("packetsSent", stats.remote->packetsSent)
      .number("bytesSent", stats.remote->bytesSent)
      .number("reportsSent", stats.remote->reports)
      .number("remoteTimestamp", static_cast<double>(stats.remote->ntpTime.toUnix().us()) / 1000);
  if (!codecId.empty())
    remote.text("codecId", codecId);
  records.push_back(remote.take());
}

}  // namespace

void addMediaStats(const media::Session& session, const std::string& transportId,
                   std::vector<peer::StatsRecord>& records) {
  CodecRecords codecs(transportId, records);
  for (const media::OutboundStats& stats : session.outboundStats())
    addOutbound(stats, transportId, codecs, records);
  for (const media::InboundStats& stats : session.inboundStats())
    addInbound(stats, transportId, codecs, records);
}

}  // namespace rtc::call
