#include "cpp/call/call_media.h"

#include <algorithm>
#include <utility>

#include "cpp/call/media_config.h"
#include "cpp/call/media_stats.h"
#include "cpp/payload/telephone_event.h"
#include "cpp/peer/transport.h"
#include "cpp/rtp/packet.h"

namespace rtc::call {
namespace {

using peer::DtlsState;

/// The beginning of a key frame, or a little sound.
constexpr size_t kMaxEarly = 64;

bool awaitsHandshake(DtlsState state) {
  return state == DtlsState::kNew || state == DtlsState::kConnecting;
}

}  // namespace

std::optional<SrtpKeys> srtpKeysOf(const peer::Transport& transport) {
  const auto& details = transport.dtlsDetails();
  if (!details || !details->srtpProfile)
    return std::nullopt;
  const auto profile = srtp::profileFromIana(static_cast<uint16_t>(*details->srtpProfile));
  if (!profile)
    return std::nullopt;
  const bool isClient = *transport.dtlsRole() == dtls::Role::kClient;
  return SrtpKeys{*profile, isClient ? srtp::DtlsRole::kClient : srtp::DtlsRole::kServer,
                  SecretBytes(transport.exportKeyingMaterial(
                      srtp::kExporterLabel, srtp::keyingMaterialLength(*profile)))};
}

std::unique_ptr<srtp::Session> srtpSessionOf(const SrtpKeys& keys) {
  auto session = srtp::Session::create(keys.profile, keys.role, keys.material);
  return session ? std::move(*session) : nullptr;
}

std::unique_ptr<peer::Media> makeMedia(const media::SessionSettings& settings,
                                       RandomSource& random) {
  return std::make_unique<CallMedia>(settings, random);
}

media::Session* CallMedia::sessionOf(jsep::TransceiverId id) {
  for (auto& [transport, link] : links_) {
    if (link.session && link.session->knows(streamIdOf(id)))
      return link.session.get();
  }
  return nullptr;
}

void CallMedia::update(const jsep::Session& session, Timestamp now) {
  const auto flows = session.mediaFlows();
  if (flows.empty() && !hasMedia_)
    return;
  hasMedia_ = true;
  for (auto& [transport, link] : links_) {
    if (!link.session)
      continue;
    for (const media::StreamId id : link.session->streams()) {
      const bool stays = std::any_of(flows.begin(), flows.end(), [&](const jsep::MediaFlow& flow) {
        return streamIdOf(flow.transceiver) == id && flow.transport == transport;
      });
      if (!stays)
        link.session->remove(id, now);
    }
  }
  for (const jsep::MediaFlow& flow : flows) {
    Link& link = links_[flow.transport];
    if (!link.session)
      link.session = std::make_unique<media::Session>(settings_, random_);
    media::Session& media = *link.session;
    const media::StreamId id = streamIdOf(flow.transceiver);
    const bool isNew = !media.knows(id);
    media.setSender(id, senderConfig(flow), now);
    media.setReceiver(id, receiverConfig(flow));
    if (const auto wish = wishes_.find(flow.transceiver); isNew && wish != wishes_.end()) {
      media.setEncodings(id, wish->second.encodings, now);
      media.setJitterBufferTarget(id, wish->second.jitterBufferTarget, now);
    }
    connect(link, now);
  }
  std::erase_if(wishes_, [&](const auto& entry) { return !session.transceiver(entry.first); });
}

// --- transports

void CallMedia::followDtls(jsep::TransportId id, const peer::Transport& transport, DtlsState state,
                           Timestamp now) {
  Link& link = links_[id];
  link.dtls = state;
  if (state == DtlsState::kConnected) {
    link.srtp.reset();
    link.keys = srtpKeysOf(transport);
  } else if (awaitsHandshake(state)) {
    link.srtp.reset();
    link.keys.reset();
  }
  connect(link, now);
  if (awaitsHandshake(state))
    return;
  for (Bytes& datagram : std::exchange(link.early, {}))
    unprotect(link, std::move(datagram), now);
}

void CallMedia::connect(Link& link, Timestamp now) {
  if (!link.session)
    return;
  if (link.keys && !link.srtp)
    link.srtp = srtpSessionOf(*link.keys);
  link.session->setConnected(link.srtp != nullptr, now);
}

void CallMedia::pathChanged(jsep::TransportId id, std::optional<Duration> roundTrip,
                            Timestamp now) {
  const auto it = links_.find(id);
  if (it == links_.end() || !it->second.session)
    return;
  it->second.session->pathChanged(now);
  if (roundTrip)
    it->second.session->setRoundTrip(*roundTrip);
}

void CallMedia::handleDatagram(jsep::TransportId id, Bytes datagram, Timestamp now) {
  Link& link = links_[id];
  if (!awaitsHandshake(link.dtls)) {
    unprotect(link, std::move(datagram), now);
  } else if (link.early.size() < kMaxEarly) {
    link.early.push_back(std::move(datagram));
  }
}

void CallMedia::unprotect(Link& link, Bytes datagram, Timestamp now) {
  if (!link.srtp || link.dtls != DtlsState::kConnected)
    return;
  if (rtp::isRtcp(datagram)) {
    if (link.srtp->unprotectRtcp(datagram) && link.session)
      link.session->handleRtcp(datagram, now);
  } else if (link.srtp->unprotectRtp(datagram) && link.session) {
    link.session->handleRtp(datagram, now);
  }
}

void CallMedia::close() {
  for (auto& [transport, link] : links_) {
    if (link.session)
      link.session->close();
  }
}

// --- the application's frames and wishes

void CallMedia::sendFrame(jsep::TransceiverId id, size_t encoding, payload::EncodedFrame frame,
                          Timestamp now) {
  if (media::Session* session = sessionOf(id))
    session->sendFrame(streamIdOf(id), encoding, std::move(frame), now);
}

void CallMedia::setEncodings(jsep::TransceiverId id, std::vector<media::EncodingWish> wishes,
                             Timestamp now) {
  if (media::Session* session = sessionOf(id))
    session->setEncodings(streamIdOf(id), wishes, now);
  wishes_[id].encodings = std::move(wishes);
}

void CallMedia::setJitterBufferTarget(jsep::TransceiverId id, std::optional<Duration> target,
                                      Timestamp now) {
  if (media::Session* session = sessionOf(id))
    session->setJitterBufferTarget(streamIdOf(id), target, now);
  wishes_[id].jitterBufferTarget = target;
}

void CallMedia::requestKeyFrame(jsep::TransceiverId id, Timestamp now) {
  if (media::Session* session = sessionOf(id))
    session->requestKeyFrame(streamIdOf(id), now);
}

bool CallMedia::sendTone(jsep::TransceiverId id, char tone, Duration duration, Timestamp now) {
  media::Session* session = sessionOf(id);
  const auto event = payload::telephoneEventOf(tone);
  return session != nullptr && event && session->sendTone(streamIdOf(id), *event, duration, now);
}

// --- the loop

std::optional<Bytes> CallMedia::protect(Link& link, media::Output& output) {
  if (!link.srtp || link.dtls != DtlsState::kConnected)
    return std::nullopt;
  if (auto* rtp = std::get_if<media::TransmitRtp>(&output)) {
    if (link.srtp->protectRtp(rtp->data))
      return std::move(rtp->data);
  } else if (auto* rtcp = std::get_if<media::TransmitRtcp>(&output)) {
    if (link.srtp->protectRtcp(rtcp->data))
      return std::move(rtcp->data);
  }
  return std::nullopt;
}

std::optional<peer::Media::Output> CallMedia::poll(Timestamp now) {
  for (auto& [id, link] : links_) {
    if (!link.session)
      continue;
    while (auto output = link.session->poll(now)) {
      if (auto* event = std::get_if<media::Event>(&*output))
        return std::move(*event);
      if (auto datagram = protect(link, *output))
        return peer::MediaDatagram{id, std::move(*datagram)};
    }
  }
  return std::nullopt;
}

Timestamp CallMedia::deadline() const {
  Timestamp deadline = Timestamp::never();
  for (const auto& [id, link] : links_) {
    if (link.session)
      deadline = earlier(deadline, link.session->deadline());
  }
  return deadline;
}

void CallMedia::handleTimeout(Timestamp now) {
  for (auto& [id, link] : links_) {
    if (link.session)
      link.session->handleTimeout(now);
  }
}

// --- statistics

std::optional<int64_t> CallMedia::availableOutgoing(jsep::TransportId id) const {
  const auto it = links_.find(id);
  if (it == links_.end() || !it->second.session)
    return std::nullopt;
  return it->second.session->congestionStats().availableOutgoing;
}

void CallMedia::addStats(jsep::TransportId id, const std::string& statsId,
                         std::vector<peer::StatsRecord>& records) const {
  const auto it = links_.find(id);
  if (it != links_.end() && it->second.session)
    addMediaStats(*it->second.session, statsId, records);
}

}  // namespace rtc::call
