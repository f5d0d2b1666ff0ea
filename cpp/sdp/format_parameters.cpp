#include "cpp/sdp/format_parameters.h"

#include <algorithm>

#include "cpp/sdp/text.h"

namespace rtc::sdp {
namespace {

// Takes the next parameter off the front of `rest`; absent at its end.
std::optional<FormatParameter> takeParameter(std::string_view& rest) {
  while (!rest.empty()) {
    const Cut parts = cut(rest, ';');
    rest = parts.tail.value_or(std::string_view());
    const Cut pair = cut(parts.head, '=');
    FormatParameter parameter{trim(pair.head), std::nullopt};
    if (pair.tail)
      parameter.value = trim(*pair.tail);
    if (!parameter.name.empty() || parameter.value)
      return parameter;
  }
  return std::nullopt;
}

}  // namespace

std::vector<FormatParameter> formatParameters(std::string_view text) {
  std::vector<FormatParameter> result;
  while (const auto parameter = takeParameter(text))
    result.push_back(*parameter);
  return result;
}

std::optional<std::string_view> formatParameter(std::string_view text, std::string_view name) {
  while (const auto parameter = takeParameter(text)) {
    if (equalsIgnoringCase(parameter->name, name))
      return parameter->value;
  }
  return std::nullopt;
}

bool isKeyValue(std::string_view text) {
  const auto parameters = formatParameters(text);
  return !parameters.empty() && std::all_of(parameters.begin(), parameters.end(), [](auto& one) {
    return !one.name.empty() && one.value && !one.value->empty();
  });
}

}  // namespace rtc::sdp
