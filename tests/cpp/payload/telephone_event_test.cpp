#include "cpp/payload/telephone_event.h"

#include <gtest/gtest.h>

namespace rtc::payload {
namespace {

TEST(TelephoneEvent, IsWrittenAsRfc4733DrawsIt) {
  EXPECT_EQ(writeTelephoneEvent({11, true, 10, 800}), (Bytes{11, 0x8a, 0x03, 0x20}));
  EXPECT_EQ(writeTelephoneEvent({0, false, 99, 0xffff}), (Bytes{0, 63, 0xff, 0xff}));
}

TEST(TelephoneEvent, IsReadBackAndTheReservedBitIgnored) {
  const TelephoneEvent event{15, true, 63, 12345};
  EXPECT_EQ(readTelephoneEvent(writeTelephoneEvent(event)), event);
  EXPECT_EQ(readTelephoneEvent(Bytes{1, 0x4a, 0, 160}), (TelephoneEvent{1, false, 10, 160}));
}

TEST(TelephoneEvent, IsRefusedWhenItIsCutOff) {
  EXPECT_EQ(readTelephoneEvent(Bytes{1, 2, 3}), std::nullopt);
  EXPECT_EQ(createTelephoneEventDepacketizer()->inspect(Bytes{1, 2, 3}), std::nullopt);
  EXPECT_TRUE(createTelephoneEventDepacketizer()->inspect(Bytes{1, 2, 3, 4}).has_value());
}

TEST(TelephoneEvent, StandsForTheCharactersOfDtmf) {
  EXPECT_EQ(telephoneEventOf('0'), 0);
  EXPECT_EQ(telephoneEventOf('9'), 9);
  EXPECT_EQ(telephoneEventOf('*'), 10);
  EXPECT_EQ(telephoneEventOf('#'), 11);
  EXPECT_EQ(telephoneEventOf('a'), 12);
  EXPECT_EQ(telephoneEventOf('D'), 15);
  for (const char none : {',', 'e', ' ', '\0'})
    EXPECT_EQ(telephoneEventOf(none), std::nullopt);
  EXPECT_EQ(toneOf(11), '#');
  EXPECT_EQ(toneOf(15), 'D');
  EXPECT_EQ(toneOf(16), std::nullopt);
}

}  // namespace
}  // namespace rtc::payload
