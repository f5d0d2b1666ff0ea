#pragma once

#include <optional>
#include <string_view>
#include <vector>

/// The parameters of a=fmtp in the form that most payload formats use: "name=value;name=value"
/// (RFC 4855 section 3). Spaces around names and values are not part of them.
namespace rtc::sdp {

struct FormatParameter {
  std::string_view name;
  /// Absent without "=".
  std::optional<std::string_view> value;
};

/// The parameters as views into `text`, in order; empty ones are left out.
std::vector<FormatParameter> formatParameters(std::string_view text);

/// The value of the first parameter of that name, which is compared without regard to case.
std::optional<std::string_view> formatParameter(std::string_view text, std::string_view name);

/// Whether `text` has that form: at least one parameter, and each with a name and a value.
bool isKeyValue(std::string_view text);

}  // namespace rtc::sdp
