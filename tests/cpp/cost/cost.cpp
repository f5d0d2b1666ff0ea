#include "tests/cpp/cost/cost.h"

#include <cstdlib>
#include <new>

#include <mbedtls/aes.h>
#include <mbedtls/cipher.h>
#include <mbedtls/ecp.h>
#include <mbedtls/md.h>
#include <mbedtls/md5.h>
#include <mbedtls/rsa.h>
#include <mbedtls/sha1.h>
#include <mbedtls/sha256.h>
#include <mbedtls/sha512.h>

#include "cpp/base/crc32c.h"

namespace {
// Tests have one thread.
rtc::cost::Cost counted;

void* take(size_t bytes);
}  // namespace

// The linker has every call of `f` go to `__wrap_f`, and `__real_f` be what `f` was (--wrap).
extern "C" {

void* __real_malloc(size_t bytes);
void* __real_calloc(size_t count, size_t size);
void* __wrap_malloc(size_t bytes) {
  ++counted.blocks;
  counted.bytes += bytes;
  return __real_malloc(bytes);
}
void* __wrap_calloc(size_t count, size_t size) {
  ++counted.blocks;
  counted.bytes += count * size;
  return __real_calloc(count, size);
}

#define COUNT_HASH(hash)                                                                          \
  int __real_mbedtls_##hash##_update(mbedtls_##hash##_context* state, const unsigned char* input, \
                                     size_t length);                                              \
  int __wrap_mbedtls_##hash##_update(mbedtls_##hash##_context* state, const unsigned char* input, \
                                     size_t length) {                                             \
    counted.hashed += length;                                                                     \
    return __real_mbedtls_##hash##_update(state, input, length);                                  \
  }
COUNT_HASH(md5)
COUNT_HASH(sha1)
COUNT_HASH(sha256)
COUNT_HASH(sha512)
#undef COUNT_HASH

int __real_mbedtls_md_hmac_finish(mbedtls_md_context_t* context, unsigned char* output);
int __wrap_mbedtls_md_hmac_finish(mbedtls_md_context_t* context, unsigned char* output) {
  ++counted.macs;
  return __real_mbedtls_md_hmac_finish(context, output);
}

#define COUNT_RECORD(function)                                                                     \
  int __real_##function(mbedtls_cipher_context_t* context, const unsigned char* iv,                \
                        size_t ivLength, const unsigned char* ad, size_t adLength,                 \
                        const unsigned char* input, size_t length, unsigned char* output,          \
                        size_t capacity, size_t* written, size_t tagLength);                       \
  int __wrap_##function(mbedtls_cipher_context_t* context, const unsigned char* iv,                \
                        size_t ivLength, const unsigned char* ad, size_t adLength,                 \
                        const unsigned char* input, size_t length, unsigned char* output,          \
                        size_t capacity, size_t* written, size_t tagLength) {                      \
    ++counted.records;                                                                             \
    counted.ciphered += length;                                                                    \
    return __real_##function(context, iv, ivLength, ad, adLength, input, length, output, capacity, \
                             written, tagLength);                                                  \
  }
COUNT_RECORD(mbedtls_cipher_auth_encrypt_ext)
COUNT_RECORD(mbedtls_cipher_auth_decrypt_ext)
#undef COUNT_RECORD

int __real_mbedtls_aes_crypt_ctr(mbedtls_aes_context* context, size_t length, size_t* offset,
                                 unsigned char nonce[16], unsigned char stream[16],
                                 const unsigned char* input, unsigned char* output);
int __wrap_mbedtls_aes_crypt_ctr(mbedtls_aes_context* context, size_t length, size_t* offset,
                                 unsigned char nonce[16], unsigned char stream[16],
                                 const unsigned char* input, unsigned char* output) {
  counted.ciphered += length;
  return __real_mbedtls_aes_crypt_ctr(context, length, offset, nonce, stream, input, output);
}

int __real_mbedtls_ecp_mul(mbedtls_ecp_group* group, mbedtls_ecp_point* result,
                           const mbedtls_mpi* scalar, const mbedtls_ecp_point* point,
                           int (*random)(void*, unsigned char*, size_t), void* context);
int __wrap_mbedtls_ecp_mul(mbedtls_ecp_group* group, mbedtls_ecp_point* result,
                           const mbedtls_mpi* scalar, const mbedtls_ecp_point* point,
                           int (*random)(void*, unsigned char*, size_t), void* context) {
  ++counted.publicKeys;
  return __real_mbedtls_ecp_mul(group, result, scalar, point, random, context);
}
int __real_mbedtls_ecp_gen_keypair(mbedtls_ecp_group* group, mbedtls_mpi* scalar,
                                   mbedtls_ecp_point* point,
                                   int (*random)(void*, unsigned char*, size_t), void* context);
int __wrap_mbedtls_ecp_gen_keypair(mbedtls_ecp_group* group, mbedtls_mpi* scalar,
                                   mbedtls_ecp_point* point,
                                   int (*random)(void*, unsigned char*, size_t), void* context) {
  ++counted.publicKeys;
  return __real_mbedtls_ecp_gen_keypair(group, scalar, point, random, context);
}
int __real_mbedtls_ecp_muladd(mbedtls_ecp_group* group, mbedtls_ecp_point* result,
                              const mbedtls_mpi* m, const mbedtls_ecp_point* p,
                              const mbedtls_mpi* n, const mbedtls_ecp_point* q);
int __wrap_mbedtls_ecp_muladd(mbedtls_ecp_group* group, mbedtls_ecp_point* result,
                              const mbedtls_mpi* m, const mbedtls_ecp_point* p,
                              const mbedtls_mpi* n, const mbedtls_ecp_point* q) {
  ++counted.publicKeys;
  return __real_mbedtls_ecp_muladd(group, result, m, p, n, q);
}
int __real_mbedtls_rsa_public(mbedtls_rsa_context* context, const unsigned char* input,
                              unsigned char* output);
int __wrap_mbedtls_rsa_public(mbedtls_rsa_context* context, const unsigned char* input,
                              unsigned char* output) {
  ++counted.publicKeys;
  return __real_mbedtls_rsa_public(context, input, output);
}

// rtc::crc32c(std::span<const uint8_t>, uint32_t)
uint32_t __real__ZN3rtc6crc32cESt4spanIKhLm18446744073709551615EEj(rtc::ByteSpan bytes,
                                                                   uint32_t crc);
uint32_t __wrap__ZN3rtc6crc32cESt4spanIKhLm18446744073709551615EEj(rtc::ByteSpan bytes,
                                                                   uint32_t crc) {
  counted.checked += bytes.size();
  return __real__ZN3rtc6crc32cESt4spanIKhLm18446744073709551615EEj(bytes, crc);
}

}  // extern "C"

namespace {
void* take(size_t bytes) {
  void* block = __wrap_malloc(bytes == 0 ? 1 : bytes);
  if (block == nullptr)
    std::abort();
  return block;
}
}  // namespace

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
  std::free(block);
}
void operator delete[](void* block) noexcept {
  std::free(block);
}
void operator delete(void* block, size_t) noexcept {
  std::free(block);
}
void operator delete[](void* block, size_t) noexcept {
  std::free(block);
}
void operator delete(void* block, const std::nothrow_t&) noexcept {
  std::free(block);
}
void operator delete[](void* block, const std::nothrow_t&) noexcept {
  std::free(block);
}

namespace rtc::cost {

Cost spent() {
  return counted;
}

}  // namespace rtc::cost
