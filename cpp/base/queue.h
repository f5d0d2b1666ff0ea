#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace rtc {

/// First in, first out, as std::deque does it, for queues that are empty most of the time: what a
/// component has to tell, what is to be sent next. std::deque of libc++ takes 4 kB and more for its
/// first element and keeps it, which a connection with a dozen queues would pay a dozen times. This
/// one takes four elements at first, twice as many when they do not suffice, and gives back what is
/// more than `kKeptBytes` when it is empty again.
///
/// References stay good until an element is added.
template <typename T>
class Queue {
 public:
  static constexpr size_t kKeptBytes = 4096;

  Queue() = default;
  Queue(Queue&& other) noexcept { swap(other); }
  Queue& operator=(Queue&& other) noexcept {
    Queue taken(std::move(other));
    swap(taken);
    return *this;
  }
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;
  ~Queue() {
    destroyAll();
    release();
  }

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }

  /// `index` is below size(); front(), back() and what takes them out need an element.
  T& operator[](size_t index) { return elements_[slot(index)]; }
  const T& operator[](size_t index) const { return elements_[slot(index)]; }
  T& front() { return (*this)[0]; }
  const T& front() const { return (*this)[0]; }
  T& back() { return (*this)[size_ - 1]; }
  const T& back() const { return (*this)[size_ - 1]; }

  /// The arguments may be of an element.
  template <typename... Arguments>
  T& emplace_back(Arguments&&... arguments) {
    if (size_ == capacity_)
      return growWith(size_, std::forward<Arguments>(arguments)...);
    T* const added =
        std::construct_at(elements_ + slot(size_), std::forward<Arguments>(arguments)...);
    ++size_;
    return *added;
  }
  void push_back(const T& value) { emplace_back(value); }
  void push_back(T&& value) { emplace_back(std::move(value)); }

  void push_front(T value) {
    if (size_ == capacity_) {
      growWith(0, std::move(value));
      return;
    }
    head_ = (head_ + capacity_ - 1) & (capacity_ - 1);
    std::construct_at(elements_ + head_, std::move(value));
    ++size_;
  }

  void pop_front() {
    std::destroy_at(elements_ + head_);
    head_ = (head_ + 1) & (capacity_ - 1);
    --size_;
    if (size_ == 0 && capacity_ * sizeof(T) > kKeptBytes)
      release();
  }
  void pop_back() {
    std::destroy_at(&back());
    --size_;
  }
  /// Takes out all for which `predicate` holds; the others keep their order.
  template <typename Predicate>
  void removeIf(Predicate predicate) {
    size_t kept = 0;
    for (size_t i = 0; i < size_; ++i) {
      if (predicate(std::as_const((*this)[i])))
        continue;
      if (kept < i)
        (*this)[kept] = std::move((*this)[i]);
      ++kept;
    }
    while (size_ > kept)
      pop_back();
    if (empty())
      clear();
  }
  void clear() {
    destroyAll();
    if (capacity_ * sizeof(T) > kKeptBytes)
      release();
  }

  void swap(Queue& other) noexcept {
    std::swap(elements_, other.elements_);
    std::swap(capacity_, other.capacity_);
    std::swap(head_, other.head_);
    std::swap(size_, other.size_);
  }

 private:
  static constexpr size_t kFirstCapacity = 4;

  size_t slot(size_t index) const { return (head_ + index) & (capacity_ - 1); }

  /// Twice the room, the others moved, and a new element before all of them or (`at` is the size)
  /// after: made first, since it may be made of one of the others.
  template <typename... Arguments>
  T& growWith(size_t at, Arguments&&... arguments) {
    const size_t capacity = capacity_ == 0 ? kFirstCapacity : 2 * capacity_;
    T* const elements = std::allocator<T>().allocate(capacity);
    T* const added = std::construct_at(elements + at, std::forward<Arguments>(arguments)...);
    T* to = elements + (at == 0 ? 1 : 0);
    for (size_t i = 0; i < size_; ++i)
      std::construct_at(to++, std::move((*this)[i]));
    const size_t size = size_ + 1;
    destroyAll();
    release();
    elements_ = elements;
    capacity_ = capacity;
    size_ = size;
    return *added;
  }

  void destroyAll() {
    for (size_t i = 0; i < size_; ++i)
      std::destroy_at(elements_ + slot(i));
    size_ = 0;
    head_ = 0;
  }
  void release() {
    if (elements_ != nullptr)
      std::allocator<T>().deallocate(elements_, capacity_);
    elements_ = nullptr;
    capacity_ = 0;
    head_ = 0;
  }

  T* elements_ = nullptr;
  size_t capacity_ = 0;  // zero or a power of two
  size_t head_ = 0;
  size_t size_ = 0;
};

}  // namespace rtc
