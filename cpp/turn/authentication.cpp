#include "cpp/turn/authentication.h"

#include <charconv>

#include "cpp/base/constant_time.h"
#include "cpp/stun/crypto.h"

namespace rtc::turn {
namespace {

constexpr size_t kTimeDigits = 16;
constexpr size_t kMacBytes = 12;

void appendHex(std::string& text, ByteSpan bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (uint8_t byte : bytes) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
}

std::string base64(ByteSpan bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - at);
    uint32_t group = 0;
    for (size_t i = 0; i < 3; ++i) {
      group = group << 8 | (i < count ? bytes[at + i] : 0u);
    }
    for (size_t i = 0; i < 4; ++i) {
      text.push_back(i <= count ? kDigits[group >> (18 - 6 * i) & 63] : '=');
    }
  }
  return text;
}

struct RestName {
  int64_t expiry;
  std::string_view name;
};

std::optional<RestName> parseRestName(std::string_view username) {
  const size_t colon = username.find(':');
  const std::string_view digits = username.substr(0, colon);
  int64_t expiry = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), expiry);
  if (error != std::errc() || end != digits.data() + digits.size() || expiry < 0) {
    return std::nullopt;
  }
  const std::string_view name =
      colon == std::string_view::npos ? username : username.substr(colon + 1);
  return RestName{expiry, name};
}

}  // namespace

std::string NonceIssuer::sealed(uint64_t milliseconds, const Endpoint& client) const {
  if (!ready_)
    return {};
  ByteWriter writer(32);
  writer.u64(milliseconds);
  std::string text;
  appendHex(text, writer.view());
  writer.u16(client.port);
  writer.bytes(client.address.bytes());
  std::array<uint8_t, stun::kSha256Size> mac{};
  if (!stun::hmac(stun::Hash::kSha256, key_, {writer.view()}, mac))
    return {};
  appendHex(text, ByteSpan(mac).first(kMacBytes));
  return text;
}

std::string NonceIssuer::issue(const Endpoint& client, Timestamp now) const {
  return sealed(static_cast<uint64_t>(now.ms()), client);
}

bool NonceIssuer::isValid(std::string_view nonce, const Endpoint& client, Timestamp now,
                          Duration lifetime) const {
  if (nonce.size() != kTimeDigits + 2 * kMacBytes)
    return false;
  uint64_t milliseconds = 0;
  const std::string_view digits = nonce.substr(0, kTimeDigits);
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), milliseconds, 16);
  if (error != std::errc() || end != digits.data() + digits.size())
    return false;
  const std::string expected = sealed(milliseconds, client);
  if (expected.empty() || !constantTimeEqual(asBytes(expected), asBytes(nonce)))
    return false;
  // Authentic, so the time is one that came in as `now` before and cannot overflow.
  const Duration age = Duration::milliseconds(now.ms() - static_cast<int64_t>(milliseconds));
  return age >= Duration::zero() && age < lifetime;
}

std::string restPassword(std::string_view secret, std::string_view username) {
  std::array<uint8_t, stun::kSha1Size> mac{};
  if (!stun::hmac(stun::Hash::kSha1, asBytes(secret), {asBytes(username)}, mac))
    return {};
  return base64(mac);
}

std::optional<Identity> CredentialStore::verify(const stun::Message& request,
                                                std::string_view username,
                                                int64_t unixSeconds) const {
  const auto user = users_.find(std::string(username));
  if (user != users_.end()) {
    SecretBytes key(stun::longTermKey(username, realm_, user->second));
    if (!request.verifyIntegrity(key))
      return std::nullopt;
    return Identity{user->first, "user " + user->first, std::move(key)};
  }
  const auto rest = parseRestName(username);
  if (!rest || rest->expiry <= unixSeconds)
    return std::nullopt;
  for (const std::string& secret : secrets_) {
    const std::string password = restPassword(secret, username);
    if (secret.empty() || password.empty())
      continue;
    SecretBytes key(stun::longTermKey(username, realm_, password));
    if (request.verifyIntegrity(key)) {
      return Identity{std::string(username), "rest " + std::string(rest->name), std::move(key)};
    }
  }
  return std::nullopt;
}

}  // namespace rtc::turn
