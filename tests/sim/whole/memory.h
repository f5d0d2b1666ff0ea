#pragma once

// Who holds how much of the heap. A program that links this has every `new` counted for the owner
// on whose behalf it was called, and every `delete` taken off the account that it was put on. What
// third parties get by malloc is not counted: LeakSanitizer sees to that.

#include <cstddef>
#include <cstdint>

namespace rtc::sim::whole::memory {

enum class Owner : uint8_t { kSimulation, kFirst, kSecond };
inline constexpr size_t kOwners = 3;

/// As long as it lives, allocations are this owner's.
class For {
 public:
  explicit For(Owner owner);
  ~For();
  For(const For&) = delete;
  For& operator=(const For&) = delete;

 private:
  Owner before_;
};

/// Bytes, and blocks, that it holds now.
size_t bytesOf(Owner owner);
size_t blocksOf(Owner owner);

}  // namespace rtc::sim::whole::memory
