#pragma once

#include "cpp/base/error.h"
#include "cpp/base/result.h"

namespace rtc::wasm {

/// "Inspect the system state" (webrtc-pc section 4.4.2, in-parallel steps to create an offer):
/// whether the module's memory has room, or can grow, for a description and what making it takes.
/// An allocation that fails later on would end the whole module. Errors: OperationError.
[[nodiscard]] Status<Error> memoryForDescription();

}  // namespace rtc::wasm
