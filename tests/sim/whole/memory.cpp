#include "tests/sim/whole/memory.h"

#include <array>
#include <cstdlib>
#include <new>

namespace rtc::sim::whole::memory {
namespace {

struct Account {
  size_t bytes = 0;
  size_t blocks = 0;
};

/// Before each block, as long as what malloc aligns to.
struct alignas(alignof(std::max_align_t)) Head {
  size_t bytes = 0;
  Owner owner = Owner::kSimulation;
};

// The simulation has one thread.
Owner current = Owner::kSimulation;
std::array<Account, kOwners> accounts;

Account& accountOf(Owner owner) {
  return accounts[static_cast<size_t>(owner)];
}

void* take(size_t bytes) {
  auto* head = static_cast<Head*>(std::malloc(sizeof(Head) + bytes));
  if (head == nullptr)
    std::abort();
  *head = {bytes, current};
  Account& account = accountOf(current);
  account.bytes += bytes;
  ++account.blocks;
  return head + 1;
}

void give(void* block) {
  if (block == nullptr)
    return;
  Head* head = static_cast<Head*>(block) - 1;
  Account& account = accountOf(head->owner);
  account.bytes -= head->bytes;
  --account.blocks;
  std::free(head);
}

}  // namespace

For::For(Owner owner) : before_(current) {
  current = owner;
}

For::~For() {
  current = before_;
}

size_t bytesOf(Owner owner) {
  return accountOf(owner).bytes;
}

size_t blocksOf(Owner owner) {
  return accountOf(owner).blocks;
}

}  // namespace rtc::sim::whole::memory

using rtc::sim::whole::memory::give;
using rtc::sim::whole::memory::take;

void* operator new(size_t bytes) {
  return take(bytes);
}
void* operator new[](size_t bytes) {
  return take(bytes);
}
void* operator new(size_t bytes, const std::nothrow_t&) noexcept {
  return take(bytes);
}
void* operator new[](size_t bytes, const std::nothrow_t&) noexcept {
  return take(bytes);
}
void operator delete(void* block) noexcept {
  give(block);
}
void operator delete[](void* block) noexcept {
  give(block);
}
void operator delete(void* block, size_t) noexcept {
  give(block);
}
void operator delete[](void* block, size_t) noexcept {
  give(block);
}
void operator delete(void* block, const std::nothrow_t&) noexcept {
  give(block);
}
void operator delete[](void* block, const std::nothrow_t&) noexcept {
  give(block);
}
