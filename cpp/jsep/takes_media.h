#pragma once

/// Whether what is linked negotiates audio and video.
namespace rtc::jsep {

/// Where it is true, a session's configuration has the say (`SessionConfig::takesMedia`). A module
/// that never takes any defines this as false, ahead of takes_media.cpp: the linker then sees that
/// no section is a transceiver's, and leaves out what there is about codecs, header extensions and
/// simulcast.
extern const bool kTakesMedia;

}  // namespace rtc::jsep
