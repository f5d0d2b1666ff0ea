#include "wasm/memory.h"

#include <cstdlib>

namespace rtc::wasm {
namespace {

/// A description of a dozen media sections has about 50 kB, and is copied a few times on its way.
constexpr size_t kDescriptionBytes = 256 * 1024;

}  // namespace

Status<Error> memoryForDescription() {
  void* const room = std::malloc(kDescriptionBytes);
  // An allocation that nobody looks at could be optimised away, and would then succeed.
  asm volatile("" : : "r"(room) : "memory");
  if (!room)
    return failWith(ErrorKind::kOperationError, "the memory of the engine is exhausted");
  std::free(room);
  return Done{};
}

}  // namespace rtc::wasm
