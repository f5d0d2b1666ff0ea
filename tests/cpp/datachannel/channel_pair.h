#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "cpp/datachannel/channel_set.h"
#include "tests/cpp/sctp/pair.h"

namespace rtc::datachannel::testing {

struct End {
  ChannelSet channels;
  std::vector<Output> events;

  template <typename T>
  std::vector<T> all() const {
    std::vector<T> result;
    for (const Output& event : events) {
      if (const T* found = std::get_if<T>(&event))
        result.push_back(*found);
    }
    return result;
  }
  std::vector<std::string> texts(ChannelId channel) const {
    std::vector<std::string> result;
    for (const auto& message : all<MessageReceived>()) {
      if (message.channel == channel)
        result.emplace_back(asText(message.data));
    }
    return result;
  }
};

/// Two channel sets over two associations; `a` is the DTLS client.
class ChannelPair {
 public:
  explicit ChannelPair(uint64_t seed = 1, const sctp::AssociationConfig& configA = {},
                       const sctp::AssociationConfig& configB = {})
      : net(seed, configA, configB) {
    net.sink = [this](bool ofA, sctp::Output output) {
      (ofA ? a : b).channels.handle(std::move(output), net.now);
    };
    net.drainMore = [this] {
      bool any = false;
      for (End* end : {&a, &b}) {
        while (auto output = end->channels.poll()) {
          any = true;
          end->events.push_back(std::move(*output));
        }
      }
      return any;
    };
    a.channels.attach(*net.a.association, net.now);
    b.channels.attach(*net.b.association, net.now);
  }

  bool connect() {
    a.channels.setRole(DtlsRole::kClient, net.now);
    b.channels.setRole(DtlsRole::kServer, net.now);
    return net.connect();
  }
  ChannelId open(End& end, const ChannelOptions& options) {
    auto opened = end.channels.open(options, net.now);
    return opened.ok() ? *opened : ChannelId(0);
  }
  /// The channel that the other end sees under the same stream id.
  ChannelId announced(const End& end, uint16_t id) const {
    ChannelId result(0);
    for (const auto& channel : end.all<ChannelAnnounced>()) {
      if (channel.options.id == id)
        result = channel.channel;
    }
    return result;
  }
  void settle() { net.runFor(Duration::seconds(30)); }

  sctp::testing::Pair net;
  End a;
  End b;
};

inline ChannelOptions labelled(std::string label) {
  ChannelOptions options;
  options.label = std::move(label);
  return options;
}

}  // namespace rtc::datachannel::testing
