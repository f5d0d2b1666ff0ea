#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cpp/base/random.h"
#include "cpp/call/call_media.h"
#include "cpp/peer/peer.h"

namespace rtc::peer {

/// One end of the simulation: a peer with one virtual interface for each of its transports, and
/// everything that it told its application.
struct End {
  End(std::string_view address, uint64_t seed, Configuration configuration, Timestamp now,
      MediaFactory media = &call::makeMedia)
      : random(seed),
        address(*IpAddress::parse(address)),
        peer(with(media, std::move(configuration)), random, now) {}

  static Configuration with(MediaFactory media, Configuration configuration) {
    configuration.media = media;
    return configuration;
  }

  const datachannel::ChannelOptions* announced(datachannel::ChannelId id) const {
    const auto found = channels.find(id);
    return found == channels.end() ? nullptr : &found->second;
  }
  /// Everything received on a channel, binary and text alike.
  std::vector<std::string> textsOn(datachannel::ChannelId id) const {
    std::vector<std::string> texts;
    for (const auto& message : messages) {
      if (message.channel == id)
        texts.emplace_back(asText(message.data));
    }
    return texts;
  }

  /// Where a transport's interface is; its port tells which one.
  Endpoint endpointOf(jsep::TransportId transport) const {
    return {address, static_cast<uint16_t>(4000 + transport.value())};
  }
  static ice::InterfaceId interfaceOf(jsep::TransportId transport) {
    return ice::InterfaceId(transport.value() + 1);
  }

  /// Takes what a peer tells its application.
  void record(Output output) {
    if (auto* gone = std::get_if<TransportClosed>(&output)) {
      transportsClosed.push_back(gone->transport);
    } else if (auto* candidate = std::get_if<LocalCandidate>(&output)) {
      candidates.push_back(*candidate);
    } else if (auto* checks = std::get_if<IceStateChanged>(&output)) {
      ice = checks->state;
    } else if (auto* gathered = std::get_if<IceGatheringStateChanged>(&output)) {
      gathering = gathered->state;
    } else if (auto* handshake = std::get_if<DtlsStateChanged>(&output)) {
      dtls = handshake->state;
      if (handshake->error)
        dtlsError = handshake->error;
    } else if (auto* association = std::get_if<SctpStateChanged>(&output)) {
      sctp = association->state;
    } else if (auto* media = std::get_if<media::Event>(&output)) {
      if (auto* frame = std::get_if<media::FrameReceived>(media))
        frames.push_back(std::move(*frame));
    } else if (auto* event = std::get_if<datachannel::Output>(&output)) {
      if (auto* open = std::get_if<datachannel::ChannelOpened>(event)) {
        opened.push_back(open->channel);
      } else if (auto* announced = std::get_if<datachannel::ChannelAnnounced>(event)) {
        channels[announced->channel] = announced->options;
      } else if (auto* message = std::get_if<datachannel::MessageReceived>(event)) {
        messages.push_back(std::move(*message));
      } else if (auto* ended = std::get_if<datachannel::ChannelClosed>(event)) {
        closed.push_back(*ended);
      }
    }
  }

  SeededRandom random;
  IpAddress address;
  Peer peer;
  /// Transports with an open interface.
  std::set<jsep::TransportId> interfaces;

  ice::IceTransportState ice = ice::IceTransportState::kNew;
  ice::GatheringState gathering = ice::GatheringState::kNew;
  DtlsState dtls = DtlsState::kNew;
  std::optional<DtlsError> dtlsError;
  SctpState sctp = SctpState::kConnecting;
  std::vector<LocalCandidate> candidates;
  std::map<datachannel::ChannelId, datachannel::ChannelOptions> channels;
  std::vector<datachannel::ChannelId> opened;
  std::vector<datachannel::MessageReceived> messages;
  std::vector<datachannel::ChannelClosed> closed;
  std::vector<media::FrameReceived> frames;
  size_t interfacesClosed = 0;
  std::vector<jsep::TransportId> transportsClosed;
  size_t datagramsSent = 0;
};

/// Two peer connections, a network between them with a delay, and one virtual clock. Whatever a
/// filter drops or changes is the test's choice.
class PeerPair {
 public:
  using Filter = std::function<bool(End& from, Bytes& datagram)>;

  explicit PeerPair(uint64_t seed = 1, Configuration a = {}, Configuration b = {})
      : a("10.0.0.1", seed, std::move(a), now), b("10.0.0.2", seed + 1000, std::move(b), now) {}

  /// Offer from one end, answer from the other, candidates inside the descriptions or after them.
  Status<Error> negotiate(End& offerer, End& answerer, bool trickle = true) {
    auto offer = offerer.peer.createOffer({}, now);
    if (!offer)
      return fail(offer.error());
    if (auto status = offerer.peer.setLocalDescription({offer->type, offer->sdp}, now); !status) {
      return status;
    }
    settle();
    auto status = answerer.peer.setRemoteDescription(
        trickle ? *offer : *offerer.peer.session().localDescription(), now);
    if (!status)
      return status;
    auto answer = answerer.peer.createAnswer({}, now);
    if (!answer)
      return fail(answer.error());
    status = answerer.peer.setLocalDescription({answer->type, answer->sdp}, now);
    if (!status)
      return status;
    settle();
    status = offerer.peer.setRemoteDescription(
        trickle ? *answer : *answerer.peer.session().localDescription(), now);
    if (!status)
      return status;
    settle();
    if (trickle) {
      exchangeCandidates(offerer, answerer);
      exchangeCandidates(answerer, offerer);
    }
    return Done{};
  }

  void exchangeCandidates(End& from, End& to) {
    for (const auto& candidate : std::exchange(from.candidates, {})) {
      (void)to.peer.addIceCandidate(
          {candidate.candidate, candidate.mid, candidate.mLineIndex, candidate.usernameFragment},
          now);
    }
    settle();
  }

  /// Somebody else sits at that end from now on; who was there is gone without a word.
  void replace(End& end, std::string_view address, uint64_t seed,
               MediaFactory media = &call::makeMedia) {
    std::erase_if(inFlight_, [&](const InFlight& packet) { return packet.to == &end; });
    std::destroy_at(&end);
    std::construct_at(&end, address, seed, Configuration(), now, media);
  }

  /// Drains both ends without letting time pass.
  void settle() {
    drain(a, b);
    drain(b, a);
  }

  /// Lets virtual time pass until `done` or the limit.
  bool runUntil(const std::function<bool()>& done, Duration limit = Duration::seconds(60)) {
    const Timestamp end = now + limit;
    settle();
    while (!done()) {
      Timestamp next = earlier(a.peer.deadline(), b.peer.deadline());
      if (!inFlight_.empty())
        next = earlier(next, inFlight_.front().at);
      if (next > end || next.isNever()) {
        now = end;
        return done();
      }
      if (next > now)
        now = next;
      while (!inFlight_.empty() && inFlight_.front().at <= now) {
        InFlight packet = std::move(inFlight_.front());
        inFlight_.pop_front();
        packet.to->peer.handleDatagram(packet.to->interfaceOf(packet.transport), packet.source,
                                       std::move(packet.data), now);
        settle();
      }
      if (a.peer.deadline() <= now)
        a.peer.handleTimeout(now);
      if (b.peer.deadline() <= now)
        b.peer.handleTimeout(now);
      settle();
    }
    return true;
  }
  void run(Duration time) {
    runUntil([] { return false; }, time);
  }

  bool connected() const {
    return a.sctp == SctpState::kConnected && b.sctp == SctpState::kConnected;
  }

  Timestamp now = Timestamp::milliseconds(1000);
  Duration delay = Duration::milliseconds(5);
  /// What the ends know of their interfaces' links.
  size_t mtu = 0;
  Filter filter;
  End a;
  End b;

 private:
  struct InFlight {
    Timestamp at;
    End* to;
    jsep::TransportId transport;
    Endpoint source;
    Bytes data;
  };

  void drain(End& end, End& other) {
    while (auto output = end.peer.poll())
      handle(end, other, std::move(*output));
  }

  void handle(End& end, End& other, Output output) {
    if (auto* open = std::get_if<OpenInterfaces>(&output)) {
      if (end.interfaces.insert(open->transport).second) {
        end.peer.addInterface(open->transport, end.interfaceOf(open->transport),
                              end.endpointOf(open->transport), ice::InterfaceKind::kVirtual, mtu,
                              now);
      }
      end.peer.interfacesComplete(open->transport, now);
    } else if (auto* close = std::get_if<CloseInterfaces>(&output)) {
      end.interfaces.erase(close->transport);
      ++end.interfacesClosed;
    } else if (auto* datagram = std::get_if<SendDatagram>(&output)) {
      ++end.datagramsSent;
      if (filter && !filter(end, datagram->data))
        return;
      const jsep::TransportId from(datagram->interface.value() - 1);
      for (const jsep::TransportId to : other.interfaces) {
        if (datagram->destination != other.endpointOf(to))
          continue;
        inFlight_.push_back(
            {now + delay, &other, to, end.endpointOf(from), std::move(datagram->data)});
        break;
      }
    } else {
      end.record(std::move(output));
    }
  }

  std::deque<InFlight> inFlight_;
};

}  // namespace rtc::peer
