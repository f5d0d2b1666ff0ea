#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace rtc {

/// Bytes that somebody else owns, valid for the duration of a call.
using ByteSpan = std::span<const uint8_t>;
using MutableByteSpan = std::span<uint8_t>;

/// Owned bytes. Datagrams travel through the engine as `Bytes` moved by value.
using Bytes = std::vector<uint8_t>;

inline ByteSpan asBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

inline std::string_view asText(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline Bytes toBytes(ByteSpan bytes) {
  return Bytes(bytes.begin(), bytes.end());
}

/// Reads network-order integers from a bounded span. A read that would run past the end returns
/// `std::nullopt` and consumes nothing.
class ByteReader {
 public:
  explicit ByteReader(ByteSpan bytes) : bytes_(bytes) {}

  size_t remaining() const { return bytes_.size() - position_; }
  size_t position() const { return position_; }
  bool atEnd() const { return remaining() == 0; }

  std::optional<uint8_t> u8() {
    if (remaining() < 1)
      return std::nullopt;
    return bytes_[position_++];
  }
  std::optional<uint16_t> u16() { return integer<uint16_t, 2>(); }
  std::optional<uint32_t> u24() { return integer<uint32_t, 3>(); }
  std::optional<uint32_t> u32() { return integer<uint32_t, 4>(); }
  std::optional<uint64_t> u64() { return integer<uint64_t, 8>(); }

  /// The next `count` bytes, as a view into the original span.
  std::optional<ByteSpan> bytes(size_t count) {
    if (remaining() < count)
      return std::nullopt;
    ByteSpan result = bytes_.subspan(position_, count);
    position_ += count;
    return result;
  }
  bool skip(size_t count) { return bytes(count).has_value(); }
  /// Everything that has not been read, consuming it.
  ByteSpan rest() {
    ByteSpan result = bytes_.subspan(position_);
    position_ = bytes_.size();
    return result;
  }

 private:
  template <typename T, size_t N>
  std::optional<T> integer() {
    if (remaining() < N)
      return std::nullopt;
    T value = 0;
    for (size_t i = 0; i < N; ++i)
      value = static_cast<T>((value << 8) | bytes_[position_ + i]);
    position_ += N;
    return value;
  }

  ByteSpan bytes_;
  size_t position_ = 0;
};

/// Appends network-order integers to a growing buffer.
class ByteWriter {
 public:
  ByteWriter() = default;
  explicit ByteWriter(size_t capacity) { bytes_.reserve(capacity); }
  /// Continues behind what `bytes` already holds.
  explicit ByteWriter(Bytes bytes) : bytes_(std::move(bytes)) {}

  size_t size() const { return bytes_.size(); }
  ByteSpan view() const { return bytes_; }
  MutableByteSpan mutableView() { return bytes_; }

  void u8(uint8_t value) { bytes_.push_back(value); }
  void u16(uint16_t value) { integer<2>(value); }
  void u24(uint32_t value) { integer<3>(value); }
  void u32(uint32_t value) { integer<4>(value); }
  void u64(uint64_t value) { integer<8>(value); }
  void bytes(ByteSpan value) { bytes_.insert(bytes_.end(), value.begin(), value.end()); }
  void text(std::string_view value) { bytes(asBytes(value)); }
  void zeros(size_t count) { bytes_.resize(bytes_.size() + count); }
  /// Pads with zero bytes to a multiple of `alignment`.
  void align(size_t alignment) {
    while (bytes_.size() % alignment != 0)
      bytes_.push_back(0);
  }

  /// Overwrites two bytes that were written before; `offset + 2 <= size()`.
  void patchU16(size_t offset, uint16_t value) {
    bytes_[offset] = static_cast<uint8_t>(value >> 8);
    bytes_[offset + 1] = static_cast<uint8_t>(value);
  }
  /// Overwrites four bytes that were written before; `offset + 4 <= size()`.
  void patchU32(size_t offset, uint32_t value) {
    patchU16(offset, static_cast<uint16_t>(value >> 16));
    patchU16(offset + 2, static_cast<uint16_t>(value));
  }

  /// The buffer itself; the writer is empty afterwards.
  Bytes take() { return std::move(bytes_); }

 private:
  template <size_t N, typename T>
  void integer(T value) {
    for (size_t i = N; i-- > 0;)
      bytes_.push_back(static_cast<uint8_t>(value >> (8 * i)));
  }

  Bytes bytes_;
};

}  // namespace rtc
