#include "cpp/turn/server.h"

#include "tests/cpp/turn/server_fixture.h"

namespace rtc::turn {
namespace {

using TurnServer = TurnServerTest;

TEST_F(TurnServer, TellsAnybodyTheAddressItSees) {
  begin();
  for (ClientId client : {kUdp, kStream}) {
    const auto response = exchange(client, request(Method::kBinding).fingerprint().build());
    ASSERT_TRUE(response && response->success());
    EXPECT_EQ(response->message.mappedAddress(),
              client == kUdp ? kClientSource : at("203.0.113.9", 40002));
    EXPECT_TRUE(response->message.hasFingerprint());
    EXPECT_EQ(response->message.transactionId(), lastId_);
  }
  EXPECT_FALSE(exchange(kUdp, request(Method::kBinding).build())->message.hasFingerprint());
}

TEST_F(TurnServer, NamesTheAttributesThatItDoesNotKnow) {
  begin();
  const auto strange = static_cast<AttributeType>(0x7f01);
  const auto binding = exchange(kUdp, request(Method::kBinding).flag(strange).build());
  ASSERT_TRUE(binding);
  EXPECT_EQ(binding->code(), 420);
  EXPECT_EQ(binding->message.unknownAttributes(), std::vector<uint16_t>{0x7f01});
  const Login me = login(kUdp);
  const auto allocate = exchange(kUdp, std::move(allocateRequest().flag(strange)), me);
  EXPECT_EQ(allocate->code(), 420);
  EXPECT_EQ(allocate->message.unknownAttributes(), std::vector<uint16_t>{0x7f01});
}

TEST_F(TurnServer, ChallengesARequestWithoutCredentials) {
  begin();
  const auto response = exchange(kUdp, allocateRequest().build());
  ASSERT_TRUE(response);
  EXPECT_EQ(response->code(), 401);
  EXPECT_EQ(response->message.text(AttributeType::kRealm), "example.org");
  EXPECT_TRUE(response->message.has(AttributeType::kNonce));
  EXPECT_FALSE(response->message.integrity());
  EXPECT_TRUE(opened_.empty());
}

TEST_F(TurnServer, AnswersAForgedSourceWithLittle) {
  ServerConfig config = testServerConfig();
  config.software = std::string(200, 's');
  begin(config);
  const Bytes ask = allocateRequest().build();
  const auto response = exchange(kUdp, ask);
  EXPECT_LT(response->bytes->size(), 128u);
  size_t answers = 0;
  for (int i = 0; i < 1000; ++i)
    answers += exchange(kUdp, ask) ? 1 : 0;
  EXPECT_LT(answers, 100u);
  EXPECT_GT(server_->stats().challengesSuppressed, 900u);
  advance(Duration::seconds(1));
  EXPECT_TRUE(exchange(kUdp, ask));
}

TEST_F(TurnServer, RefusesARequestWhoseCredentialsAreIncomplete) {
  begin();
  const Login me = login(kUdp);
  const Bytes noRealm = allocateRequest()
                            .text(AttributeType::kUsername, me.username)
                            .text(AttributeType::kNonce, me.nonce)
                            .integrity(me.key())
                            .build();
  EXPECT_EQ(exchange(kUdp, noRealm)->code(), 400);
  Login longName = me;
  longName.username = std::string(600, 'x');
  EXPECT_EQ(codeOf(kUdp, allocateRequest(), longName), 400);
}

TEST_F(TurnServer, RefusesWrongNamesPasswordsAndRealms) {
  begin();
  Login wrong = login(kUdp);
  wrong.password = "looking glass";
  EXPECT_EQ(codeOf(kUdp, allocateRequest(), wrong), 401);
  wrong = login(kUdp, "mallory", "x");
  EXPECT_EQ(codeOf(kUdp, allocateRequest(), wrong), 401);
  wrong = login(kUdp);
  wrong.realm = "example.com";
  EXPECT_EQ(codeOf(kUdp, allocateRequest(), wrong), 401);
  EXPECT_EQ(server_->stats().authenticationFailures, 3u);
  EXPECT_EQ(events_.size(), 3u);
}

TEST_F(TurnServer, AnswersAStaleOrStolenNonceWithAFreshOne) {
  begin();
  Login me = login(kUdp);
  Login thief = me;
  EXPECT_EQ(codeOf(kOther, allocateRequest(), thief), 438);
  advance(Duration::seconds(3601));
  connect(kUdp, ClientKind::kUdp, kClientSource);
  const auto response = exchange(kUdp, allocateRequest(), me);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->code(), 438);
  me.nonce = std::string(*response->message.text(AttributeType::kNonce));
  EXPECT_EQ(codeOf(kUdp, allocateRequest(), me), 200);
}

TEST_F(TurnServer, StopsListeningToASourceThatGuesses) {
  begin();
  Login guess = login(kUdp);
  guess.password = "guess";
  int answered = 0;
  while (codeOf(kUdp, allocateRequest(), guess) == 401)
    ++answered;
  EXPECT_EQ(answered, 10);
  const Login right = login(kUdp);
  EXPECT_EQ(codeOf(kUdp, allocateRequest(), right), -1);
  EXPECT_EQ(codeOf(kOther, allocateRequest(), login(kOther)),
            200);  // another source is not held up
  advance(Duration::seconds(2));
  EXPECT_EQ(codeOf(kUdp, allocateRequest(), right), 200);
}

TEST_F(TurnServer, HangsUpOnAStreamThatGuesses) {
  begin();
  Login guess = login(kStream);
  guess.password = "guess";
  for (int i = 0; i < 11; ++i)
    codeOf(kStream, allocateRequest(), guess);
  EXPECT_EQ(closedClients_[kStream], "too many wrong credentials");
  EXPECT_EQ(server_->stats().clients, 2u);
}

TEST_F(TurnServer, SignsItsAnswersAsTheRequestWasSigned) {
  begin();
  Login me = login(kUdp);
  auto response = exchange(kUdp, allocateRequest(), me);
  EXPECT_EQ(response->message.integrity(), stun::IntegrityAlgorithm::kSha1);
  EXPECT_TRUE(response->message.verifyIntegrity(me.key()));
  me = login(kOther);
  me.algorithm = stun::IntegrityAlgorithm::kSha256;
  response = exchange(kOther, allocateRequest(), me);
  ASSERT_TRUE(response && response->success());
  EXPECT_EQ(response->message.integrity(), stun::IntegrityAlgorithm::kSha256);
  EXPECT_TRUE(response->message.verifyIntegrity(me.key()));
}

TEST_F(TurnServer, AnswersARetransmittedAllocateWithTheSameBytes) {
  begin();
  const Login me = login(kUdp);
  const Bytes bytes = sign(allocateRequest(), me);
  const auto first = exchange(kUdp, bytes);
  const auto again = exchange(kUdp, bytes);
  ASSERT_TRUE(first && again);
  EXPECT_TRUE(first->success());
  EXPECT_EQ(*first->bytes, *again->bytes);
  EXPECT_EQ(opened_.size(), 1u);
  EXPECT_EQ(codeOf(kUdp, allocateRequest(), me), 437);
}

TEST_F(TurnServer, WaitsForTheSocketAndRefusesWhenItDoesNotOpen) {
  begin();
  openByItself_ = false;
  const Login me = login(kUdp);
  const Bytes bytes = sign(allocateRequest(), me);
  EXPECT_FALSE(exchange(kUdp, bytes));
  EXPECT_FALSE(exchange(kUdp, bytes));
  ASSERT_EQ(opened_.size(), 1u);
  EXPECT_EQ(codeOf(kUdp, permission(kPeer), me), 437);
  server_->relaySocketFailed(opened_[0].socket, now_);
  drain();
  ASSERT_EQ(inbox_[kUdp].size(), 1u);
  EXPECT_EQ(stun::Message::parse(inbox_[kUdp][0])->errorCode()->code, 508);
  inbox_[kUdp].clear();
  EXPECT_EQ(server_->stats().allocations, 0u);
  // The embedding never says anything about the second one.
  EXPECT_FALSE(exchange(kUdp, allocateRequest(), me));
  advance(Duration::seconds(10));
  ASSERT_EQ(inbox_[kUdp].size(), 1u);
  EXPECT_EQ(stun::Message::parse(inbox_[kUdp][0])->errorCode()->code, 508);
  // It opens after all: nobody wants it any more.
  closedSockets_.clear();
  server_->relaySocketOpened(opened_[1].socket, at("198.51.100.1", 50000), now_);
  drain();
  EXPECT_EQ(closedSockets_, std::vector{opened_[1].socket});
}

TEST_F(TurnServer, RefusesMalformedOrUnsupportedAllocates) {
  begin();
  const Login me = login(kUdp);
  EXPECT_EQ(codeOf(kUdp, request(Method::kAllocate), me), 400);
  EXPECT_EQ(
      codeOf(
          kUdp,
          std::move(request(Method::kAllocate).u32(AttributeType::kRequestedTransport, 6u << 24)),
          me),
      442);
  const auto with = [&](AttributeType type, uint32_t value) {
    return std::move(allocateRequest().u32(type, value));
  };
  EXPECT_EQ(codeOf(kUdp, with(AttributeType::kRequestedAddressFamily, 3u << 24), me), 440);
  EXPECT_EQ(codeOf(kUdp, with(AttributeType::kAdditionalAddressFamily, 1u << 24), me), 400);
  EXPECT_EQ(codeOf(kUdp,
                   std::move(with(AttributeType::kAdditionalAddressFamily, 2u << 24)
                                 .u32(AttributeType::kRequestedAddressFamily, 1u << 24)),
                   me),
            400);
  EXPECT_EQ(codeOf(kUdp, std::move(allocateRequest().u64(AttributeType::kReservationToken, 5)), me),
            508);
  EXPECT_EQ(codeOf(kUdp,
                   std::move(with(AttributeType::kRequestedAddressFamily, 1u << 24)
                                 .u64(AttributeType::kReservationToken, 5)),
                   me),
            400);
  EXPECT_EQ(codeOf(kUdp, std::move(allocateRequest().text(AttributeType::kLifetime, "x")), me),
            400);
  const auto fragment =
      exchange(kUdp, std::move(allocateRequest().flag(AttributeType::kDontFragment)), me);
  EXPECT_EQ(fragment->code(), 420);
  EXPECT_EQ(fragment->message.unknownAttributes(), std::vector<uint16_t>{0x001a});
  EXPECT_EQ(server_->stats().allocations, 0u);
}

TEST_F(TurnServer, RefusesAFamilyThatItDoesNotServe) {
  ServerConfig config = testServerConfig();
  config.ipv6 = false;
  begin(config);
  const Login me = login(kUdp);
  EXPECT_EQ(
      codeOf(kUdp,
             std::move(allocateRequest().u32(AttributeType::kRequestedAddressFamily, 2u << 24)),
             me),
      440);
}

TEST_F(TurnServer, KeepsTheLifetimeWithinItsBounds) {
  begin();
  const auto lifetimeOf = [&](std::optional<uint32_t> asked, const Login& me) {
    auto builder = request(Method::kRefresh);
    if (asked)
      builder.u32(AttributeType::kLifetime, *asked);
    return exchange(kUdp, std::move(builder), me)->message.u32(AttributeType::kLifetime);
  };
  const Login me = allocate(kUdp);
  EXPECT_EQ(lifetimeOf(std::nullopt, me), 600u);
  EXPECT_EQ(lifetimeOf(1, me), 600u);
  EXPECT_EQ(lifetimeOf(1800, me), 1800u);
  EXPECT_EQ(lifetimeOf(0xffffffff, me), 3600u);
  EXPECT_EQ(server_->deadline() <= now_ + Duration::seconds(3600), true);
}

TEST_F(TurnServer, EndsAnAllocationThatIsNotRefreshed) {
  begin();
  const Login me = allocate(kUdp);
  advance(Duration::seconds(599));
  EXPECT_EQ(server_->stats().allocations, 1u);
  advance(Duration::seconds(1));
  EXPECT_EQ(server_->stats().allocations, 0u);
  EXPECT_EQ(closedSockets_.size(), 1u);
  EXPECT_EQ(codeOf(kUdp, request(Method::kRefresh), me), 437);
}

TEST_F(TurnServer, EndsAnAllocationByRefreshWithLifetimeZero) {
  begin();
  const Login me = allocate(kUdp);
  const auto end = [&] {
    return std::move(request(Method::kRefresh).u32(AttributeType::kLifetime, 0));
  };
  EXPECT_EQ(codeOf(kUdp, end(), me), 200);
  EXPECT_EQ(closedSockets_.size(), 1u);
  EXPECT_EQ(codeOf(kUdp, end(), me), 437);
  EXPECT_EQ(codeOf(kUdp, allocateRequest(), me), 200);
}

TEST_F(TurnServer, RefusesARefreshOfTheOtherFamily) {
  begin();
  const Login me = allocate(kUdp);
  EXPECT_EQ(
      codeOf(kUdp,
             std::move(
                 request(Method::kRefresh).u32(AttributeType::kRequestedAddressFamily, 2u << 24)),
             me),
      443);
}

TEST_F(TurnServer, LetsNobodyElseUseAnAllocation) {
  begin();
  allocate(kUdp);
  const Login bob = login(kUdp, "bob", "builder");
  EXPECT_EQ(codeOf(kUdp, request(Method::kRefresh), bob), 441);
  EXPECT_EQ(codeOf(kUdp, permission(kPeer), bob), 441);
  EXPECT_EQ(codeOf(kUdp, channelBind(0x4000, kPeer), bob), 441);
  EXPECT_EQ(codeOf(kUdp, allocateRequest(), bob), 437);
}

TEST_F(TurnServer, RefusesEveryRequestWithoutAnAllocation) {
  begin();
  const Login me = login(kUdp);
  EXPECT_EQ(codeOf(kUdp, request(Method::kRefresh), me), 437);
  EXPECT_EQ(codeOf(kUdp, permission(kPeer), me), 437);
  EXPECT_EQ(codeOf(kUdp, channelBind(0x4000, kPeer), me), 437);
}

TEST_F(TurnServer, GivesAPairOfPortsToTwoClientsOfOneUser) {
  begin();
  auto ask = allocateRequest();
  const uint8_t reserve = 0x80;
  ask.bytes(AttributeType::kEvenPort, ByteSpan(&reserve, 1));
  const auto first = exchange(kUdp, std::move(ask), login(kUdp));
  ASSERT_TRUE(first && first->success());
  EXPECT_TRUE(opened_[0].evenPort);
  ASSERT_TRUE(opened_[0].nextPort);
  const auto relayed = first->message.xorAddress(AttributeType::kXorRelayedAddress);
  const auto token = first->message.u64(AttributeType::kReservationToken);
  ASSERT_TRUE(relayed && token);
  EXPECT_EQ(relayed->port % 2, 0);
  const auto withToken = [&] {
    return std::move(allocateRequest().u64(AttributeType::kReservationToken, *token));
  };
  EXPECT_EQ(codeOf(kOther, withToken(), login(kOther, "bob", "builder")), 508);
  const auto second = exchange(kOther, withToken(), login(kOther));
  ASSERT_TRUE(second && second->success());
  EXPECT_EQ(second->message.xorAddress(AttributeType::kXorRelayedAddress)->port, relayed->port + 1);
  EXPECT_EQ(codeOf(kStream, withToken(), login(kStream)), 508);
  EXPECT_TRUE(closedSockets_.empty());
}

TEST_F(TurnServer, ClosesAReservedPortThatNobodyClaims) {
  begin();
  auto ask = allocateRequest();
  const uint8_t reserve = 0x80;
  ask.bytes(AttributeType::kEvenPort, ByteSpan(&reserve, 1));
  ASSERT_EQ(codeOf(kUdp, std::move(ask), login(kUdp)), 200);
  EXPECT_LE(server_->deadline(), now_ + Duration::seconds(30));
  advance(Duration::seconds(30));
  EXPECT_EQ(closedSockets_, std::vector{*opened_[0].nextPort});
}

TEST_F(TurnServer, RefusesAnOddPortWhereAnEvenOneWasAskedFor) {
  begin();
  nextPort_ = 50001;
  auto ask = allocateRequest();
  const uint8_t even = 0;
  ask.bytes(AttributeType::kEvenPort, ByteSpan(&even, 1));
  EXPECT_EQ(codeOf(kUdp, std::move(ask), login(kUdp)), 508);
  EXPECT_EQ(closedSockets_.size(), 1u);
}

TEST_F(TurnServer, LimitsAllocationsPerUserAndInTotal) {
  ServerConfig config = testServerConfig();
  config.maxAllocationsPerUser = 1;
  config.maxAllocations = 2;
  begin(config);
  allocate(kUdp);
  EXPECT_EQ(codeOf(kOther, allocateRequest(), login(kOther)), 486);
  EXPECT_EQ(codeOf(kOther, allocateRequest(), login(kOther, "bob", "builder")), 200);
  EXPECT_EQ(codeOf(kStream, allocateRequest(), login(kStream)), 508);
  server_->clientClosed(kUdp, now_);
  drain();
  EXPECT_EQ(codeOf(kStream, allocateRequest(), login(kStream)), 200);
}

TEST_F(TurnServer, LetsIdleClientsGo) {
  begin();
  allocate(kUdp);
  advance(Duration::seconds(59));
  exchange(kOther, request(Method::kBinding).build());
  advance(Duration::seconds(1));
  EXPECT_EQ(closedClients_.count(kStream), 1u);
  EXPECT_EQ(closedClients_.count(kOther), 0u);
  EXPECT_EQ(closedClients_.count(kUdp), 0u);
  advance(Duration::seconds(59));
  EXPECT_EQ(closedClients_.count(kOther), 1u);
  EXPECT_EQ(server_->stats().clients, 1u);
}

TEST_F(TurnServer, MakesRoomForANewcomerWhereAForgedSourceSat) {
  ServerConfig config = testServerConfig();
  config.maxClients = 3;
  begin(config);
  allocate(kUdp);
  connect(ClientId(9), ClientKind::kTcp, at("203.0.113.99", 1));
  EXPECT_EQ(closedClients_.size(), 1u);
  EXPECT_EQ(closedClients_[kOther], "making room");
  connect(ClientId(10), ClientKind::kTcp, at("203.0.113.99", 2));
  EXPECT_EQ(closedClients_[ClientId(10)], "too many clients");
}

TEST_F(TurnServer, HangsUpOnAStreamOfSomethingElse) {
  for (const char* nonsense :
       {"GET / HTTP/1.1\r\n\r\n", "POST / HTTP/1.1\r\n\r\n", "SSH-2.0-x\r\n"}) {
    closedClients_.clear();
    begin();
    deliver(kStream, text(nonsense));
    EXPECT_EQ(closedClients_[kStream], "the stream does not carry TURN") << nonsense;
  }
}

TEST_F(TurnServer, HoldsLittleForAStrangersStream) {
  begin();
  Bytes start = request(Method::kAllocate).bytes(AttributeType::kData, Bytes(5000)).build();
  start.resize(100);
  deliver(kStream, start);
  EXPECT_EQ(closedClients_.count(kStream), 1u);
}

TEST_F(TurnServer, AnswersEverythingWith500WithoutRandomness) {
  class Broken final : public RandomSource {
   public:
    [[nodiscard]] bool fill(MutableByteSpan) override { return false; }
  } broken;
  begin();
  server_.emplace(testServerConfig(), broken);
  connect(kUdp, ClientKind::kUdp, kClientSource);
  EXPECT_EQ(exchange(kUdp, allocateRequest().build())->code(), 500);
  EXPECT_EQ(codeOf(kUdp, allocateRequest(), Login{}), 500);
}

TEST_F(TurnServer, KeepsControlCharactersOutOfItsEvents) {
  begin();
  Login evil = login(kUdp, "a\nfake log line\x1b[2J", "x");
  codeOf(kUdp, allocateRequest(), evil);
  ASSERT_EQ(events_.size(), 1u);
  EXPECT_EQ(events_[0].account, "a?fake log line?[2J");
}

}  // namespace
}  // namespace rtc::turn
