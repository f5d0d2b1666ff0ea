#pragma once

#include <filesystem>
#include <string>

namespace rtc::sim::whole {

/// Writes what real sessions put on the wire as seeds for fuzz targets: one folder for each target,
/// an input of each shape once. Sessions over open hosts, NATs and the relay, with data and media,
/// and one more between two associations, whose packets DTLS hides otherwise. The same bytes every
/// time. Empty, or what went wrong.
std::string recordCorpora(const std::filesystem::path& directory);

}  // namespace rtc::sim::whole
