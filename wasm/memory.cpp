#include "wasm/memory.h"

#include <cstdlib>
#include <malloc.h>

#include <emscripten/bind.h>
#include <emscripten/heap.h>

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

// For `npm run leaks`: bytes that are allocated, and what the module's memory has. The latter never
// shrinks.
EMSCRIPTEN_BINDINGS(webrtcMemory) {
  emscripten::function("heapInUse",
                       emscripten::optional_override([] { return double(mallinfo().uordblks); }));
  emscripten::function(
      "heapSize", emscripten::optional_override([] { return double(emscripten_get_heap_size()); }));
}
