#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "cpp/base/random.h"
#include "cpp/media/jitter_buffer.h"
#include "tests/cpp/media/video_stream.h"

namespace rtc::media {

/// A sender, a path that loses, delays and duplicates in virtual time, and a receiver that asks for
/// what it misses once a round trip, in front of a jitter buffer and a checked decoder.
class LossyPath {
 public:
  struct Options {
    Duration oneWay = Duration::milliseconds(50);
    Duration jitter = Duration::milliseconds(10);
    double loss = 0;
    double duplicates = 0.01;
    bool retransmits = true;
    /// 1, or 2 with every other frame in an upper layer.
    int temporalLayers = 1;
    size_t frames = 450;
    size_t keySize = 12000;
    size_t deltaSize = 3000;
  };

  LossyPath(payload::Format format, uint64_t seed, const Options& options)
      : options_(options),
        random_(seed + 1000),
        stream_(format, seed),
        decoder_(stream_),
        buffer_({videoCodec(format)}) {
    buffer_.setRoundTrip(options.oneWay * 2);
  }

  JitterBuffer& buffer() { return buffer_; }
  const VideoStream& stream() const { return stream_; }
  const CheckedDecoder& decoder() const { return decoder_; }
  const std::string& error() const { return error_; }
  /// From capture to the decoder.
  Duration longestDelay() const { return longestDelay_; }
  Duration sumOfDelays() const { return sumOfDelays_; }
  size_t keyFramesAskedFor() const { return asked_; }

  void run() {
    for (size_t i = 0; i < options_.frames; ++i)
      at(kStart + kFrameInterval * static_cast<int64_t>(i), [this] { sendFrame(); });
    const Timestamp end =
        kStart + kFrameInterval * static_cast<int64_t>(options_.frames) + Duration::seconds(3);
    while (now_ < end && error_.empty()) {
      const Timestamp event = events_.empty() ? Timestamp::never() : events_.begin()->first;
      now_ = earlier(earlier(event, buffer_.deadline()), end);
      if (event <= now_) {
        auto node = events_.extract(events_.begin());
        node.mapped()();
      }
      if (buffer_.deadline() <= now_)
        buffer_.handleTimeout(now_);
      drain();
    }
  }

 private:
  static constexpr Timestamp kStart = Timestamp::milliseconds(5000);
  static constexpr Duration kFrameInterval = Duration::microseconds(33333);

  void at(Timestamp time, std::function<void()> action) {
    events_.emplace(time, std::move(action));
  }
  bool happens(double probability) { return random_.below(1'000'000) < probability * 1'000'000; }

  void sendFrame() {
    const size_t number = stream_.frames().size();
    const bool isKey = number == 0 || wantsKey_;
    wantsKey_ = false;
    sinceKey_ = isKey ? 0 : sinceKey_ + 1;
    const auto layer = static_cast<uint8_t>(options_.temporalLayers == 2 ? sinceKey_ % 2 : 0);
    const bool isSync = layer == 1 && sinceKey_ % 8 == 1;
    capturedAt_.push_back(now_);
    const auto packets = stream_.send(isKey,
                                      (isKey ? options_.keySize : options_.deltaSize) / 2 +
                                          random_.below(static_cast<uint32_t>(options_.deltaSize)),
                                      layer, isSync);
    Timestamp leaves = now_;
    for (const SentPacket& sent : packets) {
      sent_.emplace(sent.index, sent.packet);
      at(leaves, [this, sent] { travel(sent); });
      leaves = leaves + Duration::microseconds(500);
    }
  }

  void travel(const SentPacket& sent) {
    for (int copy = 0; copy < (happens(options_.duplicates) ? 2 : 1); ++copy) {
      if (happens(options_.loss))
        continue;
      const auto jitter =
          static_cast<int64_t>(random_.below(static_cast<uint32_t>(options_.jitter.us()) + 1));
      at(now_ + options_.oneWay + Duration::microseconds(jitter), [this, sent] { receive(sent); });
    }
  }

  void receive(const SentPacket& sent) {
    received_.insert(sent.index);
    if (options_.retransmits) {
      for (auto index = highest_.value_or(sent.index).next(); index < sent.index;
           index = index.next())
        at(now_ + options_.jitter, [this, index] { askAgain(index, 0); });
    }
    highest_ = highest_ ? std::max(*highest_, sent.index) : sent.index;
    buffer_.insert(sent.packet, sent.index, now_);
  }

  void askAgain(rtp::SequenceIndex index, int times) {
    if (received_.contains(index) || times == 10)
      return;
    if (!happens(options_.loss)) {
      at(now_ + options_.oneWay, [this, index] { travel({sent_.at(index), index}); });
    }
    at(now_ + options_.oneWay * 2 + options_.jitter * 2,
       [this, index, times] { askAgain(index, times + 1); });
  }

  void drain() {
    while (auto output = buffer_.poll()) {
      if (std::get_if<JitterBuffer::KeyFrameNeeded>(&*output)) {
        ++asked_;
        at(now_ + options_.oneWay, [this] { wantsKey_ = true; });
        continue;
      }
      const auto& frame = std::get<JitterBuffer::Frame>(*output);
      const std::string problem = decoder_.decode(frame.frame);
      if (!problem.empty() && error_.empty()) {
        error_ = problem + " at " + std::to_string(now_.ms());
        return;
      }
      const Duration delay = now_ - capturedAt_[*stream_.find(frame.frame.data)];
      longestDelay_ = std::max(longestDelay_, delay);
      sumOfDelays_ += delay;
    }
  }

  Options options_;
  SeededRandom random_;
  VideoStream stream_;
  CheckedDecoder decoder_;
  JitterBuffer buffer_;
  Timestamp now_ = kStart;
  std::multimap<Timestamp, std::function<void()>> events_;
  std::map<rtp::SequenceIndex, rtp::Packet> sent_;
  std::set<rtp::SequenceIndex> received_;
  std::optional<rtp::SequenceIndex> highest_;
  std::vector<Timestamp> capturedAt_;
  bool wantsKey_ = false;
  size_t sinceKey_ = 0;
  size_t asked_ = 0;
  Duration longestDelay_;
  Duration sumOfDelays_;
  std::string error_;
};

}  // namespace rtc::media
