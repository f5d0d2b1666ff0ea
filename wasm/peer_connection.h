#pragma once

#include <memory>
#include <string>

#include <emscripten/bind.h>
#include <emscripten/val.h>

#include "cpp/base/random.h"
#include "cpp/peer/peer.h"
#include "wasm/convert.h"

namespace rtc::wasm {

/// What a module with audio and video adds; one with data channels alone has none.
struct MediaBinding {
  peer::MediaFactory makeMedia;
  val (*eventFrom)(const media::Event& event);
  /// An entry of `snapshot().transceivers`.
  val (*transceiverFrom)(const jsep::TransceiverInfo& transceiver);
};

/// `Module.PeerConnection`: one peer::Peer, its arguments and results as plain values. Every `now`
/// is in milliseconds of one monotonic clock. Promises are settled when they are returned; a
/// rejection is {name, message, errorDetail?, sdpLineNumber?}. docs/engine.md lists members and
/// events.
class PeerConnectionHandle {
 public:
  /// `media` outlives the handle; null: data channels alone.
  PeerConnectionHandle(const MediaBinding* media, const val& configuration, double now);

  val createOffer(val options, double now);
  val createAnswer(val options, double now);
  val setLocalDescription(val description, double now);
  val setRemoteDescription(val description, double now);
  val addIceCandidate(val candidate, double now);
  void restartIce(double now);
  void setConfiguration(val configuration);
  void setCandidatePoolSize(uint32_t count, double now);
  val snapshot() const;
  bool negotiationNeeded() const { return peer_.session().negotiationNeeded(); }
  void close(double now);

  // peer_connection_rtp.cpp: transceivers, named by their handles. A handle that is unknown
  // (stopped, rolled back) is left alone and has empty parameters.
  val addTransceiver(val init, double now);
  val addTrack(val track, double now);
  void removeTrack(uint32_t transceiver, double now);
  void setSenderTrack(uint32_t transceiver, bool hasTrack, double now);
  void setSenderStreams(uint32_t transceiver, val ids, double now);
  void setTransceiverDirection(uint32_t transceiver, std::string direction, double now);
  void stopTransceiver(uint32_t transceiver, double now);
  val setCodecPreferences(uint32_t transceiver, val codecs, double now);
  val setHeaderExtensionsToNegotiate(uint32_t transceiver, val extensions, double now);
  val getHeaderExtensionsToNegotiate(uint32_t transceiver) const;
  val getNegotiatedHeaderExtensions(uint32_t transceiver) const;
  val getSendParameters(uint32_t transceiver) const;
  val getReceiveParameters(uint32_t transceiver) const;
  val transceiver(uint32_t transceiver) const;

  // peer_connection_media.cpp: frames of transceivers, named by their handles.
  void sendFrame(uint32_t transceiver, uint32_t encoding, val data, val frame, double now);
  void setEncodings(uint32_t transceiver, val encodings, double now);
  void setJitterBufferTarget(uint32_t transceiver, val milliseconds, double now);
  void requestKeyFrame(uint32_t transceiver, double now);
  bool sendTone(uint32_t transceiver, std::string tone, double milliseconds, double now);

  val createDataChannel(val options, double now);
  val sendString(uint32_t channel, const std::string& text, double now);
  val sendBinary(uint32_t channel, val data, double now);
  val sendFrom(uint32_t channel, bool binary, double size, double now);
  void supply(uint32_t source, double offset, val data, double now);
  void giveUp(uint32_t source, double now);
  void closeDataChannel(uint32_t channel, double now);

  void addInterface(val description, double now);
  void removeInterface(uint32_t id, double now);
  void interfacesComplete(uint32_t transport, double now);
  void handleDatagram(uint32_t id, const std::string& address, uint32_t port, val data, double now);
  void setStreamCredentials(uint32_t id, std::string username, std::string credential);
  void handleStreamOpened(uint32_t id, double now);
  void handleStreamData(uint32_t id, val data, double now);
  void handleStreamClosed(uint32_t id, double now);
  void handleResolved(uint32_t id, val addresses, double now);
  void handleTimeout(double now);

  val poll();
  double deadline() const;
  val getStats(double timestamp) const;
  val dtlsSecrets() const;

 private:
  const MediaBinding* media_;
  /// Set when the configuration has a seed: then every output repeats itself.
  std::unique_ptr<RandomSource> seeded_;
  peer::Peer peer_;
  LiveHandle live_;
};

/// Registers what every `Module.PeerConnection` has; the constructor is the module's.
void registerPeerConnection(emscripten::class_<PeerConnectionHandle>& handle);
/// … and what one with audio and video has beside it.
void registerTransceivers(emscripten::class_<PeerConnectionHandle>& handle);
void registerFrames(emscripten::class_<PeerConnectionHandle>& handle);

}  // namespace rtc::wasm
