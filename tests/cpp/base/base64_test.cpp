#include "cpp/base/base64.h"

#include <array>

#include <gtest/gtest.h>

namespace rtc {
namespace {

// The vectors of RFC 4648 section 10.
TEST(Base64, WritesWholeAndPartialGroups) {
  EXPECT_EQ(base64(asBytes("")), "");
  EXPECT_EQ(base64(asBytes("f")), "Zg==");
  EXPECT_EQ(base64(asBytes("fo")), "Zm8=");
  EXPECT_EQ(base64(asBytes("foo")), "Zm9v");
  EXPECT_EQ(base64(asBytes("foobar")), "Zm9vYmFy");
}

TEST(Base64, UsesTheWholeAlphabet) {
  EXPECT_EQ(base64(ByteSpan(std::array<uint8_t, 3>{0xfb, 0xff, 0xbf})), "+/+/");
}

}  // namespace
}  // namespace rtc
