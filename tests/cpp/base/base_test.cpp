#include <gtest/gtest.h>

#include "cpp/base/bytes.h"
#include "cpp/base/constant_time.h"
#include "cpp/base/crc32c.h"
#include "cpp/base/random.h"
#include "cpp/base/result.h"
#include "cpp/base/strong.h"
#include "cpp/base/time.h"

namespace rtc {
namespace {

TEST(Crc32c, GivesTheCheckValuesOfTheCatalogueAndRfc3720) {
  EXPECT_EQ(crc32c(asBytes("123456789")), 0xe3069283u);
  EXPECT_EQ(crc32c(Bytes(32, 0x00)), 0x8a9136aau);
  EXPECT_EQ(crc32c(Bytes(32, 0xff)), 0x62a8ab43u);
  EXPECT_EQ(crc32c({}), 0u);
}

TEST(Crc32c, ContinuesOverSplitInput) {
  Bytes data(1000);
  ASSERT_TRUE(SeededRandom(7).fill(data));
  const uint32_t whole = crc32c(data);
  for (size_t cut : {size_t{0}, size_t{1}, size_t{7}, size_t{8}, size_t{500}, size_t{1000}}) {
    EXPECT_EQ(crc32c(ByteSpan(data).subspan(cut), crc32c(ByteSpan(data).first(cut))), whole);
  }
}

TEST(ByteReader, StopsAtTheEndAndConsumesNothingThere) {
  const Bytes data = {1, 2, 3};
  ByteReader reader(data);
  EXPECT_EQ(reader.u16(), 0x0102);
  EXPECT_FALSE(reader.u16().has_value());
  EXPECT_FALSE(reader.bytes(2).has_value());
  EXPECT_EQ(reader.remaining(), 1u);
  EXPECT_EQ(reader.u8(), 3);
  EXPECT_TRUE(reader.atEnd());
}

TEST(ByteWriter, WritesWhatTheReaderReads) {
  ByteWriter writer;
  writer.u8(1);
  writer.u16(0x0203);
  writer.u24(0x040506);
  writer.u32(0x0708090a);
  writer.u64(0x0b0c0d0e0f101112);
  writer.align(8);
  writer.patchU16(1, 0xfffe);
  const Bytes bytes = writer.take();
  EXPECT_EQ(bytes.size(), 24u);
  ByteReader reader(bytes);
  EXPECT_EQ(reader.u8(), 1);
  EXPECT_EQ(reader.u16(), 0xfffe);
  EXPECT_EQ(reader.u24(), 0x040506u);
  EXPECT_EQ(reader.u32(), 0x0708090au);
  EXPECT_EQ(reader.u64(), 0x0b0c0d0e0f101112u);
}

TEST(SeededRandom, RepeatsItselfForTheSameSeedOnly) {
  Bytes a(33);
  Bytes b(33);
  Bytes c(33);
  ASSERT_TRUE(SeededRandom(1).fill(a));
  ASSERT_TRUE(SeededRandom(1).fill(b));
  ASSERT_TRUE(SeededRandom(2).fill(c));
  EXPECT_EQ(a, b);
  EXPECT_NE(a, c);
}

TEST(RandomSource, DrawsBelowABound) {
  SeededRandom random(3);
  std::array<int, 5> seen{};
  for (int i = 0; i < 1000; ++i)
    ++seen.at(random.below(5));
  for (int count : seen)
    EXPECT_GT(count, 100);
}

class BrokenRandom final : public RandomSource {
  bool fill(MutableByteSpan) override { return false; }
};

TEST(RandomSource, YieldsNoIceCharactersWhenItFails) {
  BrokenRandom broken;
  EXPECT_EQ(randomIceChars(broken, 24), "");
  SeededRandom random(1);
  EXPECT_EQ(randomIceChars(random, 24).size(), 24u);
}

TEST(Timestamp, NeverStaysNever) {
  EXPECT_TRUE((Timestamp::never() + Duration::seconds(1)).isNever());
  EXPECT_TRUE((Timestamp() + Duration::infinite()).isNever());
  EXPECT_EQ(earlier(Timestamp::never(), Timestamp::milliseconds(5)), Timestamp::milliseconds(5));
  EXPECT_EQ((Timestamp::milliseconds(5) - Timestamp::milliseconds(2)).ms(), 3);
}

TEST(Result, HoldsAValueOrAnError) {
  Result<int, std::string> good = 5;
  Result<int, std::string> bad = fail(std::string("no"));
  EXPECT_TRUE(good.ok());
  EXPECT_EQ(*good, 5);
  EXPECT_FALSE(bad.ok());
  EXPECT_EQ(bad.error(), "no");
}

TEST(ConstantTimeEqual, ComparesContentAndLength) {
  EXPECT_TRUE(constantTimeEqual(asBytes("abc"), asBytes("abc")));
  EXPECT_FALSE(constantTimeEqual(asBytes("abc"), asBytes("abd")));
  EXPECT_FALSE(constantTimeEqual(asBytes("abc"), asBytes("ab")));
}

}  // namespace
}  // namespace rtc
