#include "cpp/sdp/format_parameters.h"

#include <gtest/gtest.h>

namespace rtc::sdp {
namespace {

TEST(FormatParameters, AreNamesWithValuesInOrder) {
  const auto parameters = formatParameters("minptime=10;useinbandfec=1");
  ASSERT_EQ(parameters.size(), 2u);
  EXPECT_EQ(parameters[0].name, "minptime");
  EXPECT_EQ(parameters[0].value, "10");
  EXPECT_EQ(parameters[1].name, "useinbandfec");
}

TEST(FormatParameters, HaveNoSpacesAroundThem) {
  EXPECT_EQ(formatParameter("apt = 96 ; rtx-time= 3000 ", "rtx-time"), "3000");
  EXPECT_EQ(formatParameter("apt = 96 ; rtx-time= 3000 ", "apt"), "96");
}

TEST(FormatParameters, AreFoundWithoutRegardToCase) {
  EXPECT_EQ(formatParameter("Profile-Level-ID=42e01f", "profile-level-id"), "42e01f");
  EXPECT_EQ(formatParameter("a=1;A=2", "a"), "1");
  EXPECT_EQ(formatParameter("a=1", "b"), std::nullopt);
}

TEST(FormatParameters, KeepFurtherEqualsSignsInTheValue) {
  EXPECT_EQ(formatParameter("sprop-parameter-sets=Z0LAHtkDxWhAAAADAEAAAAwDxYuS,aMuMsg==;x=1",
                            "sprop-parameter-sets"),
            "Z0LAHtkDxWhAAAADAEAAAAwDxYuS,aMuMsg==");
}

TEST(FormatParameters, LeaveOutEmptyOnes) {
  EXPECT_TRUE(formatParameters("").empty());
  EXPECT_TRUE(formatParameters(" ; ;;").empty());
  EXPECT_EQ(formatParameters(";a=1;").size(), 1u);
}

TEST(FormatParameters, AreKeyValueOnlyWhenEachHasAValue) {
  EXPECT_TRUE(isKeyValue("apt=96"));
  EXPECT_TRUE(isKeyValue("a=1; b=2;"));
  for (const char* text : {"", ";", "0-15", "111/111", "a=1;b", "a=", "=1"})
    EXPECT_FALSE(isKeyValue(text)) << text;
}

}  // namespace
}  // namespace rtc::sdp
