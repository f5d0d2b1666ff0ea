/* config.h for libsrtp 2.5 on its mbedTLS back end. Written by hand because the configure step
 * takes Emscripten for an x86 and then emits its assembler. */
#ifndef WEBRTC_LIBSRTP_CONFIG_H
#define WEBRTC_LIBSRTP_CONFIG_H

#define PACKAGE_VERSION "2.5"
#define PACKAGE_STRING "libsrtp2 2.5"

#define MBEDTLS 1
#define GCM 1

#define CPU_CISC 1
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define WORDS_BIGENDIAN 1
#endif

#define HAVE_ARPA_INET_H 1
#define HAVE_NETINET_IN_H 1
#define HAVE_BYTESWAP_H 1
#define HAVE_INTTYPES_H 1
#define HAVE_STDINT_H 1
#define HAVE_STDLIB_H 1
#define HAVE_SYS_TYPES_H 1
#define HAVE_UNISTD_H 1
#define HAVE_UINT8_T 1
#define HAVE_UINT16_T 1
#define HAVE_UINT32_T 1
#define HAVE_UINT64_T 1
#define HAVE_INT32_T 1
#define SIZEOF_UNSIGNED_LONG __SIZEOF_LONG__
#define SIZEOF_UNSIGNED_LONG_LONG __SIZEOF_LONG_LONG__

#endif /* WEBRTC_LIBSRTP_CONFIG_H */
