#pragma once

// A call in virtual time: sound and pictures from one media session to another, over a path with a
// rate, a queue whose tail is dropped, delay, jitter and loss. RTCP goes back over delay, jitter
// and loss. What is shown is watched: how long pictures stand still, and how old they are.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "cpp/base/random.h"
#include "cpp/media/session.h"
#include "cpp/rtp/rtcp_packet.h"

namespace rtc::sim {

struct CallOptions {
  congestion::Bitrate bitsPerSecond = 2'000'000;
  Duration roundTrip = Duration::milliseconds(60);
  /// How long the last packet of a full queue waits.
  Duration queue = Duration::milliseconds(300);
  /// Of packets in either direction.
  double loss = 0;
  /// Added to the delay of each packet, uniformly up to this.
  Duration jitter = Duration::zero();
  /// Whether packets overtake each other by it.
  bool reorders = true;
  /// Timers fire at multiples of this, as in JavaScript.
  Duration timerGranularity = Duration::milliseconds(2);
};

class Call {
 public:
  struct Shown {
    Timestamp at;
    Timestamp capturedAt;
  };

  Call(const CallOptions& options, uint64_t seed)
      : options_(options), random_(seed), sender_(seed * 2), receiver_(seed * 2 + 1) {
    for (const media::StreamId id : {kAudio, kVideo}) {
      sender_.session->setSender(id, senderConfig(id), now_);
      receiver_.session->setReceiver(id, receiverConfig(id));
    }
    sender_.session->setConnected(true, now_);
    receiver_.session->setConnected(true, now_);
    drain();
  }

  CallOptions& options() { return options_; }
  Timestamp now() const { return now_; }
  /// What the encoders are told to make together.
  congestion::Bitrate target() const { return audioTarget_ + videoTarget_; }
  /// How long a packet would wait that came to the queue now.
  Duration queueing() const { return freeAt_ > now_ ? freeAt_ - now_ : Duration::zero(); }
  /// Bytes of RTP that came.
  uint64_t arrived() const { return arrived_; }
  size_t framesSent() const { return capturedAt_.size(); }
  size_t keyFramesSent() const { return keyFrames_; }
  size_t keyFramesAskedFor() const { return asked_; }
  const std::vector<Shown>& shown() const { return shown_; }
  /// Pictures that came twice, or after a later one.
  size_t disordered() const { return disordered_; }
  /// Sound that had to be concealed, and all of it.
  Duration concealed() const { return concealed_; }
  Duration heard() const { return heard_; }

  void runUntil(Timestamp end) {
    while (now_ < end) {
      Timestamp next = earlier(nextPicture_, nextSound_);
      for (const End* one : {&sender_, &receiver_})
        next = earlier(next, round(one->session->deadline()));
      if (!wire_.empty())
        next = earlier(next, wire_.begin()->first.first);
      now_ = std::min(std::max(now_, next), end);
      while (!wire_.empty() && wire_.begin()->first.first <= now_) {
        auto node = wire_.extract(wire_.begin());
        arrive(node.mapped());
        drain();
      }
      for (End* one : {&sender_, &receiver_}) {
        if (round(one->session->deadline()) <= now_)
          one->session->handleTimeout(now_);
        drain();
      }
      encode();
    }
  }
  void runFor(Duration time) { runUntil(now_ + time); }

  /// How often, and how long together, a picture stood for longer than three times the usual, and
  /// 150 ms longer than that (webrtc-stats, freezeCount), between two moments.
  struct Freezes {
    size_t count = 0;
    Duration total;
    Duration longest;
  };
  Freezes freezes(Timestamp from, Timestamp until) const {
    Freezes freezes;
    const Duration usual = Duration::microseconds(33'333);
    const Duration limit = std::max(usual * 3, usual + Duration::milliseconds(150));
    Timestamp last = from;
    const auto look = [&](Timestamp at) {
      const Duration stood = at - last;
      freezes.longest = std::max(freezes.longest, stood);
      if (stood > limit) {
        ++freezes.count;
        freezes.total += stood;
      }
      last = at;
    };
    for (const Shown& one : shown_) {
      if (one.at >= from && one.at < until)
        look(one.at);
    }
    look(until);
    return freezes;
  }

  /// From capture to display, of the pictures shown between two moments: the share-th of them.
  Duration delay(Timestamp from, Timestamp until, double share) const {
    std::vector<Duration> delays;
    for (const Shown& one : shown_) {
      if (one.at >= from && one.at < until)
        delays.push_back(one.at - one.capturedAt);
    }
    if (delays.empty())
      return until - from;
    std::sort(delays.begin(), delays.end());
    return delays[std::min(delays.size() - 1,
                           static_cast<size_t>(share * static_cast<double>(delays.size())))];
  }

 private:
  static constexpr media::StreamId kAudio{1};
  static constexpr media::StreamId kVideo{2};
  static constexpr rtp::PayloadType kOpus{111};
  static constexpr rtp::PayloadType kVp8{96};
  static constexpr Timestamp kStart = Timestamp::milliseconds(1000);
  /// Of IP and UDP.
  static constexpr size_t kOverhead = 28;

  struct End {
    explicit End(uint64_t seed) : random(seed) {
      media::SessionSettings settings;
      settings.start = kStart;
      session = std::make_unique<media::Session>(settings, random);
    }
    SeededRandom random;
    std::unique_ptr<media::Session> session;
  };

  struct Datagram {
    bool isForward = false;
    bool isRtcp = false;
    Bytes data;
  };

  static media::Codec opus() {
    media::Codec codec;
    codec.name = "opus";
    codec.clockRate = 48000;
    codec.channels = 2;
    codec.payloadType = kOpus;
    codec.hasTransportCc = true;
    return codec;
  }
  static media::Codec vp8() {
    media::Codec codec;
    codec.name = "VP8";
    codec.payloadType = kVp8;
    codec.rtxPayloadType = rtp::PayloadType(97);
    codec.format = payload::Format::kVp8;
    codec.hasNack = codec.hasPli = codec.hasFir = codec.hasTransportCc = true;
    return codec;
  }
  static rtp::ExtensionIds extensions() {
    rtp::ExtensionIds ids;
    ids.set(rtp::ExtensionKind::kAudioLevel, 1);
    ids.set(rtp::ExtensionKind::kAbsoluteSendTime, 2);
    ids.set(rtp::ExtensionKind::kTransportSequenceNumber, 3);
    ids.set(rtp::ExtensionKind::kMid, 4);
    return ids;
  }
  static media::SenderConfig senderConfig(media::StreamId id) {
    media::SenderConfig config;
    config.kind = id == kAudio ? media::Kind::kAudio : media::Kind::kVideo;
    config.mid = id == kAudio ? "0" : "1";
    config.cname = "cname";
    config.codecs = {id == kAudio ? opus() : vp8()};
    config.encodings = {media::SendEncoding{}};
    config.extensions = extensions();
    config.reducedSize = true;
    config.sends = true;
    return config;
  }
  static media::ReceiverConfig receiverConfig(media::StreamId id) {
    media::ReceiverConfig config;
    config.kind = id == kAudio ? media::Kind::kAudio : media::Kind::kVideo;
    config.mid = id == kAudio ? "0" : "1";
    config.codecs = {id == kAudio ? opus() : vp8()};
    config.extensions = extensions();
    config.reducedSize = true;
    config.receives = true;
    return config;
  }

  Timestamp round(Timestamp time) const {
    const int64_t step = options_.timerGranularity.us();
    if (time.isNever() || step == 0)
      return time;
    return Timestamp::microseconds((time.us() + step - 1) / step * step);
  }
  bool happens(double probability) {
    return probability > 0 && random_.u32() < probability * 4294967296.0;
  }

  // --- the encoders: sizes stray by 30 %, and a frame that was asked for takes three times as much

  void encode() {
    while (nextSound_ <= now_) {
      payload::EncodedFrame frame;
      frame.payloadType = kOpus;
      frame.timestamp = rtp::RtpTime(soundTime_);
      frame.capturedAt = nextSound_;
      frame.data =
          Bytes(std::clamp<size_t>(static_cast<size_t>(audioTarget_) / 8 / 50, 20, 160), 1);
      soundTime_ += 960;
      nextSound_ = nextSound_ + Duration::milliseconds(20);
      sender_.session->sendFrame(kAudio, 0, std::move(frame), now_);
      drain();
    }
    while (nextPicture_ <= now_) {
      if (videoTarget_ > 0 && !isHeld_)
        sendPicture();
      pictureTime_ += 3000;
      nextPicture_ = nextPicture_ + Duration::microseconds(33'333);
    }
  }

  void sendPicture() {
    const bool isKey = std::exchange(wantsKey_, false);
    keyFrames_ += isKey ? 1 : 0;
    const double share = isKey ? 3 : 0.7 + 0.6 * random_.below(1000) / 1000;
    const auto size = static_cast<size_t>(static_cast<double>(videoTarget_) / 8 / 30 * share);
    payload::EncodedFrame frame;
    frame.payloadType = kVp8;
    frame.timestamp = rtp::RtpTime(pictureTime_);
    frame.capturedAt = nextPicture_;
    frame.video.isKey = isKey;
    frame.data = Bytes(std::max<size_t>(size, 20), 0);
    frame.data[0] = isKey ? 0x10 : 0x11;
    if (isKey) {
      const uint8_t head[] = {0x9d, 0x01, 0x2a, 0x80, 2, 0x68, 1};
      std::copy(std::begin(head), std::end(head), frame.data.begin() + 3);
    }
    const auto number = static_cast<uint32_t>(capturedAt_.size());
    std::memcpy(frame.data.data() + kNumberAt, &number, sizeof number);
    capturedAt_.push_back(nextPicture_);
    sender_.session->sendFrame(kVideo, 0, std::move(frame), now_);
    drain();
  }

  // --- the path

  void drain() {
    drain(sender_);
    drain(receiver_);
  }

  void drain(End& end) {
    while (auto output = end.session->poll(now_)) {
      const bool isForward = &end == &sender_;
      if (auto* rtp = std::get_if<media::TransmitRtp>(&*output)) {
        forward({isForward, false, std::move(rtp->data)});
      } else if (auto* rtcp = std::get_if<media::TransmitRtcp>(&*output)) {
        forward({isForward, true, std::move(rtcp->data)});
      } else {
        take(std::get<media::Event>(*output));
      }
    }
  }

  void forward(Datagram datagram) {
    if (happens(options_.loss))
      return;
    Timestamp arrives = now_ + options_.roundTrip / 2;
    if (datagram.isForward) {
      const auto bits = static_cast<int64_t>(datagram.data.size() + kOverhead) * 8;
      const Duration time = Duration::microseconds(bits * 1'000'000 / options_.bitsPerSecond);
      const Duration waits = freeAt_ > now_ ? freeAt_ - now_ : Duration::zero();
      if (waits + time > std::max(options_.queue, time))
        return;
      freeAt_ = std::max(freeAt_, now_) + time;
      arrives = freeAt_ + options_.roundTrip / 2;
    }
    if (options_.jitter > Duration::zero()) {
      arrives = arrives + Duration::microseconds(
                              random_.below(static_cast<uint32_t>(options_.jitter.us()) + 1));
      Timestamp& last = lastArrival_[datagram.isForward ? 1 : 0];
      if (!options_.reorders)
        arrives = std::max(arrives, last);
      last = arrives;
    }
    wire_.emplace(std::pair(arrives, order_++), std::move(datagram));
  }

  void arrive(const Datagram& datagram) {
    media::Session& session = datagram.isForward ? *receiver_.session : *sender_.session;
    if (datagram.isRtcp) {
      session.handleRtcp(datagram.data, now_);
    } else {
      arrived_ += datagram.data.size() + kOverhead;
      session.handleRtp(datagram.data, now_);
    }
  }

  // --- what comes of it

  void take(const media::Event& event) {
    if (const auto* targets = std::get_if<media::SendTargets>(&event)) {
      (targets->sender == kAudio ? audioTarget_ : videoTarget_) = targets->bitrates[0];
      if (targets->sender == kVideo)
        isHeld_ = targets->isHeld;
    } else if (std::holds_alternative<media::KeyFrameRequested>(event)) {
      wantsKey_ = true;
      ++asked_;
    } else if (const auto* frame = std::get_if<media::FrameReceived>(&event)) {
      if (frame->receiver == kAudio) {
        heard_ += Duration::milliseconds(20);
      } else {
        show(*frame);
      }
    } else if (const auto* lost = std::get_if<media::FramesLost>(&event)) {
      if (lost->receiver == kAudio) {
        concealed_ += lost->duration;
        heard_ += lost->duration;
      }
    }
  }

  void show(const media::FrameReceived& frame) {
    uint32_t number = 0;
    std::memcpy(&number, frame.frame.data.data() + kNumberAt, sizeof number);
    if (number < nextNumber_ || number >= capturedAt_.size()) {
      ++disordered_;
      return;
    }
    nextNumber_ = number + 1;
    // A renderer shows a picture whose time has passed at once.
    const Timestamp at = std::max(now_, frame.playAt);
    shown_.push_back({shown_.empty() ? at : std::max(at, shown_.back().at), capturedAt_[number]});
  }

  static constexpr size_t kNumberAt = 10;

  CallOptions options_;
  SeededRandom random_;
  End sender_;
  End receiver_;
  Timestamp now_ = kStart;
  Timestamp nextPicture_ = kStart;
  Timestamp nextSound_ = kStart;
  Timestamp freeAt_;
  Timestamp lastArrival_[2];
  std::map<std::pair<Timestamp, uint64_t>, Datagram> wire_;
  uint64_t order_ = 0;

  congestion::Bitrate audioTarget_ = 0;
  congestion::Bitrate videoTarget_ = 0;
  uint32_t pictureTime_ = 0;
  uint32_t soundTime_ = 0;
  bool wantsKey_ = true;
  bool isHeld_ = false;
  size_t keyFrames_ = 0;
  size_t asked_ = 0;
  std::vector<Timestamp> capturedAt_;
  uint32_t nextNumber_ = 0;
  size_t disordered_ = 0;
  std::vector<Shown> shown_;
  uint64_t arrived_ = 0;
  Duration concealed_;
  Duration heard_;
};

}  // namespace rtc::sim
