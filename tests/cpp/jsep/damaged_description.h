#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace rtc::jsep::testing {

inline void setPorts(std::vector<std::string>& lines, const std::string& port) {
  for (std::string& text : lines) {
    if (text.starts_with("m=")) {
      const size_t at = text.find(' ') + 1;
      text.replace(at, text.find(' ', at) - at, port);
    }
  }
}

/// Mistakes that take more than a line: what one end offers and the other may not answer, and more
/// of something than anybody has use for.
inline void misunderstand(std::vector<std::string>& lines, size_t line,
                          const std::function<uint32_t(uint32_t)>& below) {
  const auto isMedia = [](const std::string& text) {
    return text.starts_with("m=");
  };
  switch (below(8)) {
    case 0:
      // What was rejected is accepted.
      setPorts(lines, "9");
      break;
    case 1:
      std::erase_if(lines, [](const std::string& text) { return text.starts_with("a=rtcp-mux"); });
      break;
    case 2:
      // A section leaves its bundle.
      for (std::string& text : lines) {
        const size_t last = text.find_last_of(' ');
        if (text.starts_with("a=group:BUNDLE ") && last != std::string::npos)
          text = text.substr(0, last) + "\r\n";
      }
      break;
    case 3: {
      // The last section many times more, each with a name of its own and in no bundle.
      constexpr uint32_t kTimes[] = {1, 3, 70, 1100};
      const auto last = std::find_if(lines.rbegin(), lines.rend(), isMedia);
      if (last == lines.rend())
        break;
      const std::vector<std::string> section(last.base() - 1, lines.end());
      for (uint32_t left = kTimes[below(4)]; left > 0; --left) {
        for (const std::string& text : section) {
          lines.push_back(text.starts_with("a=mid:") ? "a=mid:more" + std::to_string(left) + "\r\n"
                                                     : text);
        }
      }
      break;
    }
    case 4: {
      // Header extensions: with the id of padding, or one of the far ends of the ranges.
      constexpr const char* kIds[] = {"0", "14", "15", "16", "255", "256", "4096"};
      lines.push_back(std::string("a=extmap:") + kIds[below(7)] + " urn:example:extension\r\n");
      break;
    }
    case 5:
      for (int i = 1; i <= 300; ++i)
        lines.push_back("a=extmap:" + std::to_string(i) + " urn:" + std::to_string(i) + "\r\n");
      break;
    case 6: {
      // Layers, more than are taken, in the last section.
      const std::string way = below(2) == 0 ? "recv" : "send";
      std::string all = "a=simulcast:" + way + " ";
      for (uint32_t i = 0, count = 1 + below(6); i < count; ++i) {
        lines.push_back("a=rid:r" + std::to_string(i) + " " + way + "\r\n");
        all += (i == 0 ? "r" : ";r") + std::to_string(i);
      }
      lines.push_back(all + "\r\n");
      break;
    }
    default: {
      // Attributes of the session that change what all sections mean.
      constexpr const char* kLines[] = {"a=ice-lite\r\n", "a=ice-options:trickle\r\n",
                                        "a=extmap-allow-mixed\r\n", "a=setup:actpass\r\n"};
      const std::string added = kLines[below(4)];
      if (below(2) == 0) {
        std::erase(lines, added);
      } else {
        lines.insert(std::find_if(lines.begin() + line, lines.end(), isMedia), added);
      }
      break;
    }
  }
}

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
  // The highest values are those that came later: what recorded choices mean stays.
  constexpr uint32_t kFirstLarge = 0xe0;
  const uint32_t choice = below(256);
  if (choice >= kFirstLarge)
    misunderstand(lines, line, below);
  switch (choice < kFirstLarge ? choice % 7 : 7) {
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
      setPorts(lines, "0");
      break;
    case 7:
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
