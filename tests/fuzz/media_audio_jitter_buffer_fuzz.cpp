// A jitter buffer of audio that gets packets of the fuzzer's making: a sequence of {flags, step of
// the sequence number, step of the timestamp, length, payload}, and what is wanted of it meanwhile.
// What comes out was put in, once and in order; what is told to be lost has a length that packets
// have; memory is bounded, and deadlines lie ahead. Left alone, it gives out all that it holds.

#include <algorithm>
#include <map>
#include <optional>

#include "cpp/media/audio_jitter_buffer.h"
#include "tests/fuzz/require.h"

using namespace rtc;
using namespace rtc::media;
using rtc::fuzz::require;

namespace {

constexpr uint8_t kFar = 1, kFarTime = 2, kTime = 0x10, kDue = 0x20, kRedundant = 0x40,
                  kWish = 0x80;
constexpr size_t kNumberSize = 8;

class Program {
 public:
  explicit Program(ByteReader reader) : reader_(reader), buffer_(codecs()) {}

  void run() {
    while (const auto flags = reader_.u8())
      step(*flags);
    buffer_.setTarget(std::nullopt);
    buffer_.setSyncDelay(Duration::zero());
    // No packet waits for longer than a wrong timestamp can say.
    for (int i = 0; i < 100'000 && !buffer_.deadline().isNever(); ++i) {
      now_ = buffer_.deadline();
      buffer_.handleTimeout(now_);
      drain();
    }
    require(buffer_.heldPackets() == 0 && buffer_.heldBytes() == 0, "something is held for good");
  }

 private:
  static std::vector<Codec> codecs() {
    std::vector<Codec> codecs(3);
    const char* names[] = {"opus", "PCMU", "telephone-event"};
    for (size_t i = 0; i < codecs.size(); ++i) {
      codecs[i].name = names[i];
      codecs[i].clockRate = 48000;
      codecs[i].payloadType = rtp::PayloadType(static_cast<uint8_t>(100 + i));
      codecs[i].format = *payload::formatOf(names[i]);
    }
    return codecs;
  }

  void step(uint8_t flags) {
    const auto sequenceStep = static_cast<int8_t>(reader_.u8().value_or(1));
    const auto timeStep = static_cast<int8_t>(reader_.u8().value_or(1));
    index_ = index_ + ((flags & kFar) ? int64_t{sequenceStep} * 200 : int64_t{sequenceStep});
    timestamp_ += static_cast<uint32_t>(timeStep) * ((flags & kFarTime) ? 1 << 24 : 480);
    rtp::Packet packet;
    packet.payloadType = rtp::PayloadType(static_cast<uint8_t>(100 + (flags >> 2 & 3)));
    packet.timestamp = rtp::RtpTime(timestamp_);
    packet.sequenceNumber = index_.wire();
    const size_t wanted = reader_.u8().value_or(0);
    packet.payload = toBytes(*reader_.bytes(std::min(wanted, reader_.remaining())));
    if (!packet.payload.empty()) {
      ByteWriter number(std::move(packet.payload));
      number.u64(static_cast<uint64_t>(index_.value()));
      packet.payload = number.take();
    }
    if ((flags & kWish) != 0)
      wish();
    insert(std::move(packet), (flags & kRedundant) != 0);
    now_ = now_ + Duration::milliseconds((flags & kTime) ? 20 : 0);
    if ((flags & kDue) != 0)
      now_ = std::max(now_, std::min(buffer_.deadline(), now_ + Duration::seconds(10)));
    buffer_.handleTimeout(now_);
    drain();
  }

  void wish() {
    const uint8_t what = reader_.u8().value_or(0);
    const Duration delay = Duration::milliseconds(int64_t{what / 4} * 64);
    if (what % 4 == 0)
      buffer_.setTarget(std::nullopt);
    else if (what % 4 == 1)
      buffer_.setTarget(delay);
    else
      buffer_.setSyncDelay(delay);
  }

  void insert(rtp::Packet packet, bool isRedundant) {
    const uint64_t restarts = buffer_.counters().restarts;
    const bool isSound = packet.payloadType.value() < 102 && !packet.payload.empty();
    // The first of a number counts.
    if (isSound)
      there_.emplace(index_.value(), packet.payload);
    if (isRedundant)
      buffer_.insertRedundant(std::move(packet), index_, now_);
    else
      buffer_.insert(std::move(packet), index_, now_);
    if (buffer_.counters().restarts != restarts)
      last_.reset();
  }

  void drain() {
    while (const auto output = buffer_.poll()) {
      if (const auto* lost = std::get_if<AudioJitterBuffer::Lost>(&*output)) {
        require(lost->count > 0 && lost->duration >= Duration::zero() &&
                    lost->duration <= Duration::milliseconds(120),
                "a loss of a length that no packet has");
        continue;
      }
      const auto& frame = std::get<AudioJitterBuffer::Frame>(*output);
      const ByteSpan data(frame.frame.data);
      require(data.size() > kNumberSize, "another frame");
      const auto number =
          static_cast<int64_t>(*ByteReader(data.subspan(data.size() - kNumberSize)).u64());
      require(there_.contains(number), "a frame that was not put in");
      require(!last_ || number > *last_, "a frame comes again, or behind one that came later");
      require(frame.receivedAt <= now_, "a frame that comes before its packet");
      last_ = number;
    }
    require(buffer_.deadline() > now_, "a deadline that has passed");
    require(buffer_.heldPackets() <= AudioJitterBuffer::kMaxPackets &&
                buffer_.heldBytes() <= AudioJitterBuffer::kMaxBytes,
            "too much is held");
    require(buffer_.counters().jitterBufferEmittedCount >= emitted_, "a counter falls");
    emitted_ = buffer_.counters().jitterBufferEmittedCount;
  }

  ByteReader reader_;
  AudioJitterBuffer buffer_;
  rtp::SequenceIndex index_ = rtp::SequenceIndex::first(rtp::SequenceNumber(0));
  uint32_t timestamp_ = 0;
  Timestamp now_ = Timestamp::milliseconds(1);
  uint64_t emitted_ = 0;
  std::map<int64_t, Bytes> there_;
  std::optional<int64_t> last_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Program(ByteReader(ByteSpan(data, size))).run();
  return 0;
}
