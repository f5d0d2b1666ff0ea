#include "cpp/stun/crypto.h"

#include <mbedtls/md.h>

namespace rtc::stun {
namespace {

const mbedtls_md_info_t* infoFor(Hash hash) {
  switch (hash) {
    case Hash::kMd5:
      return mbedtls_md_info_from_type(MBEDTLS_MD_MD5);
    case Hash::kSha1:
      return mbedtls_md_info_from_type(MBEDTLS_MD_SHA1);
    case Hash::kSha256:
      return mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
  }
  return nullptr;
}

class Context {
 public:
  Context(Hash hash, bool keyed) {
    mbedtls_md_init(&context_);
    const mbedtls_md_info_t* info = infoFor(hash);
    ready_ = info != nullptr && mbedtls_md_setup(&context_, info, keyed ? 1 : 0) == 0;
    size_ = info != nullptr ? mbedtls_md_get_size(info) : 0;
  }
  ~Context() { mbedtls_md_free(&context_); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  bool fits(MutableByteSpan out) const { return ready_ && out.size() == size_; }
  mbedtls_md_context_t* get() { return &context_; }

 private:
  mbedtls_md_context_t context_;
  size_t size_ = 0;
  bool ready_ = false;
};

std::array<uint32_t, 256> makeCrcTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t b = 0; b < 256; ++b) {
    uint32_t crc = b;
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc >> 1) ^ ((crc & 1) ? 0xedb88320u : 0u);
    table[b] = crc;
  }
  return table;
}

}  // namespace

bool hmac(Hash hash, ByteSpan key, std::initializer_list<ByteSpan> parts, MutableByteSpan out) {
  Context context(hash, true);
  if (!context.fits(out))
    return false;
  if (mbedtls_md_hmac_starts(context.get(), key.data(), key.size()) != 0)
    return false;
  for (ByteSpan part : parts) {
    if (mbedtls_md_hmac_update(context.get(), part.data(), part.size()) != 0)
      return false;
  }
  return mbedtls_md_hmac_finish(context.get(), out.data()) == 0;
}

bool digest(Hash hash, std::initializer_list<ByteSpan> parts, MutableByteSpan out) {
  Context context(hash, false);
  if (!context.fits(out))
    return false;
  if (mbedtls_md_starts(context.get()) != 0)
    return false;
  for (ByteSpan part : parts) {
    if (mbedtls_md_update(context.get(), part.data(), part.size()) != 0)
      return false;
  }
  return mbedtls_md_finish(context.get(), out.data()) == 0;
}

uint32_t crc32(ByteSpan bytes) {
  // Made when it is first needed: as data it would be 1 kB that no compression makes smaller.
  static const std::array<uint32_t, 256> table = makeCrcTable();
  uint32_t crc = 0xffffffff;
  for (uint8_t byte : bytes)
    crc = (crc >> 8) ^ table[(crc ^ byte) & 0xff];
  return ~crc;
}

Bytes longTermKey(std::string_view username, std::string_view realm, std::string_view password) {
  Bytes key(kMd5Size);
  const ByteSpan colon = asBytes(":");
  if (!digest(Hash::kMd5, {asBytes(username), colon, asBytes(realm), colon, asBytes(password)},
              key)) {
    return {};
  }
  return key;
}

Bytes userHash(std::string_view username, std::string_view realm) {
  Bytes hash(kSha256Size);
  if (!digest(Hash::kSha256, {asBytes(username), asBytes(":"), asBytes(realm)}, hash))
    return {};
  return hash;
}

}  // namespace rtc::stun
