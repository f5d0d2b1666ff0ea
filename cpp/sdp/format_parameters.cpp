#include "cpp/sdp/format_parameters.h"

#include <algorithm>

#include "cpp/sdp/text.h"

namespace rtc::sdp {
std::vector<FormatParameter> formatParameters(std::string_view text) {
  std::vector<FormatParameter> result;
  for (std::string_view part : splitWords(text, ';')) {
    const Cut pair = cut(part, '=');
    FormatParameter parameter{trim(pair.head), std::nullopt};
    if (pair.tail)
      parameter.value = trim(*pair.tail);
    if (!parameter.name.empty() || parameter.value)
      result.push_back(parameter);
  }
  return result;
}

std::optional<std::string_view> formatParameter(std::string_view text, std::string_view name) {
  for (const FormatParameter& parameter : formatParameters(text)) {
    if (equalsIgnoringCase(parameter.name, name))
      return parameter.value;
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
