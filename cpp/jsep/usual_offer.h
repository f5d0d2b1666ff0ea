#pragma once

#include <string>
#include <vector>

#include "cpp/jsep/header_extensions.h"
#include "cpp/jsep/types.h"

namespace rtc::jsep {

/// What a section of a first offer says of its codecs and header extensions, unless the application
/// has asked for something else: the same in every connection, so it is printed once.
struct UsualSection {
  /// Of the m= line.
  std::vector<std::string> formats;
  /// Attributes as Section::addPrinted() takes them.
  std::string codecs;
  bool hasRtx = false;
  /// The initial [[HeaderExtensionsToNegotiate]].
  std::vector<HeaderExtensionCapability> extensions;
  /// The same as attributes.
  std::string extmaps;
};
const UsualSection& usualSection(MediaKind kind);

}  // namespace rtc::jsep
