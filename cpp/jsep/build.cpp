#include "cpp/jsep/build.h"

#include <algorithm>

#include "cpp/jsep/codec_negotiation.h"
#include "cpp/jsep/direction.h"
#include "cpp/jsep/media.h"
#include "cpp/jsep/section_writer.h"
#include "cpp/jsep/simulcast.h"
#include "cpp/jsep/takes_media.h"
#include "cpp/jsep/transceivers.h"
#include "cpp/jsep/usual_offer.h"

namespace rtc::jsep {
namespace {

using sdp::MediaSection;
using sdp::SessionDescription;

SessionDescription head(const State& state, const std::vector<std::vector<std::string>>& groups,
                        bool mixed) {
  SessionDescription description;
  description.origin.sessionId = state.sessionId;
  description.origin.sessionVersion = std::to_string(state.sessionVersion + 1);
  description.session.addLine(sdp::Line::other('t', "0 0"));
  for (const auto& group : groups)
    description.session.add(sdp::Group{"BUNDLE", group});
  if (mixed)
    description.session.add(sdp::ExtmapAllowMixed{});
  description.session.add(sdp::MsidSemantic{"WMS", {}});
  return description;
}

MediaSection rejectedLike(const MediaSection& other, const std::string& mid) {
  return writeRejected({other.kind, other.protocol, other.formats, mid});
}

// --- offers --------------------------------------------------------------------------------------

class OfferWriter {
 public:
  OfferWriter(const State& state, const SessionConfig& config, const OfferPlan& plan,
              const OfferOptions& options)
      : state_(state),
        config_(config),
        plan_(plan),
        options_(options),
        hasUsualCodecs_(hasUsualCodecs(state, options)),
        numbers_(state.payloadTypes),
        extensionIds_(state.extensionIds) {}

  SessionDescription write() {
    SessionDescription offer = head(state_, plan_.groups, /*mixed=*/true);
    for (size_t i = 0; i < plan_.sections.size(); ++i)
      offer.media.push_back(writeSection(i));
    return offer;
  }

 private:
  // Numbers depend on all sections: either all of them have the usual ones, or they are assigned.
  static bool hasUsualCodecs(const State& state, const OfferOptions& options) {
    return options.voiceActivityDetection && state.payloadTypes.empty() &&
           std::all_of(state.transceivers.begin(), state.transceivers.end(),
                       [](const Transceiver& transceiver) {
                         return transceiver.wishes.codecPreferences.empty();
                       });
  }

  MediaSection writeSection(size_t index) {
    switch (plan_.sections[index].use) {
      case SectionUse::kTransceiver:
        if (kTakesMedia)
          return writeMedia(index);
        break;
      case SectionUse::kData:
        return writeData(index);
      case SectionUse::kNone:
        break;
    }
    return rejectedLike(*before(index), plan_.sections[index].mid);
  }

  // The section at that place in the description before.
  const MediaSection* before(size_t index) const {
    for (const AppliedDescription* side : {state_.local(), state_.remote()}) {
      if (side != nullptr && index < side->sdp.media.size())
        return &side->sdp.media[index];
    }
    return nullptr;
  }

  SectionHead headOf(size_t index, std::string protocol) const {
    const PlannedSection& section = plan_.sections[index];
    const LocalTransport& transport = plan_.transports[section.transport];
    SectionHead head;
    head.protocol = std::move(protocol);
    head.mid = section.mid;
    head.transport = &transport;
    head.tagged = transport.tag == index;
    head.bundleOnly = section.bundleOnly;
    return head;
  }

  MediaSection writeData(size_t index) const {
    const MediaSection* old = before(index);
    const auto form =
        old != nullptr && state_.dataSection() == index ? dataForm(*old) : std::nullopt;
    // Once there is an association, descriptions go on saying how it began.
    const bool announcesInit =
        state_.sctp ? !state_.sctp->remoteInit.empty() : config_.offersSctpInit;
    return jsep::writeData({headOf(index, form ? old->protocol : "UDP/DTLS/SCTP"),
                            form.value_or(DataForm::kCurrent), announcesInit},
                           config_);
  }

  MediaSection writeMedia(size_t index) {
    const Transceiver& transceiver = *state_.transceiver(plan_.sections[index].transceiver);
    RtpParts parts;
    parts.head = headOf(index, "UDP/TLS/RTP/SAVPF");
    parts.kind = transceiver.kind;
    parts.direction = transceiver.wishes.direction;
    const UsualSection& usual = usualSection(transceiver.kind);
    if (hasUsualCodecs_) {
      parts.usualCodecs = &usual;
    } else {
      parts.codecs = offerCodecs(transceiver.kind, transceiver.wishes.codecPreferences,
                                 answeredCodecs(index), options_.voiceActivityDetection, numbers_);
    }
    // Whatever other sections have, with nothing learned each extension has its usual id.
    if (state_.extensionIds.empty() && transceiver.wishes.headerExtensions == usual.extensions) {
      parts.usualExtmaps = &usual;
    } else {
      parts.extmaps =
          offerExtmaps(transceiver.wishes.headerExtensions, allowsMixedIn(index), extensionIds_);
    }
    parts.sender = &transceiver.wishes;
    if (sends(parts.direction) && transceiver.negotiated.rids.size() > 1)
      parts.rids = transceiver.negotiated.rids;
    parts.cname = state_.cname;
    return writeRtp(parts, config_);
  }

  std::vector<RtpCodec> answeredCodecs(size_t index) const {
    const AppliedDescription* answer = state_.lastAnswer();
    const bool continues = answer != nullptr && index < answer->sdp.media.size() &&
                           index < state_.sections.size() &&
                           state_.sections[index].mid == plan_.sections[index].mid &&
                           !isRejected(answer->sdp.media[index]);
    return continues ? codecsOf(answer->sdp.media[index]) : std::vector<RtpCodec>{};
  }

  // Ids above 14 need the peer's consent once it has answered (RFC 8285 section 6).
  bool allowsMixedIn(size_t index) const {
    const AppliedDescription* answer = state_.lastAnswer();
    if (answer == nullptr || answer->sdp.session.has<sdp::ExtmapAllowMixed>())
      return true;
    return index < answer->sdp.media.size() && allowsMixed(answer->sdp, index);
  }

  const State& state_;
  const SessionConfig& config_;
  const OfferPlan& plan_;
  const OfferOptions options_;
  const bool hasUsualCodecs_;
  PayloadTypes numbers_;
  HeaderExtensionIds extensionIds_;
};

// --- answers -------------------------------------------------------------------------------------

class AnswerWriter {
 public:
  AnswerWriter(const State& state, const SessionConfig& config, const AnswerPlan& plan)
      : state_(state),
        offer_(state.pendingRemote->sdp),
        config_(config),
        plan_(plan),
        extensionIds_(state.extensionIds) {}

  SessionDescription write() {
    SessionDescription answer =
        head(state_, plan_.groups, offer_.session.has<sdp::ExtmapAllowMixed>());
    for (size_t i = 0; i < plan_.sections.size(); ++i)
      answer.media.push_back(writeSection(i));
    return answer;
  }

 private:
  MediaSection writeSection(size_t index) {
    const MediaSection& offered = offer_.media[index];
    // RFC 9429 section 5.3.1: a=mid if and only if the offer has it.
    if (!plan_.sections[index].accepted)
      return rejectedLike(offered, midOf(offered).value_or(""));
    if (state_.sections[index].use == SectionUse::kData)
      return jsep::writeData({headOf(index), *dataForm(offered), answersInit(offered)}, config_);
    return kTakesMedia ? writeMedia(index) : rejectedLike(offered, midOf(offered).value_or(""));
  }

  bool answersInit(const MediaSection& offered) const {
    return state_.sctp ? !state_.sctp->remoteInit.empty() : isPeersInit(sctpInit(offered), config_);
  }

  SectionHead headOf(size_t index) const {
    const LocalTransport& transport = plan_.transports[plan_.sections[index].transport];
    SectionHead head;
    head.protocol = offer_.media[index].protocol;
    head.mid = midOf(offer_.media[index]).value_or("");
    head.setup = answerSetup(transport);
    head.transport = &transport;
    head.tagged = transport.tag == index;
    return head;
  }

  // RFC 8842 section 5.3 with RFC 9429 section 5.3.1: an actpass offer is answered active, but the
  // roles of a DTLS association that exists stay.
  sdp::Setup::Role answerSetup(const LocalTransport& transport) const {
    using Role = sdp::Setup::Role;
    const auto offered = setupRole(offer_, transport.tag);
    if (offered == Role::kActive)
      return Role::kPassive;
    if (offered == Role::kPassive)
      return Role::kActive;
    const Transport* known = state_.transport(transport.id);
    const bool isServer = known != nullptr && known->dtls && known->dtls->role == DtlsRole::kServer;
    return isServer ? Role::kPassive : Role::kActive;
  }

  MediaSection writeMedia(size_t index) {
    const MediaSection& offered = offer_.media[index];
    const Transceiver& transceiver = *state_.transceiverOf(state_.sections[index]);
    RtpParts parts;
    parts.head = headOf(index);
    parts.kind = transceiver.kind;
    parts.direction =
        intersection(transceiver.wishes.direction, reversed(directionOf(offer_, index)));
    parts.codecs = plan_.sections[index].codecs;
    parts.extmaps =
        answerExtmaps(extmapsOf(offer_, index), extensionsToNegotiate(state_, transceiver),
                      allowsMixed(offer_, index), extensionIds_);
    parts.reducedSize = offered.has<sdp::RtcpRsize>();
    parts.sender = &transceiver.wishes;
    if (sends(parts.direction))
      parts.rids = answeredRids(offered, transceiver);
    parts.cname = state_.cname;
    MediaSection section = writeRtp(parts, config_);
    if (!offer_.session.has<sdp::ExtmapAllowMixed>() && offered.has<sdp::ExtmapAllowMixed>())
      section.add(sdp::ExtmapAllowMixed{});
    return section;
  }

  // What the offer asks for and the sender still has, in the offer's order.
  static std::vector<std::string> answeredRids(const MediaSection& offered,
                                               const Transceiver& transceiver) {
    std::vector<std::string> rids = receivedRids(offered);
    const auto& own = transceiver.negotiated.rids;
    std::erase_if(rids, [&](const std::string& rid) {
      return std::find(own.begin(), own.end(), rid) == own.end();
    });
    return rids;
  }

  const State& state_;
  const SessionDescription& offer_;
  const SessionConfig& config_;
  const AnswerPlan& plan_;
  HeaderExtensionIds extensionIds_;
};

}  // namespace

SessionDescription buildOffer(const State& state, const SessionConfig& config,
                              const OfferPlan& plan, const OfferOptions& options) {
  return OfferWriter(state, config, plan, options).write();
}

SessionDescription buildAnswer(const State& state, const SessionConfig& config,
                               const AnswerPlan& plan) {
  return AnswerWriter(state, config, plan).write();
}

}  // namespace rtc::jsep
