#include "cpp/peer/data_transport.h"

#include <algorithm>
#include <utility>

namespace rtc::peer {

using datachannel::ChannelId;
using datachannel::ChannelState;

Result<ChannelId, Error> DataTransport::open(const datachannel::ChannelOptions& options,
                                             Timestamp now) {
  auto opened = channels_.open(options, now);
  if (opened)
    records_[*opened] = {options, ChannelState::kConnecting, {}};
  return opened;
}

Status<Error> DataTransport::counted(ChannelId channel, size_t bytes, Status<Error> result) {
  if (result) {
    auto& counters = records_[channel].counters;
    ++counters.messagesSent;
    counters.bytesSent += bytes;
  }
  return result;
}

Status<Error> DataTransport::sendString(ChannelId channel, std::string_view utf8, Timestamp now) {
  return counted(channel, utf8.size(), channels_.sendString(channel, utf8, now));
}

Status<Error> DataTransport::sendBinary(ChannelId channel, Bytes data, Timestamp now) {
  const size_t size = data.size();
  return counted(channel, size, channels_.sendBinary(channel, std::move(data), now));
}

Result<sctp::SourceId, Error> DataTransport::sendFrom(ChannelId channel, bool binary, size_t size,
                                                      Timestamp now) {
  auto source = channels_.sendFrom(channel, binary, size, now);
  if (source)
    (void)counted(channel, size, Done{});
  return source;
}

void DataTransport::closeChannel(ChannelId channel, Timestamp now) {
  channels_.close(channel, now);
  if (auto record = records_.find(channel); record != records_.end()) {
    record->second.state = channels_.state(channel);
  }
}

void DataTransport::start(const sctp::AssociationConfig& config, datachannel::DtlsRole role,
                          ByteSpan peerInit, Timestamp now) {
  if (state_ == SctpState::kClosed)
    return;
  const bool isFirst = !association_;
  if (isFirst) {
    association_ = std::make_unique<sctp::Association>(config, random_);
    channels_.setRole(role, now);
    channels_.attach(*association_, now);
  }
  const bool isNews = !peerInit.empty() && !std::equal(peerInit.begin(), peerInit.end(),
                                                       peerInit_.begin(), peerInit_.end());
  if (isNews && association_->establishWith(peerInit, now)) {
    peerInit_ = toBytes(peerInit);
  } else if (isFirst) {
    association_->connect(now);
  }
}

void DataTransport::setMaxSendMessageSize(size_t bytes) {
  if (association_)
    association_->setMaxSendMessageSize(bytes);
}

void DataTransport::setPath(size_t ceiling) {
  if (association_)
    association_->setPath(ceiling);
}

void DataTransport::setPathWorks(bool works) {
  if (association_)
    association_->setPathWorks(works);
}

void DataTransport::handlePacket(ByteSpan packet, Timestamp now) {
  if (association_)
    association_->handlePacket(packet, now);
}

void DataTransport::close(const std::optional<Error>& error, Timestamp now) {
  // An ABORT may have come in one go with the end of DTLS; it is the better reason.
  while (association_ && state_ != SctpState::kClosed) {
    auto output = association_->poll();
    if (!output)
      break;
    handleAssociation(std::move(*output), now);
  }
  if (state_ == SctpState::kClosed)
    return;
  channels_.closeAll(error);
  if (association_)
    association_->abort({}, now);
  setState(SctpState::kClosed);
}

void DataTransport::setState(SctpState state, uint16_t maxChannels) {
  if (state == state_)
    return;
  state_ = state;
  outputs_.emplace_back(SctpStateChanged{state, maxChannels});
}

void DataTransport::handleAssociation(sctp::Output output, Timestamp now) {
  if (auto* transmit = std::get_if<sctp::Transmit>(&output)) {
    outputs_.emplace_back(Packet{std::move(transmit->packet)});
    return;
  }
  if (auto* connected = std::get_if<sctp::Connected>(&output)) {
    setState(SctpState::kConnected,
             std::min(connected->outgoingStreams, connected->incomingStreams));
  } else if (std::holds_alternative<sctp::Closed>(output)) {
    channels_.handle(std::move(output), now);
    while (auto event = channels_.poll())
      handleChannels(std::move(*event));
    setState(SctpState::kClosed);
    return;
  }
  channels_.handle(std::move(output), now);
}

void DataTransport::handleChannels(datachannel::Output output) {
  if (auto* opened = std::get_if<datachannel::ChannelOpened>(&output)) {
    records_[opened->channel].state = ChannelState::kOpen;
    ++channelsOpened_;
  } else if (auto* announced = std::get_if<datachannel::ChannelAnnounced>(&output)) {
    records_[announced->channel] = {announced->options, ChannelState::kOpen, {}};
    ++channelsOpened_;
  } else if (auto* assigned = std::get_if<datachannel::IdAssigned>(&output)) {
    records_[assigned->channel].options.id = assigned->id;
  } else if (auto* message = std::get_if<datachannel::MessageReceived>(&output)) {
    // A message in pieces is counted with its last.
    const auto& part = message->part;
    if (!part || part->kind == sctp::MessagePart::Kind::kLast) {
      auto& counters = records_[message->channel].counters;
      ++counters.messagesReceived;
      counters.bytesReceived += (part ? part->offset : 0) + message->data.size();
    }
  } else if (auto* closing = std::get_if<datachannel::ChannelClosing>(&output)) {
    records_[closing->channel].state = ChannelState::kClosing;
  } else if (auto* closed = std::get_if<datachannel::ChannelClosed>(&output)) {
    const auto record = records_.find(closed->channel);
    if (record != records_.end()) {
      // A channel that never opened was never counted as opened either.
      if (record->second.state != ChannelState::kConnecting)
        ++channelsClosed_;
      records_.erase(record);
    }
  }
  outputs_.emplace_back(std::move(output));
}

std::optional<DataTransport::Output> DataTransport::poll(Timestamp now) {
  while (outputs_.empty()) {
    bool progress = false;
    while (association_) {
      auto output = association_->poll();
      if (!output)
        break;
      progress = true;
      handleAssociation(std::move(*output), now);
    }
    while (auto output = channels_.poll()) {
      progress = true;
      handleChannels(std::move(*output));
    }
    if (!progress)
      return std::nullopt;
  }
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

Timestamp DataTransport::deadline() const {
  return association_ ? association_->deadline() : Timestamp::never();
}

void DataTransport::handleTimeout(Timestamp now) {
  if (association_)
    association_->handleTimeout(now);
}

}  // namespace rtc::peer
