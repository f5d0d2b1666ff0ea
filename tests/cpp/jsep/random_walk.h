#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "cpp/jsep/codecs.h"
#include "cpp/jsep/direction.h"
#include "cpp/jsep/header_extensions.h"
#include "cpp/jsep/media.h"
#include "cpp/jsep/payload_types.h"
#include "cpp/jsep/session.h"
#include "cpp/sdp/parser.h"
#include "tests/cpp/jsep/damaged_description.h"

/// Two sessions and a stream of arbitrary choices: which call comes next, with which transceiver,
/// description or candidate, and how that was damaged on its way. After each call the promises of
/// session.h are checked. The property test feeds seeded choices, the fuzz target its input.
namespace rtc::jsep::testing {

class RandomWalk {
 public:
  /// `below(n)` chooses from [0, n); `complain` hears of each broken promise.
  RandomWalk(std::function<uint32_t(uint32_t)> below,
             std::function<void(const std::string&)> complain)
      : below_(std::move(below)),
        complain_(std::move(complain)),
        peers_{Peer(1, anyConfig()), Peer(2, anyConfig())} {}

  void step() {
    Peer& peer = peers_[below_(2)];
    Peer& other = &peer == &peers_[0] ? peers_[1] : peers_[0];
    const Visible before = look(peer);
    std::optional<Error> error;
    bool rollsBack = false;
    // The highest values are the rarer calls. They came later: what recorded choices mean stays.
    const uint32_t choice = below_(256);
    switch (choice < kFirstRare ? choice % kUsual : kUsual) {
      case kUsual:
        error = rare(peer, other, choice - kFirstRare);
        break;
      case 0:
        error = keep(peer, peer.session.createOffer({below_(4) == 0, below_(4) != 0}));
        break;
      case 1:
        error = keep(peer, peer.session.createAnswer({below_(4) != 0}));
        break;
      case 2:
        error = errorOf(peer.session.setLocal());
        break;
      case 3:
        error = errorOf(peer.session.setLocal({anyType(), below_(2) == 0 ? "" : anySdp(peer)}));
        break;
      case 4:
      case 5:
      case 6: {
        // Mostly what the other side has set, as an application would deliver it.
        auto description = other.session.localDescription();
        if (!description || below_(8) == 0)
          description = Description{anyType(), anySdp(other)};
        if (below_(10) == 0)
          description->type = anyType();
        rollsBack = description->type == SdpType::kOffer &&
                    before.signaling == SignalingState::kHaveLocalOffer;
        error = errorOf(peer.session.setRemote({description->type, damaged(description->sdp)}));
        break;
      }
      case 7:
        error = errorOf(peer.session.rollback());
        break;
      case 8:
        error = errorOf(peer.session.addCandidate(anyCandidate(other)));
        break;
      case 9:
        peer.session.requestDataChannels();
        break;
      case 10:
        peer.session.restartIce();
        break;
      case 11:
      case 12:
        gather(peer);
        break;
      case 13:
        if (below_(40) == 0)
          peer.session.close();
        break;
      case 14:
      case 15:
        error = addMedia(peer);
        break;
      default:
        error = changeMedia(peer);
        break;
    }
    if (error) {
      checkError(peer, *error);
      if (!rollsBack && !(look(peer) == before))
        complain_("an error left a trace");
    }
    drain(peer, error.has_value() && !rollsBack);
    check(peer);
  }

  /// However the walk went: an offer made now makes sense to somebody who has heard nothing before,
  /// and that one's answer makes sense here.
  void finish() {
    for (Peer& peer : peers_) {
      if (peer.session.signalingState() != SignalingState::kStable)
        continue;
      peer.random.isBroken = false;
      setCertificates(peer, 1);
      Peer stranger(3, SessionConfig{});
      must("our own offer", peer.session.setLocal());
      must("an offer to a stranger", stranger.session.setRemote(*peer.session.localDescription()));
      must("a stranger's answer", stranger.session.setLocal());
      // (Not so the roles of a DTLS association that exists: the stranger cannot know them.)
      auto answer = *stranger.session.localDescription();
      auto taken = peer.session.setRemote(answer);
      if (!taken.ok() && taken.error().message.find("swap") == std::string::npos)
        must("the stranger's answer here", taken);
    }
  }

 private:
  struct Visible {
    SignalingState signaling;
    std::optional<Description> currentLocal, pendingLocal, currentRemote, pendingRemote;
    std::vector<TransceiverInfo> transceivers;
    bool negotiationNeeded;
    std::optional<bool> canTrickle;
    /// Of sctp().
    std::optional<std::tuple<TransportId, std::string, bool, uint64_t>> sctp;
    /// To negotiate, and negotiated, of each transceiver.
    std::vector<std::vector<HeaderExtensionCapability>> extensions;
    bool operator==(const Visible&) const = default;
  };

  struct Live {
    std::optional<IceCredentials> local;
    bool hasRole = false;
    bool hasRemote = false;
    bool hasDtls = false;
    bool isEstablished = false;
    DtlsRole role = DtlsRole::kClient;
  };

  class FragileRandom final : public RandomSource {
   public:
    explicit FragileRandom(uint64_t seed) : seeded_(seed) {}
    bool fill(MutableByteSpan out) override {
      if (isBroken && left-- == 0) {
        left = 0;
        return false;
      }
      return seeded_.fill(out);
    }
    bool isBroken = false;
    /// So many times more it works while it is broken.
    uint32_t left = 0;

   private:
    SeededRandom seeded_;
  };

  struct Peer {
    Peer(uint64_t seed, SessionConfig wanted)
        : number(seed), random(seed), session(withCertificate(std::move(wanted), seed), random) {}
    static SessionConfig withCertificate(SessionConfig config, uint64_t seed) {
      config.fingerprints = {fingerprint(seed)};
      return config;
    }
    uint64_t number;
    FragileRandom random;
    Session session;
    bool hasCertificate = true;
    std::optional<SctpParameters> sctp;
    std::vector<std::string> created;
    std::map<uint32_t, Live> live;
    std::set<uint32_t> gone;
    SignalingState announced = SignalingState::kStable;
    Visible seen{};
    size_t sections = 0;
  };

  void must(const std::string& what, const Status<Error>& status) {
    if (!status.ok())
      complain_(what + ": " + status.error().message);
  }

  static sdp::Fingerprint fingerprint(uint64_t seed) {
    std::string digest(95, 'A' + static_cast<char>(seed));
    for (size_t i = 2; i < digest.size(); i += 3)
      digest[i] = ':';
    return {"sha-256", digest};
  }
  void setCertificates(Peer& peer, uint32_t count) {
    std::vector<sdp::Fingerprint> fingerprints;
    for (uint32_t i = 0; i < count; ++i)
      fingerprints.push_back(fingerprint(peer.number + 4 * i));
    peer.hasCertificate = count > 0;
    peer.session.setFingerprints(std::move(fingerprints));
  }

  static BundlePolicy policyOf(uint32_t choice) {
    constexpr BundlePolicy kAll[] = {BundlePolicy::kBalanced, BundlePolicy::kMaxCompat,
                                     BundlePolicy::kMaxBundle};
    return kAll[choice % 3];
  }
  SessionConfig anyConfig() {
    const uint32_t choice = below_(256);
    SessionConfig config;
    config.bundlePolicy = policyOf(choice);
    if (choice < kFirstRare)
      return config;
    if ((choice & 1) != 0)
      config.rtcpMuxPolicy = RtcpMuxPolicy::kNegotiate;
    config.alwaysNegotiateDataChannels = (choice & 2) != 0;
    config.takesMedia = (choice & 4) == 0;
    if ((choice & 8) != 0) {
      config.sctpInit = {1, 0, 0, 4};
      config.offersSctpInit = true;
      config.isSctpInit = [](ByteSpan chunk) {
        return chunk[0] == 1;
      };
    }
    config.maxSendSize = (choice & 16) != 0 ? 1000 : 0;
    return config;
  }
  MediaKind anyKind() { return below_(2) == 0 ? MediaKind::kAudio : MediaKind::kVideo; }
  std::vector<std::string> anyStreams() {
    std::vector<std::string> streams;
    for (uint32_t i = below_(3); i > 0; --i)
      streams.push_back("stream" + std::to_string(i));
    return streams;
  }

  std::optional<Error> addMedia(Peer& peer) {
    if (peer.session.transceivers().size() >= 4)
      return std::nullopt;
    if (below_(2) == 0) {
      auto added = peer.session.addTrack(anyKind(), below_(2) == 0 ? "track" : "", anyStreams());
      return added.ok() ? std::nullopt : std::optional(added.error());
    }
    TransceiverInit init;
    init.kind = anyKind();
    init.direction = directionOf(below_(2) == 0, below_(2) == 0);
    init.hasTrack = below_(2) == 0;
    init.streams = anyStreams();
    if (init.kind == MediaKind::kVideo && below_(3) == 0)
      init.rids = {"h", "l"};
    auto added = peer.session.addTransceiver(init);
    return added.ok() ? std::nullopt : std::optional(added.error());
  }

  std::optional<Error> changeMedia(Peer& peer) {
    // Ids that nothing has are left alone.
    const TransceiverId id(below_(5));
    switch (below_(8)) {
      case 0:
        peer.session.removeTrack(id);
        break;
      case 1:
        peer.session.setSenderTrack(id, below_(2) == 0);
        break;
      case 2:
        peer.session.setSenderStreams(id, anyStreams());
        break;
      case 3:
        peer.session.stopTransceiver(id);
        break;
      case 4: {
        std::vector<RtpCodec> codecs;
        for (const RtpCodec& codec : supportedCodecs(anyKind())) {
          if (below_(2) == 0)
            codecs.push_back(codec);
        }
        return errorOf(peer.session.setCodecPreferences(id, codecs));
      }
      case 5: {
        auto extensions = peer.session.headerExtensionsToNegotiate(id);
        for (HeaderExtensionCapability& extension : extensions) {
          if (below_(4) == 0)
            extension.direction.reset();
        }
        return errorOf(peer.session.setHeaderExtensionsToNegotiate(id, extensions));
      }
      default:
        peer.session.setDirection(id, directionOf(below_(2) == 0, below_(2) == 0));
        break;
    }
    return std::nullopt;
  }

  std::optional<Error> rare(Peer& peer, Peer& other, uint32_t which) {
    switch (which % 8) {
      case 0:
        peer.session.setBundlePolicy(policyOf(below_(3)));
        return std::nullopt;
      case 1:
        // At times there is none.
        setCertificates(peer, below_(3));
        return std::nullopt;
      case 2:
        peer.session.setSctpInit(Bytes(below_(3) * 4, 1));
        return std::nullopt;
      case 3:
        for (auto& [id, live] : peer.live) {
          if (!live.hasDtls || below_(2) == 0)
            continue;
          live.isEstablished = true;
          peer.session.setDtlsEstablished(TransportId(id));
        }
        return std::nullopt;
      case 4:
        return withoutRandomness(peer);
      case 5:
        loseCandidate(peer);
        return std::nullopt;
      case 6:
        return misuse(peer);
      default: {
        // What the peer answers, bent on the way.
        const auto description = other.session.localDescription();
        if (!description || description->type == SdpType::kOffer)
          return std::nullopt;
        const SdpType type = below_(2) == 0 ? SdpType::kAnswer : SdpType::kPranswer;
        return errorOf(
            peer.session.setRemote({type, damagedDescription(description->sdp, below_)}));
      }
    }
  }

  /// A call while the source of random numbers fails, at once or a little later.
  std::optional<Error> withoutRandomness(Peer& peer) {
    peer.random.isBroken = true;
    peer.random.left = below_(4);
    std::optional<Error> error;
    switch (below_(4)) {
      case 0:
        error = keep(peer, peer.session.createOffer({below_(2) == 0, true}));
        break;
      case 1:
        error = keep(peer, peer.session.createAnswer());
        break;
      case 2:
        error = errorOf(peer.session.setLocal());
        break;
      default:
        error = addMedia(peer);
        break;
    }
    peer.random.isBroken = false;
    return error;
  }

  void loseCandidate(Peer& peer) {
    for (auto& [id, live] : peer.live) {
      if (!live.local)
        continue;
      const std::string candidate =
          "candidate:" + std::to_string(below_(9)) + " 1 udp 1 198.51.100.7 5000 typ host";
      peer.session.addLocalCandidate(TransportId(id), live.local->ufrag, candidate);
      peer.session.removeLocalCandidate(TransportId(id), live.local->ufrag, candidate);
      const auto local = peer.session.localDescription();
      const auto target = peer.session.candidateTarget(TransportId(id));
      if (!local || !target)
        continue;
      // (In other sections it may be another transport's, which was discarded since.)
      const auto described = sdp::parse(local->sdp);
      if (!described.ok() || target->mLineIndex >= described->media.size())
        continue;
      if (described->media[target->mLineIndex].print().find(candidate) != std::string::npos)
        complain_("a candidate that is gone is still described");
    }
  }

  /// Calls that are refused, whatever the state: by the error that is promised.
  std::optional<Error> misuse(Peer& peer) {
    const auto all = peer.session.transceivers();
    const bool isClosed = peer.session.signalingState() == SignalingState::kClosed;
    if (all.empty() || isClosed)
      return std::nullopt;
    const TransceiverInfo& one = all[below_(static_cast<uint32_t>(all.size()))];
    const auto expect = [&](const Status<Error>& status, ErrorKind kind) {
      if (status.ok())
        complain_("a call that makes no sense is taken");
      else if (status.error().kind != kind)
        complain_("another error than promised: " + status.error().message);
      return errorOf(status);
    };
    auto extensions = peer.session.headerExtensionsToNegotiate(one.id);
    switch (below_(6)) {
      case 0: {
        const MediaKind otherKind =
            one.kind == MediaKind::kAudio ? MediaKind::kVideo : MediaKind::kAudio;
        return expect(peer.session.setCodecPreferences(one.id, supportedCodecs(otherKind)),
                      ErrorKind::kInvalidModificationError);
      }
      case 1: {
        auto codecs = supportedCodecs(one.kind);
        std::erase_if(codecs, [](const RtpCodec& codec) { return codec.name != "rtx"; });
        if (codecs.empty())
          return std::nullopt;
        return expect(peer.session.setCodecPreferences(one.id, codecs),
                      ErrorKind::kInvalidModificationError);
      }
      case 2:
        extensions.back().uri.clear();
        return expect(peer.session.setHeaderExtensionsToNegotiate(one.id, extensions),
                      ErrorKind::kTypeError);
      case 3:
        extensions.pop_back();
        return expect(peer.session.setHeaderExtensionsToNegotiate(one.id, extensions),
                      ErrorKind::kInvalidModificationError);
      case 4:
        std::swap(extensions.front(), extensions.back());
        return expect(peer.session.setHeaderExtensionsToNegotiate(one.id, extensions),
                      ErrorKind::kInvalidModificationError);
      default:
        for (HeaderExtensionCapability& extension : extensions)
          extension.direction.reset();
        return expect(peer.session.setHeaderExtensionsToNegotiate(one.id, extensions),
                      ErrorKind::kInvalidModificationError);
    }
  }

  static std::optional<Error> errorOf(const Status<Error>& status) {
    if (status.ok())
      return std::nullopt;
    return status.error();
  }
  static std::optional<Error> keep(Peer& peer, const Result<Description, Error>& made) {
    if (!made.ok())
      return made.error();
    peer.created.push_back(made->sdp);
    return std::nullopt;
  }
  static Visible look(const Peer& peer) {
    const Session& s = peer.session;
    Visible now{s.signalingState(),
                s.currentLocalDescription(),
                s.pendingLocalDescription(),
                s.currentRemoteDescription(),
                s.pendingRemoteDescription(),
                s.transceivers(),
                s.negotiationNeeded(),
                s.canTrickleIceCandidates(),
                std::nullopt,
                {}};
    if (const auto sctp = s.sctp())
      now.sctp = {sctp->transport, sctp->mid, sctp->negotiated, sctp->maxMessageSize};
    for (const TransceiverInfo& info : now.transceivers) {
      now.extensions.push_back(s.headerExtensionsToNegotiate(info.id));
      now.extensions.push_back(s.negotiatedHeaderExtensions(info.id));
    }
    return now;
  }

  SdpType anyType() {
    constexpr SdpType kTypes[] = {SdpType::kOffer, SdpType::kAnswer, SdpType::kPranswer,
                                  SdpType::kRollback};
    return kTypes[below_(4)];
  }
  std::string anySdp(Peer& peer) {
    if (peer.created.empty())
      return "v=0\r\n";
    return peer.created[below_(static_cast<uint32_t>(peer.created.size()))];
  }

  std::string damaged(std::string sdp) {
    return sdp.empty() || below_(4) != 0 ? sdp : damagedDescription(sdp, below_);
  }

  RemoteCandidate anyCandidate(Peer& from) {
    RemoteCandidate candidate;
    if (below_(4) != 0) {
      candidate.candidate = "candidate:" + std::to_string(below_(5)) +
                            " 1 udp 2122260223 192.0.2.1 " + std::to_string(4000 + below_(5)) +
                            " typ host";
    }
    if (below_(10) == 0)
      candidate.candidate = "candidate:nonsense";
    if (below_(4) != 0)
      candidate.sdpMid = std::to_string(below_(3));
    if (below_(4) != 0)
      candidate.sdpMLineIndex = static_cast<uint16_t>(below_(3));
    if (below_(3) == 0) {
      candidate.usernameFragment = "none";
      for (auto& [id, live] : from.live) {
        if (live.local)
          candidate.usernameFragment = live.local->ufrag;
      }
    }
    return candidate;
  }

  void gather(Peer& peer) {
    for (auto& [id, live] : peer.live) {
      if (!live.local)
        continue;
      if (below_(3) == 0) {
        peer.session.setGatheringComplete(TransportId(id), live.local->ufrag);
      } else {
        peer.session.addLocalCandidate(
            TransportId(id), live.local->ufrag,
            "candidate:" + std::to_string(below_(9)) + " 1 udp 1 198.51.100.7 5000 typ host");
      }
    }
  }

  void checkError(const Peer& peer, const Error& error) {
    switch (error.kind) {
      case ErrorKind::kInvalidStateError:
      case ErrorKind::kInvalidModificationError:
      case ErrorKind::kInvalidAccessError:
      case ErrorKind::kOperationError:
      case ErrorKind::kTypeError:
        break;
      case ErrorKind::kNotReadableError:
        if (peer.hasCertificate)
          complain_("there is a certificate, and it is missed");
        break;
      case ErrorKind::kRtcError:
        if (error.detail != RtcErrorDetail::kSdpSyntaxError || !error.sdpLineNumber ||
            *error.sdpLineNumber < 1) {
          complain_("a syntax error without its line");
        }
        break;
      default:
        complain_(std::string("an error that is not on the list: ") + errorName(error.kind));
    }
    if (error.message.empty())
      complain_("an error without a message");
  }

  // What session.h and types.h promise about outputs.
  void drain(Peer& peer, bool expectNone) {
    while (auto output = peer.session.poll()) {
      if (expectNone)
        complain_("an error yielded output");
      if (const auto* state = std::get_if<SignalingStateChanged>(&*output)) {
        if (!reachable(peer.announced, state->state)) {
          complain_(std::string("no transition leads from ") + toString(peer.announced) + " to " +
                    toString(state->state));
        }
        peer.announced = state->state;
      } else if (const auto* role = std::get_if<IceRole>(&*output)) {
        if (peer.gone.contains(role->transport.value()))
          complain_("a transport came back");
        peer.live[role->transport.value()].hasRole = true;
      } else if (const auto* start = std::get_if<StartGathering>(&*output)) {
        Live& live = peer.live[start->transport.value()];
        if (!live.hasRole)
          complain_("gathering without a role");
        if (live.local.has_value() == (start->reason == StartGathering::Reason::kFirst)) {
          complain_("the reason to gather is wrong");
        }
        if (live.local == start->local)
          complain_("gathering twice with the same credentials");
        live.local = start->local;
      } else if (const auto* remote = std::get_if<RemoteIce>(&*output)) {
        Live& live = peer.live[remote->transport.value()];
        if (!live.local)
          complain_("remote credentials before local ones");
        live.hasRemote = true;
      } else if (const auto* added = std::get_if<RemoteCandidateAdded>(&*output)) {
        if (!peer.live[added->transport.value()].hasRemote)
          complain_("a candidate for nobody");
      } else if (const auto* dtls = std::get_if<DtlsParameters>(&*output)) {
        Live& live = peer.live[dtls->transport.value()];
        if (!live.hasRemote)
          complain_("DTLS before ICE");
        if (dtls->remoteFingerprints.empty())
          complain_("DTLS without fingerprints");
        if (live.isEstablished && dtls->role != live.role)
          complain_("the roles of an established DTLS association change");
        live.hasDtls = true;
        live.role = dtls->role;
      } else if (const auto* sctp = std::get_if<SctpParameters>(&*output)) {
        if (!peer.live[sctp->transport.value()].hasDtls)
          complain_("SCTP before DTLS");
        if (sctp->remotePort == 0)
          complain_("SCTP to port 0");
        peer.sctp = *sctp;
      } else if (const auto* discarded = std::get_if<TransportDiscarded>(&*output)) {
        if (peer.live.erase(discarded->transport.value()) == 0) {
          complain_("an unknown transport was discarded");
        }
        peer.gone.insert(discarded->transport.value());
      }
    }
  }

  static bool reachable(SignalingState from, SignalingState to) {
    using S = SignalingState;
    switch (from) {
      case S::kStable:
        return to == S::kHaveLocalOffer || to == S::kHaveRemoteOffer;
      case S::kHaveLocalOffer:
        return to == S::kStable || to == S::kHaveRemotePranswer;
      case S::kHaveRemoteOffer:
        return to == S::kStable || to == S::kHaveLocalPranswer;
      case S::kHaveLocalPranswer:
      case S::kHaveRemotePranswer:
        return to == S::kStable;
      case S::kClosed:
        return false;
    }
    return false;
  }

  void check(Peer& peer) {
    const Visible now = look(peer);
    if (now == peer.seen)
      return;
    checkStates(peer, now);
    checkTransceivers(now);
    if (now.signaling != SignalingState::kClosed) {
      checkDescriptions(peer, now);
      checkSctp(peer, now);
      checkMedia(peer, now);
      checkTargets(peer, now);
    }
    peer.seen = now;
  }

  // What the getters say fits the descriptions.
  void checkDescriptions(const Peer& peer, const Visible& now) {
    if (peer.session.localDescription() != (now.pendingLocal ? now.pendingLocal : now.currentLocal))
      complain_("localDescription() is neither pending nor current");
    const auto remote = now.pendingRemote ? now.pendingRemote : now.currentRemote;
    if (peer.session.remoteDescription() != remote)
      complain_("remoteDescription() is neither pending nor current");
    if (now.canTrickle.has_value() != remote.has_value())
      complain_("trickling is known without a remote description, or unknown with one");
    if (now.canTrickle == true && remote->sdp.find("trickle") == std::string::npos)
      complain_("trickling that no description allows");
  }

  void checkSctp(const Peer& peer, const Visible& now) {
    const bool isStable = now.signaling == SignalingState::kStable;
    const auto sctp = peer.session.sctp();
    for (const auto& [id, live] : peer.live) {
      if (!peer.session.dataLeaves(TransportId(id)))
        continue;
      if (isStable)
        complain_("data leaves a transport, and no exchange is pending");
      if (!sctp)
        complain_("data leaves, and there is none");
    }
    if (!sctp)
      return;
    if (!now.currentLocal && !now.pendingLocal && !now.pendingRemote)
      complain_("an association that no description has");
    if (peer.gone.contains(sctp->transport.value()))
      complain_("an association on a transport that is gone");
    if (!isStable)
      return;
    if (!sctp->negotiated)
      complain_("stable, and the association is not negotiated");
    if (!peer.sctp || peer.sctp->transport != sctp->transport || peer.sctp->mid != sctp->mid ||
        peer.sctp->maxMessageSize != sctp->maxMessageSize)
      complain_("the association is not the one that was announced");
  }

  static bool sameUris(const std::vector<HeaderExtensionCapability>& a,
                       const std::vector<HeaderExtensionCapability>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& one, const auto& two) { return one.uri == two.uri; });
  }
  static bool same(const RtpParameters& a, const RtpParameters& b) {
    return a.codecs == b.codecs && a.headerExtensions == b.headerExtensions && a.cname == b.cname &&
           a.reducedSize == b.reducedSize;
  }

  void checkMedia(const Peer& peer, const Visible& now) {
    const Session& session = peer.session;
    std::map<uint32_t, const TransceiverInfo*> known;
    for (const TransceiverInfo& info : now.transceivers) {
      if (!known.emplace(info.id.value(), &info).second)
        complain_("two transceivers have one id");
      if (session.transceiver(info.id) != info)
        complain_("a transceiver says one thing of itself, and another among all");
      const auto supported = supportedHeaderExtensions(info.kind);
      if (!sameUris(session.headerExtensionsToNegotiate(info.id), supported))
        complain_("the extensions to negotiate are not all that there are");
      const auto negotiated = session.negotiatedHeaderExtensions(info.id);
      // A provisional answer settles none.
      const bool isSettled =
          now.signaling == SignalingState::kStable && info.currentDirection && !info.stopped;
      if ((isSettled || !negotiated.empty()) && !sameUris(negotiated, supported))
        complain_("the negotiated extensions are not all that there are");
      for (const RtpParameters& parameters :
           {session.sendParameters(info.id), session.receiveParameters(info.id)}) {
        std::set<uint16_t> ids;
        for (const RtpHeaderExtension& extension : parameters.headerExtensions) {
          if (extension.id == 0 || extension.id > 255 || !ids.insert(extension.id).second)
            complain_("an extension without an id of its own");
        }
      }
    }
    const TransceiverId unknown(
        session.transceivers().empty() ? 0 : now.transceivers.back().id.value() + 1);
    if (session.transceiver(unknown) || !session.negotiatedHeaderExtensions(unknown).empty() ||
        !session.headerExtensionsToNegotiate(unknown).empty() ||
        !same(session.sendParameters(unknown), {}) || !same(session.receiveParameters(unknown), {}))
      complain_("a transceiver that nobody made has something");

    for (const MediaFlow& flow : session.mediaFlows()) {
      const auto found = known.find(flow.transceiver.value());
      if (found == known.end()) {
        complain_("media of a transceiver that is not there");
        continue;
      }
      const TransceiverInfo& info = *found->second;
      if (info.mid != flow.mid || info.transport != flow.transport || info.kind != flow.kind ||
          info.sendRids != flow.rids || info.stopping != flow.ends)
        complain_("media of another transceiver");
      if (peer.gone.contains(flow.transport.value()))
        complain_("media on a transport that is gone");
      if (!same(flow.send, session.sendParameters(flow.transceiver)) ||
          !same(flow.receive, session.receiveParameters(flow.transceiver)))
        complain_("media with other parameters than those that are told");
      if ((flow.sends && !sends(*info.currentDirection)) ||
          (flow.receives && !receives(*info.currentDirection)))
        complain_("media in a direction that was not agreed on");
      if (flow.sends && flow.send.codecs.empty())
        complain_("sending without a codec");
      // (An offer that does not receive counts at once, webrtc-pc [[ReceiveCodecs]].)
      if (now.signaling == SignalingState::kStable && flow.receives && flow.receive.codecs.empty())
        complain_("receiving without a codec");
    }
  }

  void checkTargets(const Peer& peer, const Visible& now) {
    for (const uint32_t id : peer.gone) {
      if (peer.session.candidateTarget(TransportId(id)))
        complain_("candidates for a transport that is gone");
    }
    const auto local = now.pendingLocal ? now.pendingLocal : now.currentLocal;
    std::optional<sdp::SessionDescription> described;
    if (local)
      described = *sdp::parse(local->sdp);
    for (const auto& [id, live] : peer.live) {
      const auto target = peer.session.candidateTarget(TransportId(id));
      if (target.has_value() != live.local.has_value())
        complain_("a transport gathers, and has no place for candidates, or the other way");
      if (!target || !live.local)
        continue;
      if (target->usernameFragment != live.local->ufrag)
        complain_("candidates of another generation");
      if (!described || target->mLineIndex >= described->media.size()) {
        complain_("candidates for a section that no local description has");
        continue;
      }
      const size_t index = target->mLineIndex;
      // (Where the peer's offer names none, the description has none. While we have not answered
      // it, it may name another.)
      if (now.signaling != SignalingState::kHaveRemoteOffer &&
          midOf(described->media[index]).value_or(target->mid) != target->mid)
        complain_("candidates with the mid of another section");
      const auto credentials = iceCredentials(*described, index);
      // (A section that an offer of ours rejects has none, and its transport waits for the answer.)
      if (credentials && credentials->ufrag != target->usernameFragment)
        complain_("candidates of a generation that the local description does not have");
    }
  }

  void checkTransceivers(const Visible& now) {
    std::set<std::string> mids;
    std::set<uint16_t> places;
    for (const TransceiverInfo& info : now.transceivers) {
      if (info.mid.has_value() != info.mLineIndex.has_value() && !info.stopped)
        complain_("a mid without a section, or the other way");
      if (info.mid && !mids.insert(*info.mid).second)
        complain_("two transceivers have the mid " + *info.mid);
      if (info.mLineIndex && !places.insert(*info.mLineIndex).second)
        complain_("two transceivers have one section");
      if (info.stopped && !info.stopping)
        complain_("stopped without stopping");
      if (info.currentDirection && !info.transport)
        complain_("a negotiated transceiver without a transport");
    }
  }

  // In one BUNDLE group a number has one meaning.
  void checkNumbers(const sdp::SessionDescription& description) {
    for (const auto& group : bundleGroups(description)) {
      std::vector<std::vector<RtpCodec>> codecs;
      std::vector<std::vector<sdp::Extmap>> extmaps;
      for (const std::string& mid : group) {
        const auto index = findMid(description, mid);
        if (!index || !rtpKind(description.media[*index]))
          continue;
        codecs.push_back(codecsOf(description.media[*index]));
        extmaps.push_back(extmapsOf(description, *index));
      }
      if (conflictingPayloadType(codecs))
        complain_("a payload type means two codecs");
      if (conflictingExtensionId(extmaps))
        complain_("an extension id means two extensions");
    }
  }

  void checkStates(Peer& peer, const Visible& now) {
    using S = SignalingState;
    if (now.signaling == S::kClosed)
      return;
    const bool local = now.pendingLocal.has_value();
    const bool remote = now.pendingRemote.has_value();
    const bool wantLocal = now.signaling == S::kHaveLocalOffer ||
                           now.signaling == S::kHaveLocalPranswer ||
                           now.signaling == S::kHaveRemotePranswer;
    const bool wantRemote = now.signaling == S::kHaveRemoteOffer ||
                            now.signaling == S::kHaveLocalPranswer ||
                            now.signaling == S::kHaveRemotePranswer;
    if (local != wantLocal || remote != wantRemote) {
      complain_("the pending descriptions do not fit the signalling state");
    }
    if (now.currentLocal.has_value() != now.currentRemote.has_value()) {
      complain_("half an exchange is current");
    }
    if (peer.announced != now.signaling)
      complain_("a signalling state was not announced");
    const auto before = {peer.seen.currentLocal, peer.seen.pendingLocal, peer.seen.currentRemote,
                         peer.seen.pendingRemote};
    for (const auto& description :
         {now.currentLocal, now.pendingLocal, now.currentRemote, now.pendingRemote}) {
      if (!description || std::find(before.begin(), before.end(), description) != before.end())
        continue;
      const auto parsed = sdp::parse(description->sdp);
      if (!parsed.ok()) {
        complain_("a description that was applied does not parse: " + parsed.error().message);
      } else if (sdp::serialize(*parsed) != description->sdp) {
        complain_("a description does not survive a round trip");
      } else {
        checkNumbers(*parsed);
      }
    }
    if (now.currentLocal && now.currentRemote) {
      const auto mine = sdp::parse(now.currentLocal->sdp);
      const auto theirs = sdp::parse(now.currentRemote->sdp);
      if (mine.ok() && theirs.ok() && mine->media.size() != theirs->media.size()) {
        complain_("the current descriptions differ in their number of sections");
      }
      if (mine.ok() && now.signaling == S::kStable) {
        if (mine->media.size() < peer.sections)
          complain_("sections were dropped");
        peer.sections = mine->media.size();
      }
    }
    if (now.signaling == S::kStable) {
      auto offer = peer.session.createOffer();
      if (!offer.ok() && peer.hasCertificate)
        complain_("stable, and no offer can be made: " + offer.error().message);
    }
  }

  static constexpr uint32_t kUsual = 18;
  static constexpr uint32_t kFirstRare = 0xe0;

  std::function<uint32_t(uint32_t)> below_;
  std::function<void(const std::string&)> complain_;
  Peer peers_[2];
};

}  // namespace rtc::jsep::testing
