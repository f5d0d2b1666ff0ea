#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace rtc::jsep::testing {

/// A description, not empty, as it comes from somebody who makes mistakes: with a line too many or
/// too few, or with one that says something else. `below(n)` chooses from [0, n).
inline std::string damagedDescription(const std::string& sdp,
                                      const std::function<uint32_t(uint32_t)>& below) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < sdp.size();) {
    const size_t end = std::min(sdp.find('\n', at), sdp.size() - 1) + 1;
    lines.push_back(sdp.substr(at, end - at));
    at = end;
  }
  const auto line = below(static_cast<uint32_t>(lines.size()));
  switch (below(7)) {
    case 0:
      lines.erase(lines.begin() + line);
      break;
    case 1:
      lines.insert(lines.begin() + line, lines[below(static_cast<uint32_t>(lines.size()))]);
      break;
    case 2:
      std::swap(lines[line], lines[below(static_cast<uint32_t>(lines.size()))]);
      break;
    case 3: {
      std::string& text = lines[line];
      text[below(static_cast<uint32_t>(text.size()))] = static_cast<char>(below(256));
      break;
    }
    case 4:
      lines.push_back("m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:x\r\na=rtcp-mux\r\n");
      break;
    case 5:
      for (std::string& text : lines) {
        if (text.starts_with("m=")) {
          const size_t port = text.find(' ') + 1;
          text.replace(port, text.find(' ', port) - port, "0");
        }
      }
      break;
    default: {
      constexpr const char* kSetups[] = {"actpass", "active", "passive", "holdconn"};
      for (std::string& text : lines) {
        if (text.starts_with("a=setup:")) {
          text = std::string("a=setup:") + kSetups[below(4)] + "\r\n";
        }
      }
      break;
    }
  }
  std::string result;
  for (const std::string& text : lines)
    result += text;
  return result;
}

}  // namespace rtc::jsep::testing
