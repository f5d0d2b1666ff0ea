// Calls on two whole peer connections, and what their network (peer_network.h) does meanwhile: each
// input is a program (peer_program.h) of calls in any order, with descriptions and candidates that
// are real, stale or damaged, datagrams that are lost, changed, repeated and made up, and streams
// to a TURN server or the other peer that fail, or say what nobody sent. Signalling states are
// those of JSEP, getters agree with them, and a call that fails leaves everything as it was. What
// arrives was sent, once, and text is text; buffered amounts are what was sent and has not left;
// what a message is asked for comes in its order; channels and streams live once; tones are sent
// where they may be; certificates are each peer's own; and nothing is told after close().

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cpp/dtls/certificate.h"
#include "cpp/dtls/certificate_pool.h"
#include "cpp/payload/telephone_event.h"
#include "tests/cpp/base/bytes_in_use.h"
#include "tests/cpp/dtls/mbedtls_key_pairs.h"
#include "tests/cpp/jsep/damaged_description.h"
#include "tests/fuzz/peer_network.h"
#include "tests/fuzz/peer_program.h"

using namespace rtc;
using namespace rtc::peer;
using jsep::Description;
using jsep::SdpType;
using jsep::SignalingState;
using rtc::fuzz::Call;

namespace {

constexpr int kMostCalls = 200;
constexpr size_t kMostBytes = 300'000;
constexpr size_t kMostTransceivers = 6;
constexpr size_t kMostChannels = 12;
constexpr size_t kMostRemembered = 32;
constexpr size_t kMostMemory = 32 * 1024 * 1024;
constexpr int64_t kUnixTime = 1'760'000'000;

void require(bool holds, const std::string& what) {
  if (holds)
    return;
  std::fprintf(stderr, "%s\n", what.c_str());
  std::abort();
}

std::shared_ptr<const dtls::Certificate> certificate(uint64_t seed) {
  static std::map<uint64_t, std::shared_ptr<const dtls::Certificate>> made;
  auto& one = made[seed];
  if (!one) {
    SeededRandom random(seed);
    auto result = dtls::Certificate::generate(dtls::KeyType::kEcdsaP256, random, kUnixTime + 86400,
                                              kUnixTime);
    require(result.ok(), "no certificate");
    one = *result;
  }
  return one;
}

/// A few key pairs, the same for every input.
class KeyPairs final : public dtls::KeyPairSource {
 public:
  bool draw(dtls::P256KeyPair& pair) override {
    static std::array<dtls::P256KeyPair, 4> made;
    if (given_ == made.size())
      return false;
    dtls::P256KeyPair& one = made[given_++];
    if (one.point[0] == 0)
      require(dtls::MbedtlsKeyPairs(1, 100 + given_).draw(one), "no key pair");
    pair.scalar = one.scalar;
    pair.point = one.point;
    return true;
  }

 private:
  size_t given_ = 0;
};

/// Gives nothing any more once it is told to.
class MortalRandom final : public RandomSource {
 public:
  bool fill(MutableByteSpan out) override { return !isDead && random_.fill(out); }
  bool isDead = false;

 private:
  SeededRandom random_{9};
};

/// RFC 9429 section 3.2 and webrtc-pc section 4.4.1.5; nullopt where the call has to fail.
std::optional<SignalingState> stateAfter(SignalingState state, bool isLocal, SdpType type) {
  using S = SignalingState;
  const S offer = isLocal ? S::kHaveLocalOffer : S::kHaveRemoteOffer;
  const S offered = isLocal ? S::kHaveRemoteOffer : S::kHaveLocalOffer;
  const S pranswer = isLocal ? S::kHaveLocalPranswer : S::kHaveRemotePranswer;
  switch (type) {
    case SdpType::kOffer:
      // A remote offer takes the place of a local one.
      if (state == S::kStable || state == offer || (!isLocal && state == S::kHaveLocalOffer))
        return offer;
      return std::nullopt;
    case SdpType::kPranswer:
      return state == offered || state == pranswer ? std::optional(pranswer) : std::nullopt;
    case SdpType::kAnswer:
      return state == offered || state == pranswer ? std::optional(S::kStable) : std::nullopt;
    case SdpType::kRollback:
      return state == S::kHaveLocalOffer || state == S::kHaveRemoteOffer ? std::optional(S::kStable)
                                                                         : std::nullopt;
  }
  return std::nullopt;
}

class Machine {
 public:
  explicit Machine(ByteSpan program)
      : program_(program),
        options_(next()),
        moreOptions_(has(fuzz::kHasMoreOptions) ? next() : 0),
        bytesBefore_(rtc::testing::bytesInUse()),
        pool_(poolRandom_, hasMore(fuzz::kHasKeyPairs) ? &keyPairs_ : nullptr),
        pair_(configuration(1), configuration(2), has(fuzz::kHasServer),
              hasMore(fuzz::kHasNoMedia) ? nullptr : &call::makeMedia) {
    if (hasMore(fuzz::kMakesCertificates) && hasMore(fuzz::kSharesPool))
      require(pool_.prepare(kUnixTime + 86400, kUnixTime).ok(), "no certificate is prepared");
    poolRandom_.isDead = hasMore(fuzz::kPoolFails);
    pair_.listener = [this](const End& from, const Output& output) {
      note(from, output);
    };
    pair_.filter = [this](End& from, Bytes& datagram) {
      return passes(from, datagram);
    };
    if (has(fuzz::kStartsWithMedia)) {
      for (const auto kind : {jsep::MediaKind::kAudio, jsep::MediaKind::kVideo}) {
        for (End* end : {&pair_.a, &pair_.b}) {
          if (!takesMedia(*end))
            continue;
          (void)end->peer.change(
              [&](jsep::Session& session) { return session.addTrack(kind, "track", {"stream"}); },
              now());
        }
      }
    }
    if (has(fuzz::kStartsNegotiated) && !mayLackCertificates()) {
      openChannel(0, {});
      require(pair_.negotiate(pair_.a, pair_.b).ok(), "a first negotiation fails");
      pair_.run(Duration::seconds(hasMore(fuzz::kRelayAlone) ? 10 : 2));
      require(pair_.connected() || !canConnect(), "no connection, though nothing is in its way");
    }
  }

  void run() {
    for (int i = 0; i < kMostCalls && at_ < program_.size(); ++i) {
      execute(fuzz::callOf(next()));
      pair_.settle();
      check();
    }
    finish();
  }

 private:
  struct Visible {
    SignalingState signaling;
    std::optional<Description> currentLocal, pendingLocal, currentRemote, pendingRemote;
    std::vector<jsep::TransceiverInfo> transceivers;
    bool negotiationNeeded;
    bool operator==(const Visible&) const = default;
  };
  struct Channel {
    bool isOurs = false;
    bool isOpen = false;
    /// By either end.
    bool isClosing = false;
    bool isClosed = false;
    size_t buffered = 0;
    std::optional<uint16_t> id;
  };
  /// A message that is asked for while it is sent.
  struct Source {
    datachannel::ChannelId channel;
    bool isBinary = false;
    Bytes data;
    /// How much of it was wanted so far.
    size_t asked = 0;
    /// Supplied by the program, not by itself.
    bool isKept = false;
    bool isReleased = false;
    bool isGivenUp = false;
  };
  struct Message {
    bool isBinary = false;
    Bytes data;
    auto operator<=>(const Message&) const = default;
  };
  struct Application {
    std::vector<std::string> created;
    std::vector<Description> set;
    std::vector<LocalCandidate> gathered;
    std::vector<datachannel::ChannelId> channels;
    std::map<datachannel::ChannelId, Channel> known;
    /// And not arrived.
    std::multiset<Message> sent;
    std::map<sctp::SourceId, Source> sources;
    std::vector<datachannel::BytesWanted> wanted;
    std::map<sctp::PartId, Message> arriving;
    /// Sound alone.
    std::set<Bytes> framesSent;
    bool isClosed = false;
  };

  uint8_t next() { return at_ < program_.size() ? program_[at_++] : 0; }
  Timestamp now() const { return pair_.now; }
  End& end(size_t index) { return index == 0 ? pair_.a : pair_.b; }
  size_t indexOf(const End& end) const { return &end == &pair_.a ? 0 : 1; }
  bool has(uint8_t option) const { return (options_ & option) != 0; }
  bool hasMore(uint8_t option) const { return (moreOptions_ & option) != 0; }
  bool mayLackCertificates() const {
    return hasMore(fuzz::kMakesCertificates) && hasMore(fuzz::kSharesPool) &&
           hasMore(fuzz::kPoolFails);
  }
  bool takesMedia(const End& end) const { return indexOf(end) == 0 || !hasMore(fuzz::kHasNoMedia); }
  /// By the first negotiation.
  bool canConnect() const {
    const bool hasRelay = has(fuzz::kHasServer) && hasMore(fuzz::kStartsWithRelay);
    // RFC 9143 section 7.3.1: whoever rejects the only section with a port rejects them all.
    const bool isRejected =
        has(fuzz::kStartsWithMedia) && has(fuzz::kMaxBundle) && hasMore(fuzz::kHasNoMedia);
    return (hasRelay || !hasMore(fuzz::kRelayAlone)) && (!isRejected || has(fuzz::kAlwaysData));
  }

  Configuration configuration(uint64_t seed) {
    Configuration configuration;
    if (!hasMore(fuzz::kMakesCertificates))
      configuration.certificates = {certificate(seed)};
    else if (hasMore(fuzz::kSharesPool))
      configuration.certificatePool = &pool_;
    configuration.unixSeconds = kUnixTime;
    configuration.bundlePolicy = has(fuzz::kMaxBundle)   ? jsep::BundlePolicy::kMaxBundle
                                 : has(fuzz::kMaxCompat) ? jsep::BundlePolicy::kMaxCompat
                                                         : jsep::BundlePolicy::kBalanced;
    configuration.alwaysNegotiateDataChannels = has(fuzz::kAlwaysData);
    configuration.offersSctpInit = has(fuzz::kAnnouncesInit);
    configuration.connectsTcp = hasMore(fuzz::kConnectsTcp);
    if (hasMore(fuzz::kStartsWithRelay))
      configuration.iceServers = {server(ice::Server::Kind::kTurn, ice::Server::Transport::kTcp)};
    if (hasMore(fuzz::kRelayAlone) && seed == 1)
      configuration.iceTransportPolicy = ice::TransportPolicy::kRelay;
    return configuration;
  }
  static ice::Server server(ice::Server::Kind kind, ice::Server::Transport transport,
                            bool byName = false, const char* password = "secret") {
    ice::Server server;
    server.kind = kind;
    server.transport = transport;
    server.host = byName ? fuzz::PeerNetwork::kServerName : "10.0.0.8";
    server.username = "secret";
    server.password = password;
    server.url = (kind == ice::Server::Kind::kTurn ? "turn:" : "stun:") + server.host + "?" +
                 std::to_string(static_cast<int>(transport));
    return server;
  }

  static Visible look(const Peer& peer) {
    const jsep::Session& s = peer.session();
    return {s.signalingState(),           s.currentLocalDescription(),  s.pendingLocalDescription(),
            s.currentRemoteDescription(), s.pendingRemoteDescription(), s.transceivers(),
            s.negotiationNeeded()};
  }

  /// What happens, for whoever sets WEBRTC_FUZZ_TRACE: calls by their numbers, and the places of
  /// outputs in their variant.
  void trace(size_t who, const char* what, size_t number) const {
    if (isTraced_)
      std::fprintf(stderr, "%lld %c %s %zu\n", static_cast<long long>(pair_.now.us()),
                   who == 0 ? 'a' : 'b', what, number);
  }

  // ---- what must hold

  /// A call that webrtc-pc may refuse. What it leaves in place when it does is what was there.
  template <typename Operation>
  bool attempt(size_t who, const char* name, Operation operation, bool mayRollBack = false) {
    const Visible before = look(end(who).peer);
    const auto result = operation(end(who).peer);
    if (result.ok())
      return true;
    checkError(name, result.error());
    if (isTraced_)
      std::fprintf(stderr, "%s: %s\n", name, result.error().message.c_str());
    if (!mayRollBack)
      require(look(end(who).peer) == before, std::string(name) + ": an error left a trace");
    return false;
  }
  void checkError(const char* name, const Error& error) const {
    switch (error.kind) {
      case ErrorKind::kNotReadableError:
        require(mayLackCertificates(), std::string(name) + ": no certificate could be made");
        break;
      case ErrorKind::kInvalidStateError:
      case ErrorKind::kInvalidModificationError:
      case ErrorKind::kInvalidAccessError:
      case ErrorKind::kOperationError:
      case ErrorKind::kTypeError:
      case ErrorKind::kRtcError:
        break;
      default:
        require(false,
                std::string(name) + ": an error that is not on the list, " + errorName(error.kind));
    }
    require(!error.message.empty(), std::string(name) + ": an error without a message");
  }

  void describe(size_t who, bool isLocal, std::optional<SdpType> type, const std::string& sdp) {
    Application& application = applications_[who];
    const SignalingState before = end(who).peer.session().signalingState();
    using S = SignalingState;
    const SdpType meant =
        type ? *type
        : before == S::kStable || before == S::kHaveLocalOffer || before == S::kHaveRemotePranswer
            ? SdpType::kOffer
            : SdpType::kAnswer;
    const bool rollsBack = !isLocal && meant == SdpType::kOffer && before == S::kHaveLocalOffer;
    const bool done = attempt(
        who, isLocal ? "setLocalDescription" : "setRemoteDescription",
        [&](Peer& peer) {
          return isLocal ? peer.setLocalDescription({type, sdp}, now())
                         : peer.setRemoteDescription({meant, sdp}, now());
        },
        rollsBack);
    const auto expected = application.isClosed ? std::nullopt : stateAfter(before, isLocal, meant);
    const S after = end(who).peer.session().signalingState();
    require(!done || expected, "a description was taken in the wrong state");
    if (done)
      require(after == *expected, "a transition that JSEP does not have");
    if (done && isLocal && application.set.size() < 64) {
      if (const auto description = end(who).peer.session().localDescription())
        application.set.push_back(*description);
    }
    if (done)
      inspect(who);
  }

  void check() {
    for (size_t who = 0; who < 2; ++who) {
      End& self = end(who);
      Application& application = applications_[who];
      const Visible visible = look(self.peer);
      checkStates(visible);
      require(visible.signaling != SignalingState::kClosed || application.isClosed,
              "a connection closes by itself");
      for (auto& candidate : std::exchange(self.candidates, {})) {
        require(!application.isClosed, "a candidate after close()");
        if (application.gathered.size() < 64)
          application.gathered.push_back(std::move(candidate));
      }
      checkChannels(self.peer, application);
    }
    require(rtc::testing::growthSince(bytesBefore_) <= kMostMemory + 8 * bytesSent_,
            "memory grows without a bound");
  }

  static void checkStates(const Visible& visible) {
    using S = SignalingState;
    const S state = visible.signaling;
    if (state == S::kClosed)
      return;
    const bool wantLocal = state == S::kHaveLocalOffer || state == S::kHaveLocalPranswer ||
                           state == S::kHaveRemotePranswer;
    const bool wantRemote = state == S::kHaveRemoteOffer || state == S::kHaveLocalPranswer ||
                            state == S::kHaveRemotePranswer;
    require(visible.pendingLocal.has_value() == wantLocal &&
                visible.pendingRemote.has_value() == wantRemote,
            "the pending descriptions do not fit the signalling state");
    require(visible.currentLocal.has_value() == visible.currentRemote.has_value(),
            "half an exchange is current");
    std::set<std::string> mids;
    for (const auto& info : visible.transceivers)
      require(!info.mid || mids.insert(*info.mid).second, "two transceivers have one mid");
  }

  static void checkChannels(const Peer& peer, const Application& application) {
    std::set<uint16_t> ids;
    for (const auto& [handle, channel] : application.known) {
      if (application.isClosed)
        continue;
      require(peer.bufferedAmount(handle) == (channel.isClosed ? 0 : channel.buffered),
              "a buffered amount that is not what was sent and has not left");
      require(channel.isClosed || !channel.id || ids.insert(*channel.id).second,
              "two channels have one id");
    }
  }

  /// What a peer has told, as it tells it.
  void note(const End& from, const Output& output) {
    const size_t who = indexOf(from);
    Application& application = applications_[who];
    trace(who, "tells", output.index());
    const bool concernsSockets = std::holds_alternative<SendDatagram>(output) ||
                                 std::holds_alternative<SendStream>(output) ||
                                 std::holds_alternative<CloseStream>(output) ||
                                 std::holds_alternative<CloseInterfaces>(output);
    require(!application.isClosed || concernsSockets, "something is told after close()");
    if (const auto* event = std::get_if<datachannel::Output>(&output)) {
      std::visit([&](const auto& what) { noteChannel(who, what); }, *event);
    } else if (const auto* media = std::get_if<media::Event>(&output)) {
      if (const auto* frame = std::get_if<media::FrameReceived>(media))
        noteFrame(who, *frame);
    } else if (std::holds_alternative<OpenPeerStream>(output)) {
      require(hasMore(fuzz::kConnectsTcp), "a stream to a peer, for whom cannot open any");
    }
  }
  Channel& known(size_t who, datachannel::ChannelId id) {
    const auto found = applications_[who].known.find(id);
    require(found != applications_[who].known.end(), "a channel that nobody knows");
    require(!found->second.isClosed, "something of a channel that is closed");
    return found->second;
  }
  void noteChannel(size_t who, const datachannel::ChannelOpened& opened) {
    Channel& channel = known(who, opened.channel);
    require(channel.isOurs && !channel.isOpen && channel.id, "a channel opens that cannot");
    channel.isOpen = true;
  }
  void noteChannel(size_t who, const datachannel::ChannelAnnounced& announced) {
    const auto [entry, isNew] = applications_[who].known.try_emplace(announced.channel);
    require(isNew && announced.options.id, "a channel is announced that is known, or has no id");
    entry->second.isOpen = true;
    entry->second.id = announced.options.id;
  }
  void noteChannel(size_t who, const datachannel::IdAssigned& assigned) {
    Channel& channel = known(who, assigned.channel);
    require(channel.isOurs && !channel.id, "an id for a channel that has one");
    channel.id = assigned.id;
  }
  void noteChannel(size_t who, const datachannel::MessageReceived& message) {
    require(known(who, message.channel).isOpen, "a message on a channel that is not open");
    if (!message.part) {
      arrive(who, {message.binary, message.data});
      return;
    }
    Application& application = applications_[who];
    const sctp::MessagePart& part = *message.part;
    if (part.kind == sctp::MessagePart::Kind::kGivenUp) {
      require(message.data.empty(), "a piece of what was given up");
      application.arriving.erase(part.id);
      return;
    }
    Message& whole = application.arriving[part.id];
    require(whole.data.size() == part.offset, "a piece that is not the next");
    require(part.offset == 0 || whole.isBinary == message.binary, "text becomes binary");
    whole.isBinary = message.binary;
    whole.data.insert(whole.data.end(), message.data.begin(), message.data.end());
    if (part.kind != sctp::MessagePart::Kind::kLast)
      return;
    arrive(who, whole);
    application.arriving.erase(part.id);
  }
  /// DTLS lets nothing through that was not sent, whatever was done to datagrams.
  void arrive(size_t who, const Message& message) {
    auto& sent = applications_[1 - who].sent;
    const auto found = sent.find(message);
    require(found != sent.end(), "a message that nobody has sent, or that has arrived");
    sent.erase(found);
  }
  void noteChannel(size_t who, const datachannel::BytesWanted& wanted) {
    Application& application = applications_[who];
    const auto found = application.sources.find(wanted.source);
    require(found != application.sources.end(), "bytes of a message that nobody knows");
    Source& source = found->second;
    require(source.channel == wanted.channel, "bytes of another channel's message");
    require(!source.isReleased && !source.isGivenUp, "bytes of a message that is over");
    // From the beginning again, where the association has begun anew.
    require(wanted.offset == source.asked || wanted.offset == 0, "bytes out of their order");
    require(wanted.bytes > 0 && wanted.offset + wanted.bytes <= source.data.size(),
            "bytes beyond the message");
    source.asked = wanted.offset + wanted.bytes;
    application.wanted.push_back(wanted);
    if (!source.isKept)
      supply(who, application.wanted.size() - 1, 0);
  }
  void noteChannel(size_t who, const datachannel::SourceReleased& released) {
    auto& sources = applications_[who].sources;
    const auto found = sources.find(released.source);
    require(found != sources.end() && !found->second.isReleased, "a message is over twice");
    found->second.isReleased = true;
    std::erase_if(applications_[who].wanted,
                  [&](const auto& wanted) { return wanted.source == released.source; });
  }
  void noteChannel(size_t who, const datachannel::BufferedAmountDecreased& decreased) {
    Channel& channel = known(who, decreased.channel);
    require(decreased.bytes > 0 && decreased.bytes <= channel.buffered,
            "more leaves a buffer than was in it");
    channel.buffered -= decreased.bytes;
  }
  void noteChannel(size_t who, const datachannel::ChannelClosing& closing) {
    Channel& channel = known(who, closing.channel);
    require(!channel.isClosing, "a channel is closing twice");
    channel.isClosing = true;
  }
  void noteChannel(size_t who, const datachannel::ChannelClosed& closed) {
    known(who, closed.channel).isClosed = true;
  }
  void noteFrame(size_t who, const media::FrameReceived& frame) {
    require(takesMedia(end(who)), "a frame for whom has no media");
    const auto info = end(who).peer.session().transceiver(
        jsep::TransceiverId(static_cast<uint32_t>(frame.receiver.value())));
    if (info && info->kind == jsep::MediaKind::kAudio) {
      require(applications_[1 - who].framesSent.contains(frame.frame.data),
              "sound that nobody has sent");
    }
  }

  /// Getters, against the signalling state.
  void inspect(size_t who) {
    const Peer& peer = end(who).peer;
    const jsep::Session& session = peer.session();
    const bool isClosed = applications_[who].isClosed;
    require(peer.closed() == isClosed, "closed or not");
    const auto remote = session.remoteDescription();
    const auto pending = session.pendingRemoteDescription();
    require(remote == (pending ? pending : session.currentRemoteDescription()),
            "remoteDescription is neither of the two");
    require(session.canTrickleIceCandidates().has_value() == remote.has_value(),
            "canTrickleIceCandidates is null at the wrong time");
    for (const jsep::TransceiverInfo& info : session.transceivers()) {
      require(session.transceiver(info.id) == info, "a transceiver is two");
      inspect(session, info);
    }
    if (isClosed)
      return;
    if (const auto sctp = session.sctp()) {
      require(!sctp->mid.empty(), "an association in no section");
      if (session.signalingState() == SignalingState::kStable) {
        require(sctp->negotiated, "stable, and the association is not negotiated");
        require(session.currentLocalDescription()->sdp.find("a=mid:" + sctp->mid + "\r\n") !=
                    std::string::npos,
                "an association in a section that is not there");
      }
      require(peer.sctpState() != SctpState::kConnected ||
                  (peer.association() != nullptr && peer.transport() != nullptr),
              "connected on no transport");
    }
    std::set<jsep::TransportId> transports;
    for (const auto& slot : peer.transports())
      require(transports.insert(slot.id).second, "a transport is there twice");
    require(std::string(toString(peer.sctpState())) != "", "a state without a name");
  }
  static void inspect(const jsep::Session& session, const jsep::TransceiverInfo& info) {
    const auto wished = session.headerExtensionsToNegotiate(info.id);
    const auto negotiated = session.negotiatedHeaderExtensions(info.id);
    require(negotiated.empty() || negotiated.size() == wished.size(),
            "the negotiated header extensions are not those that there are");
    for (size_t i = 0; i < negotiated.size(); ++i)
      require(negotiated[i].uri == wished[i].uri, "header extensions in another order");
    for (const jsep::RtpParameters& parameters :
         {session.sendParameters(info.id), session.receiveParameters(info.id)}) {
      std::set<uint8_t> numbers;
      for (const jsep::RtpCodec& codec : parameters.codecs) {
        require(codec.kind == info.kind, "a codec of another kind");
        require(codec.payloadType && numbers.insert(*codec.payloadType).second,
                "a payload type that is not there, or twice");
      }
      std::set<uint16_t> ids;
      for (const jsep::RtpHeaderExtension& extension : parameters.headerExtensions)
        require(ids.insert(extension.id).second, "two header extensions have one id");
    }
  }

  // ---- the network

  bool passes(End& from, Bytes& datagram) {
    const size_t who = indexOf(from);
    if (seen_.size() == kMostRemembered)
      seen_.pop_front();
    seen_.push_back(datagram);
    Weather& weather = weather_[who];
    if (weather.datagrams == 0)
      return true;
    --weather.datagrams;
    if ((weather.what & 1) == 0)
      return false;
    if (!datagram.empty())
      datagram[weather.where % datagram.size()] ^= weather.what;
    return true;
  }
  void inject(size_t who, Bytes datagram, bool fromStranger) {
    End& to = end(who);
    if (to.interfaces.empty())
      return;
    const jsep::TransportId transport = *to.interfaces.begin();
    Endpoint source = end(1 - who).endpointOf(transport);
    if (fromStranger)
      source.port = 9999;
    to.peer.handleDatagram(End::interfaceOf(transport), source, std::move(datagram), now());
  }

  // ---- calls

  void execute(Call what) {
    if (what == Call::kTime) {
      pair_.run(Duration::milliseconds(int64_t{1} << (next() % 14)));
      return;
    }
    const uint8_t first = next();
    const size_t who = first & 1;
    trace(who, "calls", static_cast<size_t>(what));
    const uint8_t more = first >> 1;
    End& self = end(who);
    Peer& peer = self.peer;
    Application& application = applications_[who];
    Application& other = applications_[1 - who];
    switch (what) {
      case Call::kCreateOffer:
        attempt(who, "createOffer", [&](Peer& p) {
          auto made = p.createOffer({(more & 1) != 0, (more & 2) == 0}, now());
          if (made.ok())
            keep(application, made->sdp);
          return made;
        });
        return;
      case Call::kCreateAnswer:
        attempt(who, "createAnswer", [&](Peer& p) {
          auto made = p.createAnswer({}, now());
          if (made.ok())
            keep(application, made->sdp);
          return made;
        });
        return;
      case Call::kSetLocal:
        return describe(who, true, std::nullopt, "");
      case Call::kSetLocalTo: {
        const SdpType type = nextType();
        const uint8_t which = next();
        const bool isEmpty = which == 0 || application.created.empty();
        const std::string sdp =
            isEmpty ? "" : application.created[which % application.created.size()];
        return describe(who, true, type, sdp);
      }
      case Call::kSetRemote:
        if (const auto description = end(1 - who).peer.session().localDescription())
          describe(who, false, description->type, description->sdp);
        return;
      case Call::kSetRemoteTo: {
        const SdpType type = nextType();
        const uint8_t which = next();
        std::string sdp = "v=0\r\n";
        if (!other.set.empty())
          sdp = other.set[which % other.set.size()].sdp;
        for (int damages = next() % 4; damages > 0 && !sdp.empty(); --damages) {
          sdp = jsep::testing::damagedDescription(sdp, [this](uint32_t n) {
            const uint32_t high = next();
            return (high << 8 | next()) % n;
          });
        }
        return describe(who, false, type, sdp);
      }
      case Call::kRollback:
        return describe(who, (more & 1) == 0, SdpType::kRollback, "");
      case Call::kCandidates:
        for (const LocalCandidate& candidate : other.gathered) {
          attempt(who, "addIceCandidate", [&](Peer& p) {
            return p.addIceCandidate({candidate.candidate, candidate.mid, candidate.mLineIndex,
                                      candidate.usernameFragment},
                                     now());
          });
        }
        return;
      case Call::kCandidate:
        return addCandidate(who);
      case Call::kNegotiate:
        return negotiate(who);
      case Call::kTransceiver:
        return addTransceiver(who);
      case Call::kChange:
        return change(who);
      case Call::kDataChannel: {
        datachannel::ChannelOptions options;
        const uint8_t flags = next();
        const uint8_t value = next();
        options.ordered = (flags & 1) != 0;
        if ((flags & 2) != 0)
          options.maxRetransmits = value;
        if ((flags & 4) != 0)
          options.maxPacketLifeTime = value;
        if ((flags & 8) != 0) {
          options.negotiated = true;
          options.id = static_cast<uint16_t>((flags & 16) != 0 ? 65520 + (value & 15) : value);
        }
        options.label = std::string(value, 'l');
        return openChannel(who, options);
      }
      case Call::kSend:
        return send(who);
      case Call::kCloseChannel:
        if (const auto channel = channelOf(who))
          closeChannel(who, *channel);
        return;
      case Call::kFrame: {
        payload::EncodedFrame frame;
        const jsep::TransceiverId id(next() % 8);
        frame.data = Bytes(1 + size_t{next()} * 16, 0x42);
        frame.timestamp = rtp::RtpTime(static_cast<uint32_t>(now().ms()) * 90);
        frame.payloadType = rtp::PayloadType(96 + more % 32);
        frame.video.isKey = (more & 1) != 0;
        application.framesSent.insert(frame.data);
        peer.sendFrame(id, 0, std::move(frame), now());
        return;
      }
      case Call::kRestartIce:
        peer.restartIce(now());
        return;
      case Call::kConfigure: {
        std::vector<ice::Server> servers;
        const auto add = [&](ice::Server::Kind kind, const char* host, const char* url) {
          ice::Server server;
          server.kind = kind;
          server.host = host;
          server.url = url;
          server.username = server.password = "secret";
          servers.push_back(std::move(server));
        };
        if ((more & 1) != 0)
          add(ice::Server::Kind::kStun, "10.0.0.9", "stun:10.0.0.9");
        if ((more & 2) != 0)
          add(ice::Server::Kind::kTurn, "10.0.0.8", "turn:10.0.0.8");
        peer.setConfiguration(std::move(servers), (more & 12) == 12 ? ice::TransportPolicy::kRelay
                                                                    : ice::TransportPolicy::kAll);
        return;
      }
      case Call::kPool:
        peer.setCandidatePoolSize(more % 4, now());
        return;
      case Call::kInterface:
        if ((more & 1) != 0 && !self.interfaces.empty()) {
          const jsep::TransportId transport = *self.interfaces.begin();
          self.interfaces.erase(transport);
          peer.removeInterface(End::interfaceOf(transport), now());
        } else if (const auto& slots = peer.transports(); !slots.empty()) {
          const jsep::TransportId transport = slots.front().id;
          if (self.interfaces.insert(transport).second) {
            constexpr size_t kMtus[] = {0, 576, 1280, 9000};
            peer.addInterface(transport, End::interfaceOf(transport), self.endpointOf(transport),
                              ice::InterfaceKind::kVirtual, kMtus[more >> 1 & 3], now());
          }
        }
        return;
      case Call::kWeather:
        weather_[who].datagrams = next();
        weather_[who].what = next();
        weather_[who].where = size_t{next()} * 5;
        return;
      case Call::kReplay: {
        const size_t which = next();
        const size_t where = next() * size_t{5};
        const uint8_t how = next();
        if (seen_.empty())
          return;
        Bytes datagram = seen_[which % seen_.size()];
        if (!datagram.empty())
          datagram[where % datagram.size()] ^= how;
        return inject(who, std::move(datagram), (more & 1) != 0);
      }
      case Call::kInject: {
        Bytes datagram(next());
        for (uint8_t& byte : datagram)
          byte = next();
        return inject(who, std::move(datagram), (more & 1) != 0);
      }
      case Call::kStats: {
        std::set<std::string> ids;
        for (const StatsRecord& record : peer.stats())
          require(ids.insert(record.id).second, "two records of statistics have one id");
        return;
      }
      case Call::kClose:
        if (next() == 0x5a)
          close(who);
        return;
      case Call::kSendAs:
        return sendAs(who);
      case Call::kSupply: {
        const size_t which = next();
        const uint8_t how = next();
        if (!application.wanted.empty())
          supply(who, which % application.wanted.size(), how);
        else if (how % 4 == 3)
          peer.giveUp(sctp::SourceId(static_cast<uint32_t>(which)), now());
        return;
      }
      case Call::kTone:
        return sendTone(who);
      case Call::kWish:
        return wish(who);
      case Call::kSpeak:
        return speak(who);
      case Call::kPrefer:
        return prefer(who);
      case Call::kInspect:
        return inspect(who);
      case Call::kSetRemoteOddly:
        return describeOddly(who);
      case Call::kServers:
        return setServers(who);
      case Call::kServer:
        return befallServer(next());
      case Call::kStream:
        return befallStream(who);
      case Call::kTell:
        return tellCandidate(who);
      case Call::kResolved: {
        const ResolveId id(next());
        std::vector<IpAddress> addresses;
        for (uint8_t left = next() % 8; left > 0; --left)
          addresses.push_back(IpAddress::v4({10, 0, 0, left}));
        peer.handleResolved(id, addresses, now());
        return;
      }
      case Call::kTime:
      case Call::kCount:
      case Call::kLateEnd:
        return;
    }
  }

  static void keep(Application& application, const std::string& sdp) {
    if (application.created.size() < 64)
      application.created.push_back(sdp);
  }
  SdpType nextType() {
    constexpr SdpType kTypes[] = {SdpType::kOffer, SdpType::kAnswer, SdpType::kPranswer,
                                  SdpType::kRollback};
    return kTypes[next() % 4];
  }
  void addCandidate(size_t who) {
    const uint8_t shape = next();
    const uint8_t place = next();
    std::string text;
    for (size_t count = next(); count > 0; --count)
      text += static_cast<char>(next());
    jsep::RemoteCandidate candidate;
    if ((shape & 1) == 0)
      text.insert(0, "candidate:1 1 udp 2122260223 10.0.0.2 4000 typ host");
    candidate.candidate = (shape & 2) != 0 ? "" : text;
    if ((shape & 4) == 0)
      candidate.sdpMid = std::to_string(place & 3);
    if ((shape & 8) == 0)
      candidate.sdpMLineIndex = static_cast<uint16_t>(place >> 2);
    if ((shape & 16) != 0)
      candidate.usernameFragment = "none";
    attempt(who, "addIceCandidate",
            [&](Peer& peer) { return peer.addIceCandidate(candidate, now()); });
  }
  void negotiate(size_t who) {
    using S = SignalingState;
    if (applications_[0].isClosed || applications_[1].isClosed ||
        pair_.a.peer.session().signalingState() != S::kStable ||
        pair_.b.peer.session().signalingState() != S::kStable)
      return;
    describe(who, true, std::nullopt, "");
    pair_.settle();
    const auto offer = end(who).peer.session().localDescription();
    if (!offer || offer->type != SdpType::kOffer)
      return;
    describe(1 - who, false, SdpType::kOffer, offer->sdp);
    if (end(1 - who).peer.session().signalingState() != S::kHaveRemoteOffer)
      return;
    describe(1 - who, true, std::nullopt, "");
    pair_.settle();
    const auto answer = end(1 - who).peer.session().localDescription();
    if (answer && answer->type == SdpType::kAnswer)
      describe(who, false, SdpType::kAnswer, answer->sdp);
  }
  void addTransceiver(size_t who) {
    const uint8_t kind = next();
    const uint8_t shape = next();
    if (end(who).peer.session().transceivers().size() >= kMostTransceivers || !takesMedia(end(who)))
      return;
    jsep::TransceiverInit init;
    init.kind = (kind & 1) != 0 ? jsep::MediaKind::kVideo : jsep::MediaKind::kAudio;
    attempt(who, "addTransceiver", [&](Peer& peer) {
      if ((shape & 1) != 0) {
        const auto added = peer.change(
            [&](jsep::Session& session) { return session.addTrack(init.kind, "t", {"s"}); }, now());
        return added.ok() ? Status<Error>(Done{}) : Status<Error>(fail(added.error()));
      }
      init.direction = static_cast<jsep::Direction>(shape >> 1 & 3);
      init.hasTrack = (shape & 8) != 0;
      if ((kind & 1) != 0 && (shape & 16) != 0)
        init.rids = {"h", "l"};
      const auto added =
          peer.change([&](jsep::Session& session) { return session.addTransceiver(init); }, now());
      return added.ok() ? Status<Error>(Done{}) : Status<Error>(fail(added.error()));
    });
  }
  void change(size_t who) {
    const jsep::TransceiverId id(next() % 8);
    const uint8_t what = next();
    const uint8_t value = next();
    Peer& peer = end(who).peer;
    peer.change(
        [&](jsep::Session& session) {
          switch (what % 5) {
            case 0:
              session.setDirection(id, static_cast<jsep::Direction>(value & 3));
              break;
            case 1:
              session.stopTransceiver(id);
              break;
            case 2:
              session.removeTrack(id);
              break;
            case 3:
              session.setSenderTrack(id, (value & 1) != 0);
              break;
            default:
              session.setSenderStreams(id, {"s" + std::to_string(value & 3)});
              break;
          }
        },
        now());
  }
  void openChannel(size_t who, const datachannel::ChannelOptions& options) {
    Application& application = applications_[who];
    if (application.channels.size() >= kMostChannels)
      return;
    attempt(who, "createDataChannel", [&](Peer& peer) {
      const auto opened = peer.createDataChannel(options, now());
      require(!opened.ok() || !application.isClosed, "a channel is opened after close()");
      if (opened.ok()) {
        application.channels.push_back(*opened);
        const auto [entry, isNew] = application.known.try_emplace(*opened);
        require(isNew, "a channel is opened twice");
        entry->second.isOurs = true;
        if (options.negotiated)
          entry->second.id = options.id;
      }
      return opened;
    });
  }
  std::optional<datachannel::ChannelId> channelOf(size_t who) {
    std::vector<datachannel::ChannelId> channels = applications_[who].channels;
    for (const auto& [id, options] : end(who).channels)
      channels.push_back(id);
    const size_t which = next();
    if (channels.empty())
      return std::nullopt;
    return channels[which % channels.size()];
  }
  void send(size_t who) {
    const auto channel = channelOf(who);
    const size_t size = 4 + size_t{next()} * 40;
    if (!channel || bytesSent_ + size > kMostBytes)
      return;
    Bytes data(size, static_cast<uint8_t>(size));
    ++number_;
    for (size_t i = 0; i < 4; ++i)
      data[i] = static_cast<uint8_t>(number_ >> (8 * i));
    attempt(who, "send", [&](Peer& peer) {
      const auto sent = peer.sendBinary(*channel, data, now());
      if (sent.ok())
        noteSent(who, *channel, {true, data});
      return sent;
    });
  }
  void noteSent(size_t who, datachannel::ChannelId id, Message message) {
    Channel& channel = known(who, id);
    require(channel.isOpen && !channel.isClosing, "sent on a channel that is not open");
    channel.buffered += message.data.size();
    bytesSent_ += message.data.size();
    applications_[who].sent.insert(std::move(message));
  }
  void sendAs(size_t who) {
    const auto channel = channelOf(who);
    const size_t length = next();
    const uint8_t shape = next();
    const bool isText = (shape & 1) != 0;
    const bool isAskedFor = (shape & 4) != 0;
    size_t size = 8 + length * ((shape & 16) != 0 ? 400 : 40);
    if (!channel || bytesSent_ + size > kMostBytes)
      return;
    if ((shape & 2) != 0)
      size = 0;
    // Unlike any other that is not empty.
    ++number_;
    std::string text(size, 'x');
    for (size_t i = 0; i < 8 && i < size; ++i)
      text[i] = static_cast<char>('a' + (number_ >> (4 * i) & 15));
    const Bytes data = toBytes(asBytes(text));
    attempt(who, "send", [&](Peer& peer) -> Status<Error> {
      if (isAskedFor && size > 0) {
        const auto source = peer.sendFrom(*channel, !isText, size, now());
        if (!source.ok())
          return fail(source.error());
        noteSent(who, *channel, {!isText, data});
        const bool isNew = applications_[who]
                               .sources
                               .try_emplace(*source, Source{.channel = *channel,
                                                            .isBinary = !isText,
                                                            .data = data,
                                                            .isKept = (shape & 8) != 0})
                               .second;
        require(isNew, "two messages are asked for by one name");
        return Done{};
      }
      auto sent =
          isText ? peer.sendString(*channel, text, now()) : peer.sendBinary(*channel, data, now());
      if (sent.ok())
        noteSent(who, *channel, {!isText, data});
      return sent;
    });
  }
  void supply(size_t who, size_t which, uint8_t how) {
    Application& application = applications_[who];
    const datachannel::BytesWanted wanted = application.wanted[which];
    Source& source = application.sources.at(wanted.source);
    Peer& peer = end(who).peer;
    const auto first = source.data.begin() + static_cast<std::ptrdiff_t>(wanted.offset);
    Bytes bytes(first, first + static_cast<std::ptrdiff_t>(wanted.bytes));
    switch (how % 4) {
      case 1:  // what is not wanted changes nothing
        peer.supply(wanted.source, wanted.offset + wanted.bytes, std::move(bytes), now());
        return;
      case 2: {  // a part of it, and later the rest
        if (bytes.size() < 2)
          break;
        bytes.resize(1 + how % bytes.size() / 2);
        application.wanted[which].offset += bytes.size();
        application.wanted[which].bytes -= bytes.size();
        peer.supply(wanted.source, wanted.offset, std::move(bytes), now());
        return;
      }
      case 3: {
        // It cannot arrive, and its channel is closed.
        source.isGivenUp = true;
        const auto found = application.sent.find({source.isBinary, source.data});
        require(found != application.sent.end(), "a message has arrived that was not all there");
        application.sent.erase(found);
        std::erase_if(application.wanted,
                      [&](const auto& other) { return other.source == wanted.source; });
        peer.giveUp(wanted.source, now());
        closeChannel(who, source.channel);
        return;
      }
      default:
        break;
    }
    application.wanted.erase(application.wanted.begin() + static_cast<std::ptrdiff_t>(which));
    peer.supply(wanted.source, wanted.offset, std::move(bytes), now());
  }
  void closeChannel(size_t who, datachannel::ChannelId id) {
    end(who).peer.closeDataChannel(id, now());
    const auto found = applications_[who].known.find(id);
    if (found != applications_[who].known.end())
      found->second.isClosing = true;
  }

  // ---- audio and video

  void sendTone(size_t who) {
    static constexpr std::string_view kTones = "0123456789ABCD#*abcdxy";
    const jsep::TransceiverId id(next() % 8);
    const char tone = kTones[next() % kTones.size()];
    const Duration duration = Duration::milliseconds(int64_t{next()} * 40);
    Peer& peer = end(who).peer;
    if (!peer.sendTone(id, tone, duration, now()))
      return;
    require(payload::telephoneEventOf(tone).has_value(), "a tone that is none");
    require(!applications_[who].isClosed, "a tone after close()");
    const auto flows = peer.session().mediaFlows();
    const auto flow = std::find_if(flows.begin(), flows.end(),
                                   [&](const auto& one) { return one.transceiver == id; });
    require(flow != flows.end() && flow->kind == jsep::MediaKind::kAudio && flow->sends,
            "a tone of what does not send sound");
    require(std::any_of(flow->send.codecs.begin(), flow->send.codecs.end(),
                        [](const jsep::RtpCodec& codec) {
                          return jsep::roleOf(codec) == jsep::CodecRole::kTelephoneEvent;
                        }),
            "a tone that was not negotiated");
    // (One of no length is over at once.)
    require(duration <= Duration() || !peer.sendTone(id, '1', duration, now()),
            "two tones at once");
  }
  void wish(size_t who) {
    const jsep::TransceiverId id(next() % 8);
    const uint8_t what = next();
    const uint8_t value = next();
    Peer& peer = end(who).peer;
    switch (what % 3) {
      case 0: {
        std::vector<media::EncodingWish> wishes(what / 3 % 4);
        for (size_t i = 0; i < wishes.size(); ++i) {
          wishes[i].active = (value >> i & 1) != 0;
          if ((value & 16) != 0)
            wishes[i].maxBitrate = 1000 * int64_t{value};
          wishes[i].weight = 1 << (value >> 5 & 3);
          wishes[i].scaleDownBy = 1 << i;
        }
        peer.setEncodings(id, std::move(wishes), now());
        return;
      }
      case 1: {
        std::optional<Duration> target;
        if (value != 0)
          target = Duration::milliseconds(int64_t{value} * 20);
        peer.setJitterBufferTarget(id, target, now());
        return;
      }
      default:
        peer.requestKeyFrame(id, now());
        return;
    }
  }
  /// Frames as an encoder would give them, of the first codec that was negotiated.
  void speak(size_t who) {
    const jsep::TransceiverId id(next() % 8);
    const uint8_t count = next() % 8;
    const size_t size = 1 + size_t{next()} * 8;
    Peer& peer = end(who).peer;
    for (uint8_t i = 0; i < count; ++i) {
      const jsep::RtpParameters parameters = peer.session().sendParameters(id);
      if (parameters.codecs.empty())
        return;
      const jsep::RtpCodec& codec = parameters.codecs.front();
      payload::EncodedFrame frame;
      frame.data = Bytes(size, static_cast<uint8_t>(++number_));
      frame.timestamp = rtp::RtpTime(
          static_cast<uint32_t>(now().ms() * static_cast<int64_t>(codec.clockRate) / 1000));
      frame.payloadType = rtp::PayloadType(*codec.payloadType);
      frame.video.isKey = i == 0;
      if (codec.kind == jsep::MediaKind::kAudio)
        applications_[who].framesSent.insert(frame.data);
      peer.sendFrame(id, 0, std::move(frame), now());
      pair_.run(Duration::milliseconds(20));
    }
  }
  void prefer(size_t who) {
    const jsep::TransceiverId id(next() % 8);
    const uint8_t what = next();
    const uint8_t value = next();
    switch (what % 3) {
      case 0:
        end(who).peer.change(
            [&](jsep::Session& session) {
              session.setBundlePolicy(static_cast<jsep::BundlePolicy>(value % 3));
            },
            now());
        return;
      case 1:
        attempt(who, "setCodecPreferences", [&](Peer& peer) {
          std::vector<jsep::RtpCodec> codecs;
          const auto supported = jsep::supportedCodecs((what & 128) != 0 ? jsep::MediaKind::kVideo
                                                                         : jsep::MediaKind::kAudio);
          for (size_t i = 0; i < supported.size(); ++i) {
            if ((value >> i % 8 & 1) != 0)
              codecs.insert((what & 64) != 0 ? codecs.begin() : codecs.end(), supported[i]);
          }
          return peer.change(
              [&](jsep::Session& session) { return session.setCodecPreferences(id, codecs); },
              now());
        });
        return;
      default:
        attempt(who, "setHeaderExtensionsToNegotiate", [&](Peer& peer) {
          auto extensions = peer.session().headerExtensionsToNegotiate(id);
          for (size_t i = 0; i < extensions.size(); ++i) {
            if ((value >> i % 8 & 1) == 0)
              continue;
            extensions[i].direction =
                (what & 64) != 0 ? std::nullopt
                                 : std::optional(static_cast<jsep::Direction>(1 + (value + i) % 3));
          }
          if ((what & 128) != 0 && !extensions.empty())
            extensions[value % extensions.size()].uri.clear();
          return peer.change(
              [&](jsep::Session& session) {
                return session.setHeaderExtensionsToNegotiate(id, extensions);
              },
              now());
        });
        return;
    }
  }

  /// The other's description as somebody else might have made it, who knows what he does.
  void describeOddly(size_t who) {
    struct Edit {
      std::string_view what, by;
    };
    static constexpr Edit kEdits[] = {
        {"a=ice-options:trickle\r\n", ""},
        {"a=setup:actpass", "a=setup:active"},
        {"a=setup:actpass", "a=setup:passive"},
        {"a=setup:active", "a=setup:passive"},
        {"a=setup:passive", "a=setup:active"},
        {"a=fingerprint:sha-256 ", "a=fingerprint:sha-512 "},
        {"a=group:BUNDLE", "a=group:LS"},
        {"a=rtcp-mux\r\n", ""},
        {"a=rtcp-rsize\r\n", ""},
        {"a=bundle-only\r\n", ""},
        {"m=application 9", "m=application 0"},
        {"m=audio 9", "m=audio 0"},
        {"m=video 9", "m=video 0"},
        {"m=audio 0", "m=audio 9"},
        {"m=video 0", "m=video 9"},
        {"UDP/TLS/RTP/SAVPF", "RTP/SAVP"},
        {"t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n"},
        {"t=0 0\r\n", "t=0 0\r\na=setup:active\r\n"},
        {"a=max-message-size:262144", "a=max-message-size:0"},
        {"a=max-message-size:262144", "a=max-message-size:300"},
        {"a=max-message-size:262144\r\n", ""},
        {"a=sctp-port:5000", "a=sctp-port:5001"},
        {"a=sctp-init:", "a=x-sctp-init:"},
        {"a=sendrecv", "a=inactive"},
        {"a=sendrecv", "a=recvonly"},
        {"a=sendrecv", "a=sendonly"},
        {"a=recvonly", "a=sendonly"},
        {"a=extmap:1 ", "a=extmap:0 "},
        {"a=extmap:1 ", "a=extmap:15 "},
        {"a=extmap-allow-mixed\r\n", ""},
        {"telephone-event/8000", "telephone-event/48000"},
        {"opus/48000/2", "opus/48000"},
        {"nack pli", "ccm fir"},
        {"goog-remb", "ccm tmmbr"},
        {"transport-cc", "transport-dd"},
        {"a=simulcast:send h;l", "a=simulcast:send ~h;l"},
        {"a=simulcast:send h;l", "a=simulcast:send h,l"},
        {"a=simulcast:recv h;l", "a=simulcast:recv l"},
        {"a=rid:h send", "a=rid:h recv"},
        {"a=rid:l ", "a=rid:x "},
        {"a=msid:", "a=x-msid:"},
        {"a=mid:", "a=x-mid:"},
        {"a=ice-ufrag:", "a=ice-ufrag:another"},
        {"a=ice-pwd:", "a=ice-pwd:another"},
        {"a=candidate:", "a=x-candidate:"},
        {"a=end-of-candidates\r\n", ""},
        {"a=sendrecv\r\n", "a=sendrecv\r\na=rid:q recv\r\na=simulcast:recv q\r\n"},
        {"a=sendrecv\r\n", "a=sendrecv\r\na=rid:q send\r\na=simulcast:send q\r\n"},
    };
    const size_t which = next() % (std::size(kEdits) + 2);
    size_t skipped = next() % 8;
    const auto description = end(1 - who).peer.session().localDescription();
    if (!description)
      return;
    std::string sdp = description->sdp;
    if (which >= std::size(kEdits)) {
      const bool bySections = which == std::size(kEdits);
      enlarge(sdp, bySections, size_t{bySections ? 2U : 4U} << skipped);
      return describe(who, false, description->type, sdp);
    }
    const Edit& edit = kEdits[which];
    size_t at = sdp.find(edit.what);
    for (; skipped > 0 && skipped < 7 && at != std::string::npos; --skipped)
      at = sdp.find(edit.what, at + 1);
    while (at != std::string::npos) {
      sdp.replace(at, edit.what.size(), edit.by);
      // All of them, or one.
      at = skipped == 7 ? sdp.find(edit.what, at + edit.by.size()) : std::string::npos;
    }
    // (A digest of other bytes, not of another length.)
    if (edit.what.starts_with("a=fingerprint")) {
      sdp = description->sdp;
      if (at = sdp.find(edit.what); at != std::string::npos) {
        char& digit = sdp[at + edit.what.size()];
        digit = digit == 'A' ? 'B' : 'A';
      }
    }
    describe(who, false, description->type, sdp);
  }

  /// More sections, or more header extensions in one.
  static void enlarge(std::string& sdp, bool bySections, size_t count) {
    const size_t section = sdp.rfind("\r\nm=");
    const size_t mid = sdp.rfind("a=mid:");
    if (section == std::string::npos || mid == std::string::npos)
      return;
    const std::string head = sdp.substr(section + 2, mid - section + 4);
    const std::string tail = sdp.substr(sdp.find('\r', mid));
    for (size_t i = 0; i < count; ++i) {
      const std::string number = std::to_string(20 + i);
      sdp += bySections ? head + "q" + number + tail : "a=extmap:" + number + " urn:x\r\n";
    }
  }

  // ---- servers, streams and names

  void setServers(size_t who) {
    using Kind = ice::Server::Kind;
    using Transport = ice::Server::Transport;
    const uint8_t which = next();
    const bool isRelayAlone = next() % 4 == 3;
    std::vector<ice::Server> servers;
    const bool byName = (which & 16) != 0;
    const char* password = (which & 32) != 0 ? "wrong" : "secret";
    for (const auto transport :
         {Transport::kUdp, Transport::kTcp, Transport::kTls, Transport::kRelaySocket}) {
      if ((which >> static_cast<int>(transport) & 1) != 0)
        servers.push_back(server(Kind::kTurn, transport, byName, password));
    }
    if ((which & 64) != 0)
      servers.push_back(server(Kind::kStun, Transport::kUdp, byName));
    end(who).peer.setConfiguration(std::move(servers), isRelayAlone ? ice::TransportPolicy::kRelay
                                                                    : ice::TransportPolicy::kAll);
  }
  void befallServer(uint8_t what) {
    constexpr auto kManners = static_cast<uint8_t>(fuzz::PeerNetwork::Manner::kCount);
    const uint8_t which = what % (kManners + 2);
    if (which < kManners)
      pair_.manner = static_cast<fuzz::PeerNetwork::Manner>(which);
    else if (which == kManners)
      pair_.streamsClose();
    else if (pair_.hasServer())
      pair_.restartServer();
  }
  void befallStream(size_t who) {
    End& self = end(who);
    const uint8_t which = next();
    const uint8_t what = next();
    Bytes bytes;
    for (size_t count = what % 4 == 2 ? next() : 0; count > 0; --count)
      bytes.push_back(next());
    const auto& streams = pair_.streamsOf(self);
    // Or one that was never asked for.
    const StreamId id(which % (static_cast<uint32_t>(streams.size()) + 2));
    const auto found = streams.find(id);
    using State = fuzz::PeerNetwork::StreamState;
    const State state = found == streams.end() ? State::kClosed : found->second.state;
    switch (what % 4) {
      case 0:
        if (state != State::kOpen)
          pair_.streamOpens(self, id);
        return;
      case 1:
        return pair_.streamCloses(self, id);
      case 2:
        if (state != State::kAsked)
          self.peer.handleStreamData(id, bytes, now());
        return;
      default:
        self.peer.setStreamCredentials(id, "secret", (what & 4) != 0 ? "secret" : "wrong");
        return;
    }
  }
  void tellCandidate(size_t who) {
    const uint8_t kind = next();
    const uint8_t place = next();
    const std::string theirs = who == 0 ? "10.0.0.2 " : "10.0.0.1 ";
    const std::string port = std::to_string(4000 + place % 4);
    std::string text = "candidate:9 1 ";
    switch (kind % 8) {
      case 0:
        text += "tcp 2105458943 " + theirs + port + " typ host tcptype passive";
        break;
      case 1:
        text += "tcp 2105458943 10.0.0.66 " + port + " typ host tcptype passive";
        break;
      case 2:
        text += "tcp 2105458943 " + theirs + port + " typ host tcptype so";
        break;
      case 3:
        text += "tcp 2105458943 " + theirs + "9 typ host tcptype active";
        break;
      case 4:
        text += std::string("udp 2122260223 ") + fuzz::PeerNetwork::kPeerName + " " + port +
                " typ host";
        break;
      case 5:
        text += "udp 2122260223 nobody.local " + port + " typ host";
        break;
      case 6:
        text += "udp 1686052607 " + theirs + port + " typ srflx raddr 0.0.0.0 rport 9";
        break;
      default:
        text += "udp 41885439 10.0.0.8 " + std::to_string(50001 + place % 8) +
                " typ relay raddr 0.0.0.0 rport 9";
        break;
    }
    attempt(who, "addIceCandidate", [&](Peer& peer) {
      return peer.addIceCandidate({text, std::nullopt, static_cast<uint16_t>(place >> 4 & 3), {}},
                                  now());
    });
  }

  void close(size_t who) {
    End& self = end(who);
    self.peer.close(now());
    applications_[who].isClosed = true;
    // What had been told before is told no more, but for what the sockets have to do.
    pair_.settle();
    self.candidates.clear();
    require(self.peer.session().signalingState() == SignalingState::kClosed, "closed, and is not");
    require(self.peer.deadline().isNever(), "a deadline after close()");
    for (const auto& [id, stream] : pair_.streamsOf(self))
      require(stream.state == fuzz::PeerNetwork::StreamState::kClosed, "a stream after close()");
  }

  // ---- the end

  void finish() {
    weather_ = {};
    pair_.run(Duration::seconds(1));
    check();
    inspect(0);
    inspect(1);
    checkCertificates();
    for (size_t who = 0; who < 2; ++who) {
      if (!applications_[who].isClosed && !mayLackCertificates() &&
          end(who).peer.session().signalingState() == SignalingState::kStable)
        meetStranger(end(who).peer);
    }
    for (size_t who = 0; who < 2; ++who) {
      if (!applications_[who].isClosed)
        close(who);
    }
    pair_.run(Duration::seconds(1));
    check();
  }
  /// Peers with one certificate could be told to be the same user's.
  void checkCertificates() {
    std::set<std::string> fingerprints;
    size_t found = 0;
    for (size_t who = 0; who < 2; ++who) {
      const auto description = end(who).peer.session().localDescription();
      const size_t at = description ? description->sdp.find("a=fingerprint:") : std::string::npos;
      if (at == std::string::npos)
        continue;
      ++found;
      fingerprints.insert(description->sdp.substr(at, description->sdp.find('\r', at) - at));
    }
    require(fingerprints.size() == found, "two peers have one certificate");
  }
  /// However it went: an offer made now makes sense to somebody who has heard nothing before, and
  /// that one's answer makes sense here.
  void meetStranger(Peer& peer) {
    SeededRandom random(77);
    Configuration theirs;
    theirs.certificates = {certificate(3)};
    theirs.unixSeconds = kUnixTime;
    Peer stranger(End::with(&call::makeMedia, std::move(theirs)), random, now());
    must("our own offer", peer.setLocalDescription({}, now()));
    const auto offer = peer.session().localDescription();
    require(offer.has_value(), "no offer");
    must("an offer to a stranger", stranger.setRemoteDescription(*offer, now()));
    must("a stranger's answer", stranger.setLocalDescription({}, now()));
    const auto taken = peer.setRemoteDescription(*stranger.session().localDescription(), now());
    // (Not so the roles of a DTLS association that exists: the stranger cannot know them.)
    if (!taken.ok() && taken.error().message.find("swap") == std::string::npos)
      must("the stranger's answer here", taken);
    pair_.settle();
  }
  static void must(const char* what, const Status<Error>& status) {
    if (!status.ok())
      require(false, std::string(what) + ": " + status.error().message);
  }

  struct Weather {
    uint8_t datagrams = 0;
    uint8_t what = 0;
    size_t where = 0;
  };

  const bool isTraced_ = std::getenv("WEBRTC_FUZZ_TRACE") != nullptr;
  ByteSpan program_;
  size_t at_ = 0;
  uint8_t options_;
  uint8_t moreOptions_;
  size_t bytesBefore_;
  KeyPairs keyPairs_;
  MortalRandom poolRandom_;
  dtls::CertificatePool pool_;
  fuzz::PeerNetwork pair_;
  std::array<Application, 2> applications_;
  std::array<Weather, 2> weather_;
  std::deque<Bytes> seen_;
  size_t bytesSent_ = 0;
  uint32_t number_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  for (uint64_t seed = 1; seed <= 3; ++seed)
    (void)certificate(seed);
  auto machine = std::make_unique<Machine>(ByteSpan(data, size));
  machine->run();
  return 0;
}
