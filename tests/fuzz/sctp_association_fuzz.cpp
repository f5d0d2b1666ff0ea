// An established association fed with chunks of the fuzzer's making, under the right tag and
// checksum. The input is a byte whose lowest bit chooses DATA or I-DATA, and a sequence of
// {action byte, length byte * 4, chunk bytes}. DATA and I-DATA that are too far off to be taken get
// the TSN that is due, lest the fuzzer had to guess it. The highest values of the first byte choose
// an association that is not established: it waits for INIT ACK or COOKIE ACK, or for anybody, or
// is shutting down. Then an action is a chunk of the handshake or the end, with right tags and
// numbers as far as its operands say so, and the cookies that were given. Whatever comes: bounded
// memory, no deadline in the past, nothing behind the end, and an end of its own with a reason.

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include "cpp/base/random.h"
#include "cpp/sctp/association.h"
#include "cpp/sctp/packet.h"
#include "tests/fuzz/require.h"

using namespace rtc;
using namespace rtc::sctp;

namespace {

/// The packets that went out; messages and events are dropped.
std::vector<Bytes> drain(Association& association) {
  std::vector<Bytes> packets;
  while (auto output = association.poll()) {
    if (auto* transmit = std::get_if<Transmit>(&*output)) {
      packets.push_back(std::move(transmit->packet));
    }
  }
  return packets;
}

/// Chunks with TSNs, one behind the other.
void bringNear(Bytes& chunks, uint32_t nextTsn) {
  for (size_t at = 0; at + 8 <= chunks.size();) {
    const size_t length = padded(size_t{chunks[at + 2]} << 8 | chunks[at + 3]);
    const auto type = static_cast<ChunkType>(chunks[at]);
    if (type == ChunkType::kData || type == ChunkType::kIData || type == ChunkType::kForwardTsn ||
        type == ChunkType::kIForwardTsn) {
      // The lowest byte is the fuzzer's: how far ahead.
      const uint32_t tsn = nextTsn + (chunks[at + 7] & 15);
      for (size_t i = 0; i < 4; ++i)
        chunks[at + 4 + i] = static_cast<uint8_t>(tsn >> (24 - 8 * i));
    }
    if (length < kChunkHeaderSize)
      return;
    at += length;
  }
}

using rtc::fuzz::require;

/// By the values of the first byte from here on.
constexpr uint8_t kFirstStage = 0xe0;
enum Stage : uint8_t { kListens, kCookieWait, kCookieEchoed, kShutsDown, kStageCount };

/// An association before or after its time, and whoever speaks with it.
class Handshake {
 public:
  Handshake(ByteReader reader, uint8_t choice) : reader_(reader) {
    config_.receiveWindow = 100000;
    config_.interleaving = (choice & 1) != 0;
    association_ = std::make_unique<Association>(config_, random_);
    const auto stage = static_cast<Stage>((choice >> 1) % kStageCount);
    if (stage != kListens)
      association_->connect(now_);
    settle();
    if (stage == kCookieEchoed || stage == kShutsDown)
      give(initAck(kPeerTag, 10, 10, 100000, 1, 1), tag_);
    if (stage == kShutsDown) {
      give(encodeChunk(ChunkType::kCookieAck, 0, {}), tag_);
      require(association_->state() == State::kEstablished, "not established");
      association_->shutdown(now_);
      settle();
    }
  }

  void run() {
    for (int left = 200; left > 0 && !reader_.atEnd(); --left) {
      step(next() % 16);
      settle();
    }
  }

 private:
  static constexpr uint32_t kPeerTag = 77;

  uint8_t next() { return reader_.u8().value_or(0); }

  /// Mostly `good`, and sometimes what no peer says.
  uint32_t oddly(uint32_t good) {
    static constexpr uint32_t kOdd[] = {0, 1, 2, 1499, 0xffff, 0x7fffffff, 0xfffffffe, 0xffffffff};
    const uint8_t choice = next();
    return choice < 0xc0 ? good : kOdd[choice % 8];
  }

  static InitChunk init(uint32_t tag, uint16_t out, uint16_t in, uint32_t window, uint32_t tsn) {
    InitChunk chunk;
    chunk.tag = VerificationTag(tag);
    chunk.outgoingStreams = out;
    chunk.incomingStreams = in;
    chunk.receiveWindow = window;
    chunk.initialTsn = Tsn(tsn);
    return chunk;
  }
  Bytes initAck(uint32_t tag, uint16_t out, uint16_t in, uint32_t window, uint32_t tsn,
                size_t cookieSize) {
    InitChunk chunk = init(tag, out, in, window, tsn);
    const Bytes cookie(cookieSize, 5);
    chunk.cookie = cookie;
    return encodeChunk(ChunkType::kInitAck, 0, chunk.encode());
  }
  InitChunk oddInit() {
    const uint32_t tag = oddly(kPeerTag + next() % 3);
    const auto out = static_cast<uint16_t>(oddly(10));
    const auto in = static_cast<uint16_t>(oddly(10));
    const uint32_t window = oddly(100000);
    InitChunk chunk = init(tag, out, in, window, oddly(1));
    const uint8_t extensions = next();
    chunk.extensions.forwardTsn = (extensions & 1) != 0;
    chunk.extensions.reConfig = (extensions & 2) != 0;
    chunk.extensions.interleaving = (extensions & 4) != 0;
    chunk.extensions.iForwardTsn = (extensions & 8) != 0;
    chunk.extensions.zeroChecksum = (extensions & 16) != 0;
    return chunk;
  }
  /// Parameters that nobody knows, of which some ask to be reported.
  void addUnknown(Bytes& chunkValue) {
    const uint8_t choice = next();
    if (choice < 0x80)
      return;
    ByteWriter parameter;
    parameter.u16(static_cast<uint16_t>(choice << 8 | 0x77));
    parameter.u16(8);
    parameter.u32(choice);
    const Bytes bytes = parameter.take();
    chunkValue.insert(chunkValue.end(), bytes.begin(), bytes.end());
  }

  void step(uint8_t what) {
    switch (what) {
      case 0:
      case 1: {
        const bool isRestart = what == 1;
        Bytes value = oddInit().encode();
        addUnknown(value);
        give(encodeChunk(ChunkType::kInit, 0, value), isRestart ? tag_ : VerificationTag(0));
        break;
      }
      case 2: {
        InitChunk chunk = oddInit();
        const Bytes cookie(next() * size_t{8}, 5);
        chunk.cookie = cookie;
        Bytes value = chunk.encode();
        addUnknown(value);
        give(encodeChunk(ChunkType::kInitAck, 0, value), tag_);
        break;
      }
      case 3:
      case 4:
        if (!cookies_.empty()) {
          auto [cookie, tag] = cookies_[next() % cookies_.size()];
          if (what == 4 && !cookie.empty())
            cookie[next() % cookie.size()] ^= next();
          give(encodeChunk(ChunkType::kCookieEcho, 0, cookie), tag);
        }
        break;
      case 5:
        give(encodeChunk(ChunkType::kCookieAck, 0, {}), tag_);
        break;
      case 6: {
        // A stale cookie among other complaints.
        static constexpr ErrorCause kCauses[] = {ErrorCause::kStaleCookie, ErrorCause::kNoUserData,
                                                 ErrorCause::kUnrecognizedParameters};
        const Bytes value(next() % 9, 1);
        give(encodeChunk(ChunkType::kError, 0, encodeCause(kCauses[next() % 3], value)), tag_);
        break;
      }
      case 7: {
        ByteWriter value;
        value.u32(oddly(1));
        give(encodeChunk(ChunkType::kShutdown, 0, value.view()), tag_);
        break;
      }
      case 8:
        give(encodeChunk(ChunkType::kShutdownAck, next() % 2, {}), tag_);
        break;
      case 9:
        give(encodeChunk(ChunkType::kShutdownComplete, next() % 2, {}), tag_);
        break;
      case 10:
        give(encodeChunk(ChunkType::kAbort, next() % 2, {}), next() % 2 == 0 ? tag_ : peerTag_);
        break;
      case 11:
        association_->shutdown(now_);
        break;
      case 12:
        (void)association_->send(StreamId(next() % 12), Ppid(53), Bytes(1 + next() * size_t{20}),
                                 {}, now_);
        break;
      case 13:
        association_->connect(now_);
        break;
      default:
        now_ = now_ + Duration::milliseconds(int64_t{1} << (next() % 18));
        association_->handleTimeout(now_);
        require(association_->deadline() > now_, "a deadline that does not move");
        break;
    }
  }

  void give(const Bytes& chunk, VerificationTag tag) {
    PacketBuilder packet(5000, 5000, tag, chunk.size() + 12);
    packet.addEncoded(chunk);
    association_->handlePacket(packet.finish(), now_);
    settle();
  }

  void settle() {
    while (auto output = association_->poll()) {
      if (auto* transmit = std::get_if<Transmit>(&*output)) {
        read(transmit->packet);
        continue;
      }
      require(!isClosed_, "something behind the end");
      if (const auto* closed = std::get_if<Closed>(&*output)) {
        require(association_->state() == State::kClosed, "closed, and in another state");
        require(association_->deadline().isNever(), "closed, and a deadline");
        require(closed->reason != CloseReason::kNoRandomness, "randomness failed, and did not");
        isClosed_ = true;
      }
    }
    const auto statistics = association_->statistics();
    require(statistics.reassemblyBytes == 0, "data without a chunk of it");
  }

  /// Tags and cookies, as whoever the packet is for reads them.
  void read(const Bytes& packet) {
    const auto view = parsePacket(packet, Checksum::kZero);
    require(view.ok(), "a packet that nobody can read");
    ChunkIterator chunks(view->chunks);
    while (const auto chunk = chunks.next()) {
      const auto type = static_cast<ChunkType>(chunk->type);
      if (type != ChunkType::kInit && type != ChunkType::kInitAck)
        continue;
      const auto init = InitChunk::parse(chunk->value);
      require(init && init->mandatoryFieldsValid(), "an INIT that no peer takes");
      if (type == ChunkType::kInit) {
        require(view->tag.value() == 0, "an INIT with a tag");
        tag_ = init->tag;
      } else {
        require(!init->cookie.empty(), "an INIT ACK without a cookie");
        if (cookies_.size() < 16)
          cookies_.emplace_back(toBytes(init->cookie), init->tag);
        peerTag_ = view->tag;
        if (association_->state() == State::kClosed)
          tag_ = init->tag;
      }
    }
  }

  ByteReader reader_;
  SeededRandom random_{1};
  AssociationConfig config_;
  std::unique_ptr<Association> association_;
  Timestamp now_ = Timestamp::milliseconds(1);
  /// Of the association, and of what it takes for its peer.
  VerificationTag tag_;
  VerificationTag peerTag_;
  std::vector<std::pair<Bytes, VerificationTag>> cookies_;
  bool isClosed_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 0 && data[0] >= kFirstStage) {
    Handshake(ByteReader(ByteSpan(data + 1, size - 1)), data[0]).run();
    return 0;
  }
  SeededRandom randomA(1);
  SeededRandom randomB(2);
  AssociationConfig config;
  config.receiveWindow = 100000;
  config.maxReceiveMessageSize = 10000;
  config.interleaving = size > 0 && (data[0] & 1) != 0;
  const Identity identity = *drawIdentity(randomA);
  config.identity = identity;
  Association a(config, randomA);
  config.identity.reset();
  Association b(config, randomB);
  Timestamp now = Timestamp::milliseconds(1);
  VerificationTag tag;
  uint32_t nextTsn = 0;
  a.connect(now);
  for (int i = 0; i < 4; ++i) {
    for (const Bytes& packet : drain(a))
      b.handlePacket(packet, now);
    for (const Bytes& packet : drain(b)) {
      const auto view = parsePacket(packet, Checksum::kZero);
      const auto chunk = ChunkIterator(view->chunks).next();
      if (chunk->type == static_cast<uint8_t>(ChunkType::kInitAck))
        nextTsn = InitChunk::parse(chunk->value)->initialTsn.value();
      a.handlePacket(packet, now);
      tag = view->tag;
    }
  }
  ByteReader reader(ByteSpan(data, size));
  (void)reader.u8();
  while (const auto action = reader.u8()) {
    if (*action & 1) {
      SendOptions options;
      options.ordered = (*action & 2) != 0;
      if (*action & 4)
        options.maxRetransmits = 0;
      (void)a.send(StreamId(*action >> 5), Ppid(53), Bytes(1 + *action * 20), options, now);
    }
    if (*action & 8) {
      now = now + Duration::milliseconds(*action);
      a.handleTimeout(now);
      // Or its timer would come again and again.
      if (a.deadline() <= now)
        std::abort();
    }
    if (*action == 16) {
      const StreamId stream(1);
      a.resetStreams({&stream, 1}, now);
    }
    if (*action == 64) {
      // What a description may bring: a chunk of the fuzzer's, or its value in a true header.
      const size_t asked = reader.u8().value_or(0);
      const size_t given = std::min(asked, reader.remaining());
      const Bytes value = toBytes(*reader.bytes(given));
      if (a.establishWith(value, now) && !isInitChunk(value))
        std::abort();
      const Bytes chunk = encodeChunk(ChunkType::kInit, 0, value);
      if (a.establishWith(chunk, now))
        tag = identity.tag;
    }
    const size_t wanted = size_t{reader.u8().value_or(0)} * 4;
    const size_t length = std::min(wanted, reader.remaining());
    Bytes chunks = toBytes(*reader.bytes(length));
    if (*action & 32)
      bringNear(chunks, nextTsn++);
    PacketBuilder packet(5000, 5000, tag, 1188);
    packet.addEncoded(chunks);
    a.handlePacket(packet.finish(), now);
    drain(a);
    if (a.statistics().reassemblyBytes >
        config.receiveWindow + config.maxReceiveMessageSize + 64 * 1024)
      std::abort();
  }
  return 0;
}
