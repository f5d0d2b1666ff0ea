#include "cpp/datachannel/dcep.h"

#include <gtest/gtest.h>

namespace rtc::datachannel {
namespace {

TEST(Dcep, LaysOutOpenAsRfc8832Section51) {
  ChannelOptions options;
  options.label = "ab";
  options.protocol = "x";
  options.ordered = false;
  options.maxRetransmits = 5;
  options.priority = 512;
  EXPECT_EQ(encodeOpen(options), (Bytes{3, 0x81, 2, 0, 0, 0, 0, 5, 0, 2, 0, 1, 'a', 'b', 'x'}));
}

TEST(Dcep, ReadsBackEveryChannelType) {
  for (const bool ordered : {true, false}) {
    for (int kind = 0; kind < 3; ++kind) {
      ChannelOptions options;
      options.label = "label \xc3\xa4\xf0\x9f\x98\x80";
      options.protocol = "proto";
      options.ordered = ordered;
      if (kind == 1)
        options.maxRetransmits = 65535;
      if (kind == 2)
        options.maxPacketLifeTime = 0;
      const auto parsed = parseOpen(encodeOpen(options));
      ASSERT_TRUE(parsed.ok());
      EXPECT_EQ(*parsed, options);
    }
  }
}

TEST(Dcep, TakesTextsOf65535Bytes) {
  ChannelOptions options;
  options.label = std::string(65535, 'l');
  options.protocol = std::string(65535, 'p');
  const auto parsed = parseOpen(encodeOpen(options));
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(*parsed, options);
}

TEST(Dcep, CutsAReliabilityParameterToWhatTheApiCanShow) {
  const auto parsed = parseOpen(Bytes{3, 1, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0});
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->maxRetransmits, 65535);
}

TEST(Dcep, RejectsEveryTruncationAndAnythingLeftOver) {
  ChannelOptions options;
  options.label = "label";
  options.protocol = "proto";
  Bytes open = encodeOpen(options);
  for (size_t size = 0; size < open.size(); ++size) {
    EXPECT_FALSE(parseOpen(ByteSpan(open).first(size)).ok()) << size;
  }
  open.push_back(0);
  EXPECT_EQ(parseOpen(open).error(), DcepError::kWrongLength);
}

TEST(Dcep, RejectsUnknownChannelTypesAndBrokenText) {
  Bytes open = encodeOpen({});
  for (int type = 0; type < 256; ++type) {
    open[1] = static_cast<uint8_t>(type);
    EXPECT_EQ(parseOpen(open).ok(), (type & 0x7f) <= 2) << type;
  }
  ChannelOptions options;
  options.label = "\xed\xa0\x80";  // a surrogate
  EXPECT_EQ(parseOpen(encodeOpen(options)).error(), DcepError::kInvalidText);
}

TEST(Dcep, KnowsWellFormedUtf8) {
  for (const char* good : {"", "a", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                           "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(isUtf8(asBytes(good))) << good;
  }
  for (const char* bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xe1\x80", "\xed\xa0\x80",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xe1\x80\xc0"}) {
    EXPECT_FALSE(isUtf8(asBytes(bad))) << bad;
  }
}

}  // namespace
}  // namespace rtc::datachannel
