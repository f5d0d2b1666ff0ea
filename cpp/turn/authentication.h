#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cpp/base/address.h"
#include "cpp/base/bytes.h"
#include "cpp/base/random.h"
#include "cpp/base/time.h"
#include "cpp/base/wipe.h"
#include "cpp/stun/message.h"

namespace rtc::turn {

/// Nonces that need no memory: the time of issue and an HMAC over it and the client's address,
/// under a key drawn once. Nobody else can make one, and one stolen serves from nowhere else.
class NonceIssuer {
 public:
  explicit NonceIssuer(RandomSource& random) { ready_ = random.fill(key_); }
  NonceIssuer(const NonceIssuer&) = delete;
  NonceIssuer& operator=(const NonceIssuer&) = delete;
  ~NonceIssuer() { wipe(key_); }

  /// False when the random source failed; no nonce is good then.
  bool ready() const { return ready_; }
  /// Empty when not ready.
  std::string issue(const Endpoint& client, Timestamp now) const;
  /// True for a nonce issued to `client` within the last `lifetime`.
  bool isValid(std::string_view nonce, const Endpoint& client, Timestamp now,
               Duration lifetime) const;

 private:
  std::string sealed(uint64_t milliseconds, const Endpoint& client) const;

  std::array<uint8_t, 32> key_{};
  bool ready_ = false;
};

/// Whose request it was.
struct Identity {
  std::string username;
  /// What quotas are counted under: the static user, or the name behind the expiry time of a TURN
  /// REST username, so that a fresh credential brings no fresh quota.
  std::string account;
  SecretBytes key;
};

/// Long-term credentials: static users, and the TURN REST form, where the username is
/// "<unix time of expiry>" or "<unix time of expiry>:<anything>" and the password
/// base64(HMAC-SHA1(secret, username)). Several secrets allow to change them without a break.
class CredentialStore {
 public:
  CredentialStore(std::string realm, std::map<std::string, std::string> users,
                  std::vector<std::string> secrets)
      : realm_(std::move(realm)), users_(std::move(users)), secrets_(std::move(secrets)) {}

  /// The identity when `request`'s integrity agrees with one of the passwords that `username` may
  /// have at `unixSeconds`.
  std::optional<Identity> verify(const stun::Message& request, std::string_view username,
                                 int64_t unixSeconds) const;

 private:
  std::string realm_;
  std::map<std::string, std::string> users_;
  std::vector<std::string> secrets_;
};

/// The password of a TURN REST username. Empty when the cryptographic library fails.
std::string restPassword(std::string_view secret, std::string_view username);

}  // namespace rtc::turn
