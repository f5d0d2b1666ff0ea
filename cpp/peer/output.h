#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cpp/base/address.h"
#include "cpp/base/bytes.h"
#include "cpp/base/error.h"
#include "cpp/datachannel/channel_set.h"
#include "cpp/ice/config.h"
#include "cpp/ice/events.h"
#include "cpp/jsep/types.h"
#include "cpp/media/session.h"

// What a peer connection asks of its embedding (sockets) and tells its application.
namespace rtc::peer {

// --- for the sockets ---------------------------------------------------------------------------

/// A byte stream to a server or to the peer, and a name resolution, as the embedding knows them:
/// unique in one peer connection, whichever transport asked.
using StreamId = StrongInt<struct StreamIdTag, uint32_t>;
using ResolveId = StrongInt<struct ResolveIdTag, uint32_t>;

/// Open datagram interfaces for this transport, announce each with `addInterface`, then call
/// `interfacesComplete`. Comes again with an ICE restart; interfaces that are still open stay.
struct OpenInterfaces {
  jsep::TransportId transport;
};
/// The transport is gone: its interfaces can be closed.
struct CloseInterfaces {
  jsep::TransportId transport;
};

struct SendDatagram {
  ice::InterfaceId interface;
  Endpoint destination;
  Bytes data;
};

/// Connect a byte stream to `server`; answer with `handleStreamOpened` or `handleStreamClosed`.
struct OpenStream {
  StreamId stream;
  ice::Server server;
  /// 0 for the first. Credentials that expire are fetched anew for the others and given by
  /// `setStreamCredentials` before the stream is opened.
  uint32_t attempt = 0;
};

/// Connect a TCP stream from the address of `interface` to `destination`, a candidate of the
/// peer's; answer as for `OpenStream`. Only with `Configuration::connectsTcp`.
struct OpenPeerStream {
  StreamId stream;
  ice::InterfaceId interface;
  Endpoint destination;
};

struct SendStream {
  StreamId stream;
  Bytes data;
};

struct CloseStream {
  StreamId stream;
};

/// Resolve a host name (`.local` by multicast DNS) and answer with `handleResolved`.
struct ResolveName {
  ResolveId id;
  std::string hostname;
};

// --- for the application -----------------------------------------------------------------------

/// A gathered candidate; empty `candidate` text is the end-of-candidates of its generation.
struct LocalCandidate {
  jsep::TransportId transport;
  std::string candidate;
  std::string mid;
  uint16_t mLineIndex = 0;
  std::string usernameFragment;
  std::string url;
  std::string relayProtocol;
};

/// One that was told is gone with its interface or allocation: nobody can reach us there.
struct LocalCandidateRemoved {
  jsep::TransportId transport;
  std::string candidate;
  std::string usernameFragment;
};

struct CandidateError {
  std::string address;
  uint16_t port = 0;
  std::string url;
  int code = 0;
  std::string text;
};

/// An allocation that was lost is asked for again, or is not any more.
using RelayRecovery = ice::RelayRecovery;

struct IceGatheringStateChanged {
  jsep::TransportId transport;
  ice::GatheringState state;
};
struct IceStateChanged {
  jsep::TransportId transport;
  ice::IceTransportState state;
};
struct IceRoleChanged {
  jsep::TransportId transport;
  ice::Role role;
};
/// Both as candidate lines.
struct SelectedPairChanged {
  jsep::TransportId transport;
  std::string local;
  std::string remote;
};

/// RTCDtlsTransportState.
enum class DtlsState { kNew, kConnecting, kConnected, kClosed, kFailed };
/// The enumeration value of webrtc-pc: "new", "connecting", …
const char* toString(DtlsState state);
/// Why DTLS failed, as RTCError has it.
struct DtlsError {
  RtcErrorDetail detail = RtcErrorDetail::kDtlsFailure;
  std::optional<uint8_t> receivedAlert;
  std::optional<uint8_t> sentAlert;
  std::string message;
};
struct DtlsStateChanged {
  DtlsState state;
  std::optional<DtlsError> error;
  /// The peer's certificate chain, DER, with `kConnected`.
  std::vector<Bytes> remoteCertificates;
  /// Filled in by the peer; a transport does not know its own name.
  jsep::TransportId transport;
};
/// The negotiation has no use for a transport any more: an answer bundled its sections away or
/// rejected them, or the offer that began it was rolled back. ICE and DTLS on it are closed.
struct TransportClosed {
  jsep::TransportId transport;
};

/// RTCSctpTransportState.
enum class SctpState { kConnecting, kConnected, kClosed };
/// The enumeration value of webrtc-pc: "connecting", …
const char* toString(SctpState state);
struct SctpStateChanged {
  SctpState state;
  /// RTCSctpTransport.maxChannels, with `kConnected`.
  uint16_t maxChannels = 0;
};

/// The paths of this transport are lost, and trickling new candidates has not brought another: a
/// restart would. Nothing is done about it here: `restartIce` is the caller's to call.
struct IceRestartNeeded {
  jsep::TransportId transport;
};

/// webrtc-pc "check if negotiation is needed" may now give another answer.
struct NegotiationNeeded {};

using Output =
    std::variant<OpenInterfaces, CloseInterfaces, SendDatagram, OpenStream, OpenPeerStream,
                 SendStream, CloseStream, ResolveName, LocalCandidate, LocalCandidateRemoved,
                 CandidateError, RelayRecovery, IceGatheringStateChanged, IceStateChanged,
                 IceRoleChanged, SelectedPairChanged, DtlsStateChanged, TransportClosed,
                 SctpStateChanged, IceRestartNeeded, NegotiationNeeded, datachannel::Output,
                 media::Event>;

}  // namespace rtc::peer
