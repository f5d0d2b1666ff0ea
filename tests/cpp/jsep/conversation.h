#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "cpp/jsep/codecs.h"
#include "cpp/jsep/direction.h"
#include "cpp/jsep/header_extensions.h"
#include "cpp/jsep/media.h"
#include "cpp/jsep/payload_types.h"
#include "cpp/jsep/session.h"
#include "cpp/sdp/parser.h"

/// Two applications that do as they please with their transceivers, and negotiate as they should:
/// with changes of mind, glare, provisional answers and restarts, but with every description
/// delivered. So each call must succeed, and both ends must agree after each exchange.
namespace rtc::jsep::testing {

class Conversation {
 public:
  using Below = std::function<uint32_t(uint32_t)>;
  using Complain = std::function<void(const std::string&)>;

  /// `below(n)` chooses from [0, n); `complain` hears of each broken promise.
  Conversation(Below below, Complain complain)
      : below_(std::move(below)),
        complain_(std::move(complain)),
        peers_{Peer(1, anyPolicy()), Peer(2, anyPolicy())} {}

  void step() {
    for (uint32_t i = below_(4); i > 0; --i)
      act(peers_[below_(2)]);
    const bool swap = below_(2) == 0;
    exchange(peers_[swap ? 1 : 0], peers_[swap ? 0 : 1]);
  }

  /// Whatever is still wanted is negotiated in an exchange or two from each side.
  void finish() {
    isQuiet_ = true;
    for (int round = 0; round < 2; ++round) {
      negotiate(peers_[0], peers_[1]);
      negotiate(peers_[1], peers_[0]);
    }
    for (Peer& peer : peers_) {
      if (peer.session.negotiationNeeded())
        complain_("negotiation never ends");
    }
  }

  /// An offer of either side makes sense to somebody who has heard nothing before, and the answer
  /// to the one who offered.
  void startOver() {
    Peer& peer = peers_[below_(2)];
    Peer stranger(3, BundlePolicy::kBalanced);
    must("a fresh offer", peer.session.setLocal());
    must("an offer to a stranger", stranger.session.setRemote(*peer.session.localDescription()));
    must("a stranger's answer", stranger.session.setLocal());
    must("the stranger's answer here",
         peer.session.setRemote(*stranger.session.localDescription()));
  }

 private:
  struct Peer {
    Peer(uint64_t seed, BundlePolicy policy)
        : random(std::make_unique<SeededRandom>(seed)),
          ownSession(std::make_unique<Session>(config(seed, policy), *random)),
          session(*ownSession) {}
    static SessionConfig config(uint64_t seed, BundlePolicy policy) {
      SessionConfig config;
      config.bundlePolicy = policy;
      std::string digest(95, 'A' + static_cast<char>(seed));
      for (size_t i = 2; i < digest.size(); i += 3)
        digest[i] = ':';
      config.fingerprints = {{"sha-256", digest}};
      return config;
    }
    std::unique_ptr<SeededRandom> random;
    std::unique_ptr<Session> ownSession;
    Session& session;
    size_t sections = 0;
    std::set<std::string> mids;
  };

  void must(const std::string& what, const Status<Error>& status) {
    if (!status.ok())
      complain_(what + ": " + status.error().message);
  }

  BundlePolicy anyPolicy() {
    constexpr BundlePolicy kAll[] = {BundlePolicy::kBalanced, BundlePolicy::kMaxCompat,
                                     BundlePolicy::kMaxBundle};
    return kAll[below_(3)];
  }
  MediaKind anyKind() { return below_(2) == 0 ? MediaKind::kAudio : MediaKind::kVideo; }
  Direction anyDirection() { return directionOf(below_(2) == 0, below_(2) == 0); }
  std::vector<std::string> anyStreams() {
    std::vector<std::string> streams;
    for (uint32_t i = below_(3); i > 0; --i)
      streams.push_back("stream" + std::to_string(i));
    return streams;
  }
  std::optional<TransceiverId> anyTransceiver(Peer& peer) {
    const auto all = peer.session.transceivers();
    if (all.empty())
      return std::nullopt;
    return all[below_(static_cast<uint32_t>(all.size()))].id;
  }

  // One thing that an application may do at any time.
  void act(Peer& peer) {
    Session& session = peer.session;
    const bool isCrowded = session.transceivers().size() >= 4;
    const uint32_t choice = below_(12);
    if (choice < 4 && !isCrowded) {
      if (choice < 2) {
        must("addTrack", asStatus(session.addTrack(anyKind(), "track", anyStreams())));
      } else {
        TransceiverInit init;
        init.kind = anyKind();
        init.direction = anyDirection();
        init.hasTrack = below_(2) == 0;
        init.streams = anyStreams();
        if (init.kind == MediaKind::kVideo && below_(3) == 0)
          init.rids = {"h", "m", "l"};
        must("addTransceiver", asStatus(session.addTransceiver(init)));
      }
      return;
    }
    if (choice == 4) {
      session.requestDataChannels();
      return;
    }
    if (choice == 5) {
      session.restartIce();
      return;
    }
    const auto id = anyTransceiver(peer);
    if (!id)
      return;
    switch (choice) {
      case 6:
        session.removeTrack(*id);
        break;
      case 7:
        session.setSenderStreams(*id, anyStreams());
        break;
      case 8:
        session.stopTransceiver(*id);
        break;
      case 9:
        preferCodecs(session, *id);
        break;
      case 10:
        session.setSenderTrack(*id, below_(2) == 0);
        break;
      default:
        session.setDirection(*id, anyDirection());
        break;
    }
  }

  // What is common to all choices stays in, so that there is always a codec to agree on.
  void preferCodecs(Session& session, TransceiverId id) {
    const MediaKind kind = session.transceiver(id)->kind;
    std::vector<RtpCodec> preferences;
    for (const RtpCodec& codec : supportedCodecs(kind)) {
      if (preferences.empty() || below_(3) != 0)
        preferences.insert(preferences.begin() + below_(2) * (preferences.empty() ? 0 : 1), codec);
    }
    must("setCodecPreferences", session.setCodecPreferences(id, preferences));
  }

  template <typename T>
  static Status<Error> asStatus(const Result<T, Error>& result) {
    if (result.ok())
      return Done{};
    return Failure<Error>{result.error()};
  }

  // --- exchanges -------------------------------------------------------------------------------

  void exchange(Peer& offerer, Peer& answerer) {
    switch (below_(8)) {
      case 0:
        // The offerer thinks again.
        must("an offer", offerer.session.setLocal());
        maybeAct(offerer);
        must("its rollback", offerer.session.rollback());
        check(offerer);
        break;
      case 1:
        // The answerer does.
        must("an offer", offerer.session.setLocal());
        must("taking it", answerer.session.setRemote(*offerer.session.localDescription()));
        maybeAct(answerer);
        check(answerer);
        must("undoing it", answerer.session.rollback());
        must("undoing it here", offerer.session.rollback());
        check(answerer);
        break;
      case 2:
        // Glare: the answerer is polite.
        must("an offer", answerer.session.setLocal());
        maybeAct(answerer);
        break;
      case 3:
        // The offer is replaced.
        must("an offer", offerer.session.setLocal());
        must("taking it", answerer.session.setRemote(*offerer.session.localDescription()));
        maybeAct(offerer);
        break;
      default:
        break;
    }
    negotiate(offerer, answerer);
  }

  void maybeAct(Peer& peer) {
    if (!isQuiet_ && below_(2) == 0)
      act(peer);
  }

  void negotiate(Peer& offerer, Peer& answerer) {
    OfferOptions options;
    options.iceRestart = below_(6) == 0;
    const auto offer = offerer.session.createOffer(options);
    must("createOffer", asStatus(offer));
    if (!offer.ok())
      return;
    maybeAct(offerer);
    must("setting it", offerer.session.setLocal({SdpType::kOffer, offer->sdp}));
    check(offerer);
    must("setting it there", answerer.session.setRemote(*offer));
    check(answerer);
    maybeAct(answerer);
    if (below_(4) == 0) {
      must("a provisional answer", answerer.session.setLocal({SdpType::kPranswer, ""}));
      check(answerer);
      must("taking it", offerer.session.setRemote(*answerer.session.localDescription()));
      check(offerer);
    }
    maybeAct(offerer);
    must("an answer", answerer.session.setLocal());
    check(answerer);
    must("taking it", offerer.session.setRemote(*answerer.session.localDescription()));
    check(offerer);
    agree(offerer, answerer);
  }

  // --- what holds --------------------------------------------------------------------------------

  static sdp::SessionDescription parsed(const std::optional<Description>& description) {
    auto result = sdp::parse(description ? description->sdp : "");
    return result.ok() ? std::move(*result) : sdp::SessionDescription{};
  }

  void check(Peer& peer) {
    Session& session = peer.session;
    while (session.poll()) {
    }
    std::set<std::string> mids;
    for (const TransceiverInfo& info : session.transceivers()) {
      if (info.mid.has_value() != info.mLineIndex.has_value())
        complain_("a mid without a section, or the other way");
      if (info.mid && !mids.insert(*info.mid).second)
        complain_("two transceivers have the mid " + *info.mid);
    }
  }

  // The description that was set last, against the transceivers that it is about.
  void checkDescription(Peer& peer) {
    const auto local = parsed(peer.session.localDescription());
    for (const TransceiverInfo& info : peer.session.transceivers()) {
      if (!info.mid)
        continue;
      const bool isDescribed = *info.mLineIndex < local.media.size() &&
                               midOf(local.media[*info.mLineIndex]) == info.mid &&
                               local.media[*info.mLineIndex].kind == toString(info.kind);
      if (!isDescribed)
        complain_("no section is what the transceiver " + *info.mid + " says");
    }
    if (local.media.size() < peer.sections)
      complain_("sections were dropped");
    peer.sections = local.media.size();
    checkNumbers(local);
  }

  void checkNumbers(const sdp::SessionDescription& description) {
    std::vector<std::vector<RtpCodec>> codecs;
    std::vector<std::vector<sdp::Extmap>> extmaps;
    for (size_t i = 0; i < description.media.size(); ++i) {
      if (isRejected(description, i) || !rtpKind(description.media[i]))
        continue;
      codecs.push_back(codecsOf(description.media[i]));
      extmaps.push_back(extmapsOf(description, i));
    }
    if (conflictingPayloadType(codecs))
      complain_("a payload type means two codecs");
    if (conflictingExtensionId(extmaps))
      complain_("an extension id means two extensions");
  }

  // After an exchange the two ends see the same, each from its side.
  void agree(Peer& a, Peer& b) {
    for (Peer* peer : {&a, &b}) {
      if (peer->session.signalingState() != SignalingState::kStable)
        complain_("an exchange did not end in stable");
      checkDescription(*peer);
    }
    std::map<std::string, TransceiverInfo> ours;
    for (TransceiverInfo& info : a.session.transceivers()) {
      if (info.mid)
        ours[*info.mid] = std::move(info);
    }
    size_t pairs = 0;
    for (const TransceiverInfo& theirs : b.session.transceivers()) {
      if (!theirs.mid)
        continue;
      const auto own = ours.find(*theirs.mid);
      if (own == ours.end()) {
        complain_("the peer lacks a transceiver for " + *theirs.mid);
        continue;
      }
      ++pairs;
      agreeOn(a, own->second, b, theirs);
    }
    if (pairs != ours.size())
      complain_("a transceiver has no counterpart");
    if (a.session.sctp().has_value() != b.session.sctp().has_value())
      complain_("one end alone has an association");
    agreeOnTransports(a, b);
  }

  void agreeOn(Peer& a, const TransceiverInfo& ours, Peer& b, const TransceiverInfo& theirs) {
    if (!ours.currentDirection || !theirs.currentDirection ||
        *ours.currentDirection != reversed(*theirs.currentDirection)) {
      complain_("the directions of " + *ours.mid + " do not match");
      return;
    }
    // The answerer knows the offer's direction, of which it may have taken less.
    if ((sends(*ours.currentDirection) && !theirs.remoteSends) ||
        receives(*ours.currentDirection) != ours.remoteSends) {
      complain_("whether the peer sends is not what the direction says");
    }
    if (!ours.transport || !theirs.transport)
      complain_("a negotiated transceiver has no transport");
    if (sends(*ours.currentDirection))
      agreeOnCodecs(a.session.sendParameters(ours.id), b.session.receiveParameters(theirs.id));
    if (sends(*theirs.currentDirection))
      agreeOnCodecs(b.session.sendParameters(theirs.id), a.session.receiveParameters(ours.id));
  }

  void agreeOnCodecs(const RtpParameters& sender, const RtpParameters& receiver) {
    if (sender.codecs.empty())
      complain_("a sender without codecs");
    for (const RtpCodec& sent : sender.codecs) {
      const bool known =
          std::any_of(receiver.codecs.begin(), receiver.codecs.end(), [&](const RtpCodec& codec) {
            return codec.payloadType == sent.payloadType && codec.name == sent.name;
          });
      if (!known)
        complain_("the receiver does not know " + sent.name);
    }
    for (const RtpHeaderExtension& sent : sender.headerExtensions) {
      const bool known =
          std::find(receiver.headerExtensions.begin(), receiver.headerExtensions.end(), sent) !=
          receiver.headerExtensions.end();
      if (!known)
        complain_("the receiver does not know " + sent.uri);
    }
  }

  // Sections that share a transport here share one there.
  void agreeOnTransports(Peer& a, Peer& b) {
    std::map<uint32_t, uint32_t> there;
    std::map<uint32_t, uint32_t> here;
    const auto pair = [&](TransportId ours, TransportId theirs) {
      if (there.emplace(ours.value(), theirs.value()).first->second != theirs.value() ||
          here.emplace(theirs.value(), ours.value()).first->second != ours.value()) {
        complain_("the ends bundle differently");
      }
      const auto target = a.session.candidateTarget(ours);
      const auto answer = b.session.candidateTarget(theirs);
      if (!target || !answer || target->mid != answer->mid)
        complain_("the ends do not agree which section speaks for a transport");
    };
    for (const TransceiverInfo& ours : a.session.transceivers()) {
      for (const TransceiverInfo& theirs : b.session.transceivers()) {
        if (ours.mid && ours.mid == theirs.mid && ours.transport && theirs.transport)
          pair(*ours.transport, *theirs.transport);
      }
    }
    if (a.session.sctp() && b.session.sctp())
      pair(a.session.sctp()->transport, b.session.sctp()->transport);
  }

  Below below_;
  Complain complain_;
  Peer peers_[2];
  bool isQuiet_ = false;
};

}  // namespace rtc::jsep::testing
