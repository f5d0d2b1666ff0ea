#include "cpp/turn/stream_framer.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "cpp/base/random.h"
#include "cpp/stun/message.h"
#include "cpp/turn/channel_data.h"

namespace rtc::turn {
namespace {

Bytes stunMessage(size_t size) {
  return stun::MessageBuilder(stun::MessageClass::kIndication, stun::Method::kSend, {})
      .bytes(stun::AttributeType::kData, Bytes(size, 0x5a))
      .build();
}

std::vector<Bytes> drain(StreamFramer& framer) {
  std::vector<Bytes> frames;
  while (const auto frame = framer.next())
    frames.push_back(toBytes(*frame));
  return frames;
}

bool refuses(const Bytes& start, ChannelNumber lastChannel = kLastChannel) {
  StreamFramer framer(StreamFramer::kLongestFrame, lastChannel);
  framer.push(start);
  const bool none = !framer.next();
  EXPECT_TRUE(none);
  return framer.failed();
}

TEST(TurnStreamFramer, GivesBackTheMemoryOfALongPieceWhoseMessagesWereTaken) {
  Bytes piece;
  const Bytes message = stunMessage(0);
  while (piece.size() < 256 * 1024)
    piece.insert(piece.end(), message.begin(), message.end());
  const Bytes beginning(message.begin(), message.begin() + 10);
  piece.insert(piece.end(), beginning.begin(), beginning.end());
  StreamFramer framer;
  framer.push(piece);
  EXPECT_GT(drain(framer).size(), 1000u);
  EXPECT_EQ(framer.buffered(), beginning.size());
  EXPECT_LE(framer.capacity(), beginning.size() + StreamFramer::kKeptBytes);
  framer.push(ByteSpan(message).subspan(beginning.size()));
  EXPECT_EQ(drain(framer), std::vector<Bytes>{message});
}

TEST(TurnStreamFramer, GivesTheSameFramesForEverySplit) {
  Bytes stream;
  std::vector<Bytes> expected;
  for (size_t size = 0; size < 12; ++size) {
    const Bytes message = stunMessage(size);
    expected.push_back(message);
    stream.insert(stream.end(), message.begin(), message.end());
    const Bytes data(size, static_cast<uint8_t>(size));
    const ChannelNumber channel(static_cast<uint16_t>(0x4000 + size));
    expected.push_back(encodeChannelData(channel, data, false));
    const Bytes padded = encodeChannelData(channel, data, true);
    ASSERT_EQ(padded.size() % 4, 0u);
    stream.insert(stream.end(), padded.begin(), padded.end());
  }
  SeededRandom random(3);
  for (size_t largest = 1; largest <= stream.size(); largest = largest * 3 / 2 + 1) {
    StreamFramer framer;
    std::vector<Bytes> frames;
    for (size_t at = 0; at < stream.size();) {
      const size_t size =
          std::min<size_t>(1 + random.below(static_cast<uint32_t>(largest)), stream.size() - at);
      framer.push(ByteSpan(stream).subspan(at, size));
      at += size;
      for (Bytes& frame : drain(framer))
        frames.push_back(std::move(frame));
    }
    EXPECT_EQ(frames, expected) << largest;
    EXPECT_EQ(framer.buffered(), 0u);
    EXPECT_FALSE(framer.failed());
  }
}

TEST(TurnStreamFramer, WaitsForThePaddingOfChannelData) {
  const Bytes padded = encodeChannelData(kFirstChannel, Bytes(5, 1), true);
  StreamFramer framer;
  framer.push(ByteSpan(padded).first(9));
  EXPECT_FALSE(framer.next());
  framer.push(ByteSpan(padded).subspan(9));
  const auto frame = framer.next();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->size(), 9u);
}

TEST(TurnStreamFramer, RefusesWhatIsNotTurn) {
  EXPECT_TRUE(refuses({'P', 'O', 'S', 'T'}));
  EXPECT_TRUE(refuses({0x80, 0x60, 0x00, 0x00}));              // RTP
  EXPECT_TRUE(refuses({0x16, 0x03, 0x01, 0x02}));              // TLS
  EXPECT_TRUE(refuses({0x50, 0x00, 0x00, 0x00}));              // above the channels
  EXPECT_TRUE(refuses({0x00, 0x01, 0x00, 0x02}));              // no multiple of four
  EXPECT_TRUE(refuses({0x00, 0x01, 0x00, 0x04, 1, 2, 3, 4}));  // no magic cookie
}

TEST(TurnStreamFramer, TakesTheChannelsOfOlderClientsWhereItIsToldTo) {
  StreamFramer framer(StreamFramer::kLongestFrame, kLastLegacyChannel);
  framer.push(encodeChannelData(kLastLegacyChannel, Bytes(5, 1), true));
  EXPECT_TRUE(framer.next());
  EXPECT_TRUE(refuses({0x7f, 0xff, 0x00, 0x00}, kLastLegacyChannel));
}

TEST(TurnStreamFramer, StaysBrokenAfterAnError) {
  StreamFramer framer;
  framer.push(asBytes("nonsense"));
  EXPECT_FALSE(framer.next());
  framer.push(stunMessage(4));
  EXPECT_FALSE(framer.next());
  EXPECT_TRUE(framer.failed());
}

TEST(TurnStreamFramer, RefusesAMessageLongerThanItsLimit) {
  const Bytes message = stunMessage(100);
  StreamFramer tight(message.size() - 1);
  tight.push(ByteSpan(message).first(8));
  EXPECT_FALSE(tight.next());
  EXPECT_TRUE(tight.failed());
  StreamFramer fitting(message.size());
  fitting.push(message);
  EXPECT_TRUE(fitting.next());
}

TEST(TurnChannelData, IsRefusedOutsideItsRangeAndWhenCutShort) {
  EXPECT_FALSE(ChannelData::parse(Bytes{0x3f, 0xff, 0, 0}));
  EXPECT_FALSE(ChannelData::parse(Bytes{0x7f, 0xff, 0, 0}));
  EXPECT_TRUE(ChannelData::parse(Bytes{0x7f, 0xfe, 0, 0}));
  EXPECT_FALSE(ChannelData::parse(Bytes{0x40, 0x00, 0, 1}));
  EXPECT_FALSE(ChannelData::parse(Bytes{0x40, 0x00, 0}));
  EXPECT_TRUE(ChannelData::parse(Bytes{0x40, 0x00, 0, 0}));
  const Bytes padded{0x4f, 0xff, 0, 1, 9, 0, 0, 0};
  const auto parsed = ChannelData::parse(padded);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->channel, kLastChannel);
  EXPECT_EQ(toBytes(parsed->data), Bytes{9});
}

}  // namespace
}  // namespace rtc::turn
