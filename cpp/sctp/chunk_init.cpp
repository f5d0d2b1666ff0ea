#include "cpp/sctp/chunk_init.h"

#include "cpp/sctp/parameter.h"

namespace rtc::sctp {
namespace {

// RFC 9260 section 3.3.2.1 and 3.3.3.1, RFC 5061 section 4.2.7, RFC 3758 section 3.1, RFC 9653
// section 4.
constexpr uint16_t kIpv4Address = 5;
constexpr uint16_t kIpv6Address = 6;
constexpr uint16_t kStateCookie = 7;
constexpr uint16_t kUnrecognizedParameter = 8;
constexpr uint16_t kCookiePreservative = 9;
constexpr uint16_t kHostNameAddress = 11;
constexpr uint16_t kSupportedAddressTypes = 12;
constexpr uint16_t kEcnCapable = 0x8000;
constexpr uint16_t kZeroChecksumAcceptable = 0x8001;
constexpr uint16_t kSupportedExtensions = 0x8008;
constexpr uint16_t kForwardTsnSupported = 0xc000;

// RFC 9653 section 6: the error detection method of SCTP over DTLS.
constexpr uint32_t kDetectionByDtls = 1;

// A peer that sends junk gets no more than this much of it back.
constexpr size_t kMaxReportedBytes = 256;

/// What a chunk type stands for in Supported Extensions; null for one that is not known.
bool* extensionOf(Extensions& extensions, uint8_t chunkType) {
  switch (static_cast<ChunkType>(chunkType)) {
    case ChunkType::kForwardTsn:
      return &extensions.forwardTsn;
    case ChunkType::kReConfig:
      return &extensions.reConfig;
    case ChunkType::kIData:
      return &extensions.interleaving;
    case ChunkType::kIForwardTsn:
      return &extensions.iForwardTsn;
    case ChunkType::kPad:
      return &extensions.padding;
    default:
      return nullptr;
  }
}

}  // namespace

std::optional<InitChunk> InitChunk::parse(ByteSpan value) {
  ByteReader reader(value);
  if (reader.remaining() < 16)
    return std::nullopt;
  InitChunk init;
  init.tag = VerificationTag(*reader.u32());
  init.receiveWindow = *reader.u32();
  init.outgoingStreams = *reader.u16();
  init.incomingStreams = *reader.u16();
  init.initialTsn = Tsn(*reader.u32());

  ParameterIterator parameters(reader.rest());
  bool stopped = false;
  while (auto parameter = parameters.next()) {
    if (stopped)
      continue;  // only the lengths are still of interest
    switch (parameter->type) {
      case kStateCookie:
        init.cookie = parameter->value;
        break;
      case kForwardTsnSupported:
        init.extensions.forwardTsn = true;
        break;
      case kSupportedExtensions:
        for (const uint8_t type : parameter->value) {
          if (bool* extension = extensionOf(init.extensions, type))
            *extension = true;
        }
        break;
      case kZeroChecksumAcceptable:
        if (parameter->value.size() == 4 && ByteReader(parameter->value).u32() == kDetectionByDtls)
          init.extensions.zeroChecksum = true;
        break;
      case kIpv4Address:
      case kIpv6Address:
      case kUnrecognizedParameter:
      case kCookiePreservative:
      case kHostNameAddress:
      case kSupportedAddressTypes:
      case kEcnCapable:
        break;
      default: {
        const UnknownTypeAction action = unknownParameterAction(parameter->type);
        if (action.report &&
            init.unrecognized.size() + padded(parameter->whole.size()) <= kMaxReportedBytes) {
          ByteWriter writer(std::move(init.unrecognized));
          writer.align(4);
          writer.bytes(parameter->whole);
          init.unrecognized = writer.take();
        }
        stopped = !action.skip;
      }
    }
  }
  if (parameters.malformed())
    return std::nullopt;
  return init;
}

Bytes InitChunk::encode() const {
  ByteWriter writer;
  writer.u32(tag.value());
  writer.u32(receiveWindow);
  writer.u16(outgoingStreams);
  writer.u16(incomingStreams);
  writer.u32(initialTsn.value());
  if (!cookie.empty())
    writeParameter(writer, kStateCookie, cookie);
  if (extensions.forwardTsn)
    writeParameter(writer, kForwardTsnSupported, {});
  if (extensions.zeroChecksum) {
    ByteWriter method;
    method.u32(kDetectionByDtls);
    writeParameter(writer, kZeroChecksumAcceptable, method.view());
  }
  Bytes types;
  Extensions announced = extensions;
  for (const ChunkType type : {ChunkType::kForwardTsn, ChunkType::kReConfig, ChunkType::kIData,
                               ChunkType::kIForwardTsn, ChunkType::kPad}) {
    if (*extensionOf(announced, static_cast<uint8_t>(type)))
      types.push_back(static_cast<uint8_t>(type));
  }
  if (!types.empty())
    writeParameter(writer, kSupportedExtensions, types);
  ParameterIterator reported(unrecognized);
  while (auto parameter = reported.next()) {
    writeParameter(writer, kUnrecognizedParameter, parameter->whole);
  }
  return writer.take();
}

}  // namespace rtc::sctp
