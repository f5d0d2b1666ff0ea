#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// tests/fixtures/sdp: descriptions as other implementations write them, and what to expect of
/// them.
namespace rtc::jsep::testing {

/// Why a description has to be refused.
struct ExpectedError {
  /// As script sees it: "RTCError", "InvalidAccessError".
  std::string name;
  /// A part of the message.
  std::string message;
  /// With RTCError: where.
  std::optional<int> line;
};

struct Fixture {
  /// "<peer>/<file without .sdp>"
  std::string path;
  bool isOffer = true;
  /// Of an answer: the path of the offer that it answers.
  std::string to;
  /// Paths of the earlier descriptions of the same type in the same connection.
  std::vector<std::string> after;
  std::string sdp;

  // From expectations.json:
  std::optional<ExpectedError> error;
  /// Sections that an answer rejects although the offer does not.
  std::vector<size_t> rejected;
};

/// The folders of tests/fixtures/sdp, sorted.
std::vector<std::string> fixtureFolders();
/// All fixtures of a folder, in the order of its index.
std::vector<Fixture> fixturesOf(const std::string& folder);
/// One fixture. Aborts when there is none: the index is wrong.
const Fixture& fixtureAt(const std::string& path);

}  // namespace rtc::jsep::testing
