#pragma once

#include "cpp/media/session.h"
#include "wasm/convert.h"

namespace rtc::wasm {

/// The event object for what media report.
val mediaEventFrom(const media::Event& event);

}  // namespace rtc::wasm
