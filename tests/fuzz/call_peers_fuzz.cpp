// Calls on two whole peer connections, and what their network does meanwhile: each input is a
// program (peer_program.h) of calls in any order, with descriptions and candidates that are real,
// stale or damaged, and datagrams that are lost, changed, repeated and made up. Signalling states
// are those of JSEP, a call that fails leaves everything as it was, nothing arrives that was not
// sent, and nothing is told after close().

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
#include "tests/cpp/base/bytes_in_use.h"
#include "tests/cpp/jsep/damaged_description.h"
#include "tests/cpp/peer/peer_pair.h"
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
        bytesBefore_(rtc::testing::bytesInUse()),
        pair_(1, configuration(1), configuration(2)) {
    pair_.filter = [this](End& from, Bytes& datagram) {
      return passes(from, datagram);
    };
    if ((options_ & fuzz::kStartsWithMedia) != 0) {
      for (const auto kind : {jsep::MediaKind::kAudio, jsep::MediaKind::kVideo}) {
        for (End* end : {&pair_.a, &pair_.b}) {
          (void)end->peer.change(
              [&](jsep::Session& session) { return session.addTrack(kind, "track", {"stream"}); },
              now());
        }
      }
    }
    if ((options_ & fuzz::kStartsNegotiated) != 0) {
      openChannel(0, {});
      require(pair_.negotiate(pair_.a, pair_.b).ok(), "a first negotiation fails");
      pair_.run(Duration::seconds(2));
      require(pair_.connected(), "no connection, though nothing is in its way");
    }
  }

  void run() {
    for (int i = 0; i < kMostCalls && at_ < program_.size(); ++i) {
      execute(static_cast<Call>(next() % static_cast<uint8_t>(Call::kCount)));
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
  struct Application {
    std::vector<std::string> created;
    std::vector<Description> set;
    std::vector<LocalCandidate> gathered;
    std::vector<datachannel::ChannelId> channels;
    std::multiset<Bytes> sent;
    size_t seen = 0;
    bool isClosed = false;
  };

  uint8_t next() { return at_ < program_.size() ? program_[at_++] : 0; }
  Timestamp now() const { return pair_.now; }
  End& end(size_t index) { return index == 0 ? pair_.a : pair_.b; }
  Configuration configuration(uint64_t seed) const {
    Configuration configuration;
    configuration.certificates = {certificate(seed)};
    configuration.unixSeconds = kUnixTime;
    configuration.bundlePolicy = (options_ & fuzz::kMaxBundle) != 0 ? jsep::BundlePolicy::kMaxBundle
                                 : (options_ & fuzz::kMaxCompat) != 0
                                     ? jsep::BundlePolicy::kMaxCompat
                                     : jsep::BundlePolicy::kBalanced;
    configuration.alwaysNegotiateDataChannels = (options_ & fuzz::kAlwaysData) != 0;
    configuration.offersSctpInit = (options_ & fuzz::kAnnouncesInit) != 0;
    return configuration;
  }

  static Visible look(const Peer& peer) {
    const jsep::Session& s = peer.session();
    return {s.signalingState(),           s.currentLocalDescription(),  s.pendingLocalDescription(),
            s.currentRemoteDescription(), s.pendingRemoteDescription(), s.transceivers(),
            s.negotiationNeeded()};
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
    if (!mayRollBack)
      require(look(end(who).peer) == before, std::string(name) + ": an error left a trace");
    return false;
  }
  static void checkError(const char* name, const Error& error) {
    switch (error.kind) {
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
      for (; application.seen < self.messages.size(); ++application.seen) {
        require(!application.isClosed, "a message after close()");
        const auto& message = self.messages[application.seen];
        if (message.part)
          continue;
        // DTLS lets nothing through that was not sent, whatever was done to datagrams.
        require(applications_[1 - who].sent.contains(message.data),
                "a message that nobody has sent");
      }
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

  // ---- the network

  bool passes(End& from, Bytes& datagram) {
    const size_t who = &from == &pair_.a ? 0 : 1;
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
      case Call::kCloseChannel: {
        const auto channel = channelOf(who);
        if (channel)
          peer.closeDataChannel(*channel, now());
        return;
      }
      case Call::kFrame: {
        payload::EncodedFrame frame;
        const jsep::TransceiverId id(next() % 8);
        frame.data = Bytes(1 + size_t{next()} * 16, 0x42);
        frame.timestamp = rtp::RtpTime(static_cast<uint32_t>(now().ms()) * 90);
        frame.payloadType = rtp::PayloadType(96 + more % 32);
        frame.video.isKey = (more & 1) != 0;
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
            peer.addInterface(transport, End::interfaceOf(transport), self.endpointOf(transport),
                              ice::InterfaceKind::kVirtual, 0, now());
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
      case Call::kTime:
      case Call::kCount:
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
    if (end(who).peer.session().transceivers().size() >= kMostTransceivers)
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
      if (opened.ok())
        application.channels.push_back(*opened);
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
    applications_[who].sent.insert(data);
    bytesSent_ += size;
    attempt(who, "send", [&](Peer& peer) { return peer.sendBinary(*channel, data, now()); });
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
  }

  // ---- the end

  void finish() {
    weather_ = {};
    pair_.run(Duration::seconds(1));
    check();
    for (size_t who = 0; who < 2; ++who) {
      if (!applications_[who].isClosed &&
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

  ByteSpan program_;
  size_t at_ = 0;
  uint8_t options_;
  size_t bytesBefore_;
  PeerPair pair_;
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
