#include "cpp/media/session.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cpp/base/random.h"
#include "cpp/rtp/extension_values.h"
#include "cpp/rtp/packet.h"
#include "cpp/rtp/rtcp_packet.h"

namespace rtc::media {
namespace {

constexpr StreamId kAudio(1);
constexpr StreamId kVideo(2);
constexpr rtp::PayloadType kOpus(111);
constexpr rtp::PayloadType kVp8(96);

Codec opus() {
  Codec codec;
  codec.name = "opus";
  codec.clockRate = 48000;
  codec.channels = 2;
  codec.payloadType = kOpus;
  codec.hasTransportCc = true;
  return codec;
}

Codec redundantOpus() {
  Codec red;
  red.name = "red";
  red.clockRate = 48000;
  red.channels = 2;
  red.fmtp = "111/111";
  red.payloadType = rtp::PayloadType(63);
  red.role = CodecRole::kRed;
  return red;
}

Codec telephoneEvents() {
  Codec codec;
  codec.name = "telephone-event";
  codec.clockRate = 48000;
  codec.payloadType = rtp::PayloadType(110);
  codec.format = payload::Format::kTelephoneEvent;
  return codec;
}

Codec vp8() {
  Codec codec;
  codec.name = "VP8";
  codec.payloadType = kVp8;
  codec.rtxPayloadType = rtp::PayloadType(97);
  codec.format = payload::Format::kVp8;
  codec.hasNack = codec.hasPli = codec.hasFir = codec.hasTransportCc = true;
  return codec;
}

rtp::ExtensionIds extensions() {
  rtp::ExtensionIds ids;
  ids.set(rtp::ExtensionKind::kAudioLevel, 1);
  ids.set(rtp::ExtensionKind::kAbsoluteSendTime, 2);
  ids.set(rtp::ExtensionKind::kTransportSequenceNumber, 3);
  ids.set(rtp::ExtensionKind::kMid, 4);
  ids.set(rtp::ExtensionKind::kRtpStreamId, 10);
  ids.set(rtp::ExtensionKind::kRepairedRtpStreamId, 11);
  ids.set(rtp::ExtensionKind::kVideoOrientation, 13);
  return ids;
}

SenderConfig senderOf(StreamId id) {
  SenderConfig config;
  config.kind = id == kAudio ? Kind::kAudio : Kind::kVideo;
  config.mid = id == kAudio ? "0" : "1";
  config.cname = "cname";
  config.codecs = id == kAudio ? std::vector{opus(), telephoneEvents()} : std::vector{vp8()};
  config.encodings = {SendEncoding{}};
  config.extensions = extensions();
  config.reducedSize = true;
  config.sends = true;
  return config;
}

ReceiverConfig receiverOf(StreamId id) {
  ReceiverConfig config;
  config.kind = id == kAudio ? Kind::kAudio : Kind::kVideo;
  config.mid = id == kAudio ? "0" : "1";
  config.codecs = id == kAudio ? std::vector{opus(), telephoneEvents()} : std::vector{vp8()};
  config.extensions = extensions();
  config.reducedSize = true;
  config.receives = true;
  return config;
}

/// Two sessions with a path of 20 ms between them, in virtual time.
class Call : public testing::Test {
 protected:
  struct End {
    explicit End(uint64_t seed)
        : random(seed), session(std::make_unique<Session>(settings(), random)) {}
    static SessionSettings settings() {
      SessionSettings settings;
      settings.start = Timestamp::milliseconds(1000);
      settings.unixMicrosecondsAtStart = 1'700'000'000'000'000;
      return settings;
    }
    SeededRandom random;
    std::unique_ptr<Session> session;
    std::vector<FrameReceived> frames;
    std::vector<FramesLost> lost;
    std::vector<std::pair<StreamId, bool>> receiving;
    std::vector<KeyFrameRequested> keyFrames;
    std::map<StreamId, std::vector<congestion::Bitrate>> targets;
    std::map<StreamId, std::vector<rtp::RtpTime>> firstTimestamps;
    std::vector<rtp::Packet> sentRtp;
    std::vector<rtp::RtcpMessage> sentRtcp;
  };

  void SetUp() override {
    for (const StreamId id : {kAudio, kVideo}) {
      a.session->setSender(id, senderOf(id), now);
      b.session->setReceiver(id, receiverOf(id));
    }
    a.session->setConnected(true, now);
    b.session->setConnected(true, now);
    drain();
  }

  void drain() {
    drain(a, b);
    drain(b, a);
  }

  void drain(End& from, End& to) {
    while (auto output = from.session->poll(now)) {
      if (auto* rtp = std::get_if<TransmitRtp>(&*output)) {
        from.sentRtp.push_back(*rtp::readPacket(rtp->data));
        if (!isLost(from, from.sentRtp.back()))
          flight.push_back({now + Duration::milliseconds(20), &to, false, std::move(rtp->data)});
      } else if (auto* rtcp = std::get_if<TransmitRtcp>(&*output)) {
        for (auto& message : rtp::readRtcp(rtcp->data))
          from.sentRtcp.push_back(std::move(message));
        flight.push_back({now + Duration::milliseconds(20), &to, true, std::move(rtcp->data)});
      } else {
        take(from, std::move(std::get<Event>(*output)));
      }
    }
  }

  static void take(End& end, Event event) {
    if (auto* frame = std::get_if<FrameReceived>(&event))
      end.frames.push_back(std::move(*frame));
    if (auto* lost = std::get_if<FramesLost>(&event))
      end.lost.push_back(*lost);
    if (auto* change = std::get_if<ReceivingChanged>(&event))
      end.receiving.emplace_back(change->receiver, change->active);
    if (auto* key = std::get_if<KeyFrameRequested>(&event))
      end.keyFrames.push_back(*key);
    if (auto* targets = std::get_if<SendTargets>(&event))
      end.targets[targets->sender] = targets->bitrates;
    if (auto* targets = std::get_if<SendTargets>(&event))
      end.firstTimestamps[targets->sender] = targets->firstTimestamps;
  }

  virtual bool isLost(const End& from, const rtp::Packet&) {
    if (&from == &a && lostNext)
      return true;
    return &from == &a && loss > 0 && dice.below(1000) < loss;
  }

  /// Runs until `end`, whatever is due on the way.
  void runUntil(Timestamp end) {
    while (true) {
      Timestamp next = earlier(a.session->deadline(), b.session->deadline());
      for (const Datagram& datagram : flight)
        next = earlier(next, datagram.at);
      if (next > end)
        break;
      now = std::max(now, next);
      while (!flight.empty() && flight.front().at <= now) {
        Datagram datagram = std::move(flight.front());
        flight.pop_front();
        if (datagram.isRtcp) {
          datagram.to->session->handleRtcp(datagram.data, now);
        } else {
          datagram.to->session->handleRtp(datagram.data, now);
        }
        drain();
      }
      for (End* one : {&a, &b}) {
        if (one->session->deadline() <= now)
          one->session->handleTimeout(now);
      }
      drain();
    }
    now = end;
  }
  void run(Duration duration) { runUntil(now + duration); }

  /// A picture that looks like VP8's: a key frame of 64x48, or one after it.
  static Bytes picture(bool isKey, size_t size, uint8_t fill) {
    Bytes data(std::max<size_t>(size, 10), fill);
    data[0] = isKey ? 0x10 : 0x11;
    if (isKey) {
      const uint8_t head[] = {0x9d, 0x01, 0x2a, 64, 0, 48, 0};
      std::copy(std::begin(head), std::end(head), data.begin() + 3);
    }
    return data;
  }

  void sendPicture(bool isKey, size_t size, std::optional<rtp::ColorSpace> colours = {}) {
    payload::EncodedFrame frame;
    frame.video.colorSpace = colours;
    frame.payloadType = kVp8;
    frame.timestamp = rtp::RtpTime(pictureTime);
    frame.video.isKey = isKey;
    frame.data = picture(isKey, size, static_cast<uint8_t>(pictures.size()));
    pictures.push_back(frame.data);
    pictureTime += 3000;
    a.session->sendFrame(kVideo, 0, std::move(frame), now);
    drain();
  }

  void sendSound(uint8_t level) {
    payload::EncodedFrame frame;
    frame.payloadType = kOpus;
    frame.timestamp = rtp::RtpTime(soundTime);
    frame.audio.level = level;
    frame.data = Bytes(60, static_cast<uint8_t>(soundTime / 960));
    soundTime += 960;
    a.session->sendFrame(kAudio, 0, std::move(frame), now);
    drain();
  }

  std::vector<Bytes> received(const End& end, StreamId id) const {
    std::vector<Bytes> list;
    for (const FrameReceived& frame : end.frames) {
      if (frame.receiver == id)
        list.push_back(frame.frame.data);
    }
    return list;
  }

  struct Datagram {
    Timestamp at;
    End* to;
    bool isRtcp;
    Bytes data;
  };
  Timestamp now = Timestamp::milliseconds(1000);
  End a{1};
  End b{2};
  std::deque<Datagram> flight;
  SeededRandom dice{3};
  uint32_t loss = 0;  // in a thousand
  bool lostNext = false;
  std::vector<Bytes> pictures;
  uint32_t pictureTime = 0;
  uint32_t soundTime = 0;
};

using MediaSession = Call;

TEST_F(MediaSession, CarriesSoundAndPicturesWhole) {
  for (int i = 0; i < 60; ++i) {
    sendPicture(i == 0, i == 0 ? 9000 : 2500);
    sendSound(30);
    run(Duration::milliseconds(33));
  }
  run(Duration::seconds(1));
  EXPECT_EQ(received(b, kVideo), pictures);
  EXPECT_EQ(received(b, kAudio).size(), 60u);
  EXPECT_TRUE(b.frames.front().frame.video.isKey || b.frames.front().receiver == kAudio);
  EXPECT_THAT(b.receiving,
              testing::UnorderedElementsAre(std::pair(kAudio, true), std::pair(kVideo, true)));
}

TEST_F(MediaSession, TellsTheLevelOfSoundFrames) {
  sendSound(42);
  run(Duration::seconds(1));
  ASSERT_FALSE(b.frames.empty());
  EXPECT_EQ(b.frames[0].frame.audio.level, 42);
}

TEST_F(MediaSession, AllowsNothingBeforeItIsConnected) {
  EXPECT_GT(a.targets[kVideo].at(0), 0);
  a.session->setConnected(false, now);
  drain();
  EXPECT_EQ(a.targets[kVideo].at(0), 0);
  const size_t before = a.sentRtp.size();
  sendPicture(true, 1000);
  run(Duration::seconds(2));
  EXPECT_EQ(a.sentRtp.size(), before);
}

TEST_F(MediaSession, PacketsStayWithinTheirBound) {
  sendPicture(true, 100'000);
  run(Duration::seconds(3));
  ASSERT_EQ(received(b, kVideo), pictures);
  for (const rtp::Packet& packet : a.sentRtp)
    EXPECT_LE(rtp::packetSize(packet), 1200u);
}

TEST_F(MediaSession, LostPacketsAreSentAgain) {
  loss = 50;
  for (int i = 0; i < 300; ++i) {
    sendPicture(i == 0, 2500);
    run(Duration::milliseconds(33));
  }
  loss = 0;
  run(Duration::seconds(2));
  EXPECT_GE(received(b, kVideo).size(), 295u);
  const auto stats = a.session->outboundStats();
  const auto video = std::find_if(stats.begin(), stats.end(),
                                  [](const OutboundStats& one) { return one.sender == kVideo; });
  ASSERT_NE(video, stats.end());
  EXPECT_GT(video->counters.retransmittedPacketsSent, 10u);
  EXPECT_GT(video->counters.nackCount, 5u);
}

TEST_F(MediaSession, AsksForAKeyFrameWhenTheDecoderDoes) {
  sendPicture(true, 1000);
  run(Duration::seconds(1));
  b.session->requestKeyFrame(kVideo, now);
  drain();
  run(Duration::milliseconds(30));
  ASSERT_EQ(a.keyFrames.size(), 1u);
  EXPECT_EQ(a.keyFrames[0].sender, kVideo);
  EXPECT_EQ(a.keyFrames[0].encoding, 0u);
  sendPicture(true, 1000);
  run(Duration::seconds(2));
  EXPECT_EQ(a.keyFrames.size(), 1u);
}

TEST_F(MediaSession, AsksForAKeyFrameAgainUntilOneComes) {
  sendPicture(true, 1000);
  run(Duration::seconds(1));
  b.session->requestKeyFrame(kVideo, now);
  drain();
  run(Duration::seconds(2));
  // Not more often than every 300 ms, though.
  EXPECT_GE(a.keyFrames.size(), 3u);
  EXPECT_LE(a.keyFrames.size(), 7u);
}

TEST_F(MediaSession, ReportsTellTheRoundTripAndTheLoss) {
  for (int i = 0; i < 200; ++i) {
    sendPicture(i == 0, 2000);
    run(Duration::milliseconds(33));
  }
  const auto stats = a.session->outboundStats();
  const auto video = std::find_if(stats.begin(), stats.end(),
                                  [](const OutboundStats& one) { return one.sender == kVideo; });
  ASSERT_NE(video, stats.end());
  ASSERT_TRUE(video->remote);
  EXPECT_EQ(video->remote->packetsLost, 0);
  ASSERT_TRUE(video->roundTrip.latest());
  EXPECT_NEAR(static_cast<double>(video->roundTrip.latest()->ms()), 40, 2);
  const auto inbound = b.session->inboundStats();
  const auto seen = std::find_if(inbound.begin(), inbound.end(),
                                 [](const InboundStats& one) { return one.receiver == kVideo; });
  ASSERT_NE(seen, inbound.end());
  EXPECT_TRUE(seen->remote);
  const auto media =
      std::count_if(a.sentRtp.begin(), a.sentRtp.end(),
                    [](const rtp::Packet& packet) { return packet.payloadType == kVp8; });
  EXPECT_EQ(seen->counters.packetsReceived, static_cast<uint64_t>(media));
  // Probes take little beside what they ask about, and end.
  const auto padding = a.sentRtp.size() - static_cast<size_t>(media);
  EXPECT_LT(padding, 300u);
}

TEST_F(MediaSession, TheEstimateGrowsOnAFreePath) {
  const auto before = a.targets[kVideo].at(0);
  for (int i = 0; i < 600; ++i) {
    sendPicture(i == 0, static_cast<size_t>(a.targets[kVideo].at(0) / 8 / 30));
    run(Duration::milliseconds(33));
  }
  EXPECT_GT(a.targets[kVideo].at(0), 3 * before);
}

TEST_F(MediaSession, SaysGoodbyeAndTheReceiverFallsSilent) {
  sendPicture(true, 1000);
  run(Duration::seconds(1));
  a.session->remove(kVideo, now);
  drain();
  run(Duration::seconds(1));
  EXPECT_THAT(b.receiving, testing::ElementsAre(std::pair(kVideo, true), std::pair(kVideo, false)));
}

TEST_F(MediaSession, SaysGoodbyeOnceWhenWhatItSendsEnds) {
  sendPicture(true, 1000);
  run(Duration::seconds(1));
  SenderConfig config = senderOf(kVideo);
  config.sends = false;
  config.ends = true;
  a.session->setSender(kVideo, config, now);
  drain();
  run(Duration::seconds(1));
  EXPECT_THAT(b.receiving, testing::ElementsAre(std::pair(kVideo, true), std::pair(kVideo, false)));
  a.session->remove(kVideo, now);
  a.session->close();
  drain();
  EXPECT_EQ(
      std::count_if(a.sentRtcp.begin(), a.sentRtcp.end(),
                    [](const auto& message) { return std::holds_alternative<rtp::Bye>(message); }),
      1);
}

// RFC 3550 section 8.2 has a sender draw another SSRC where somebody else has its own, for all of a
// session may hear both. Here there are two ends, and what either says of an SSRC is of the other's
// stream.
TEST_F(MediaSession, BothEndsMaySendWithOneSsrc) {
  SenderConfig config = senderOf(kVideo);
  config.encodings = {SendEncoding{rtp::Ssrc(7), rtp::Ssrc(8), {}}};
  for (End* one : {&a, &b}) {
    one->session->setSender(kVideo, config, now);
    one->session->setReceiver(kVideo, receiverOf(kVideo));
  }
  drain();
  std::vector<Bytes> theirs;
  loss = 50;
  for (int i = 0; i < 150; ++i) {
    sendPicture(i == 0, 2500);
    payload::EncodedFrame frame;
    frame.payloadType = kVp8;
    frame.timestamp = rtp::RtpTime(static_cast<uint32_t>(i) * 3000);
    frame.video.isKey = i == 0;
    frame.data = picture(i == 0, 1500, static_cast<uint8_t>(200 - i));
    theirs.push_back(frame.data);
    b.session->sendFrame(kVideo, 0, std::move(frame), now);
    drain();
    run(Duration::milliseconds(33));
  }
  loss = 0;
  run(Duration::seconds(2));
  EXPECT_GE(received(b, kVideo).size(), 145u);
  EXPECT_EQ(received(a, kVideo), theirs) << "of which nothing was lost";
  // And when one of the two ends, the other goes on.
  config.sends = false;
  config.ends = true;
  b.session->setSender(kVideo, config, now);
  drain();
  const size_t before = received(b, kVideo).size();
  sendPicture(true, 2500);
  run(Duration::seconds(1));
  EXPECT_EQ(received(b, kVideo).size(), before + 1);
  EXPECT_EQ(a.receiving.back(), std::pair(kVideo, false));
}

TEST_F(MediaSession, SendsTonesAsTelephoneEvents) {
  sendSound(30);
  EXPECT_TRUE(a.session->sendTone(kAudio, 7, Duration::milliseconds(100), now));
  run(Duration::seconds(1));
  const auto tones = std::count_if(
      a.sentRtp.begin(), a.sentRtp.end(),
      [](const rtp::Packet& packet) { return packet.payloadType == rtp::PayloadType(110); });
  EXPECT_EQ(tones, 5);
  EXPECT_FALSE(a.session->sendTone(kVideo, 7, Duration::milliseconds(100), now));
}

TEST_F(MediaSession, TonesBeforeAnySoundLieApartInTheirTimes) {
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(a.session->sendTone(kAudio, 5, Duration::milliseconds(100), now));
    run(Duration::seconds(1));
  }
  std::set<uint32_t> times;
  for (const rtp::Packet& packet : a.sentRtp)
    times.insert(packet.timestamp.value());
  ASSERT_EQ(times.size(), 2u);
  EXPECT_EQ(a.sentRtp.back().timestamp.value() - a.sentRtp.front().timestamp.value(), 48000u);
}

TEST_F(MediaSession, ReportsTellTheTimeOfTheSoundThoughATonesPacketsTellThatOfItsBeginning) {
  sendSound(30);
  run(Duration::milliseconds(100));
  ASSERT_TRUE(a.session->sendTone(kAudio, 7, Duration::seconds(1), now));
  run(Duration::seconds(4));
  std::vector<rtp::SenderReport> reports;
  for (const rtp::RtcpMessage& message : a.sentRtcp) {
    if (const auto* report = std::get_if<rtp::SenderReport>(&message))
      reports.push_back(*report);
  }
  ASSERT_GE(reports.size(), 3u);
  for (const rtp::SenderReport& report : reports) {
    const Duration since = report.ntpTime.toUnix() - reports[0].ntpTime.toUnix();
    const uint32_t passed = report.rtpTime.value() - reports[0].rtpTime.value();
    EXPECT_NEAR(passed, since.seconds() * 48000, 2);
  }
}

TEST_F(MediaSession, AnswersAReceiverThatMeasuresRoundTrips) {
  sendSound(30);
  rtp::ExtendedReport report;
  report.sender = rtp::Ssrc(99);
  report.referenceTime = rtp::NtpTime(0x1234567890abcdef);
  const rtp::RtcpMessage messages[] = {report};
  a.session->handleRtcp(rtp::writeRtcp(messages), now);
  drain();
  const auto answer =
      std::find_if(a.sentRtcp.begin(), a.sentRtcp.end(), [](const rtp::RtcpMessage& message) {
        return std::holds_alternative<rtp::ExtendedReport>(message);
      });
  ASSERT_NE(answer, a.sentRtcp.end());
  EXPECT_EQ(std::get<rtp::ExtendedReport>(*answer).dlrrs.at(0).lastReference,
            report.referenceTime->compact());
}

TEST_F(MediaSession, AnswersOnceHoweverManyReferenceTimesADatagramHas) {
  sendSound(30);
  std::vector<rtp::RtcpMessage> messages;
  for (uint32_t i = 1; i <= 3000; ++i) {
    rtp::ExtendedReport report;
    report.sender = rtp::Ssrc(i);
    report.referenceTime = rtp::NtpTime(0x1234567800000000 + (uint64_t{i} << 16));
    messages.emplace_back(std::move(report));
  }
  size_t answers = 0;
  a.session->handleRtcp(rtp::writeRtcp(messages), now);
  while (auto output = a.session->poll(now)) {
    if (const auto* rtcp = std::get_if<TransmitRtcp>(&*output)) {
      ++answers;
      EXPECT_LE(rtcp->data.size(), 1200u);
    }
  }
  EXPECT_EQ(answers, 1u);
}

// A peer names the round trip itself, by the delay that it reports: with one of a millisecond it
// may ask for everything again a thousand times a second.
TEST_F(MediaSession, WhatIsAskedForAgainAndAgainWaitsOnce) {
  sendPicture(true, 250'000);
  run(Duration::milliseconds(700));
  std::vector<rtp::SequenceNumber> all;
  rtp::Ssrc media;
  for (const rtp::Packet& packet : a.sentRtp) {
    if (packet.payloadType != kVp8)
      continue;
    media = packet.ssrc;
    all.push_back(packet.sequenceNumber);
  }
  ASSERT_GT(all.size(), 100u);
  // A report that the path takes no time at all.
  rtp::ReceiverReport report{rtp::Ssrc(99), {}};
  rtp::ReportBlock block;
  block.source = media;
  block.lastSenderReport = rtp::CompactNtp(1);
  block.delaySinceSenderReport = rtp::CompactNtp(0x7fffffff);
  report.blocks.push_back(block);
  const std::vector<rtp::RtcpMessage> reports(1, report);
  for (int i = 0; i < 20; ++i)
    a.session->handleRtcp(rtp::writeRtcp(reports), now);

  const size_t before = a.sentRtp.size();
  for (int i = 0; i < 400; ++i) {
    std::vector<rtp::RtcpMessage> nacks(4, rtp::Nack{rtp::Ssrc(99), media, all});
    now = now + Duration::milliseconds(1);
    a.session->handleRtcp(rtp::writeRtcp(nacks), now);
    a.session->handleTimeout(now);
    drain();
  }
  run(Duration::seconds(5));
  EXPECT_GT(a.sentRtp.size(), before);
  EXPECT_LT(a.sentRtp.size() - before, 4 * all.size()) << "at the pace of the path";
}

TEST_F(MediaSession, TenThousandSsrcsAreNoMoreThanAFewStreams) {
  rtp::Packet packet;
  packet.payloadType = kVp8;
  packet.payload = Bytes{0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 64, 0, 48, 0};
  for (uint32_t ssrc = 1; ssrc <= 10'000; ++ssrc) {
    packet.ssrc = rtp::Ssrc(ssrc);
    b.session->handleRtp(rtp::writePacket(packet), now);
  }
  drain();
  EXPECT_LE(b.session->inboundStats().size(), 4u);
}

TEST_F(MediaSession, AskingForAKeyFrameOfSoundLeavesNothingDue) {
  sendSound(30);
  const rtp::Ssrc ssrc = a.sentRtp.back().ssrc;
  const rtp::RtcpMessage messages[] = {rtp::Pli{rtp::Ssrc(9), ssrc}};
  a.session->handleRtcp(rtp::writeRtcp(messages), now);
  drain();
  EXPECT_TRUE(a.keyFrames.empty());
  EXPECT_GT(a.session->deadline(), now);
}

TEST_F(MediaSession, NothingIsDueOfStreamsThatAreGone) {
  sendPicture(true, 3000);
  run(Duration::milliseconds(30));
  for (const StreamId id : {kAudio, kVideo})
    b.session->remove(id, now);
  drain();
  run(Duration::seconds(1));
  EXPECT_GT(b.session->deadline(), now);
}

TEST_F(MediaSession, PicturesGoOnThroughANegotiation) {
  sendPicture(true, 3000);
  for (int i = 0; i < 20; ++i) {
    sendPicture(false, 2000);
    run(Duration::milliseconds(33));
    if (i == 10) {
      a.session->setSender(kVideo, senderOf(kVideo), now);
      b.session->setReceiver(kVideo, receiverOf(kVideo));
    }
  }
  run(Duration::seconds(1));
  EXPECT_EQ(received(b, kVideo), pictures);
  // VP8's picture ids count on, or receivers would take what follows for lost.
  EXPECT_TRUE(a.keyFrames.empty());
  std::vector<uint16_t> ids;
  for (const rtp::Packet& packet : a.sentRtp) {
    // X and I are set, and the id has 15 bits (RFC 7741 section 4.2).
    if (packet.payloadType == kVp8 && (packet.payload[0] & 0x10) != 0)
      ids.push_back(static_cast<uint16_t>((packet.payload[2] & 0x7f) << 8 | packet.payload[3]));
  }
  for (size_t i = 1; i < ids.size(); ++i)
    EXPECT_EQ(ids[i], (ids[i - 1] + 1) & 0x7fff);
}

TEST_F(MediaSession, ReportsOnMoreStreamsThanOneReportHasRoomFor) {
  constexpr uint32_t kStreams = 40;
  for (uint32_t i = 0; i < kStreams; ++i) {
    ReceiverConfig config = receiverOf(kVideo);
    config.mid = "v" + std::to_string(i);
    config.announced = {{rtp::Ssrc(1000 + i), rtp::Ssrc(0)}};
    b.session->setReceiver(StreamId(100 + i), config);
    rtp::Packet packet;
    packet.payloadType = kVp8;
    packet.ssrc = rtp::Ssrc(1000 + i);
    packet.payload = Bytes{0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 64, 0, 48, 0};
    b.session->handleRtp(rtp::writePacket(packet), now);
  }
  drain();
  run(Duration::seconds(2));
  std::set<rtp::Ssrc> reported;
  for (const rtp::RtcpMessage& message : b.sentRtcp) {
    if (const auto* report = std::get_if<rtp::ReceiverReport>(&message)) {
      EXPECT_LE(report->blocks.size(), 31u);
      for (const rtp::ReportBlock& block : report->blocks)
        reported.insert(block.source);
    }
  }
  EXPECT_EQ(reported.size(), kStreams);
}

TEST_F(MediaSession, PicturesAreTurnedBackBetweenKeyFrames) {
  for (const uint16_t rotation : {90, 0, 180, 0}) {
    payload::EncodedFrame frame;
    frame.payloadType = kVp8;
    frame.timestamp = rtp::RtpTime(pictureTime += 3000);
    frame.video.isKey = b.frames.empty();
    frame.video.rotation = rotation;
    frame.data = picture(frame.video.isKey, 100, 1);
    a.session->sendFrame(kVideo, 0, std::move(frame), now);
    drain();
    run(Duration::milliseconds(200));
    ASSERT_FALSE(b.frames.empty());
    EXPECT_EQ(b.frames.back().frame.video.rotation, rotation);
  }
  EXPECT_EQ(b.frames.size(), 4u);
}

TEST_F(MediaSession, AFrameThatIsRefusedDoesNotSayThatPicturesAreTurned) {
  for (int i = 0; i < 3; ++i) {
    payload::EncodedFrame frame;
    frame.payloadType = kVp8;
    frame.timestamp = rtp::RtpTime(pictureTime += 3000);
    frame.video.isKey = i == 0;
    frame.video.rotation = i == 0 ? 90 : 0;
    // There is nothing of the second to be sent.
    if (i != 1)
      frame.data = picture(frame.video.isKey, 100, 1);
    a.session->sendFrame(kVideo, 0, std::move(frame), now);
    drain();
    run(Duration::milliseconds(200));
  }
  ASSERT_EQ(b.frames.size(), 2u);
  EXPECT_EQ(b.frames[1].frame.video.rotation, 0);
}

TEST_F(MediaSession, WhatAPacketSaysIsOfItsFrameThoughALaterOneCameBefore) {
  sendSound(30);
  run(Duration::milliseconds(20));
  sendSound(10);
  sendSound(20);
  ASSERT_EQ(flight.size(), 2u);
  std::swap(flight[0].data, flight[1].data);
  run(Duration::milliseconds(500));
  ASSERT_EQ(b.frames.size(), 3u);
  EXPECT_EQ(b.frames[1].frame.audio.level, 10);
  EXPECT_EQ(b.frames[2].frame.audio.level, 20);
}

/// 3GPP TS 26.114 has the orientation told where it changes.
TEST_F(MediaSession, PicturesStayTurnedWhenAPacketSaysOnlySomethingElse) {
  ReceiverConfig config = receiverOf(kVideo);
  config.extensions.set(rtp::ExtensionKind::kColorSpace, 12);
  b.session->setReceiver(kVideo, config);
  for (uint16_t i = 0; i < 3; ++i) {
    rtp::Packet packet;
    packet.marker = true;
    packet.payloadType = kVp8;
    packet.sequenceNumber = rtp::SequenceNumber(100 + i);
    packet.timestamp = rtp::RtpTime(3000u * i);
    packet.ssrc = rtp::Ssrc(7);
    packet.setExtension(4, asBytes("1"));
    if (i == 0)
      packet.setExtension(13, rtp::writeVideoOrientation({90, false, false}));
    else if (i == 1)
      packet.setExtension(12, rtp::writeColorSpace({1, 1, 1, rtp::ColorSpace::Range::kFull}));
    else
      packet.setExtension(13, asBytes("no orientation"));
    packet.payload = picture(i == 0, 100, 1);
    packet.payload.insert(packet.payload.begin(), 0x10);
    b.session->handleRtp(rtp::writePacket(packet), now);
    drain();
    run(Duration::milliseconds(200));
  }
  ASSERT_EQ(b.frames.size(), 3u);
  EXPECT_EQ(b.frames[1].frame.video.rotation, 90);
  EXPECT_TRUE(b.frames[1].frame.video.colorSpace);
  EXPECT_EQ(b.frames[2].frame.video.rotation, 90);
}

TEST_F(MediaSession, PicturesWaitForSoundThatWasCapturedWithThem) {
  std::vector<Duration> waits;
  for (int i = 0; i < 600; ++i) {
    sendPicture(i == 0, 1000);
    payload::EncodedFrame sound;
    sound.payloadType = kOpus;
    sound.timestamp = rtp::RtpTime(soundTime);
    soundTime += 1584;  // 33 ms
    // An encoder that looks far ahead.
    sound.capturedAt = now - Duration::milliseconds(300);
    sound.data = Bytes(60, 1);
    a.session->sendFrame(kAudio, 0, std::move(sound), now);
    drain();
    run(Duration::milliseconds(33));
  }
  for (const FrameReceived& frame : b.frames) {
    if (frame.receiver == kVideo)
      waits.push_back(frame.playAt - frame.receivedAt);
  }
  ASSERT_GT(waits.size(), 500u);
  EXPECT_LT(waits[20], Duration::milliseconds(150));
  EXPECT_GT(waits.back(), Duration::milliseconds(250));
}

TEST_F(MediaSession, TellsAPeerWithoutTransportWideFeedbackWhatItMaySend) {
  SenderConfig sender = senderOf(kVideo);
  sender.codecs[0].hasTransportCc = false;
  sender.codecs[0].hasRemb = true;
  sender.extensions = {};
  sender.extensions.set(rtp::ExtensionKind::kAbsoluteSendTime, 2);
  sender.extensions.set(rtp::ExtensionKind::kMid, 4);
  ReceiverConfig receiver = receiverOf(kVideo);
  receiver.codecs = sender.codecs;
  receiver.extensions = sender.extensions;
  a.session->remove(kAudio, now);
  b.session->remove(kAudio, now);
  a.session->setSender(kVideo, sender, now);
  b.session->setReceiver(kVideo, receiver);
  for (int i = 0; i < 150; ++i) {
    sendPicture(i == 0, 3000);
    run(Duration::milliseconds(33));
  }
  std::vector<rtp::Remb> told;
  for (const rtp::RtcpMessage& message : b.sentRtcp) {
    EXPECT_FALSE(std::holds_alternative<rtp::TransportFeedbackBody>(message));
    if (const auto* remb = std::get_if<rtp::Remb>(&message))
      told.push_back(*remb);
  }
  ASSERT_GE(told.size(), 3u);
  EXPECT_EQ(told.back().sources, std::vector{a.sentRtp.back().ssrc});
  EXPECT_GT(told.back().bitsPerSecond, 600'000);
  EXPECT_GT(a.targets[kVideo][0], 500'000) << "and it is heard";
}

TEST_F(MediaSession, SoundIsPlayedOnceThoughAToneComesBetweenPacketsThatRepeatIt) {
  SenderConfig sender = senderOf(kAudio);
  ReceiverConfig receiver = receiverOf(kAudio);
  sender.codecs.insert(sender.codecs.begin(), redundantOpus());
  receiver.codecs = sender.codecs;
  a.session->setSender(kAudio, sender, now);
  b.session->setReceiver(kAudio, receiver);
  for (int i = 0; i < 4; ++i) {
    sendSound(30);
    run(Duration::milliseconds(20));
  }
  // And the tone is lost.
  lostNext = true;
  ASSERT_TRUE(a.session->sendTone(kAudio, 5, Duration::milliseconds(40), now));
  run(Duration::milliseconds(60));
  lostNext = false;
  for (int i = 0; i < 4; ++i) {
    sendSound(30);
    run(Duration::milliseconds(20));
  }
  run(Duration::seconds(1));
  std::set<Bytes> heard;
  for (const Bytes& frame : received(b, kAudio))
    EXPECT_TRUE(heard.insert(frame).second);
  EXPECT_EQ(heard.size(), 8u);
  // Nor would it be played by others: the first one behind the tone repeats nothing.
  const auto sound = std::ranges::count_if(a.sentRtp, [](const rtp::Packet& packet) {
    return packet.payloadType == redundantOpus().payloadType && packet.payload.size() < 100;
  });
  EXPECT_EQ(sound, 2);
}

TEST_F(MediaSession, SoundTravelsTwiceWhereRedIsPreferred) {
  SenderConfig sender = senderOf(kAudio);
  sender.codecs.insert(sender.codecs.begin(), redundantOpus());
  ReceiverConfig receiver = receiverOf(kAudio);
  receiver.codecs = sender.codecs;
  a.session->setSender(kAudio, sender, now);
  b.session->setReceiver(kAudio, receiver);
  for (int i = 0; i < 100; ++i) {
    lostNext = i % 5 == 3;
    sendSound(30);
    lostNext = false;
    run(Duration::milliseconds(20));
  }
  run(Duration::milliseconds(300));
  EXPECT_EQ(a.sentRtp.front().payloadType, redundantOpus().payloadType);
  EXPECT_EQ(received(b, kAudio).size(), 100u);
  EXPECT_TRUE(b.lost.empty());
}

TEST_F(MediaSession, FindsTheCapacityOfAPathWithoutAStreamForRetransmissions) {
  SenderConfig sender = senderOf(kVideo);
  sender.codecs[0].rtxPayloadType.reset();
  ReceiverConfig receiver = receiverOf(kVideo);
  receiver.codecs = sender.codecs;
  a.session->setSender(kVideo, sender, now);
  b.session->setReceiver(kVideo, receiver);
  for (int i = 0; i < 90; ++i) {
    sendPicture(i == 0, 1000);
    run(Duration::milliseconds(33));
  }
  run(Duration::milliseconds(300));
  EXPECT_GT(a.targets[kVideo][0], 1'000'000) << "thirty times what is sent";
  EXPECT_EQ(received(b, kVideo), pictures);
  // Padding has numbers of the stream, in order, and none is missed.
  std::vector<uint16_t> numbers;
  for (const rtp::Packet& packet : a.sentRtp) {
    if (packet.payloadType == kVp8)
      numbers.push_back(packet.sequenceNumber.value());
  }
  for (size_t i = 1; i < numbers.size(); ++i)
    EXPECT_EQ(numbers[i], static_cast<uint16_t>(numbers[i - 1] + 1));
  EXPECT_GT(numbers.size(), pictures.size());
  for (const rtp::RtcpMessage& message : b.sentRtcp)
    EXPECT_FALSE(std::holds_alternative<rtp::Nack>(message));
}

TEST_F(MediaSession, ColoursAreThoseOfTheLastKeyFrame) {
  ReceiverConfig receiver = receiverOf(kVideo);
  receiver.extensions.set(rtp::ExtensionKind::kColorSpace, 8);
  b.session->setReceiver(kVideo, receiver);
  uint16_t number = 100;
  const auto receive = [&](bool isKey, bool hasColours) {
    rtp::Packet packet;
    packet.payloadType = kVp8;
    packet.marker = true;
    packet.sequenceNumber = rtp::SequenceNumber(number);
    packet.timestamp = rtp::RtpTime(3000u * number++);
    packet.ssrc = rtp::Ssrc(5);
    packet.setExtension(4, asBytes("1"));
    if (hasColours)
      packet.setExtension(8, Bytes{1, 13, 1, 0x20});
    packet.payload = Bytes{0x10};
    const Bytes data = picture(isKey, 100, 0);
    packet.payload.insert(packet.payload.end(), data.begin(), data.end());
    b.session->handleRtp(rtp::writePacket(packet), now);
    drain();
    run(Duration::milliseconds(33));
  };
  receive(true, true);
  receive(false, false);
  receive(true, false);
  run(Duration::milliseconds(300));
  ASSERT_EQ(b.frames.size(), 3u);
  const rtp::ColorSpace full{1, 13, 1, rtp::ColorSpace::Range::kFull};
  EXPECT_EQ(b.frames[0].frame.video.colorSpace, full);
  EXPECT_EQ(b.frames[1].frame.video.colorSpace, full);
  EXPECT_FALSE(b.frames[2].frame.video.colorSpace);
}

TEST_F(MediaSession, NamesColoursOnKeyFramesAndWhereTheyChange) {
  SenderConfig sender = senderOf(kVideo);
  ReceiverConfig receiver = receiverOf(kVideo);
  sender.extensions.set(rtp::ExtensionKind::kColorSpace, 8);
  receiver.extensions.set(rtp::ExtensionKind::kColorSpace, 8);
  a.session->setSender(kVideo, sender, now);
  b.session->setReceiver(kVideo, receiver);
  const rtp::ColorSpace full{1, 13, 1, rtp::ColorSpace::Range::kFull};
  const rtp::ColorSpace limited{1, 1, 1, rtp::ColorSpace::Range::kLimited};
  const std::optional<rtp::ColorSpace> sent[] = {full, full, limited, full, std::nullopt};
  const bool keys[] = {true, false, false, true, true};
  for (size_t i = 0; i < std::size(sent); ++i) {
    sendPicture(keys[i], 3000, sent[i]);
    run(Duration::milliseconds(33));
  }
  run(Duration::milliseconds(300));
  std::vector<bool> named;
  for (const rtp::Packet& packet : a.sentRtp) {
    if (packet.payloadType != kVp8)
      continue;
    if (packet.marker)
      named.push_back(packet.extension(8).has_value());
    else
      EXPECT_FALSE(packet.extension(8)) << "once a frame is enough";
  }
  EXPECT_EQ(named, (std::vector<bool>{true, false, true, true, false}));
  ASSERT_EQ(b.frames.size(), std::size(sent));
  for (size_t i = 0; i < std::size(sent); ++i)
    EXPECT_EQ(b.frames[i].frame.video.colorSpace, sent[i]) << i;
}

TEST_F(MediaSession, TellsWhatTimestampsBecome) {
  sendPicture(true, 1000);
  run(Duration::milliseconds(300));
  ASSERT_EQ(a.firstTimestamps[kVideo].size(), 1u);
  EXPECT_EQ(a.sentRtp.front().timestamp, a.firstTimestamps[kVideo][0]);
}

TEST_F(MediaSession, RubbishChangesNothing) {
  SeededRandom random(9);
  for (int i = 0; i < 20'000; ++i) {
    Bytes bytes(random.below(80));
    ASSERT_TRUE(random.fill(bytes));
    if (!bytes.empty())
      bytes[0] = static_cast<uint8_t>(0x80 | (bytes[0] & 0x3f));
    if (random.below(2) == 0) {
      b.session->handleRtp(bytes, now);
      a.session->handleRtp(bytes, now);
    } else {
      b.session->handleRtcp(bytes, now);
      a.session->handleRtcp(bytes, now);
    }
  }
  drain();
  sendPicture(true, 3000);
  run(Duration::seconds(2));
  EXPECT_THAT(received(b, kVideo), testing::Contains(pictures[0]));
}

TEST(MediaSessionAlone, HoldsNoMoreInAllStreamsThanItsBound) {
  SeededRandom random(1);
  SessionSettings settings;
  settings.start = Timestamp::milliseconds(1000);
  settings.maxHeldBytes = size_t{2} * 1024 * 1024;
  Session session(settings, random);
  constexpr uint32_t kReceivers = 20;
  for (uint32_t i = 0; i < kReceivers; ++i) {
    ReceiverConfig config = receiverOf(kVideo);
    config.mid = std::to_string(i);
    config.announced = {{rtp::Ssrc(100 + i), rtp::Ssrc(0)}};
    session.setReceiver(StreamId(i), config);
  }
  session.setConnected(true, settings.start);
  const auto held = [&] {
    uint64_t bytes = 0;
    for (const InboundStats& stats : session.inboundStats())
      bytes += stats.counters.bytesReceived;
    return bytes;
  };
  // Frames without beginning, of which nothing leaves; a stream that begins anew counts anew.
  uint64_t sent = 0;
  for (uint16_t number = 0; number < 500; ++number) {
    for (uint32_t i = 0; i < kReceivers; ++i) {
      rtp::Packet packet;
      packet.ssrc = rtp::Ssrc(100 + i);
      packet.payloadType = kVp8;
      packet.sequenceNumber = rtp::SequenceNumber(number);
      packet.payload = Bytes(1000, 0);
      sent += packet.payload.size();
      session.handleRtp(rtp::writePacket(packet), settings.start);
    }
    ASSERT_LE(held(), settings.maxHeldBytes + kReceivers * 64 * 1000);
  }
  EXPECT_GT(sent, 4 * settings.maxHeldBytes);
  EXPECT_GT(held(), settings.maxHeldBytes / 4);
}

class BrokenRandom final : public RandomSource {
 public:
  [[nodiscard]] bool fill(MutableByteSpan) override { return false; }
};

TEST(MediaSessionAlone, HasStreamsThatDifferWithoutRandomness) {
  constexpr StreamId kSecond(3);
  BrokenRandom random;
  SessionSettings settings;
  settings.start = Timestamp::milliseconds(1000);
  Session session(settings, random);
  std::set<uint32_t> ssrcs;
  Timestamp now = settings.start;
  for (const StreamId id : {kAudio, kSecond}) {
    SenderConfig config = senderOf(kAudio);
    config.mid = id == kAudio ? "0" : "2";
    session.setSender(id, config, now);
  }
  session.setConnected(true, now);
  for (const StreamId id : {kAudio, kSecond}) {
    payload::EncodedFrame frame;
    frame.payloadType = kOpus;
    frame.data = Bytes(60, 1);
    session.sendFrame(id, 0, std::move(frame), now);
  }
  for (int i = 0; i < 100; ++i) {
    now = now + Duration::milliseconds(10);
    session.handleTimeout(now);
    while (auto output = session.poll(now)) {
      if (const auto* packet = std::get_if<TransmitRtp>(&*output))
        ssrcs.insert(rtp::readPacket(packet->data)->ssrc.value());
    }
  }
  EXPECT_EQ(ssrcs.size(), 2u);
  EXPECT_FALSE(ssrcs.contains(0));
}

}  // namespace
}  // namespace rtc::media
