#include "cpp/turn/authentication.h"

#include <gtest/gtest.h>

#include "cpp/stun/crypto.h"
#include "cpp/turn/source_limiter.h"

namespace rtc::turn {
namespace {

const Endpoint kClient{*IpAddress::parse("203.0.113.7"), 4000};

class BrokenRandom final : public RandomSource {
 public:
  [[nodiscard]] bool fill(MutableByteSpan) override { return false; }
};

Bytes signedRequest(std::string_view username, std::string_view realm, std::string_view password) {
  return stun::MessageBuilder(stun::MessageClass::kRequest, stun::Method::kAllocate, {})
      .text(stun::AttributeType::kUsername, username)
      .integrity(stun::longTermKey(username, realm, password))
      .build();
}

std::optional<Identity> verify(const CredentialStore& store, std::string_view username,
                               std::string_view password, int64_t unixSeconds = 1000) {
  const Bytes bytes = signedRequest(username, "realm", password);
  const auto message = stun::Message::parse(bytes);
  EXPECT_TRUE(message.ok());
  return store.verify(*message, username, unixSeconds);
}

TEST(TurnNonce, IsGoodForItsClientAndItsTimeOnly) {
  SeededRandom random(1);
  const NonceIssuer issuer(random);
  const Timestamp now = Timestamp::milliseconds(5000000);
  const Duration hour = Duration::seconds(3600);
  const std::string nonce = issuer.issue(kClient, now);
  EXPECT_TRUE(issuer.isValid(nonce, kClient, now, hour));
  EXPECT_TRUE(issuer.isValid(nonce, kClient, now + Duration::seconds(3599), hour));
  EXPECT_FALSE(issuer.isValid(nonce, kClient, now + hour, hour));
  EXPECT_FALSE(issuer.isValid(nonce, kClient, now - Duration::seconds(1), hour));
  Endpoint other = kClient;
  other.port = 4001;
  EXPECT_FALSE(issuer.isValid(nonce, other, now, hour));
}

TEST(TurnNonce, CannotBeForged) {
  SeededRandom random(1);
  const NonceIssuer issuer(random);
  const NonceIssuer stranger(random);
  const Timestamp now = Timestamp::milliseconds(5000000);
  const Duration hour = Duration::seconds(3600);
  EXPECT_FALSE(issuer.isValid(stranger.issue(kClient, now), kClient, now, hour));
  const std::string nonce = issuer.issue(kClient, now);
  for (size_t i = 0; i < nonce.size(); ++i) {
    std::string forged = nonce;
    forged[i] = forged[i] == '0' ? '1' : '0';
    EXPECT_FALSE(issuer.isValid(forged, kClient, now, hour)) << i;
  }
  EXPECT_FALSE(issuer.isValid("", kClient, now, hour));
  EXPECT_FALSE(issuer.isValid(nonce + "0", kClient, now, hour));
}

TEST(TurnNonce, IsNeverValidWithoutRandomness) {
  BrokenRandom random;
  const NonceIssuer issuer(random);
  EXPECT_FALSE(issuer.ready());
  EXPECT_EQ(issuer.issue(kClient, Timestamp()), "");
  EXPECT_FALSE(issuer.isValid("", kClient, Timestamp(), Duration::seconds(1)));
}

TEST(TurnCredentials, ComputeTheRestPasswordAsOtherServersDo) {
  // printf '%s' '1433895918:ice' | openssl dgst -sha1 -hmac north -binary | base64
  EXPECT_EQ(restPassword("north", "1433895918:ice"), "kknNLOh4HgIYoG0+LZox/gj4ZUo=");
}

TEST(TurnCredentials, KnowStaticUsers) {
  const CredentialStore store("realm", {{"alice", "a"}, {"1700000000", "digits"}}, {"s"});
  const auto alice = verify(store, "alice", "a");
  ASSERT_TRUE(alice);
  EXPECT_EQ(alice->account, "user alice");
  EXPECT_FALSE(verify(store, "alice", "b"));
  EXPECT_FALSE(verify(store, "bob", "a"));
  // A static user whose name looks like a time is a static user.
  EXPECT_TRUE(verify(store, "1700000000", "digits"));
  EXPECT_FALSE(verify(store, "1700000000", restPassword("s", "1700000000")));
}

TEST(TurnCredentials, CountFreshRestNamesAgainstOneAccount) {
  const CredentialStore store("realm", {}, {"s"});
  const auto first = verify(store, "2000:carol", restPassword("s", "2000:carol"));
  const auto second = verify(store, "3000:carol", restPassword("s", "3000:carol"));
  const auto bare = verify(store, "2000", restPassword("s", "2000"));
  ASSERT_TRUE(first && second && bare);
  EXPECT_EQ(first->account, second->account);
  EXPECT_NE(first->account, bare->account);
  EXPECT_NE(toBytes(first->key), toBytes(second->key));
}

TEST(TurnCredentials, RefuseRestNamesThatExpiredOrAreNone) {
  const CredentialStore store("realm", {}, {"s"});
  for (const char* name : {"1000:x", "999", "-1:x", "x:2000", ":2000", "", "2000x:y",
                           "99999999999999999999:x", " 2000"}) {
    EXPECT_FALSE(verify(store, name, restPassword("s", name), 1000)) << name;
  }
  EXPECT_TRUE(verify(store, "1001", restPassword("s", "1001"), 1000));
}

TEST(TurnCredentials, RefuseEverybodyWithoutSecretsOrWithAnEmptyOne) {
  EXPECT_FALSE(verify(CredentialStore("realm", {}, {}), "2000", restPassword("s", "2000")));
  EXPECT_FALSE(verify(CredentialStore("realm", {}, {""}), "2000", restPassword("", "2000")));
}

TEST(TurnSourceLimiter, CountsAnIpv6SubnetAsOneSource) {
  SourceLimiter limiter(1, 2);
  const Timestamp now = Timestamp::milliseconds(1000);
  EXPECT_TRUE(limiter.take(*IpAddress::parse("2001:db8::1"), now));
  EXPECT_TRUE(limiter.take(*IpAddress::parse("2001:db8::2"), now));
  EXPECT_FALSE(limiter.take(*IpAddress::parse("2001:db8::3"), now));
  EXPECT_TRUE(limiter.take(*IpAddress::parse("2001:db8:0:1::1"), now));
  EXPECT_TRUE(limiter.take(*IpAddress::parse("192.0.2.1"), now));
  EXPECT_TRUE(limiter.take(*IpAddress::parse("::ffff:192.0.2.1"), now));
  EXPECT_FALSE(limiter.take(*IpAddress::parse("192.0.2.1"), now));
  EXPECT_TRUE(limiter.take(*IpAddress::parse("192.0.2.1"), now + Duration::seconds(1)));
}

TEST(TurnSourceLimiter, RemembersABoundedNumberOfSources) {
  SourceLimiter limiter(1, 1, 100);
  const Timestamp now = Timestamp::milliseconds(1000);
  for (uint8_t i = 0; i < 250; ++i)
    limiter.take(IpAddress::v4({10, 0, 0, i}), now);
  EXPECT_EQ(limiter.size(), 100u);
  EXPECT_FALSE(limiter.has(IpAddress::v4({10, 9, 9, 9}), now));
  EXPECT_TRUE(limiter.take(IpAddress::v4({10, 9, 9, 9}), now + Duration::seconds(2)));
  EXPECT_LE(limiter.size(), 100u);
}

TEST(TurnTokenBucket, LetsTheRatePass) {
  TokenBucket bucket(1000, 500);
  Timestamp now = Timestamp::milliseconds(0);
  EXPECT_TRUE(bucket.take(500, now));
  EXPECT_FALSE(bucket.take(1, now));
  EXPECT_FALSE(bucket.isFull(now));
  now = Timestamp::milliseconds(100);
  EXPECT_FALSE(bucket.take(101, now));
  EXPECT_TRUE(bucket.take(100, now));
  EXPECT_TRUE(bucket.isFull(Timestamp::milliseconds(700)));
  TokenBucket unlimited;
  EXPECT_TRUE(unlimited.take(1u << 30, now));
}

}  // namespace
}  // namespace rtc::turn
