#include "cpp/datachannel/channel_set.h"

#include <algorithm>
#include <string>
#include <utility>

#include "cpp/datachannel/dcep.h"

namespace rtc::datachannel {
namespace {

constexpr size_t kMaxTextLength = 65535;
// RFC 8832 section 6: stream 65535 is reserved, since INIT cannot announce 65536 streams.
constexpr uint16_t kNoStream = 65535;
// Labels and protocols of the peer's channels, all together: 64 bytes for each of 65535.
constexpr size_t kMaxAnnouncedText = 4 * 1024 * 1024;

// What the application has queued is no reason to refuse a channel.
sctp::SendOptions dcepOptions() {
  sctp::SendOptions options;
  options.ignoresBufferLimit = true;
  return options;
}

size_t heldCost(const std::optional<sctp::Received>& entry) {
  return sctp::Reassembly::kEntryCost + (entry ? entry->message.capacity() : 0);
}

size_t textOf(const ChannelOptions& options) {
  return options.label.size() + options.protocol.size();
}

/// RFC 8831 section 6.4: priorities are to one another as the shares of what can be sent. Peers
/// that leave the field of DATA_CHANNEL_OPEN at zero do not mean that the channel may starve.
uint16_t weightOf(const ChannelOptions& options) {
  constexpr uint16_t kNormal = 256;
  return options.priority == 0 ? kNormal : options.priority;
}

Error sctpFailure(std::string message) {
  return {ErrorKind::kRtcError, std::move(message), RtcErrorDetail::kSctpFailure, std::nullopt};
}

Error operationError(std::string message) {
  return {ErrorKind::kOperationError, std::move(message), RtcErrorDetail::kNone, std::nullopt};
}

}  // namespace

ChannelSet::ChannelSet() = default;
ChannelSet::~ChannelSet() = default;

// ---- opening

Result<ChannelId, Error> ChannelSet::open(const ChannelOptions& options, Timestamp now) {
  if (options.label.size() > kMaxTextLength || options.protocol.size() > kMaxTextLength) {
    return failWith(ErrorKind::kTypeError, "label and protocol have at most 65535 bytes");
  }
  if (options.maxRetransmits && options.maxPacketLifeTime) {
    return failWith(ErrorKind::kTypeError,
                    "maxRetransmits and maxPacketLifeTime exclude each other");
  }
  if (options.negotiated && !options.id) {
    return failWith(ErrorKind::kTypeError, "a negotiated channel needs an id");
  }
  if (options.negotiated && *options.id == kNoStream) {
    return failWith(ErrorKind::kTypeError, "the id 65535 is reserved");
  }
  if (ended_)
    return failWith(ErrorKind::kOperationError, "the SCTP transport is closed");
  if (options.negotiated && (idTaken(*options.id) || *options.id >= streamLimit())) {
    return failWith(ErrorKind::kOperationError, "the id is in use or beyond the limit");
  }
  if (!options.negotiated && role_ && !freeId()) {
    return failWith(ErrorKind::kOperationError, "no id is free");
  }

  const ChannelId handle(nextHandle_++);
  Channel& channel = channels_[handle];
  channel.handle = handle;
  channel.options = options;
  channel.knownToPeer = options.negotiated;
  if (options.negotiated) {
    bind(channel, *options.id);
  } else {
    channel.options.id.reset();
    if (role_)
      assignId(channel);
  }
  if (connected_)
    activate(channel, now);
  return handle;
}

void ChannelSet::setRole(DtlsRole role, Timestamp now) {
  if (role_ == role)
    return;
  role_ = role;
  std::vector<ChannelId> failed;
  for (auto& [handle, channel] : channels_) {
    if (!channel.options.id && !assignId(channel))
      failed.push_back(handle);
  }
  for (const ChannelId handle : failed)
    remove(handle, operationError("no id is free"));
  if (connected_)
    activateAll(now);
}

void ChannelSet::attach(sctp::Association& association, Timestamp now) {
  association_ = &association;
  association.setKept(heldBytes_);
  connected_ = association.state() == sctp::State::kEstablished;
  if (connected_)
    activateAll(now);
}

void ChannelSet::detach() {
  association_ = nullptr;
  connected_ = false;
  for (auto& [handle, channel] : channels_) {
    channel.openSent = channel.openSent && channel.knownToPeer;
    if (const size_t bytes = std::exchange(channel.buffered, 0); bytes > 0)
      outputs_.push_back(BufferedAmountDecreased{handle, bytes});
  }
  for (const auto& [source, channel] : std::exchange(sources_, {}))
    outputs_.push_back(SourceReleased{channel, source});
}

uint16_t ChannelSet::streamLimit() const {
  return streams_;
}

bool ChannelSet::idTaken(uint16_t id) const {
  return byStream_.contains(sctp::StreamId(id)) || unusable_.contains(id) || awaited_.contains(id);
}

std::optional<uint16_t> ChannelSet::freeId() const {
  for (uint32_t id = *role_ == DtlsRole::kClient ? 0 : 1; id < streamLimit(); id += 2) {
    if (!idTaken(static_cast<uint16_t>(id)))
      return static_cast<uint16_t>(id);
  }
  return std::nullopt;
}

bool ChannelSet::assignId(Channel& channel) {
  const auto id = freeId();
  if (!id)
    return false;
  bind(channel, *id);
  outputs_.push_back(IdAssigned{channel.handle, *id});
  return true;
}

void ChannelSet::bind(Channel& channel, uint16_t id) {
  channel.options.id = id;
  byStream_[sctp::StreamId(id)] = channel.handle;
}

bool ChannelSet::sendOpen(Channel& channel, Timestamp now) {
  if (channel.options.negotiated || channel.openSent)
    return true;
  sctp::SendOptions options = dcepOptions();
  options.weight = weightOf(channel.options);
  const auto sent = association_->send(sctp::StreamId(*channel.options.id), ppid::kDcep,
                                       encodeOpen(channel.options), options, now);
  channel.openSent = sent.ok();
  return channel.openSent;
}

void ChannelSet::activate(Channel& channel, Timestamp now) {
  if (!channel.options.id)
    return;
  if (channel.state != ChannelState::kConnecting) {
    if (!channel.knownToPeer)
      sendOpen(channel, now);  // unless this association has it
    return;
  }
  if (!sendOpen(channel, now)) {
    remove(channel.handle, operationError("the channel's opening message could not be sent"));
    return;
  }
  // Data may follow DATA_CHANNEL_OPEN without waiting for the answer (RFC 8832 section 6).
  channel.state = ChannelState::kOpen;
  outputs_.push_back(ChannelOpened{channel.handle});
}

void ChannelSet::activateAll(Timestamp now) {
  std::vector<ChannelId> handles;
  for (const auto& [handle, channel] : channels_)
    handles.push_back(handle);
  for (const ChannelId handle : handles) {
    Channel& channel = *find(handle);
    if (channel.options.id && *channel.options.id >= streamLimit()) {
      release(sctp::StreamId(*channel.options.id), false, now);
      remove(handle, operationError("the peer does not have so many streams"));
    } else {
      activate(channel, now);
    }
  }
}

// ---- sending

Status<Error> ChannelSet::sendString(ChannelId channel, std::string_view utf8, Timestamp now) {
  return sendMessage(channel, false, toBytes(asBytes(utf8)), now);
}

Status<Error> ChannelSet::sendBinary(ChannelId channel, Bytes data, Timestamp now) {
  return sendMessage(channel, true, std::move(data), now);
}

Status<Error> ChannelSet::sendMessage(ChannelId handle, bool binary, Bytes data, Timestamp now) {
  const auto channel = channelToSendOn(handle);
  if (!channel)
    return fail(channel.error());
  const size_t size = data.size();
  sctp::Ppid type = binary ? ppid::kBinary : ppid::kString;
  if (size == 0) {
    // RFC 8831 section 6.6: SCTP has no empty messages, so one zero byte stands for it.
    type = binary ? ppid::kBinaryEmpty : ppid::kStringEmpty;
    data.push_back(0);
  }
  const auto sent = association_->send(sctp::StreamId(*(*channel)->options.id), type,
                                       std::move(data), optionsOf(**channel), now);
  if (sent.ok())
    (*channel)->buffered += size;
  return outcome(sent);
}

Result<sctp::SourceId, Error> ChannelSet::sendFrom(ChannelId handle, bool binary, size_t size,
                                                   Timestamp now) {
  const auto channel = channelToSendOn(handle);
  if (!channel)
    return fail(channel.error());
  const sctp::SourceId source(nextSource_++);
  auto sent = outcome(association_->sendFrom(source, size, sctp::StreamId(*(*channel)->options.id),
                                             binary ? ppid::kBinary : ppid::kString,
                                             optionsOf(**channel), now));
  if (!sent)
    return fail(std::move(sent.error()));
  (*channel)->buffered += size;
  sources_[source] = handle;
  return source;
}

void ChannelSet::supply(sctp::SourceId source, size_t offset, Bytes bytes, Timestamp now) {
  if (association_)
    association_->supply(source, offset, std::move(bytes), now);
}

void ChannelSet::giveUp(sctp::SourceId source, Timestamp now) {
  if (association_)
    association_->giveUp(source, now);
}

Result<ChannelSet::Channel*, Error> ChannelSet::channelToSendOn(ChannelId handle) {
  Channel* channel = find(handle);
  if (!channel || channel->state != ChannelState::kOpen || !association_)
    return failWith(ErrorKind::kInvalidStateError, "the channel is not open");
  return channel;
}

sctp::SendOptions ChannelSet::optionsOf(const Channel& channel) {
  sctp::SendOptions options;
  options.ordered = channel.options.ordered || !channel.knownToPeer;
  options.weight = weightOf(channel.options);
  options.maxRetransmits = channel.options.maxRetransmits;
  if (channel.options.maxPacketLifeTime)
    options.lifetime = Duration::milliseconds(*channel.options.maxPacketLifeTime);
  return options;
}

Status<Error> ChannelSet::outcome(Status<sctp::SendError> sent) {
  if (sent.ok())
    return Done{};
  switch (sent.error()) {
    case sctp::SendError::kTooLarge:
      return failWith(ErrorKind::kTypeError, "the message is larger than the peer accepts");
    case sctp::SendError::kBufferFull:
      return failWith(ErrorKind::kOperationError, "the send buffer is full");
    default:
      return failWith(ErrorKind::kInvalidStateError, "the channel cannot send");
  }
}

// ---- closing

void ChannelSet::close(ChannelId handle, Timestamp now) {
  Channel* channel = find(handle);
  if (!channel || channel->state == ChannelState::kClosing)
    return;
  const bool wasAnnounced = channel->openSent || channel->state == ChannelState::kOpen;
  if (wasAnnounced && association_ && !connected_) {
    channel->state = ChannelState::kClosing;  // the stream is reset once that can be done
    return;
  }
  if (channel->state == ChannelState::kConnecting || !association_ || !connected_) {
    remove(handle, std::nullopt);
    return;
  }
  beginClosing(*channel, now);
}

// RFC 8831 section 6.7: both ends reset their outgoing stream; the association drains it first.
void ChannelSet::beginClosing(Channel& channel, Timestamp now) {
  channel.state = ChannelState::kClosing;
  resetStream(sctp::StreamId(*channel.options.id), now);
}

void ChannelSet::resetStream(sctp::StreamId stream, Timestamp now) {
  if (association_)
    association_->resetStreams({&stream, 1}, now);
}

void ChannelSet::remove(ChannelId handle, std::optional<Error> error,
                        std::optional<uint16_t> sctpCauseCode) {
  const auto it = channels_.find(handle);
  if (it == channels_.end())
    return;
  if (it->second.options.id)
    byStream_.erase(sctp::StreamId(*it->second.options.id));
  if (it->second.incomingAssumed)
    awaited_.insert(*it->second.options.id);
  announcedText_ -= it->second.announcedText;
  channels_.erase(it);
  outputs_.push_back(ChannelClosed{handle, std::move(error), sctpCauseCode});
}

void ChannelSet::removeAll(const std::optional<Error>& error,
                           std::optional<uint16_t> sctpCauseCode) {
  while (!channels_.empty())
    remove(channels_.begin()->first, error, sctpCauseCode);
  unusable_.clear();
  awaited_.clear();
  held_.clear();
  keep(0);
  sources_.clear();
}

void ChannelSet::closeAll(const std::optional<Error>& error) {
  ended_ = true;
  connected_ = false;
  removeAll(error, std::nullopt);
}

// ---- what the association says

void ChannelSet::handle(sctp::Output output, Timestamp now) {
  if (auto* received = std::get_if<sctp::Received>(&output)) {
    handleReceived(std::move(*received), now);
  } else if (const auto* sent = std::get_if<sctp::SentBytes>(&output)) {
    handleSent(*sent);
  } else if (const auto* wanted = std::get_if<sctp::BytesWanted>(&output)) {
    if (const auto it = sources_.find(wanted->source); it != sources_.end())
      outputs_.push_back(BytesWanted{it->second, wanted->source, wanted->offset, wanted->bytes});
  } else if (const auto* released = std::get_if<sctp::SourceReleased>(&output)) {
    if (const auto node = sources_.extract(released->source))
      outputs_.push_back(SourceReleased{node.mapped(), released->source});
  } else if (const auto* answered = std::get_if<sctp::Answered>(&output)) {
    streams_ = std::min(answered->outgoingStreams, answered->incomingStreams);
  } else if (const auto* connected = std::get_if<sctp::Connected>(&output)) {
    connected_ = true;
    streams_ = std::min(connected->outgoingStreams, connected->incomingStreams);
    activateAll(now);
    resetClosing(now);
  } else if (const auto* restarted = std::get_if<sctp::Restarted>(&output)) {
    handleRestarted(*restarted, now);
  } else if (const auto* incoming = std::get_if<sctp::IncomingStreamsReset>(&output)) {
    handleIncomingReset(incoming->streams, now);
  } else if (const auto* outgoing = std::get_if<sctp::OutgoingStreamsReset>(&output)) {
    handleOutgoingReset(outgoing->streams, true, now);
  } else if (const auto* failed = std::get_if<sctp::StreamResetFailed>(&output)) {
    handleOutgoingReset(failed->streams, false, now);
  } else if (const auto* closed = std::get_if<sctp::Closed>(&output)) {
    handleClosed(*closed);
  }
}

// For channels that are closing and whose streams could not be reset before: they were closed while
// another association took the place of the one that they were announced in, or it began anew.
void ChannelSet::resetClosing(Timestamp now) {
  std::vector<sctp::StreamId> closing;
  for (const auto& [handle, channel] : channels_) {
    if (channel.state == ChannelState::kClosing)
      closing.push_back(sctp::StreamId(*channel.options.id));
  }
  if (association_)
    association_->resetStreams(closing, now);
}

// Browsers set the association up anew with every DTLS transport and keep their channels, so the
// two ends still agree on them; only the resets that were under way are forgotten.
void ChannelSet::handleRestarted(const sctp::Restarted& restarted, Timestamp now) {
  streams_ = std::min(restarted.outgoingStreams, restarted.incomingStreams);
  activateAll(now);
  for (auto& [handle, channel] : channels_) {
    if (channel.state != ChannelState::kClosing)
      continue;
    // A peer that has forgotten the closing would be waited for in vain. One that has not even
    // heard of it resets its stream when it has.
    channel.incomingAssumed = !channel.incomingReset;
    channel.incomingReset = true;
    channel.outgoingReset = false;
  }
  resetClosing(now);
}

void ChannelSet::handleReceived(sctp::Received received, Timestamp now) {
  if (mustHold(received.stream)) {
    const sctp::StreamId stream = received.stream;
    hold(stream, std::move(received));
    return;
  }
  if (received.ppid == ppid::kDcep) {
    // None is so long that it would come in pieces.
    if (!received.part)
      handleDcep(received, now);
    return;
  }
  Channel* channel = onStream(received.stream);
  if (!channel || channel->state != ChannelState::kOpen)
    return;
  if (received.ppid == ppid::kBinary || received.ppid == ppid::kString) {
    channel->knownToPeer = true;
    outputs_.push_back(MessageReceived{channel->handle, received.ppid == ppid::kBinary,
                                       std::move(received.message), received.part});
  } else if (received.ppid == ppid::kBinaryEmpty || received.ppid == ppid::kStringEmpty) {
    channel->knownToPeer = true;
    // Whatever it has for content is ignored, however long that is.
    if (!received.part || received.part->kind == sctp::MessagePart::Kind::kLast) {
      outputs_.push_back(MessageReceived{channel->handle, received.ppid == ppid::kBinaryEmpty, {}});
    }
  } else if (received.ppid == ppid::kBinaryPartial || received.ppid == ppid::kStringPartial) {
    // Fragmentation by PPID is deprecated (RFC 8831 section 6.6) and no implementation of today
    // sends it. A message with pieces missing must not be delivered, so the channel ends.
    outputs_.push_back(ChannelClosing{channel->handle});
    beginClosing(*channel, now);
  }
}

void ChannelSet::handleDcep(const sctp::Received& received, Timestamp now) {
  const auto type = dcepType(received.message);
  if (type.ok() && *type == DcepType::kAck) {
    if (Channel* channel = onStream(received.stream))
      channel->knownToPeer = true;
    return;
  }
  if (type.ok())
    handleOpen(received, now);
  // RFC 8832 section 8.2.1: other message types are unassigned; they are ignored, so that what they
  // may once mean does no harm.
}

void ChannelSet::handleOpen(const sctp::Received& received, Timestamp now) {
  // A stream that has a channel keeps it; the peer is confused, or the message a duplicate.
  if (idTaken(received.stream.value()) || !connected_)
    return;
  auto options = parseOpen(received.message);
  const auto acked =
      options.ok() && received.stream.value() < streamLimit() &&
              announcedText_ + textOf(*options) <= kMaxAnnouncedText
          ? association_->send(received.stream, ppid::kDcep, encodeAck(), dcepOptions(), now)
          : Status<sctp::SendError>(fail(sctp::SendError::kInvalidStream));
  if (!acked.ok()) {
    // RFC 8832 section 6: a channel that cannot be had is closed by resetting its stream.
    if (received.stream.value() < streamLimit()) {
      unusable_.insert(received.stream.value());
      resetStream(received.stream, now);
    }
    return;
  }
  const ChannelId handle(nextHandle_++);
  Channel& channel = channels_[handle];
  channel.handle = handle;
  channel.options = std::move(*options);
  channel.state = ChannelState::kOpen;
  channel.knownToPeer = true;
  channel.announcedText = textOf(channel.options);
  announcedText_ += channel.announcedText;
  bind(channel, received.stream.value());
  outputs_.push_back(ChannelAnnounced{handle, channel.options});
}

bool ChannelSet::mustHold(sctp::StreamId stream) {
  const Channel* channel = onStream(stream);
  return channel && channel->state == ChannelState::kClosing && channel->incomingReset &&
         !channel->outgoingReset && !channel->incomingAssumed;
}

void ChannelSet::hold(sctp::StreamId stream, std::optional<sctp::Received> received) {
  auto& entries = held_[stream];
  // A reset of what was not used since the last one changes nothing.
  if (!received && !entries.empty() && !entries.back())
    return;
  keep(heldBytes_ + heldCost(received));
  entries.push_back(std::move(received));
}

// Nothing of it may be lost, so the peer has to wait when it is too much.
void ChannelSet::keep(size_t bytes) {
  heldBytes_ = bytes;
  if (association_)
    association_->setKept(bytes);
}

void ChannelSet::release(sctp::StreamId stream, bool deliver, Timestamp now) {
  const auto it = held_.find(stream);
  if (it == held_.end())
    return;
  auto entries = std::move(it->second);
  held_.erase(it);
  size_t bytes = 0;
  for (const auto& entry : entries)
    bytes += heldCost(entry);
  keep(heldBytes_ - bytes);
  if (!deliver)
    return;
  for (auto& entry : entries) {
    if (entry) {
      handleReceived(std::move(*entry), now);
    } else {
      handleIncomingReset(stream, now);
    }
  }
}

void ChannelSet::handleSent(const sctp::SentBytes& sent) {
  if (sent.ppid != ppid::kBinary && sent.ppid != ppid::kString)
    return;
  Channel* channel = onStream(sent.stream);
  if (!channel)
    return;
  const size_t bytes = std::min(sent.bytes, channel->buffered);
  channel->buffered -= bytes;
  if (bytes > 0)
    outputs_.push_back(BufferedAmountDecreased{channel->handle, bytes});
}

void ChannelSet::handleIncomingReset(const std::vector<sctp::StreamId>& streams, Timestamp now) {
  if (!streams.empty()) {
    for (const sctp::StreamId stream : streams)
      handleIncomingReset(stream, now);
    return;
  }
  std::vector<sctp::StreamId> all;
  for (const auto& [handle, channel] : channels_) {
    if (channel.options.id)
      all.push_back(sctp::StreamId(*channel.options.id));
  }
  for (const sctp::StreamId stream : all)
    handleIncomingReset(stream, now);
}

void ChannelSet::handleIncomingReset(sctp::StreamId stream, Timestamp now) {
  Channel* channel = onStream(stream);
  if (!channel) {
    awaited_.erase(stream.value());
    return;
  }
  if (channel->incomingAssumed) {
    channel->incomingAssumed = false;
    return;
  }
  if (mustHold(stream)) {
    hold(stream, std::nullopt);
    return;
  }
  channel->incomingReset = true;
  channel->knownToPeer = true;
  if (channel->state == ChannelState::kOpen) {
    outputs_.push_back(ChannelClosing{channel->handle});
    beginClosing(*channel, now);
  } else if (channel->outgoingReset) {
    remove(channel->handle, std::nullopt);
  }
}

void ChannelSet::handleOutgoingReset(const std::vector<sctp::StreamId>& streams, bool performed,
                                     Timestamp now) {
  for (const sctp::StreamId stream : streams) {
    Channel* channel = onStream(stream);
    if (!channel) {
      if (performed)
        unusable_.erase(stream.value());
    } else if (!performed) {
      // The stream goes on with its old sequence numbers, so it is not given out again.
      remove(channel->handle, std::nullopt);
      unusable_.insert(stream.value());
    } else {
      channel->outgoingReset = true;
      if (channel->incomingReset)
        remove(channel->handle, std::nullopt);
    }
    release(stream, performed, now);
  }
}

void ChannelSet::handleClosed(const sctp::Closed& closed) {
  ended_ = true;
  connected_ = false;
  std::optional<Error> error;
  switch (closed.reason) {
    case sctp::CloseReason::kShutdown:
    case sctp::CloseReason::kLocalAbort:
      break;
    case sctp::CloseReason::kPeerAbort:
      error = sctpFailure("the peer aborted the SCTP association" +
                          (closed.text.empty() ? std::string() : ": " + closed.text));
      break;
    case sctp::CloseReason::kTimeout:
    case sctp::CloseReason::kProtocolViolation:
    case sctp::CloseReason::kNoRandomness:
      error = sctpFailure("the SCTP association failed: " + closed.text);
      break;
  }
  removeAll(error, closed.causeCode);
}

// ---- looking

ChannelSet::Channel* ChannelSet::find(ChannelId handle) {
  const auto it = channels_.find(handle);
  return it == channels_.end() ? nullptr : &it->second;
}

ChannelSet::Channel* ChannelSet::onStream(sctp::StreamId stream) {
  const auto it = byStream_.find(stream);
  return it == byStream_.end() ? nullptr : find(it->second);
}

ChannelState ChannelSet::state(ChannelId handle) const {
  const auto it = channels_.find(handle);
  return it == channels_.end() ? ChannelState::kClosed : it->second.state;
}

size_t ChannelSet::bufferedAmount(ChannelId handle) const {
  const auto it = channels_.find(handle);
  return it == channels_.end() ? 0 : it->second.buffered;
}

const ChannelOptions* ChannelSet::options(ChannelId handle) const {
  const auto it = channels_.find(handle);
  return it == channels_.end() ? nullptr : &it->second.options;
}

size_t ChannelSet::size() const {
  return channels_.size();
}
bool ChannelSet::everUsed() const {
  return nextHandle_ > 1;
}

std::optional<Output> ChannelSet::poll() {
  if (outputs_.empty())
    return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

}  // namespace rtc::datachannel
