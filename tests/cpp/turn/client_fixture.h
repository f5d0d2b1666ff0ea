#pragma once

#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "cpp/stun/crypto.h"
#include "cpp/turn/client.h"
#include "tests/cpp/turn/turn_pair.h"

namespace rtc::turn {

/// A client whose server the test plays, message by message.
class ClientAlone : public testing::Test {
 protected:
  /// A new one that has said nothing yet.
  void startAfresh(const ClientConfig& config) {
    client_.emplace(config, random_);
    requests_.clear();
    allocated_.reset();
    failed_.reset();
  }

  /// The next request, which must be of that method; other outputs are kept.
  stun::Message request(stun::Method method) {
    drain();
    EXPECT_FALSE(requests_.empty());
    if (requests_.empty())
      std::abort();
    held_.push_back(std::move(requests_.front()));
    requests_.erase(requests_.begin());
    auto message = stun::Message::parse(held_.back());
    EXPECT_TRUE(message.ok());
    EXPECT_EQ(message->method(), method);
    return *message;
  }
  bool quiet() {
    drain();
    return requests_.empty();
  }
  void answer(stun::MessageBuilder builder, bool sign = true) {
    if (sign)
      builder.integrity(key());
    client_->handleDatagram(builder.build(), now_);
    drain();
  }
  void challenge(const stun::Message& request, int code, std::string_view nonce) {
    answer(stun::MessageBuilder::errorTo(request, code)
               .text(stun::AttributeType::kRealm, "example.org")
               .text(stun::AttributeType::kNonce, nonce),
           false);
  }
  static Bytes key() { return stun::longTermKey("alice", "example.org", "wonderland"); }

  void drain() {
    while (auto output = client_->poll()) {
      if (auto* transmit = std::get_if<Client::Transmit>(&*output)) {
        const auto message = stun::Message::parse(transmit->data);
        if (message.ok() && message->messageClass() == stun::MessageClass::kRequest)
          requests_.push_back(std::move(transmit->data));
      } else if (auto* success = std::get_if<Client::Allocated>(&*output)) {
        allocated_ = *success;
      } else if (auto* failed = std::get_if<Client::Failed>(&*output)) {
        failed_ = *failed;
      } else if (auto* refused = std::get_if<Client::PermissionRefused>(&*output)) {
        refused_.push_back(*refused);
      } else if (auto* received = std::get_if<Client::Received>(&*output)) {
        received_.push_back(*received);
      }
    }
  }

  SeededRandom random_{1};
  std::optional<Client> client_;
  Timestamp now_ = Timestamp::milliseconds(1000);
  std::vector<Bytes> requests_;
  std::vector<Bytes> held_;
  std::optional<Client::Allocated> allocated_;
  std::optional<Client::Failed> failed_;
  std::vector<Client::PermissionRefused> refused_;
  std::vector<Client::Received> received_;
};

}  // namespace rtc::turn
