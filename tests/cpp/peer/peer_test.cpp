#include "cpp/peer/peer.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/cpp/peer/peer_pair.h"

namespace rtc::peer {
namespace {

using datachannel::ChannelId;

ChannelId openChannel(PeerPair& pair, End& end, const datachannel::ChannelOptions& options) {
  auto channel = end.peer.createDataChannel(options, pair.now);
  EXPECT_TRUE(channel);
  return channel ? *channel : ChannelId(0);
}

ChannelId openChannel(PeerPair& pair, End& end, const char* label = "chat") {
  datachannel::ChannelOptions options;
  options.label = label;
  return openChannel(pair, end, options);
}

/// A pair with one open channel; the ids are what each end calls it.
struct Connected {
  explicit Connected(uint64_t seed = 1, Configuration a = {}, Configuration b = {})
      : pair(seed, std::move(a), std::move(b)) {
    local = openChannel(pair, pair.a);
    EXPECT_TRUE(pair.negotiate(pair.a, pair.b));
    EXPECT_TRUE(pair.runUntil([&] { return !pair.a.opened.empty() && !pair.b.channels.empty(); }));
    if (!pair.b.channels.empty())
      remote = pair.b.channels.begin()->first;
  }
  PeerPair pair;
  ChannelId local;
  ChannelId remote;
};

TEST(Peer, ConnectsAndCarriesMessagesBothWaysWithTrickledCandidates) {
  Connected c;
  ASSERT_TRUE(c.pair.connected());
  ASSERT_TRUE(c.pair.a.peer.sendString(c.local, "hello", c.pair.now));
  ASSERT_TRUE(c.pair.b.peer.sendBinary(c.remote, toBytes(asBytes("there")), c.pair.now));
  ASSERT_TRUE(
      c.pair.runUntil([&] { return !c.pair.a.messages.empty() && !c.pair.b.messages.empty(); }));
  EXPECT_EQ(c.pair.b.textsOn(c.remote), std::vector<std::string>{"hello"});
  EXPECT_FALSE(c.pair.b.messages[0].binary);
  EXPECT_EQ(c.pair.a.textsOn(c.local), std::vector<std::string>{"there"});
  EXPECT_TRUE(c.pair.a.messages[0].binary);
}

TEST(Peer, ConnectsWithCandidatesInsideTheDescriptions) {
  PeerPair pair;
  openChannel(pair, pair.a);
  ASSERT_TRUE(pair.negotiate(pair.a, pair.b, false));
  EXPECT_TRUE(pair.runUntil([&] { return pair.connected(); }));
}

TEST(Peer, AnnouncesAChannelWithTheOptionsThatItWasOpenedWith) {
  PeerPair pair;
  datachannel::ChannelOptions options;
  options.label = "lossy \xC3\xBC";
  options.protocol = "proto";
  options.ordered = false;
  options.maxRetransmits = 3;
  openChannel(pair, pair.a, options);
  ASSERT_TRUE(pair.negotiate(pair.a, pair.b));
  ASSERT_TRUE(pair.runUntil([&] { return !pair.b.channels.empty(); }));
  const auto& announced = pair.b.channels.begin()->second;
  EXPECT_EQ(announced.label, options.label);
  EXPECT_EQ(announced.protocol, "proto");
  EXPECT_FALSE(announced.ordered);
  EXPECT_EQ(announced.maxRetransmits, 3);
  ASSERT_TRUE(announced.id.has_value());
}

TEST(Peer, GivesChannelsTheirIdsWithTheAnswer) {
  PeerPair pair;
  const auto local = pair.a.peer.createDataChannel({}, pair.now);
  ASSERT_TRUE(local);
  const auto offer = pair.a.peer.createOffer({}, pair.now);
  ASSERT_TRUE(offer);
  ASSERT_TRUE(pair.a.peer.setLocalDescription({offer->type, offer->sdp}, pair.now));
  // Its own offer with a role chosen: nothing can connect, and nothing has to.
  std::string answer = offer->sdp;
  answer.replace(answer.find("actpass"), 7, "active");
  ASSERT_TRUE(pair.a.peer.setRemoteDescription({jsep::SdpType::kAnswer, answer}, pair.now));
  std::optional<uint16_t> id;
  while (auto output = pair.a.peer.poll()) {
    const auto* event = std::get_if<datachannel::Output>(&*output);
    if (const auto* assigned = event ? std::get_if<datachannel::IdAssigned>(event) : nullptr)
      id = assigned->id;
  }
  ASSERT_TRUE(id);
  EXPECT_EQ(*id % 2, 1) << "the DTLS server has the odd ids (RFC 8832 section 6)";
}

TEST(Peer, OffersTheFingerprintsOfAllItsCertificates) {
  Configuration configuration;
  SeededRandom random(3);
  std::vector<std::string> fingerprints;
  for (int i = 0; i < 2; ++i) {
    auto certificate = dtls::Certificate::generate(dtls::KeyType::kEcdsaP256, random, 2'000'000'000,
                                                   1'700'000'000);
    ASSERT_TRUE(certificate);
    fingerprints.push_back((*certificate)->fingerprints().front().value);
    configuration.certificates.push_back(std::move(*certificate));
  }
  PeerPair pair(1, configuration);
  ASSERT_TRUE(pair.a.peer.createDataChannel({}, pair.now));
  const auto offer = pair.a.peer.createOffer({}, pair.now);
  ASSERT_TRUE(offer);
  for (const std::string& fingerprint : fingerprints) {
    EXPECT_NE(offer->sdp.find(fingerprint), std::string::npos);
  }
}

/// The largest datagram of a transfer, where interfaces have links with this MTU.
size_t largestDatagram(size_t mtu) {
  PeerPair pair;
  pair.mtu = mtu;
  size_t largest = 0;
  pair.filter = [&](End&, Bytes& datagram) {
    largest = std::max(largest, datagram.size());
    return true;
  };
  const ChannelId channel = openChannel(pair, pair.a);
  EXPECT_TRUE(pair.negotiate(pair.a, pair.b));
  EXPECT_TRUE(pair.runUntil([&] { return !pair.a.opened.empty(); }));
  for (int i = 0; i < 8; ++i)
    EXPECT_TRUE(pair.a.peer.sendBinary(channel, Bytes(60'000, 7), pair.now));
  EXPECT_TRUE(pair.runUntil([&] { return pair.b.messages.size() == 8; }));
  return largest;
}

TEST(Peer, SendsDatagramsAsLargeAsTheInterfacesLinkTakes) {
  // The record's header and tag are 29 bytes.
  EXPECT_EQ(largestDatagram(0), 1408u + 29);
  EXPECT_EQ(largestDatagram(1500), 1408u + 29);
  EXPECT_EQ(largestDatagram(9000), 8908u + 29);
  EXPECT_EQ(largestDatagram(1280), 1188u + 29);
}

TEST(Peer, SurvivesALossyNetwork) {
  PeerPair pair;
  SeededRandom dice(5);
  pair.filter = [&dice](End&, Bytes&) {
    return dice.below(100) >= 20;
  };
  const ChannelId channel = openChannel(pair, pair.a);
  ASSERT_TRUE(pair.negotiate(pair.a, pair.b));
  ASSERT_TRUE(pair.runUntil([&] { return !pair.a.opened.empty(); }));
  std::vector<std::string> sent;
  for (int i = 0; i < 50; ++i) {
    sent.push_back(std::string(static_cast<size_t>(1 + i * 300), static_cast<char>('a' + i % 26)));
    ASSERT_TRUE(pair.a.peer.sendString(channel, sent.back(), pair.now));
  }
  ASSERT_TRUE(
      pair.runUntil([&] { return pair.b.messages.size() == sent.size(); }, Duration::seconds(300)));
  EXPECT_EQ(pair.b.textsOn(pair.b.channels.begin()->first), sent);
}

TEST(Peer, TellsThePeerWhenItCloses) {
  Connected c;
  c.pair.a.peer.close(c.pair.now);
  ASSERT_TRUE(c.pair.runUntil([&] { return c.pair.b.dtls == DtlsState::kClosed; }));
  EXPECT_EQ(c.pair.b.sctp, SctpState::kClosed);
  ASSERT_EQ(c.pair.b.closed.size(), 1u);
  EXPECT_TRUE(c.pair.b.closed[0].error) << "the association was aborted, not shut down";
  EXPECT_FALSE(c.pair.b.closed[0].sctpCauseCode) << "close() gives no cause";
  EXPECT_EQ(c.pair.a.interfacesClosed, 1u);
  EXPECT_TRUE(c.pair.a.peer.deadline().isNever());
  EXPECT_TRUE(c.pair.a.closed.empty()) << "nothing is told to the application after close()";
}

TEST(Peer, ClosesOneChannelOnBothSidesAndKeepsTheConnection) {
  Connected c;
  const ChannelId second = openChannel(c.pair, c.pair.b, "second");
  ASSERT_TRUE(c.pair.runUntil([&] { return c.pair.a.channels.size() == 1; }));
  c.pair.a.peer.closeDataChannel(c.local, c.pair.now);
  ASSERT_TRUE(
      c.pair.runUntil([&] { return c.pair.a.closed.size() == 1 && c.pair.b.closed.size() == 1; }));
  EXPECT_FALSE(c.pair.a.closed[0].error);
  ASSERT_TRUE(c.pair.b.peer.sendString(second, "still here", c.pair.now));
  EXPECT_TRUE(c.pair.runUntil([&] { return c.pair.a.messages.size() == 1; }));
}

TEST(Peer, EndsInFailedAndDeliversNothingWhenTheFingerprintIsWrong) {
  PeerPair pair;
  const ChannelId channel = openChannel(pair, pair.a);
  auto offer = pair.a.peer.createOffer({}, pair.now);
  ASSERT_TRUE(offer);
  ASSERT_TRUE(pair.a.peer.setLocalDescription({offer->type, offer->sdp}, pair.now));
  pair.settle();
  std::string sdp = offer->sdp;
  const size_t digest = sdp.find("a=fingerprint:sha-256 ") + 22;
  sdp[digest] = sdp[digest] == '0' ? '1' : '0';
  ASSERT_TRUE(pair.b.peer.setRemoteDescription({jsep::SdpType::kOffer, sdp}, pair.now));
  ASSERT_TRUE(pair.b.peer.setLocalDescription({}, pair.now));
  pair.settle();
  ASSERT_TRUE(
      pair.a.peer.setRemoteDescription(*pair.b.peer.session().localDescription(), pair.now));
  pair.exchangeCandidates(pair.a, pair.b);
  pair.exchangeCandidates(pair.b, pair.a);
  ASSERT_TRUE(pair.runUntil([&] { return pair.b.dtls == DtlsState::kFailed; }));
  ASSERT_TRUE(pair.b.dtlsError);
  EXPECT_EQ(pair.b.dtlsError->detail, RtcErrorDetail::kFingerprintFailure);
  pair.run(Duration::seconds(5));
  EXPECT_EQ(pair.a.dtls, DtlsState::kFailed);
  EXPECT_FALSE(pair.a.peer.sendString(channel, "secret", pair.now));
  EXPECT_TRUE(pair.b.channels.empty());
}

TEST(Peer, IsHandedOverToAnotherPeerThatAnswersAnOfferWithoutAnIceRestart) {
  PeerPair pair;
  const ChannelId channel = openChannel(pair, pair.a);
  ASSERT_TRUE(pair.negotiate(pair.a, pair.b));
  ASSERT_TRUE(pair.runUntil([&] { return pair.connected() && !pair.a.opened.empty(); }));
  pair.replace(pair.b, "10.0.0.3", 3000);
  ASSERT_TRUE(pair.negotiate(pair.a, pair.b));
  EXPECT_EQ(pair.a.dtls, DtlsState::kConnecting);
  const auto back = pair.b.peer.createDataChannel({}, pair.now);
  ASSERT_TRUE(back);
  ASSERT_TRUE(pair.runUntil(
      [&] { return pair.connected() && !pair.b.opened.empty() && !pair.a.channels.empty(); }));
  EXPECT_EQ(pair.a.dtls, DtlsState::kConnected);
  EXPECT_TRUE(pair.a.closed.empty());
  const ChannelId announced = pair.a.channels.begin()->first;
  EXPECT_NE(announced, channel);
  ASSERT_TRUE(pair.a.peer.sendString(announced, "to the new one", pair.now));
  ASSERT_TRUE(pair.b.peer.sendString(*back, "from the new one", pair.now));
  ASSERT_TRUE(pair.runUntil([&] { return !pair.a.messages.empty() && !pair.b.messages.empty(); }));
  EXPECT_EQ(pair.b.textsOn(*back), std::vector<std::string>{"to the new one"});
  EXPECT_EQ(pair.a.textsOn(announced), std::vector<std::string>{"from the new one"});
}

TEST(Peer, DeliversNothingFromTheOldPeerOnceADescriptionNamesAnother) {
  PeerPair pair;
  openChannel(pair, pair.a);
  ASSERT_TRUE(pair.negotiate(pair.a, pair.b));
  ASSERT_TRUE(pair.runUntil([&] { return pair.connected() && !pair.b.channels.empty(); }));
  auto offer = pair.a.peer.createOffer({}, pair.now);
  ASSERT_TRUE(offer);
  ASSERT_TRUE(pair.a.peer.setLocalDescription({offer->type, offer->sdp}, pair.now));
  ASSERT_TRUE(pair.b.peer.setRemoteDescription(*offer, pair.now));
  ASSERT_TRUE(pair.b.peer.setLocalDescription({}, pair.now));
  std::string sdp = pair.b.peer.session().localDescription()->sdp;
  const size_t digest = sdp.find("a=fingerprint:sha-256 ") + 22;
  sdp[digest] = sdp[digest] == '0' ? '1' : '0';
  ASSERT_TRUE(pair.a.peer.setRemoteDescription({jsep::SdpType::kAnswer, sdp}, pair.now));
  pair.a.messages.clear();
  ASSERT_TRUE(pair.b.peer.sendString(pair.b.channels.begin()->first, "from the old", pair.now));
  pair.run(Duration::seconds(60));
  EXPECT_NE(pair.a.dtls, DtlsState::kConnected);
  EXPECT_TRUE(pair.a.messages.empty());
}

Bytes helloOfSomebody(Timestamp now) {
  SeededRandom random(7);
  dtls::EndpointConfig config;
  config.role = dtls::Role::kClient;
  config.certificate =
      *dtls::Certificate::generate(dtls::KeyType::kEcdsaP256, random, 2'000'000'000, 0);
  const auto endpoint = dtls::createMbedtlsEndpoint(std::move(config), random);
  endpoint->start(now);
  return std::get<dtls::Transmit>(*endpoint->poll()).data;
}

// It still has the credentials of its own session with us, and may say what it likes there.
TEST(Peer, IsHandedOverThoughTheOldPeerBeginsAnotherHandshake) {
  PeerPair pair;
  openChannel(pair, pair.a);
  ASSERT_TRUE(pair.negotiate(pair.a, pair.b));
  ASSERT_TRUE(pair.runUntil([&] { return pair.connected(); }));
  const jsep::TransportId transport(0);
  const Endpoint old = pair.b.endpointOf(transport);
  pair.replace(pair.b, "10.0.0.3", 3000);
  ASSERT_TRUE(pair.negotiate(pair.a, pair.b));
  ASSERT_EQ(pair.a.dtls, DtlsState::kConnecting);
  const auto back = pair.b.peer.createDataChannel({}, pair.now);
  ASSERT_TRUE(back);
  pair.a.peer.handleDatagram(End::interfaceOf(transport), old, helloOfSomebody(pair.now), pair.now);
  ASSERT_TRUE(pair.runUntil([&] { return pair.connected() && !pair.a.channels.empty(); }));
  ASSERT_TRUE(pair.b.peer.sendString(*back, "from the new one", pair.now));
  EXPECT_TRUE(pair.runUntil([&] { return !pair.a.messages.empty(); }));
}

TEST(Peer, IsNotStalledByTheHelloOfWhoOnlyAnsweredForTheTimeBeing) {
  PeerPair pair;
  End& a = pair.a;
  End& b = pair.b;
  openChannel(pair, a);
  ASSERT_TRUE(a.peer.setLocalDescription({}, pair.now));
  pair.settle();
  const jsep::Description offer = *a.peer.session().localDescription();
  ASSERT_TRUE(b.peer.setRemoteDescription(offer, pair.now));
  ASSERT_TRUE(b.peer.setLocalDescription({}, pair.now));
  pair.settle();
  ASSERT_TRUE(a.peer.setRemoteDescription(
      {jsep::SdpType::kPranswer, b.peer.session().localDescription()->sdp}, pair.now));
  // Its checks come through, and our own are not answered.
  pair.filter = [&b](End& from, Bytes& datagram) {
    return &from != &b || !(datagram[0] == 0x01 && datagram[1] == 0x01);
  };
  ASSERT_TRUE(pair.runUntil([&] {
    const auto& pairs = a.peer.transport()->ice().pairs();
    return !pairs.empty() && pairs[0].counters.requestsReceived > 0;
  }));
  const jsep::TransportId transport(0);
  a.peer.handleDatagram(End::interfaceOf(transport), b.endpointOf(transport),
                        helloOfSomebody(pair.now), pair.now);
  pair.filter = nullptr;
  pair.replace(b, "10.0.0.3", 3000);
  ASSERT_TRUE(b.peer.setRemoteDescription(offer, pair.now));
  ASSERT_TRUE(b.peer.setLocalDescription({}, pair.now));
  pair.settle();
  ASSERT_TRUE(a.peer.setRemoteDescription(*b.peer.session().localDescription(), pair.now));
  EXPECT_TRUE(pair.runUntil([&] { return pair.connected(); }));
}

TEST(Peer, RestartsIceOverRenegotiationWithoutLosingTheChannel) {
  Connected c;
  const std::string before = c.pair.a.peer.transport()->ice().localCredentials().ufrag;
  c.pair.a.peer.restartIce(c.pair.now);
  ASSERT_TRUE(c.pair.negotiate(c.pair.a, c.pair.b));
  EXPECT_NE(c.pair.a.peer.transport()->ice().localCredentials().ufrag, before);
  ASSERT_TRUE(c.pair.a.peer.sendString(c.local, "during", c.pair.now));
  ASSERT_TRUE(c.pair.runUntil([&] { return c.pair.b.messages.size() == 1; }));
  c.pair.run(Duration::seconds(10));
  ASSERT_TRUE(c.pair.b.peer.sendString(c.remote, "after", c.pair.now));
  EXPECT_TRUE(c.pair.runUntil([&] { return c.pair.a.messages.size() == 1; }));
}

TEST(Peer, RollsAnIceRestartBackToOneThatHasNotConnectedYet) {
  Connected c;
  End& a = c.pair.a;
  a.peer.restartIce(c.pair.now);
  ASSERT_TRUE(c.pair.negotiate(a, c.pair.b));
  const ice::Agent& agent = a.peer.transport()->ice();
  const ice::Credentials negotiated = agent.localCredentials();
  a.candidates.clear();
  a.peer.restartIce(c.pair.now);
  ASSERT_TRUE(a.peer.setLocalDescription({}, c.pair.now));
  ASSERT_NE(agent.localCredentials().ufrag, negotiated.ufrag);
  ASSERT_TRUE(a.peer.setLocalDescription({jsep::SdpType::kRollback, ""}, c.pair.now));
  c.pair.settle();
  EXPECT_EQ(agent.localCredentials(), negotiated);
  EXPECT_EQ(agent.remoteCredentials(), c.pair.b.peer.transport()->ice().localCredentials());
  for (const LocalCandidate& candidate : a.candidates)
    EXPECT_FALSE(candidate.usernameFragment.empty()) << candidate.candidate;
  c.pair.run(Duration::seconds(60));
  EXPECT_EQ(a.ice, ice::IceTransportState::kCompleted);
  ASSERT_TRUE(a.peer.sendString(c.local, "still there", c.pair.now));
  EXPECT_TRUE(c.pair.runUntil([&] { return c.pair.b.messages.size() == 1; }));
}

TEST(Peer, NoticesALostPathAndRecoversWhenItComesBack) {
  Connected c;
  bool cut = true;
  c.pair.filter = [&cut](End&, Bytes&) {
    return !cut;
  };
  ASSERT_TRUE(c.pair.runUntil([&] { return c.pair.a.ice == ice::IceTransportState::kDisconnected; },
                              Duration::seconds(25)));
  cut = false;
  ASSERT_TRUE(c.pair.runUntil(
      [&] {
        return c.pair.a.ice == ice::IceTransportState::kConnected ||
               c.pair.a.ice == ice::IceTransportState::kCompleted;
      },
      Duration::seconds(15)));
  ASSERT_TRUE(c.pair.a.peer.sendString(c.local, "back", c.pair.now));
  EXPECT_TRUE(c.pair.runUntil([&] { return c.pair.b.messages.size() == 1; }));
}

TEST(Peer, FailsWhenThePathStaysSilent) {
  Connected c;
  c.pair.filter = [](End&, Bytes&) {
    return false;
  };
  EXPECT_TRUE(c.pair.runUntil([&] { return c.pair.a.ice == ice::IceTransportState::kFailed; },
                              Duration::seconds(60)));
}

// As in browsers: the channel is there when somebody opens the laptop again.
TEST(Peer, KeepsItsChannelsForAnHourWithoutAPathAndARestartBringsThemBack) {
  Connected c;
  bool isCut = true;
  c.pair.filter = [&isCut](End&, Bytes&) {
    return !isCut;
  };
  ASSERT_TRUE(c.pair.a.peer.sendString(c.local, "into the dark", c.pair.now));
  c.pair.run(Duration::seconds(3600));
  EXPECT_EQ(c.pair.a.ice, ice::IceTransportState::kFailed);
  EXPECT_EQ(c.pair.a.sctp, SctpState::kConnected);
  EXPECT_TRUE(c.pair.a.closed.empty());
  isCut = false;
  c.pair.a.peer.restartIce(c.pair.now);
  ASSERT_TRUE(c.pair.negotiate(c.pair.a, c.pair.b));
  ASSERT_TRUE(c.pair.runUntil([&] { return c.pair.b.messages.size() == 1; }));
  EXPECT_EQ(asText(c.pair.b.messages[0].data), "into the dark");
  ASSERT_TRUE(c.pair.b.peer.sendString(c.remote, "and back", c.pair.now));
  EXPECT_TRUE(c.pair.runUntil([&] { return c.pair.a.messages.size() == 1; }));
}

TEST(Peer, GoesOnWithTheHandshakeAsSoonAsARestartHasFoundAPath) {
  PeerPair pair;
  bool isCut = false;
  pair.filter = [&](End&, Bytes& datagram) {
    isCut = isCut || (datagram[0] >= 20 && datagram[0] < 64);
    return !isCut;
  };
  (void)*pair.a.peer.createDataChannel({}, pair.now);
  ASSERT_TRUE(pair.negotiate(pair.a, pair.b));
  ASSERT_TRUE(pair.runUntil([&] {
    return pair.a.ice == ice::IceTransportState::kFailed &&
           pair.b.ice == ice::IceTransportState::kFailed;
  }));
  pair.filter = nullptr;
  pair.a.peer.restartIce(pair.now);
  ASSERT_TRUE(pair.negotiate(pair.a, pair.b));
  // By its own timer the flight would be sent half a minute later.
  EXPECT_TRUE(pair.runUntil([&] { return pair.connected(); }, Duration::seconds(3)));
}

TEST(Peer, IsUnmovedByGarbageDatagrams) {
  Connected c;
  SeededRandom dice(11);
  std::vector<Bytes> real;
  c.pair.filter = [&real](End&, Bytes& datagram) {
    real.push_back(datagram);
    return true;
  };
  ASSERT_TRUE(c.pair.a.peer.sendString(c.local, "one", c.pair.now));
  ASSERT_TRUE(c.pair.runUntil([&] { return c.pair.b.messages.size() == 1; }));
  ASSERT_FALSE(real.empty());
  const auto inject = [&](Bytes datagram) {
    c.pair.b.peer.handleDatagram(ice::InterfaceId(1), c.pair.a.endpointOf(jsep::TransportId(0)),
                                 std::move(datagram), c.pair.now);
    c.pair.settle();
  };
  for (int value = 0; value < 256; ++value) {
    for (size_t length : {1, 13, 20, 100})
      inject(Bytes(length, static_cast<uint8_t>(value)));
  }
  for (const Bytes& packet : std::vector<Bytes>(real)) {
    for (size_t length = 0; length < packet.size(); ++length) {
      inject(Bytes(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(length)));
    }
    for (int i = 0; i < 200; ++i) {
      Bytes mutated = packet;
      mutated[dice.below(static_cast<uint32_t>(mutated.size()))] ^=
          static_cast<uint8_t>(1 + dice.below(255));
      inject(std::move(mutated));
    }
  }
  EXPECT_EQ(c.pair.b.messages.size(), 1u);
  ASSERT_TRUE(c.pair.a.peer.sendString(c.local, "two", c.pair.now));
  ASSERT_TRUE(c.pair.runUntil([&] { return c.pair.b.messages.size() == 2; }));
  EXPECT_EQ(c.pair.b.dtls, DtlsState::kConnected);
}

TEST(Peer, GivesTheSameDatagramsForTheSameSeed) {
  const auto record = [](uint64_t seed) {
    PeerPair pair(seed);
    std::vector<Bytes> datagrams;
    pair.filter = [&datagrams](End&, Bytes& datagram) {
      datagrams.push_back(datagram);
      return true;
    };
    openChannel(pair, pair.a);
    EXPECT_TRUE(pair.negotiate(pair.a, pair.b));
    EXPECT_TRUE(pair.runUntil([&] { return pair.connected(); }));
    return datagrams;
  };
  const auto first = record(3);
  EXPECT_EQ(first, record(3));
  EXPECT_NE(first, record(4));
}

class BrokenRandom final : public RandomSource {
  bool fill(MutableByteSpan) override { return false; }
};

jsep::TransceiverId addTransceiver(PeerPair& pair, End& end, jsep::MediaKind kind) {
  jsep::TransceiverInit init;
  init.kind = kind;
  auto added = end.peer.change([&](jsep::Session& session) { return session.addTransceiver(init); },
                               pair.now);
  EXPECT_TRUE(added);
  return added ? *added : jsep::TransceiverId();
}

TEST(Peer, BundlesMediaAndDataOnTheTransportOfTheFirstSection) {
  PeerPair pair;
  addTransceiver(pair, pair.a, jsep::MediaKind::kAudio);
  addTransceiver(pair, pair.a, jsep::MediaKind::kVideo);
  openChannel(pair, pair.a);
  ASSERT_TRUE(pair.negotiate(pair.a, pair.b));
  EXPECT_EQ(pair.a.transportsClosed.size(), 2u);
  EXPECT_EQ(pair.a.peer.transports().size(), 1u);
  EXPECT_EQ(pair.b.peer.transports().size(), 1u);
  EXPECT_TRUE(pair.runUntil([&] { return !pair.a.opened.empty() && !pair.b.channels.empty(); }));
}

TEST(Peer, RejectsSoundAndPicturesWithoutMediaAndOpensChannelsBesideThem) {
  PeerPair pair;
  pair.replace(pair.b, "10.0.0.3", 3000, nullptr);
  addTransceiver(pair, pair.a, jsep::MediaKind::kAudio);
  addTransceiver(pair, pair.a, jsep::MediaKind::kVideo);
  openChannel(pair, pair.a);
  ASSERT_TRUE(pair.negotiate(pair.a, pair.b));
  const std::string answer = pair.b.peer.session().localDescription()->sdp;
  EXPECT_NE(answer.find("\r\nm=audio 0 "), std::string::npos) << answer;
  EXPECT_NE(answer.find("\r\nm=video 0 "), std::string::npos) << answer;
  EXPECT_TRUE(pair.b.peer.session().transceivers().empty());
  EXPECT_TRUE(pair.a.peer.session().transceivers().empty());
  EXPECT_TRUE(pair.runUntil([&] { return !pair.a.opened.empty() && !pair.b.channels.empty(); }));
  // Without media DTLS has no use for keys of theirs.
  EXPECT_FALSE(pair.a.peer.transport()->dtlsDetails()->srtpProfile.has_value());
}

TEST(Peer, RejectsALaterOfferOfSoundWithoutMediaAndChannelsGoOn) {
  PeerPair pair;
  pair.replace(pair.b, "10.0.0.3", 3000, nullptr);
  const auto channel = openChannel(pair, pair.a);
  ASSERT_TRUE(pair.negotiate(pair.a, pair.b));
  ASSERT_TRUE(pair.runUntil([&] { return !pair.a.opened.empty() && !pair.b.channels.empty(); }));
  addTransceiver(pair, pair.a, jsep::MediaKind::kAudio);
  ASSERT_TRUE(pair.negotiate(pair.a, pair.b));
  ASSERT_TRUE(pair.a.peer.sendString(channel, "still here", pair.now));
  EXPECT_TRUE(pair.runUntil([&] { return !pair.b.messages.empty(); }));
}

TEST(Peer, KeysSoundAnewForAnotherPeerWithACertificateOfItsOwn) {
  PeerPair pair;
  const auto id = addTransceiver(pair, pair.a, jsep::MediaKind::kAudio);
  uint32_t timestamp = 0;
  const auto hearsSound = [&] {
    for (int i = 0; i < 500 && pair.b.frames.empty(); ++i) {
      payload::EncodedFrame frame;
      frame.payloadType = rtp::PayloadType(111);
      frame.timestamp = rtp::RtpTime(timestamp += 960);
      frame.data = Bytes(20, 7);
      pair.a.peer.sendFrame(id, 0, std::move(frame), pair.now);
      pair.run(Duration::milliseconds(20));
    }
    return !pair.b.frames.empty();
  };
  ASSERT_TRUE(pair.negotiate(pair.a, pair.b));
  ASSERT_TRUE(hearsSound());
  EXPECT_EQ(pair.b.frames[0].frame.data, Bytes(20, 7));

  // In its place, with an ICE restart and another certificate.
  pair.replace(pair.b, "10.0.0.3", 3000);
  pair.a.peer.restartIce(pair.now);
  ASSERT_TRUE(pair.negotiate(pair.a, pair.b));
  ASSERT_TRUE(hearsSound());
  EXPECT_EQ(pair.b.frames[0].frame.data, Bytes(20, 7));
  EXPECT_EQ(pair.a.dtls, DtlsState::kConnected);
}

TEST(Peer, GivesEachStatisticsRecordAnIdOfItsOwnBeforeTransportsAreBundled) {
  PeerPair pair;
  addTransceiver(pair, pair.a, jsep::MediaKind::kAudio);
  addTransceiver(pair, pair.a, jsep::MediaKind::kVideo);
  ASSERT_TRUE(pair.a.peer.setLocalDescription({}, pair.now));
  pair.settle();
  ASSERT_EQ(pair.a.peer.transports().size(), 2u);
  std::set<std::string> ids;
  size_t candidates = 0;
  for (const StatsRecord& record : pair.a.peer.stats()) {
    EXPECT_TRUE(ids.insert(record.id).second) << record.id;
    candidates += record.type == "local-candidate" ? 1 : 0;
  }
  EXPECT_EQ(candidates, 2u);
}

TEST(Peer, ConnectsEachSectionByItselfWithAPeerThatDoesNotBundle) {
  PeerPair pair;
  addTransceiver(pair, pair.a, jsep::MediaKind::kAudio);
  openChannel(pair, pair.a);
  auto offer = pair.a.peer.createOffer({}, pair.now);
  ASSERT_TRUE(offer);
  ASSERT_TRUE(pair.a.peer.setLocalDescription({offer->type, offer->sdp}, pair.now));
  const size_t group = offer->sdp.find("a=group:BUNDLE");
  ASSERT_NE(group, std::string::npos);
  offer->sdp.erase(group, offer->sdp.find('\n', group) + 1 - group);
  ASSERT_TRUE(pair.b.peer.setRemoteDescription(*offer, pair.now));
  ASSERT_TRUE(pair.b.peer.setLocalDescription({}, pair.now));
  pair.settle();
  ASSERT_TRUE(
      pair.a.peer.setRemoteDescription(*pair.b.peer.session().localDescription(), pair.now));
  EXPECT_EQ(pair.a.peer.transports().size(), 2u);
  EXPECT_EQ(pair.b.peer.transports().size(), 2u);
  pair.exchangeCandidates(pair.a, pair.b);
  const auto allConnected = [](const End& end) {
    return std::all_of(end.peer.transports().begin(), end.peer.transports().end(),
                       [](const Peer::TransportSlot& slot) {
                         return slot.transport->dtlsState() == DtlsState::kConnected;
                       });
  };
  EXPECT_TRUE(pair.runUntil(
      [&] { return allConnected(pair.a) && allConnected(pair.b) && !pair.a.opened.empty(); }));
}

TEST(Peer, GathersAheadAndTellsOfItWithTheDescription) {
  PeerPair pair;
  pair.a.peer.setCandidatePoolSize(1, pair.now);
  pair.settle();
  EXPECT_EQ(pair.a.interfaces.size(), 1u);
  EXPECT_TRUE(pair.a.peer.transports().front().transport->ice().gatheringState() ==
              ice::GatheringState::kComplete);
  EXPECT_TRUE(pair.a.candidates.empty());
  EXPECT_EQ(pair.a.gathering, ice::GatheringState::kNew);

  openChannel(pair, pair.a);
  ASSERT_TRUE(pair.a.peer.setLocalDescription({}, pair.now));
  // No input from the sockets was needed.
  EXPECT_NE(pair.a.peer.session().localDescription()->sdp.find("a=candidate:"), std::string::npos);
  pair.settle();
  EXPECT_FALSE(pair.a.candidates.empty());
  EXPECT_EQ(pair.a.gathering, ice::GatheringState::kComplete);
}

TEST(Peer, ConnectsOnATransportThatGatheredAhead) {
  PeerPair pair;
  pair.a.peer.setCandidatePoolSize(2, pair.now);
  pair.settle();
  openChannel(pair, pair.a);
  ASSERT_TRUE(pair.negotiate(pair.a, pair.b));
  EXPECT_EQ(pair.a.interfaces.size(), 1u) << "what was gathered in vain is given back";
  EXPECT_TRUE(pair.a.transportsClosed.empty()) << "nobody was told of it";
  EXPECT_TRUE(pair.runUntil([&] { return pair.connected(); }));
}

TEST(Peer, CannotMakeAnOfferWithoutRandomness) {
  BrokenRandom broken;
  Peer peer({}, broken, Timestamp());
  const auto offer = peer.createOffer({}, Timestamp());
  ASSERT_FALSE(offer);
  EXPECT_EQ(offer.error().kind, ErrorKind::kNotReadableError);
}

TEST(Peer, CountsWhatWentOverChannelsAndPairs) {
  Connected c;
  ASSERT_TRUE(c.pair.a.peer.sendString(c.local, "12345", c.pair.now));
  ASSERT_TRUE(c.pair.runUntil([&] { return c.pair.b.messages.size() == 1; }));
  std::map<std::string, std::map<std::string, StatsValue>> byType;
  for (const auto& record : c.pair.a.peer.stats()) {
    for (const auto& [name, value] : record.members)
      byType[record.type][name] = value;
  }
  EXPECT_EQ(std::get<double>(byType["data-channel"]["bytesSent"]), 5);
  EXPECT_EQ(std::get<double>(byType["data-channel"]["messagesSent"]), 1);
  EXPECT_EQ(std::get<std::string>(byType["data-channel"]["state"]), "open");
  EXPECT_EQ(std::get<std::string>(byType["transport"]["dtlsState"]), "connected");
  EXPECT_EQ(std::get<std::string>(byType["transport"]["tlsVersion"]), "FEFD");
  EXPECT_GT(std::get<double>(byType["candidate-pair"]["bytesSent"]), 0);
  EXPECT_EQ(byType.count("certificate"), 1u);
  EXPECT_EQ(byType.count("local-candidate"), 1u);
  EXPECT_EQ(byType.count("remote-candidate"), 1u);
}

}  // namespace
}  // namespace rtc::peer
