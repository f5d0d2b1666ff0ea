#include "cpp/base/random.h"

#include <bit>

namespace rtc {

uint32_t RandomSource::u32() {
  std::array<uint8_t, 4> raw{};
  if (!fill(raw))
    return 0;
  return *ByteReader(raw).u32();
}

uint64_t RandomSource::u64() {
  std::array<uint8_t, 8> raw{};
  if (!fill(raw))
    return 0;
  return *ByteReader(raw).u64();
}

uint32_t RandomSource::below(uint32_t bound) {
  // Values under `threshold` would make the low residues more likely than the others.
  const uint32_t threshold = (0u - bound) % bound;
  for (int attempt = 0; attempt < 64; ++attempt) {
    const uint32_t value = u32();
    if (value >= threshold)
      return value % bound;
  }
  return 0;
}

std::string randomIceChars(RandomSource& random, size_t length) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  Bytes raw(length);
  if (!random.fill(raw))
    return {};
  std::string text;
  text.reserve(length);
  for (uint8_t byte : raw)
    text.push_back(kAlphabet[byte & 63]);
  return text;
}

SeededRandom::SeededRandom(uint64_t seed) {
  for (uint64_t& word : state_) {
    seed += 0x9e3779b97f4a7c15;
    uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    word = z ^ (z >> 31);
  }
}

uint64_t SeededRandom::next() {
  const uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

bool SeededRandom::fill(MutableByteSpan out) {
  size_t i = 0;
  while (i < out.size()) {
    uint64_t word = next();
    for (int b = 0; b < 8 && i < out.size(); ++b, ++i) {
      out[i] = static_cast<uint8_t>(word);
      word >>= 8;
    }
  }
  return true;
}

}  // namespace rtc
