// Two media sessions with a path between them: the input's first byte chooses codecs and feedback,
// two more, where the first of them is 255, what else may be negotiated, and the rest is a program.
// Both send sound, tones and pictures, in one encoding or two; packets are lost, late, repeated,
// damaged and made up, with the numbers of streams that are there or are not; streams are stopped,
// configured anew and taken away; wishes, round trips and paths change. What is received was sent,
// once and in order, says of itself what was said when it was sent, and arrives once the path is
// good, as long as nothing was made up; tones are told as they last, reports fit the time that
// frames tell, reference times are answered; packets keep to their size, memory to its bound, and
// deadlines lie ahead.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "cpp/base/random.h"
#include "cpp/media/session.h"
#include "cpp/payload/telephone_event.h"
#include "cpp/rtp/extension_values.h"
#include "cpp/rtp/packet.h"
#include "cpp/rtp/rtcp_packet.h"
#include "tests/cpp/base/bytes_in_use.h"
#include "tests/cpp/payload/frames.h"
#include "tests/fuzz/require.h"

namespace {

using namespace rtc;
using namespace rtc::media;
using payload::Format;
using rtc::fuzz::require;

constexpr StreamId kAudio(1), kVideo(2);
constexpr rtp::PayloadType kTones(110);
constexpr Duration kTick = Duration::milliseconds(1);
constexpr int kMostInstructions = 100;
constexpr size_t kMostInFlight = 400;
constexpr size_t kRemembered = 32;
constexpr size_t kMostHeld = size_t{2} * 1024 * 1024;
constexpr size_t kLittleHeld = size_t{32} * 1024;
constexpr size_t kMostMemory = size_t{24} * 1024 * 1024;
constexpr size_t kMostPacket = 1500;
/// For one input or timeout: the largest frame, and what was asked for again.
constexpr int kMostOutputs = 5000;
constexpr int kMostSteps = 20000;

/// Of the first byte.
constexpr uint8_t kVp9 = 1, kH264 = 2, kSimulcast = 4, kTransportCc = 8, kRemb = 16, kRtx = 32,
                  kRed = 64, kAnnounces = 128;

/// Of the byte behind one of 255.
constexpr uint8_t kPcmu = 1, kFullSize = 2, kFirOnly = 4, kFec = 8, kMoreExtensions = 16, kAv1 = 32,
                  kSmall = 64, kSingleNals = 128;
constexpr uint8_t kOptionsFollow = 255;

enum Instruction : uint8_t {
  kFrame,      // who, kind, size, key
  kRun,        // how long
  kStall,      // how long: timers come late
  kPath,       // delay, which of the next eight are lost
  kLate,       // which: it comes last
  kRepeat,     // which
  kDamage,     // which, where, how
  kReplay,     // which of those that arrived, changes of its header
  kForgeRtp,   // to whom, type, number, stream, extension, length, bytes
  kForgeRtcp,  // to whom, type, count, length, bytes
  kConfigure,  // who, kind, what
  kRemove,     // who, kind
  kWish,       // who, activity, rates
  kTone,       // who, event, duration
  kKey,        // who
  kTarget,     // who, kind, how long
  kConnected,  // who, whether
  kChanged,    // who, round trip
  kCount,
};

/// What came later: bytes from here on.
constexpr uint8_t kFirstMore = 0xe0;
enum More : uint8_t {
  kAttribute,  // who, kind, size, key, what it says of itself
  kReference,  // to whom, how many, of when
  kAsk,        // to whom, what: a key frame, or less
  kFecPacket,  // to whom, how, number, length, bytes
  kCorrect,    // to whom, which of the packets that arrived, what
  kMoreCount,
};

/// What a frame says of itself.
struct Said {
  std::optional<uint8_t> level;
  bool isVoice = false;
  uint16_t rotation = 0;
  std::optional<rtp::ColorSpace> colorSpace;
  std::vector<rtp::Ssrc> csrcs;
};

/// A tone that is being sent.
struct Tone {
  uint8_t event = 0;
  Timestamp begin;
  Duration length;
  std::optional<rtp::RtpTime> timestamp;
  uint16_t last = 0;
  int ends = 0;
  /// No sound came meanwhile.
  bool isAlone = true;
};

struct End {
  End(uint64_t seed, size_t mostHeld) : random(seed), session(settings(mostHeld), random) {}
  static SessionSettings settings(size_t mostHeld) {
    SessionSettings settings;
    settings.start = Timestamp::milliseconds(1000);
    settings.unixMicrosecondsAtStart = 1'700'000'000'000'000;
    settings.maxHeldBytes = mostHeld;
    return settings;
  }

  SeededRandom random;
  Session session;
  /// By kind, what was sent, and how far the other end has received of it.
  std::map<StreamId, std::vector<Bytes>> sent;
  std::map<StreamId, std::vector<Said>> said;
  std::map<std::pair<StreamId, rtp::Ssrc>, size_t> received;
  /// Its own, as packets have shown them.
  std::set<rtp::Ssrc> ssrcs;
  uint32_t time = 0;
  bool isAskedForKey = false;
  /// By kind: what timestamps become, and which was given when.
  std::map<StreamId, uint32_t> firstTimestamps;
  std::map<StreamId, std::pair<uint32_t, Timestamp>> clocks;
  std::optional<Tone> tone;
  /// Of the tone before, on the clock of the sound, if no sound came since.
  std::optional<std::pair<rtp::RtpTime, Timestamp>> toneBefore;
  std::vector<rtp::ExtendedReport::Dlrr> references;
};

struct Datagram {
  Timestamp at;
  End* to;
  bool isRtcp;
  Bytes data;
};

class Program {
 public:
  explicit Program(ByteReader reader)
      : reader_(reader),
        setup_(next()),
        options_(nextOptions()),
        before_(testing::bytesInUse()),
        a_(1, mostHeld()),
        b_(2, mostHeld()) {
    for (End* end : {&a_, &b_}) {
      for (const StreamId id : {kAudio, kVideo}) {
        end->session.setSender(id, sender(id), now_);
        end->session.setReceiver(id, receiver(id));
      }
      end->session.setConnected(true, now_);
    }
    drain();
  }

  void run() {
    for (int count = 0; count < kMostInstructions && !reader_.atEnd(); ++count) {
      const uint8_t what = next();
      if (what >= kFirstMore)
        step(static_cast<More>((what - kFirstMore) % kMoreCount));
      else
        step(static_cast<Instruction>(what % kCount));
      drain();
      check();
    }
    delay_ = Duration::milliseconds(20);
    lost_ = 0;
    run(Duration::seconds(5));
    check();
    if (!isHostile_ && !isRestrained_) {
      expectPicture(a_, b_);
      expectPicture(b_, a_);
    }
    for (End* end : {&a_, &b_})
      end->session.close();
    drain();
  }

 private:
  uint8_t next() { return reader_.u8().value_or(0); }
  uint8_t nextOptions() {
    ByteReader ahead = reader_;
    if (ahead.u8() != kOptionsFollow)
      return 0;
    reader_ = ahead;
    return next();
  }
  uint16_t next16() { return reader_.u16().value_or(0); }
  uint32_t next32() { return reader_.u32().value_or(0); }
  Bytes nextBytes() {
    return toBytes(*reader_.bytes(std::min<size_t>(next(), reader_.remaining())));
  }
  End& someone() { return next() % 2 == 0 ? a_ : b_; }
  StreamId kind() { return next() % 4 == 0 ? kAudio : kVideo; }

  // --- what was negotiated

  bool has(uint8_t option) const { return (options_ & option) != 0; }
  size_t mostHeld() const { return has(kSmall) ? kLittleHeld : kMostHeld; }
  uint32_t audioRate() const { return has(kPcmu) ? 8000 : 48000; }
  rtp::PayloadType audioType() const { return rtp::PayloadType(has(kPcmu) ? 0 : 111); }

  Format videoFormat() const {
    if (has(kAv1))
      return Format::kAv1;
    if ((setup_ & kVp9) != 0)
      return Format::kVp9;
    return (setup_ & kH264) != 0 ? Format::kH264 : Format::kVp8;
  }

  std::vector<Codec> codecs(StreamId id) const {
    Codec codec;
    codec.hasTransportCc = (setup_ & kTransportCc) != 0;
    if (id == kAudio) {
      codec.name = "opus";
      codec.clockRate = 48000;
      codec.channels = 2;
      codec.payloadType = audioType();
      if (has(kPcmu)) {
        codec.name = "PCMU";
        codec.clockRate = 8000;
        codec.channels = 1;
      }
      Codec tones;
      tones.name = "telephone-event";
      tones.clockRate = codec.clockRate;
      tones.payloadType = rtp::PayloadType(110);
      tones.format = Format::kTelephoneEvent;
      Codec red = codec;
      red.name = "red";
      red.fmtp = has(kPcmu) ? "0/0" : "111/111";
      red.payloadType = rtp::PayloadType(63);
      red.role = CodecRole::kRed;
      if ((setup_ & kRed) != 0)
        return {red, codec, tones};
      return {codec, tones};
    }
    codec.name = "video";
    codec.payloadType = rtp::PayloadType(96);
    codec.format = videoFormat();
    if (codec.format == Format::kH264 && !has(kSingleNals))
      codec.fmtp = "packetization-mode=1";
    codec.hasNack = codec.hasFir = true;
    codec.hasPli = !has(kFirOnly);
    codec.hasRemb = (setup_ & kRemb) != 0;
    if ((setup_ & kRtx) != 0)
      codec.rtxPayloadType = rtp::PayloadType(97);
    if (!has(kFec))
      return {codec};
    Codec red;
    red.name = "red";
    red.payloadType = rtp::PayloadType(98);
    red.role = CodecRole::kRed;
    Codec fec;
    fec.name = "ulpfec";
    fec.payloadType = rtp::PayloadType(99);
    fec.role = CodecRole::kUlpfec;
    return {codec, red, fec};
  }

  rtp::ExtensionIds extensions() const {
    using rtp::ExtensionKind;
    rtp::ExtensionIds ids;
    ids.set(ExtensionKind::kAudioLevel, 1);
    ids.set(ExtensionKind::kAbsoluteSendTime, 2);
    if ((setup_ & kTransportCc) != 0)
      ids.set(ExtensionKind::kTransportSequenceNumber, 3);
    ids.set(ExtensionKind::kMid, 4);
    ids.set(ExtensionKind::kRtpStreamId, 10);
    ids.set(ExtensionKind::kRepairedRtpStreamId, 11);
    ids.set(ExtensionKind::kVideoOrientation, 13);
    if (has(kMoreExtensions)) {
      ids.set(ExtensionKind::kColorSpace, 12);
      ids.set(ExtensionKind::kTransmissionOffset, 14);
      // An id for which extensions of two bytes are needed.
      ids.set(ExtensionKind::kVideoOrientation, 16);
    }
    return ids;
  }

  SenderConfig sender(StreamId id) const {
    SenderConfig config;
    config.kind = id == kAudio ? Kind::kAudio : Kind::kVideo;
    config.mid = id == kAudio ? "0" : "1";
    config.cname = "c";
    config.codecs = codecs(id);
    config.encodings = {SendEncoding{}};
    if (id == kVideo && (setup_ & kSimulcast) != 0)
      config.encodings = {SendEncoding{{}, {}, "l"}, SendEncoding{{}, {}, "h"}};
    config.extensions = extensions();
    config.reducedSize = !has(kFullSize);
    config.sends = true;
    return config;
  }

  ReceiverConfig receiver(StreamId id) const {
    ReceiverConfig config;
    config.kind = id == kAudio ? Kind::kAudio : Kind::kVideo;
    config.mid = id == kAudio ? "0" : "1";
    config.codecs = codecs(id);
    config.extensions = extensions();
    config.reducedSize = !has(kFullSize);
    config.receives = true;
    if ((setup_ & kAnnounces) != 0)
      config.announced = {{rtp::Ssrc(id.value()), rtp::Ssrc(id.value() + 100)}};
    return config;
  }

  // --- the path

  void drain() {
    drain(a_, b_);
    drain(b_, a_);
  }

  void drain(End& from, End& to) {
    for (int count = 0;; ++count) {
      auto output = from.session.poll(now_);
      if (!output)
        return;
      require(count < kMostOutputs, "too much at once");
      if (auto* rtp = std::get_if<TransmitRtp>(&*output)) {
        const auto packet = rtp::readPacket(rtp->data);
        require(packet.has_value() && rtp->data.size() <= kMostPacket, "no packet");
        from.ssrcs.insert(packet->ssrc);
        if (packet->payloadType == kTones)
          checkTone(from, *packet);
        launch(to, false, std::move(rtp->data));
      } else if (auto* rtcp = std::get_if<TransmitRtcp>(&*output)) {
        checkRtcp(from, rtcp->data);
        launch(to, true, std::move(rtcp->data));
      } else {
        take(from, to, std::get<Event>(*output));
      }
    }
  }

  /// RFC 4733 section 2.5.1: one timestamp, a duration that grows with the time, the marker on the
  /// first alone, and the end three times.
  void checkTone(End& from, const rtp::Packet& packet) {
    const auto event = payload::readTelephoneEvent(packet.payload);
    require(event && packet.payload.size() == payload::kTelephoneEventSize, "no event");
    if (!from.tone || hasOtherTones_)
      return;
    Tone& tone = *from.tone;
    require(event->event == tone.event, "another tone");
    require(packet.marker == !tone.timestamp, "a tone that begins again, or not");
    require(!tone.timestamp || packet.timestamp == *tone.timestamp, "a tone of two times");
    if (!tone.timestamp && from.toneBefore) {
      // On the clock of the sound, which goes on meanwhile.
      const auto& [before, at] = *from.toneBefore;
      const int64_t since = (tone.begin - at).us() * audioRate() / 1'000'000;
      const auto ahead = static_cast<int32_t>(packet.timestamp.value() - before.value() -
                                              static_cast<uint32_t>(since));
      require(std::abs(ahead) <= 2, "a tone of another time than it has begun at");
    }
    tone.timestamp = packet.timestamp;
    const int64_t most = std::min<int64_t>(tone.length.us() * audioRate() / 1'000'000, 0xffff);
    require(event->duration >= tone.last && event->duration <= most, "a tone of another duration");
    tone.last = event->duration;
    require(event->isEnd || tone.ends == 0, "a tone goes on behind its end");
    if (!event->isEnd)
      return;
    require(event->duration + 2 >= most && now_ >= tone.begin + tone.length - kTick,
            "a tone ends too early");
    if (++tone.ends < 3)
      return;
    if (tone.isAlone)
      from.toneBefore = {*tone.timestamp, tone.begin};
    from.tone.reset();
  }

  void checkRtcp(End& from, ByteSpan datagram) {
    const auto messages = rtp::readRtcp(datagram);
    require(!messages.empty() && datagram.size() <= kMostPacket, "no RTCP");
    if (has(kFullSize)) {
      // RFC 3550 section 6.1. A goodbye of all needs no more.
      require(std::holds_alternative<rtp::SenderReport>(messages[0]) ||
                  std::holds_alternative<rtp::ReceiverReport>(messages[0]),
              "a compound that begins otherwise");
    }
    for (const rtp::RtcpMessage& message : messages) {
      if (const auto* report = std::get_if<rtp::ExtendedReport>(&message)) {
        require(!report->dlrrs.empty(), "an answer to nobody");
        for (const rtp::ExtendedReport::Dlrr& answer : report->dlrrs) {
          const auto asked = std::find(from.references.begin(), from.references.end(), answer);
          require(isHostile_ || asked != from.references.end(), "an answer to what nobody asked");
          if (asked != from.references.end())
            from.references.erase(asked);
        }
      }
      if (const auto* report = std::get_if<rtp::SenderReport>(&message))
        checkReport(from, *report);
    }
  }

  /// RFC 3550 section 6.4.1: both times of a report are those of one moment.
  void checkReport(const End& from, const rtp::SenderReport& report) {
    if (isHostile_ || isRestrained_ || has(kSingleNals))
      return;
    for (const OutboundStats& stats : from.session.outboundStats()) {
      const auto clock = from.clocks.find(stats.sender);
      if (stats.ssrc != report.sender || clock == from.clocks.end())
        continue;
      const auto& [timestamp, at] = clock->second;
      const uint32_t rate = stats.kind == Kind::kAudio ? audioRate() : 90000;
      const auto since = static_cast<uint32_t>((now_ - at).us() * rate / 1'000'000);
      const auto first = from.firstTimestamps.find(stats.sender);
      require(first != from.firstTimestamps.end(), "a report of what nobody sends");
      const auto ahead =
          static_cast<int32_t>(report.rtpTime.value() - first->second - timestamp - since);
      require(std::abs(ahead) <= 3, "a report of two moments");
    }
  }

  void launch(End& to, bool isRtcp, Bytes data) {
    const bool isLost = (lost_ & 1) != 0;
    lost_ = static_cast<uint8_t>(lost_ >> 1);
    if (!isLost && flight_.size() < kMostInFlight)
      flight_.push_back({now_ + delay_, &to, isRtcp, std::move(data)});
  }

  void take(End& end, const End& other, const Event& event) {
    if (const auto* targets = std::get_if<SendTargets>(&event)) {
      for (const congestion::Bitrate rate : targets->bitrates)
        require(rate >= 0, "a rate below nothing");
      if (!targets->firstTimestamps.empty())
        end.firstTimestamps[targets->sender] = targets->firstTimestamps[0].value();
    }
    end.isAskedForKey = end.isAskedForKey || std::holds_alternative<KeyFrameRequested>(event);
    const auto* frame = std::get_if<FrameReceived>(&event);
    if (frame == nullptr)
      return;
    require(!frame->frame.data.empty(), "an empty frame");
    if (isHostile_)
      return;
    const auto sent = other.sent.find(frame->receiver);
    require(sent != other.sent.end(), "a frame of a stream that is not there");
    size_t& next = end.received[{frame->receiver, frame->ssrc}];
    const auto at = std::find(sent->second.begin() + static_cast<std::ptrdiff_t>(next),
                              sent->second.end(), frame->frame.data);
    require(at != sent->second.end(), "a frame that was not sent, or not then");
    next = static_cast<size_t>(at - sent->second.begin()) + 1;
    checkSaid(frame->frame, frame->receiver, other.said.at(frame->receiver)[next - 1]);
  }

  void checkSaid(const payload::EncodedFrame& frame, StreamId id, const Said& said) const {
    // What repeats another says nothing of it.
    if (id == kAudio && (setup_ & kRed) != 0)
      return;
    require(frame.csrcs == said.csrcs, "other sources");
    if (id == kAudio) {
      require(frame.audio.level == said.level && frame.audio.isVoice == said.isVoice,
              "another loudness");
      return;
    }
    require(frame.video.rotation == said.rotation, "another rotation");
    // Of what is too long to be sent nothing is known there.
    require(has(kSingleNals) || frame.video.colorSpace == said.colorSpace, "another colour space");
  }

  void deliver(const Datagram& datagram) {
    given_.push_back(datagram);
    if (given_.size() > kRemembered)
      given_.pop_front();
    if (datagram.isRtcp)
      datagram.to->session.handleRtcp(datagram.data, now_);
    else
      datagram.to->session.handleRtp(datagram.data, now_);
    drain();
  }

  void run(Duration time) {
    const Timestamp end = now_ + time;
    for (int steps = 0;; ++steps) {
      require(steps < kMostSteps, "too busy");
      Timestamp at = earlier(a_.session.deadline(), b_.session.deadline());
      if (!flight_.empty())
        at = earlier(at, flight_.front().at);
      if (at > end)
        break;
      now_ = std::max(now_, at);
      while (!flight_.empty() && flight_.front().at <= now_) {
        const Datagram datagram = std::move(flight_.front());
        flight_.pop_front();
        deliver(datagram);
      }
      timers();
    }
    now_ = end;
  }

  void timers() {
    for (End* end : {&a_, &b_}) {
      if (end->session.deadline() > now_)
        continue;
      end->session.handleTimeout(now_);
      drain();
      require(end->session.deadline() > now_, "a deadline that does not move");
    }
  }

  Datagram* underWay() { return flight_.empty() ? nullptr : &flight_[next() % flight_.size()]; }

  // --- what applications do

  void sendFrame(End& from, StreamId id, uint8_t size, bool isKey, Said said = {}) {
    payload::EncodedFrame frame;
    frame.video.isKey = isKey || from.sent[id].empty();
    frame.payloadType = id == kAudio ? audioType() : rtp::PayloadType(96);
    frame.timestamp = rtp::RtpTime(from.time += id == kAudio ? 960 : 3000);
    frame.audio.level = said.level;
    frame.audio.isVoice = said.isVoice;
    frame.video.rotation = said.rotation;
    frame.video.colorSpace = said.colorSpace;
    frame.csrcs = said.csrcs;
    // It holds until the next key frame that there is none any more.
    if (!frame.video.isKey && !said.colorSpace && !from.said[id].empty())
      said.colorSpace = from.said[id].back().colorSpace;
    if (!has(kMoreExtensions))
      said.colorSpace.reset();
    from.said[id].push_back(std::move(said));
    from.clocks[id] = {frame.timestamp.value(), now_};
    if (id == kAudio) {
      from.toneBefore.reset();
      if (from.tone)
        from.tone->isAlone = false;
    }
    const auto number = static_cast<uint32_t>(from.sent[id].size());
    frame.data = id == kAudio ? Bytes(40 + size % 60, 1)
                              : picture(frame.video.isKey, 20 + size_t{size} * size / 2);
    for (size_t i = 0; i < 4; ++i)
      frame.data[frame.data.size() - 1 - i] = static_cast<uint8_t>(number >> (8 * i) | 0x80);
    const size_t encoding = id == kVideo && (setup_ & kSimulcast) != 0 ? size % 2 : 0;
    if (videoFormat() == Format::kAv1 && id == kVideo)
      frame.data = payload::obu(payload::kObuFrame, frame.data);
    if (videoFormat() == Format::kAv1 && id == kVideo && frame.video.isKey)
      frame.data = payload::concatenated(
          {payload::obu(payload::kObuSequenceHeader, payload::av1SequenceHeader(64, 48)),
           frame.data});
    from.sent[id].push_back(frame.data);
    from.session.sendFrame(id, encoding, std::move(frame), now_);
  }

  /// The path is good, whatever it was before. What was made for a better one may have to be made
  /// anew.
  void expectPicture(End& from, const End& to) {
    for (int tries = 0; tries < 3; ++tries) {
      from.isAskedForKey = false;
      // Where units are not cut it has to fit into a packet.
      sendFrame(from, kVideo, has(kSingleNals) ? 30 : 100, true);
      run(Duration::seconds(10));
      const size_t all = from.sent[kVideo].size();
      if (std::any_of(to.received.begin(), to.received.end(), [&](const auto& one) {
            return one.first.first == kVideo && one.second == all;
          }))
        return;
      require(from.isAskedForKey, "a picture does not arrive over a good path");
    }
    require(false, "no picture arrives over a good path");
  }

  Bytes picture(bool isKey, size_t size) const {
    Bytes data(size, 0x55);
    if (videoFormat() == Format::kH264) {
      data[0] = isKey ? 0x65 : 0x41;
      if (!isKey)
        return payload::annexB({data});
      return payload::annexB({payload::h264Sps(40, 30, 0), {0x68, 0xce, 0x38, 0x80}, data});
    }
    if (videoFormat() == Format::kVp8) {
      data[0] = isKey ? 0x10 : 0x11;
      if (isKey) {
        const uint8_t head[] = {0x9d, 0x01, 0x2a, 64, 0, 48, 0};
        std::copy(std::begin(head), std::end(head), data.begin() + 3);
      }
    }
    return data;
  }

  /// A frame that says of itself what can be said.
  void attribute(End& end) {
    const StreamId id = kind();
    const uint8_t size = next();
    const uint8_t what = next();
    Said said;
    if (id == kAudio && (what & 8) != 0) {
      said.level = next() & 0x7f;
      said.isVoice = (what & 16) != 0;
    }
    if (id == kVideo) {
      said.rotation = static_cast<uint16_t>((what >> 3 & 3) * 90);
      if ((what & 32) != 0) {
        const uint8_t of = next();
        said.colorSpace = {of, static_cast<uint8_t>(of / 2), static_cast<uint8_t>(of / 4),
                           static_cast<rtp::ColorSpace::Range>(of % 4)};
      }
    }
    if ((what & 64) != 0)
      said.csrcs.resize(1 + next() % rtp::kMaxCsrcs, rtp::Ssrc(next()));
    sendFrame(end, id, size, what % 8 == 0, std::move(said));
  }

  void tone(End& end) {
    const uint8_t event = next() % 16;
    const Duration length = Duration::milliseconds(next16());
    const bool hasTone = end.tone.has_value();
    const Duration longest = Duration::microseconds(int64_t{0xffff} * 1'000'000 / audioRate());
    // It is told of at once.
    Tone tone;
    tone.event = event;
    tone.begin = now_;
    tone.length = std::min(length, longest);
    if (!hasTone)
      end.tone = tone;
    const bool isBegun = end.session.sendTone(kAudio, event, length, now_);
    require(!isBegun || !hasTone || hasOtherTones_, "two tones at a time");
    if (!isBegun && !hasTone)
      end.tone.reset();
    // It begins the clock where no sound has.
    if (isBegun && !end.clocks.contains(kAudio))
      end.clocks[kAudio] = {0, now_};
  }

  void configure(End& end) {
    const StreamId id = kind();
    const uint8_t what = next();
    SenderConfig sends = sender(id);
    ReceiverConfig receives = receiver(id);
    sends.sends = (what & 1) == 0;
    sends.ends = (what & 2) != 0;
    receives.receives = (what & 4) == 0;
    if ((what & 8) != 0)
      std::reverse(sends.codecs.begin(), sends.codecs.end());
    if ((what & 16) != 0)
      sends.extensions = {};
    if ((what & 32) != 0)
      receives.announced = {{rtp::Ssrc(what), rtp::Ssrc(what + 1u)}};
    if ((what & 64) != 0)
      sends.reducedSize = false;
    end.session.setSender(id, std::move(sends), now_);
    end.session.setReceiver(id, std::move(receives));
    // Numbers and timestamps may begin anew.
    isHostile_ = hasOtherTones_ = true;
  }

  void wish(End& end) {
    std::vector<EncodingWish> wishes((setup_ & kSimulcast) != 0 ? 2 : 1);
    for (EncodingWish& one : wishes) {
      const uint8_t what = next();
      one.active = (what & 1) == 0;
      if ((what & 2) != 0)
        one.maxBitrate = next32();
      one.weight = static_cast<uint8_t>(1 << (what / 4 % 4));
      one.scaleDownBy = static_cast<double>(1 + (what >> 4));
    }
    end.session.setEncodings(kVideo, wishes, now_);
    isRestrained_ = true;
  }

  // --- what somebody says who has the keys

  rtp::Ssrc ssrcOf(const End& of) {
    const uint8_t which = next();
    if (which % 4 == 3 || of.ssrcs.empty())
      return rtp::Ssrc(which / 4);
    return *std::next(of.ssrcs.begin(), which / 4 % static_cast<int>(of.ssrcs.size()));
  }

  void forgeRtp(End& to) {
    constexpr std::array kTypes{96, 97, 111, 110, 63, 100};
    ByteWriter writer;
    const uint8_t what = next();
    writer.u8(static_cast<uint8_t>(0x80 | (what & 0x30)));
    writer.u8(static_cast<uint8_t>(kTypes[what % kTypes.size()] | (what & 0x80)));
    writer.u16(next16());
    writer.u32(next32());
    writer.u32(ssrcOf(&to == &a_ ? b_ : a_).value());
    writer.bytes(nextBytes());
    isHostile_ = true;
    to.session.handleRtp(writer.take(), now_);
  }

  void forgeRtcp(End& to) {
    ByteWriter writer;
    const uint8_t what = next();
    Bytes content = nextBytes();
    content.resize((content.size() + 3) / 4 * 4);
    writer.u8(static_cast<uint8_t>(0x80 | (next() & 0x3f)));
    writer.u8(static_cast<uint8_t>(200 + what % 8));
    writer.u16(static_cast<uint16_t>(2 + content.size() / 4));
    // Who says it, and of whom: those that are there, mostly.
    writer.u32(ssrcOf(&to == &a_ ? b_ : a_).value());
    writer.u32(ssrcOf(to).value());
    writer.bytes(content);
    isHostile_ = true;
    to.session.handleRtcp(writer.take(), now_);
  }

  /// One or many ask for the round trip; each is answered with what it said.
  void askReferences(End& to) {
    std::vector<rtp::RtcpMessage> messages;
    for (int count = 1 + next() % 40; count > 0; --count) {
      rtp::ExtendedReport report;
      report.sender = rtp::Ssrc(next());
      report.referenceTime = rtp::NtpTime(next32(), next32());
      if (to.references.size() < 31)
        to.references.push_back(
            {report.sender, report.referenceTime->compact(), rtp::CompactNtp(0)});
      messages.emplace_back(report);
    }
    const bool wasEmpty = to.references.size() == std::min<size_t>(messages.size(), 31);
    to.session.handleRtcp(rtp::writeRtcp(messages), now_);
    drain();
    require(isRestrained_ || isHostile_ || !wasEmpty || to.references.empty(),
            "nobody answers who was asked");
    to.references.clear();
  }

  /// For what a receiver may ask at any time, of streams that are there.
  void ask(End& to) {
    const uint8_t what = next();
    const rtp::Ssrc sender = ssrcOf(&to == &a_ ? b_ : a_);
    const rtp::Ssrc media = ssrcOf(to);
    std::vector<rtp::RtcpMessage> messages;
    switch (what % 4) {
      case 0:
        messages.emplace_back(rtp::Pli{sender, media});
        break;
      case 1:
        messages.emplace_back(rtp::Fir{sender, {{media, next()}, {rtp::Ssrc(next()), 1}}});
        break;
      case 2: {
        rtp::Nack nack{sender, media, {}};
        const uint16_t first = next16();
        for (uint16_t i = 0; i <= what / 4; ++i)
          nack.lost.emplace_back(static_cast<uint16_t>(first + i));
        messages.emplace_back(nack);
        break;
      }
      default:
        messages.emplace_back(rtp::Remb{sender, int64_t{next32()}, {media}});
        isRestrained_ = true;
        break;
    }
    to.session.handleRtcp(rtp::writeRtcp(messages), now_);
  }

  /// Error correction, in a block of RED or alone, and RED that has a picture's packet.
  void sendFec(End& to) {
    const uint8_t how = next();
    constexpr std::array kInner{99, 96, 98, 100};
    rtp::Packet packet;
    packet.payloadType = rtp::PayloadType((how & 1) != 0 ? 99 : 98);
    packet.sequenceNumber = rtp::SequenceNumber(next16());
    packet.timestamp = rtp::RtpTime(next32());
    packet.ssrc = ssrcOf(&to == &a_ ? b_ : a_);
    packet.setExtension(4, asBytes("1"));
    if ((how & 1) == 0)
      packet.payload.push_back(static_cast<uint8_t>(kInner[how >> 1 & 3]));
    const Bytes content = nextBytes();
    packet.payload.insert(packet.payload.end(), content.begin(), content.end());
    isHostile_ = true;
    to.session.handleRtp(rtp::writePacket(packet), now_);
  }

  /// A packet that arrived, with another number, timestamp or extension: what comes next, perhaps.
  void correct(End& to) {
    if (given_.empty())
      return;
    const Datagram& datagram = given_[next() % given_.size()];
    auto packet = datagram.isRtcp ? std::nullopt : rtp::readPacket(datagram.data);
    if (!packet)
      return;
    const uint8_t what = next();
    packet->sequenceNumber =
        rtp::SequenceNumber(static_cast<uint16_t>(packet->sequenceNumber.value() + what % 16));
    packet->timestamp = rtp::RtpTime(packet->timestamp.value() + 960 * (what >> 4 & 3));
    if ((what & 0x40) != 0)
      packet->payload = nextBytes();
    if ((what & 0x80) != 0)
      packet->setExtension(next() % 20, nextBytes());
    isHostile_ = true;
    to.session.handleRtp(rtp::writePacket(*packet), now_);
  }

  void step(More what) {
    switch (what) {
      case kAttribute:
        attribute(someone());
        break;
      case kReference:
        askReferences(someone());
        break;
      case kAsk:
        ask(someone());
        break;
      case kFecPacket:
        sendFec(someone());
        break;
      case kCorrect:
        correct(someone());
        break;
      case kMoreCount:
        break;
    }
  }

  void step(Instruction what) {
    switch (what) {
      case kFrame: {
        End& end = someone();
        const StreamId id = kind();
        const uint8_t size = next();
        sendFrame(end, id, size, next() % 8 == 0);
        break;
      }
      case kRun:
        run(Duration::milliseconds(int64_t{1 + next() % 16} << (next() % 10)));
        break;
      case kStall:
        now_ = now_ + Duration::milliseconds(int64_t{1 + next() % 16} << (next() % 14));
        timers();
        break;
      case kPath:
        delay_ = Duration::milliseconds(next() * 2);
        lost_ = next();
        break;
      case kLate:
        if (!flight_.empty()) {
          const auto at = flight_.begin() + next() % static_cast<std::ptrdiff_t>(flight_.size());
          Datagram datagram = std::move(*at);
          flight_.erase(at);
          datagram.at = flight_.empty() ? datagram.at : std::max(datagram.at, flight_.back().at);
          flight_.push_back(std::move(datagram));
        }
        break;
      case kRepeat:
        if (const Datagram* datagram = underWay()) {
          Datagram again = *datagram;
          flight_.push_front(std::move(again));
        }
        break;
      case kDamage:
        if (Datagram* datagram = underWay()) {
          datagram->data[next16() % datagram->data.size()] ^= static_cast<uint8_t>(next() | 1);
          isHostile_ = true;
        }
        break;
      case kReplay:
        if (!given_.empty()) {
          Datagram datagram = given_[next() % given_.size()];
          for (int left = next() % 4; left > 0; --left) {
            datagram.data[next() % std::min<size_t>(datagram.data.size(), 40)] ^= next();
            isHostile_ = true;
          }
          deliver(datagram);
        }
        break;
      case kForgeRtp:
        forgeRtp(someone());
        break;
      case kForgeRtcp:
        forgeRtcp(someone());
        break;
      case kConfigure:
        configure(someone());
        break;
      case kRemove: {
        End& end = someone();
        end.session.remove(kind(), now_);
        isHostile_ = hasOtherTones_ = true;
        break;
      }
      case kWish:
        wish(someone());
        break;
      case kTone: {
        tone(someone());
        break;
      }
      case kKey:
        someone().session.requestKeyFrame(kVideo, now_);
        break;
      case kTarget: {
        End& end = someone();
        const StreamId id = kind();
        end.session.setJitterBufferTarget(id, Duration::milliseconds(next16() % 5000), now_);
        break;
      }
      case kConnected: {
        End& end = someone();
        end.session.setConnected(next() % 2 == 0, now_);
        isRestrained_ = hasOtherTones_ = true;
        break;
      }
      case kChanged: {
        End& end = someone();
        end.session.setRoundTrip(Duration::milliseconds(next16()));
        if (next() % 2 == 0)
          end.session.pathChanged(now_);
        break;
      }
      case kCount:
        break;
    }
  }

  void check() {
    require(testing::growthSince(before_) <= kMostMemory, "too much memory");
    for (const End* end : {&a_, &b_}) {
      for (const InboundStats& stats : end->session.inboundStats())
        require(std::isfinite(stats.jitter) && stats.jitter >= 0, "a jitter that is no number");
      (void)end->session.outboundStats();
      for (const StreamId id : end->session.streams())
        require(end->session.knows(id), "a stream that it does not know");
      const auto outgoing = end->session.congestionStats().availableOutgoing;
      require(!outgoing || *outgoing >= 0, "less than nothing is available");
    }
  }

  ByteReader reader_;
  const uint8_t setup_;
  const uint8_t options_;
  const size_t before_;
  Timestamp now_ = Timestamp::milliseconds(1000);
  End a_;
  End b_;
  std::deque<Datagram> flight_;
  std::deque<Datagram> given_;
  Duration delay_ = Duration::milliseconds(20);
  /// Which of the next eight are lost, a bit each.
  uint8_t lost_ = 0;
  /// Something else than what was sent may have come, or streams have begun anew. Nor is it
  /// negotiated that several encodings are received: whose a retransmission is nobody has said.
  bool isHostile_ = (setup_ & kSimulcast) != 0 || has(kSmall);
  /// An application may have left nothing to send with.
  bool isRestrained_ = false;
  /// Tones may have been broken off.
  bool hasOtherTones_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Program(ByteReader(ByteSpan(data, size))).run();
  return 0;
}
