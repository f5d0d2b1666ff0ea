#pragma once

// Whether a secret is still in memory that is given back. To be included in one source of a test
// program: without the sanitizers it replaces the global operators.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <malloc.h>
#include <new>

#include "cpp/base/bytes.h"

#if defined(__SANITIZE_ADDRESS__)
#define WEBRTC_WATCHED_BY_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WEBRTC_WATCHED_BY_SANITIZER 1
#endif
#endif

#ifdef WEBRTC_WATCHED_BY_SANITIZER
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*onAllocate)(const volatile void*,
                                                                            size_t),
                                                         void (*onFree)(const volatile void*));
#endif

namespace rtc::testing {

/// Counts the blocks of memory that are given back with a secret in them; with the sanitizers,
/// those of C libraries as well.
class SecretWatch {
 public:
  explicit SecretWatch(ByteSpan secret) : size_(std::min(secret.size(), sizeof(secret_))) {
    std::copy_n(secret.begin(), size_, secret_);
#ifdef WEBRTC_WATCHED_BY_SANITIZER
    static const int installed = __sanitizer_install_malloc_and_free_hooks(
        [](const volatile void*, size_t) {},
        [](const volatile void* block) { inspect(const_cast<const void*>(block)); });
    (void)installed;
#endif
    current() = this;
  }
  ~SecretWatch() {
    current() = nullptr;
  }
  SecretWatch(const SecretWatch&) = delete;
  SecretWatch& operator=(const SecretWatch&) = delete;

  size_t found() const {
    return found_;
  }
  size_t inspected() const {
    return inspected_;
  }

  static void inspect(const void* block) {
    SecretWatch* watch = current();
    if (watch == nullptr || block == nullptr)
      return;
    ++watch->inspected_;
    const auto* bytes = static_cast<const uint8_t*>(block);
    const uint8_t* end = bytes + malloc_usable_size(const_cast<void*>(block));
    if (std::search(bytes, end, watch->secret_, watch->secret_ + watch->size_) != end)
      ++watch->found_;
  }

 private:
  static SecretWatch*& current() {
    static SecretWatch* watch = nullptr;
    return watch;
  }

  // Not on the heap, where it would be found itself.
  uint8_t secret_[64] = {};
  size_t size_;
  size_t found_ = 0;
  size_t inspected_ = 0;
};

}  // namespace rtc::testing

#ifndef WEBRTC_WATCHED_BY_SANITIZER
// NOLINTBEGIN(misc-definitions-in-headers): one source includes it, see above.
void* operator new(size_t size) {
  if (void* block = std::malloc(size == 0 ? 1 : size))
    return block;
  std::abort();
}
void operator delete(void* block) noexcept {
  rtc::testing::SecretWatch::inspect(block);
  std::free(block);
}
void operator delete(void* block, size_t) noexcept {
  operator delete(block);
}
// NOLINTEND(misc-definitions-in-headers)
#endif
