// A jitter buffer of video. The input's first byte chooses: either packets of the fuzzer's making,
// a sequence of {flags, step of the sequence number, step of the timestamp, length, payload}; or
// the pictures of an encoder, in temporal layers, described in one of the ways that VP8 and VP9
// have, of which packets are lost, late and repeated, a byte for each step. Of the first no more is
// wanted than that memory is bounded, deadlines lie ahead, and frames name what they refer to. Of
// the second: what comes out was sent, once and in order, and all that a picture refers to came out
// before it; a key frame over a good path comes out, and what follows it.

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "cpp/media/jitter_buffer.h"
#include "tests/cpp/payload/frames.h"
#include "tests/fuzz/require.h"

using namespace rtc;
using namespace rtc::media;
using payload::Format;
using rtc::fuzz::require;

namespace {

constexpr Format kFormats[] = {Format::kVp8, Format::kVp9, Format::kH264, Format::kAv1};
constexpr rtp::PayloadType kFirst(96), kSecond(98), kUnknown(99);

/// Of the first byte: formats in the four low bits.
constexpr uint8_t kHasTarget = 0x40, kIsEncoder = 0x80;

class Receiver {
 public:
  explicit Receiver(const std::vector<Codec>& codecs) : buffer(codecs) {}

  void insert(rtp::Packet packet, rtp::SequenceIndex index) {
    const uint64_t restarts = buffer.counters().restarts;
    buffer.insert(std::move(packet), index, now);
    if (buffer.counters().restarts != restarts)
      ids.clear();
  }

  void timeout() {
    if (buffer.deadline() <= now)
      buffer.handleTimeout(now);
  }

  /// What came out is told one by one.
  template <typename Take>
  void drain(Take take) {
    while (const auto output = buffer.poll()) {
      const auto* frame = std::get_if<JitterBuffer::Frame>(&*output);
      if (frame == nullptr) {
        wantsKey = true;
        continue;
      }
      const payload::VideoFrameInfo& video = frame->frame.video;
      require(!frame->frame.data.empty(), "an empty frame");
      require(video.isKey || !ids.empty(), "a frame that refers to nothing that came out");
      if (video.isKey)
        wantsKey = false;
      require(!video.isKey || video.dependencies.empty(), "a key frame that needs something");
      // Of upper spatial layers of VP9, some frames need nothing, and are no key frames.
      require(video.isKey || !video.dependencies.empty() || video.spatialLayer > 0,
              "a frame that does not say what it needs");
      for (const int64_t id : video.dependencies)
        require(ids.contains(id), "a frame that refers to what did not come out");
      require(video.frameId && (ids.empty() || *video.frameId > *ids.rbegin()),
              "a frame of a number that there was already");
      ids.insert(*video.frameId);
      take(*frame);
    }
    require(buffer.deadline() > now, "a deadline that has passed");
    require(buffer.heldPackets() <= FrameAssembler::kMaxPackets &&
                buffer.heldFrames() <= JitterBuffer::kMaxFrames &&
                buffer.heldBytes() <= FrameAssembler::kMaxBytes + JitterBuffer::kMaxFrameBytes,
            "too much is held");
  }

  JitterBuffer buffer;
  Timestamp now = Timestamp::milliseconds(1);
  bool wantsKey = false;

 private:
  std::set<int64_t> ids;
};

// --- packets of any kind

void makeUp(ByteReader& reader, uint8_t choice) {
  std::vector<Codec> codecs(2);
  codecs[0].payloadType = kFirst;
  codecs[0].format = kFormats[choice % 4];
  codecs[1].payloadType = kSecond;
  codecs[1].format = kFormats[choice / 4 % 4];
  Receiver receiver(codecs);
  if (choice & kHasTarget)
    receiver.buffer.setTarget(Duration::milliseconds(4000));
  auto index = rtp::SequenceIndex::first(rtp::SequenceNumber(0));
  uint32_t timestamp = 0;
  while (const auto flags = reader.u8()) {
    const auto sequenceStep = static_cast<int8_t>(reader.u8().value_or(1));
    const auto timeStep = static_cast<int8_t>(reader.u8().value_or(1));
    // Far jumps with one flag, the neighbour else.
    index = index + ((*flags & 1) ? int64_t{sequenceStep} * 200 : int64_t{sequenceStep});
    timestamp += static_cast<uint32_t>(timeStep) << ((*flags & 2) ? 24 : 8);
    rtp::Packet packet;
    packet.payloadType = (*flags & 4) ? kSecond : kFirst;
    packet.marker = (*flags & 8) != 0;
    if (*flags & 0x40) {
      // What both are from now on, or a packet of neither.
      if (packet.marker) {
        std::swap(codecs[0].format, codecs[1].format);
        receiver.buffer.setCodecs(codecs);
      } else {
        packet.payloadType = kUnknown;
      }
    }
    packet.timestamp = rtp::RtpTime(timestamp);
    packet.sequenceNumber = index.wire();
    const size_t wanted = reader.u8().value_or(0);
    const size_t length = std::min(wanted, reader.remaining());
    packet.payload = toBytes(*reader.bytes(length));
    // One payload in a hundred of them fills the bounds sooner than the fuzzer would.
    const int repeats = (*flags & 0x80) ? 100 : 1;
    for (int i = 0; i < repeats; ++i) {
      receiver.insert(packet, index);
      receiver.drain([](const JitterBuffer::Frame&) {});
      if (i + 1 < repeats)
        index = index.next();
    }
    if (*flags & 0x10)
      receiver.now = receiver.now + Duration::milliseconds(20);
    if (*flags & 0x20)
      receiver.now = std::max(
          receiver.now, std::min(receiver.buffer.deadline(), receiver.now + Duration::seconds(10)));
    receiver.timeout();
    receiver.drain([](const JitterBuffer::Frame&) {});
  }
}

// --- an encoder's pictures

/// Of the second byte: the number of temporal layers in the two low bits, and
constexpr uint8_t kShortIds = 4;  // seven bits of picture id
constexpr uint8_t kNoIds = 8;     // none; not in VP9's flexible mode
constexpr uint8_t kGroups = 16;   // VP9: no flexible mode, a pattern with each key frame
constexpr uint8_t kIndexes = 32;  // VP8: TL0PICIDX. VP9: no flexible mode
constexpr uint8_t kSyncs = 64;    // pictures of upper layers refer to the base layer alone

/// TL0PICIDX would wrap beyond it, and tell nothing.
constexpr size_t kMostPictures = 240;
constexpr size_t kRemembered = 64;

class Encoder {
 public:
  Encoder(ByteReader& reader, Format format)
      : reader_(reader),
        format_(format),
        how_(reader.u8().value_or(0)),
        layers_(std::min(how_ % 4 + 1, 3)),
        pictureId_(reader.u16().value_or(0)),
        receiver_({codec(format)}) {
    packetizer_ = payload::createPacketizer({format, false, 7});
    index_ = rtp::SequenceIndex::first(rtp::SequenceNumber(reader.u16().value_or(0)));
    timestamp_ = reader.u32().value_or(0);
  }

  void run() {
    while (const auto step = reader_.u8()) {
      if (pictures_.size() >= kMostPictures)
        break;
      take(*step);
      receiver_.timeout();
      receiver_.drain([&](const JitterBuffer::Frame& frame) { check(frame); });
    }
    // The path is good, and a key frame comes, and what was late has gone.
    late_.clear();
    const size_t first = pictures_.size();
    for (size_t i = 0; i < 8; ++i) {
      deliver(encode(i == 0, 2));
      pass(Duration::milliseconds(33));
    }
    pass(Duration::seconds(10));
    require(last_ == pictures_.size() - 1 && given_.contains(first),
            "a picture does not come out over a good path");
    require(receiver_.buffer.heldFrames() == 0 && receiver_.buffer.heldPackets() == 0,
            "something is held that nobody waits for");
  }

 private:
  struct Picture {
    bool isKey = false;
    Bytes data;
    /// What a decoder must have been given before.
    std::vector<size_t> references;
  };
  struct Sent {
    rtp::Packet packet;
    rtp::SequenceIndex index;
  };

  static Codec codec(Format format) {
    Codec codec;
    codec.payloadType = kFirst;
    codec.format = format;
    return codec;
  }

  bool is(uint8_t option) const { return (how_ & option) != 0; }
  bool isLayered() const { return format_ == Format::kVp8 || format_ == Format::kVp9; }

  void pass(Duration time) {
    const Timestamp end = receiver_.now + time;
    for (int steps = 0; steps < 10'000; ++steps) {
      receiver_.timeout();
      receiver_.drain([&](const JitterBuffer::Frame& frame) { check(frame); });
      if (receiver_.buffer.deadline() > end)
        break;
      receiver_.now = receiver_.buffer.deadline();
    }
    receiver_.now = end;
  }

  void deliver(const std::vector<Sent>& packets, uint8_t lost = 0) {
    for (const Sent& sent : packets) {
      const bool isLost = (lost & 1) != 0;
      lost = static_cast<uint8_t>(lost >> 1);
      before_.push_back(sent);
      if (before_.size() > kRemembered)
        before_.erase(before_.begin());
      if (!isLost)
        receiver_.insert(sent.packet, sent.index);
    }
  }

  /// What in the three low bits; how many packets, and whether it is a key frame, in the others.
  void take(uint8_t step) {
    const size_t packets = 1 + (step >> 3 & 3);
    const bool isKey = (step & 0xe0) == 0xe0 || (receiver_.wantsKey && (step & 0x20) != 0);
    switch (step & 7) {
      case 0:
      case 1:
        deliver(encode(isKey, packets));
        break;
      case 2:
        deliver(encode(isKey, packets), reader_.u8().value_or(0));
        break;
      case 3:
        for (Sent& sent : encode(isKey, packets))
          late_.push_back(std::move(sent));
        break;
      case 4:
        if (!late_.empty()) {
          const auto at =
              late_.begin() + reader_.u8().value_or(0) % static_cast<std::ptrdiff_t>(late_.size());
          const Sent sent = std::move(*at);
          late_.erase(at);
          deliver({sent});
        }
        break;
      case 5:
        if (!before_.empty()) {
          const Sent sent = before_[reader_.u8().value_or(0) % before_.size()];
          receiver_.insert(sent.packet, sent.index);
        }
        break;
      case 6:
        for (int left = reader_.u8().value_or(0); left > 0; --left) {
          if (pictures_.size() < kMostPictures)
            (void)encode(false, packets);
        }
        break;
      default:
        pass(Duration::milliseconds(int64_t{reader_.u8().value_or(0)} << packets));
        break;
    }
    receiver_.now = receiver_.now + Duration::milliseconds((step & 7) < 4 ? 33 : 0);
  }

  void check(const JitterBuffer::Frame& frame) {
    require(frame.frame.data.size() >= 4, "another frame");
    const ByteSpan data(frame.frame.data);
    const size_t number =
        (data[data.size() - 1] & 0x7fu) | static_cast<size_t>(data[data.size() - 2] & 0x7f) << 7;
    require(number < pictures_.size() && pictures_[number].data == frame.frame.data,
            "a frame that was not sent");
    const Picture& picture = pictures_[number];
    require(!last_ || number > *last_, "a frame comes again, or behind one that came later");
    last_ = number;
    require(picture.isKey == frame.frame.video.isKey, "a key frame is none, or another is one");
    for (const size_t reference : picture.references)
      require(given_.contains(reference), "a frame comes out without what it refers to");
    if (picture.isKey)
      given_.clear();
    given_.insert(number);
  }

  // --- how it is encoded

  std::vector<Sent> encode(bool isKey, size_t packets) {
    const size_t number = pictures_.size();
    isKey = isKey || number == 0;
    if (isKey)
      keyAt_ = number;
    const size_t since = number - keyAt_;
    const uint8_t layer = layerOf(since);
    Picture picture;
    picture.isKey = isKey;
    picture.data = content(isKey, packets, number);
    if (!isKey)
      picture.references = referencesOf(number, layer);
    ++pictureId_;
    if (layer == 0)
      ++tl0_;
    std::vector<Sent> sent;
    for (Bytes& payload : payloadsOf(picture, layer, number, packets)) {
      Sent one;
      one.packet.payloadType = kFirst;
      one.packet.timestamp = rtp::RtpTime(timestamp_);
      one.packet.sequenceNumber = index_.wire();
      one.packet.payload = std::move(payload);
      one.index = index_;
      index_ = index_.next();
      sent.push_back(std::move(one));
    }
    sent.back().packet.marker = true;
    timestamp_ += 3000;
    lastOf_[layer] = number;
    pictures_.push_back(std::move(picture));
    return sent;
  }

  uint8_t layerOf(size_t since) const {
    if (!isLayered() || layers_ == 1)
      return 0;
    if (layers_ == 2)
      return static_cast<uint8_t>(since % 2);
    constexpr uint8_t kPattern[] = {0, 2, 1, 2};
    return kPattern[since % 4];
  }

  /// How many pictures back those lie that a pattern has it refer to.
  std::vector<size_t> patternOf(size_t since) const {
    if (layers_ == 1)
      return {1};
    if (layers_ == 2)
      return since % 2 == 0 ? std::vector<size_t>{2} : std::vector<size_t>{1, 2};
    constexpr size_t kFirstOf[] = {4, 1, 2, 1};
    const size_t first = kFirstOf[since % 4];
    return since % 4 == 3 ? std::vector<size_t>{first, 2, 3} : std::vector<size_t>{first};
  }

  std::vector<size_t> referencesOf(size_t number, uint8_t layer) const {
    std::vector<size_t> references;
    if (!isLayered())
      return {number - 1};
    if (hasGroups()) {
      for (const size_t distance : patternOf(number - keyAt_)) {
        if (number - keyAt_ >= distance)
          references.push_back(number - distance);
      }
      return references;
    }
    // Without layers' numbers each picture needs the one before, so it may well refer to it.
    if (format_ == Format::kVp8 && !is(kIndexes))
      return {number - 1};
    for (uint8_t other = 0; other <= layer; ++other) {
      const auto last = lastOf_.find(other);
      const bool isSkipped = other > 0 && is(kSyncs);
      if (last != lastOf_.end() && last->second >= keyAt_ && !isSkipped)
        references.push_back(last->second);
    }
    return references;
  }

  bool hasGroups() const { return format_ == Format::kVp9 && is(kGroups); }

  Bytes content(bool isKey, size_t packets, size_t number) const {
    Bytes data;
    if (format_ == Format::kH264) {
      if (isKey)
        data = payload::annexB({payload::h264Sps(40, 30, 0), {0x68, 0xce, 0x38, 0x80}});
      const Bytes slice{0, 0, 0, 1, static_cast<uint8_t>(isKey ? 0x65 : 0x41)};
      data.insert(data.end(), slice.begin(), slice.end());
    } else if (format_ == Format::kAv1) {
      // The size of an OBU is a byte, below 128.
      const auto size = static_cast<uint8_t>(25 * packets);
      data = isKey ? Bytes{0x0a, 1, 0, 0x32, size} : Bytes{0x32, size};
    } else if (format_ == Format::kVp8) {
      data = {static_cast<uint8_t>(isKey ? 0x10 : 0x11)};
    } else {
      data = {static_cast<uint8_t>(isKey ? 0x82 : 0x86)};
    }
    data.resize(data.size() + 25 * packets, 0x55);
    // No byte of zero, which could begin a unit of its own.
    data[data.size() - 1] = static_cast<uint8_t>(0x80 | (number & 0x7f));
    data[data.size() - 2] = static_cast<uint8_t>(0x80 | number >> 7);
    return data;
  }

  std::vector<Bytes> payloadsOf(const Picture& picture, uint8_t layer, size_t number,
                                size_t packets) {
    if (!isLayered()) {
      payload::EncodedFrame frame;
      frame.data = picture.data;
      frame.video.isKey = picture.isKey;
      return packetizer_->packetize(frame, {40, 0, 0});
    }
    std::vector<Bytes> payloads;
    const ByteSpan data(picture.data);
    const size_t each = data.size() / packets;
    for (size_t i = 0; i < packets; ++i) {
      const bool isLast = i + 1 == packets;
      ByteWriter writer;
      if (format_ == Format::kVp8)
        describeVp8(writer, layer, i == 0);
      else
        describeVp9(writer, picture, layer, number, i == 0, isLast);
      writer.bytes(isLast ? data.subspan(i * each) : data.subspan(i * each, each));
      payloads.push_back(writer.take());
    }
    return payloads;
  }

  void writeId(ByteWriter& writer) const {
    if (is(kShortIds))
      writer.u8(pictureId_ & 0x7f);
    else
      writer.u16(pictureId_ | 0x8000);
  }

  /// RFC 7741 section 4.2.
  void describeVp8(ByteWriter& writer, uint8_t layer, bool isFirst) const {
    const bool hasIds = !is(kNoIds);
    writer.u8(static_cast<uint8_t>(0x80 | (isFirst ? 0x10 : 0)));
    writer.u8(static_cast<uint8_t>((hasIds ? 0x80 : 0) | (is(kIndexes) ? 0x60 : 0)));
    if (hasIds)
      writeId(writer);
    if (is(kIndexes)) {
      writer.u8(tl0_);
      writer.u8(static_cast<uint8_t>(layer << 6 | (layer > 0 && is(kSyncs) ? 0x20 : 0)));
    }
  }

  /// RFC 9628 section 4.2.
  void describeVp9(ByteWriter& writer, const Picture& picture, uint8_t layer, size_t number,
                   bool isFirst, bool isLast) const {
    const bool isFlexible = !is(kGroups) && !is(kIndexes);
    const bool hasIds = isFlexible || !is(kNoIds);
    const bool hasStructure = isFirst && picture.isKey && is(kGroups);
    writer.u8(static_cast<uint8_t>((hasIds ? 0x80 : 0) | (picture.isKey ? 0 : 0x40) | 0x20 |
                                   (isFlexible ? 0x10 : 0) | (isFirst ? 8 : 0) | (isLast ? 4 : 0) |
                                   (hasStructure ? 2 : 0) | 1));
    if (hasIds)
      writeId(writer);
    writer.u8(static_cast<uint8_t>(layer << 5 | (layer > 0 && is(kSyncs) ? 0x10 : 0)));
    if (!isFlexible)
      writer.u8(tl0_);
    if (isFlexible && !picture.isKey) {
      for (size_t i = 0; i < picture.references.size(); ++i) {
        const bool isOneMore = i + 1 < picture.references.size();
        writer.u8(
            static_cast<uint8_t>((number - picture.references[i]) << 1 | (isOneMore ? 1 : 0)));
      }
    }
    if (!hasStructure)
      return;
    const size_t length = layers_ == 3 ? 4 : layers_;
    writer.u8(8);
    writer.u8(static_cast<uint8_t>(length));
    for (size_t i = 0; i < length; ++i) {
      const auto distances = patternOf(i);
      writer.u8(static_cast<uint8_t>(layerOf(i) << 5 | distances.size() << 2));
      for (const size_t distance : distances)
        writer.u8(static_cast<uint8_t>(distance));
    }
  }

  ByteReader& reader_;
  const Format format_;
  const uint8_t how_;
  const int layers_;
  uint16_t pictureId_;
  uint8_t tl0_ = 250;
  std::unique_ptr<payload::Packetizer> packetizer_;
  rtp::SequenceIndex index_ = rtp::SequenceIndex::first(rtp::SequenceNumber(0));
  uint32_t timestamp_ = 0;
  std::vector<Picture> pictures_;
  size_t keyAt_ = 0;
  std::map<uint8_t, size_t> lastOf_;

  Receiver receiver_;
  std::vector<Sent> late_;
  std::vector<Sent> before_;
  /// Since the key frame that came out last.
  std::set<size_t> given_;
  std::optional<size_t> last_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ByteReader reader(ByteSpan(data, size));
  const uint8_t choice = reader.u8().value_or(0);
  if ((choice & kIsEncoder) != 0)
    Encoder(reader, kFormats[choice % 4]).run();
  else
    makeUp(reader, choice);
  return 0;
}
