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

TEST(Base64, ReadsWhatItWritesAndNothingElse) {
  for (const std::string_view text : {"", "f", "fo", "foo", "foob", "\xfb\xff\xbf"})
    EXPECT_EQ(fromBase64(base64(asBytes(text))), toBytes(asBytes(text))) << text;
  for (const std::string_view text :
       {"Zg", "Zg=", "Zg===", "Z===", "====", "Zh==", "Zm9=", "Zg==Zg==", "Zm9 ", "Zm9-", "=m9v"})
    EXPECT_FALSE(fromBase64(text)) << text;
}

TEST(Base64, UsesTheWholeAlphabet) {
  EXPECT_EQ(base64(ByteSpan(std::array<uint8_t, 3>{0xfb, 0xff, 0xbf})), "+/+/");
}

}  // namespace
}  // namespace rtc
