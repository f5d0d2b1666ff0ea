#include "cpp/payload/h264.h"

#include <algorithm>

#include "cpp/payload/h264_nal.h"
#include "cpp/payload/split.h"

namespace rtc::payload {
namespace {

constexpr uint8_t kFragmentBegins = 0x80;
constexpr uint8_t kFragmentEnds = 0x40;
constexpr uint8_t kForbiddenAndReference = 0xe0;
constexpr uint8_t kReferenceMask = 0x60;
constexpr uint8_t kForbiddenBit = 0x80;
constexpr size_t kFuHeaderSize = 2;
constexpr size_t kLengthSize = 2;
constexpr size_t kMaxAggregated = 0xffff;
constexpr uint8_t kStartCode[] = {0, 0, 0, 1};

/// Types 24 and above are RFC 6184's own, 0 is nothing.
bool isNalUnit(uint8_t header) {
  const auto type = static_cast<uint8_t>(header & kNalTypeMask);
  return type >= 1 && type <= 23;
}

class H264Packetizer final : public Packetizer {
 public:
  explicit H264Packetizer(bool singleNalUnits) : singleNalUnits_(singleNalUnits) {}

  std::vector<Bytes> packetize(const EncodedFrame& frame, const PayloadLimits& limits) override {
    const std::vector<ByteSpan> nals = splitAnnexB(frame.data);
    std::vector<Bytes> payloads;
    for (size_t i = 0; i < nals.size();) {
      if (!isNalUnit(nals[i].front()))
        return {};
      if (room(nals, i, 1, limits) < nals[i].size()) {
        if (singleNalUnits_ || !fragment(nals, i, limits, payloads))
          return {};
        ++i;
        continue;
      }
      const size_t count = singleNalUnits_ ? 1 : countAggregated(nals, i, limits);
      if (count == 1) {
        payloads.push_back(toBytes(nals[i]));
      } else {
        payloads.push_back(aggregate({nals.begin() + static_cast<ptrdiff_t>(i), count}));
      }
      i += count;
    }
    return payloads;
  }

 private:
  /// For a payload of `count` NAL units from `first` on.
  static size_t room(const std::vector<ByteSpan>& nals, size_t first, size_t count,
                     const PayloadLimits& limits) {
    const size_t reduction = (first == 0 ? limits.firstReduction : 0) +
                             (first + count == nals.size() ? limits.lastReduction : 0);
    return limits.max - std::min(limits.max, reduction);
  }

  static size_t countAggregated(const std::vector<ByteSpan>& nals, size_t first,
                                const PayloadLimits& limits) {
    size_t size = 1;
    size_t best = 1;
    for (size_t count = 1; first + count <= nals.size(); ++count) {
      const ByteSpan nal = nals[first + count - 1];
      if (nal.size() > kMaxAggregated || !isNalUnit(nal.front()))
        break;
      size += kLengthSize + nal.size();
      if (size > limits.max)
        break;
      if (count > 1 && size <= room(nals, first, count, limits))
        best = count;
    }
    return best;
  }

  /// RFC 6184 section 5.7: the F bit of any of them, the highest NRI of all.
  static Bytes aggregate(std::span<const ByteSpan> nals) {
    ByteWriter writer;
    uint8_t forbidden = 0;
    uint8_t reference = 0;
    writer.u8(0);
    for (const ByteSpan nal : nals) {
      forbidden |= nal.front() & kForbiddenBit;
      reference = std::max<uint8_t>(reference, nal.front() & kReferenceMask);
      writer.u16(static_cast<uint16_t>(nal.size()));
      writer.bytes(nal);
    }
    writer.mutableView()[0] =
        static_cast<uint8_t>(forbidden | reference | static_cast<uint8_t>(NalType::kStapA));
    return writer.take();
  }

  static bool fragment(const std::vector<ByteSpan>& nals, size_t index, const PayloadLimits& limits,
                       std::vector<Bytes>& payloads) {
    PayloadLimits own = behindHeader(limits, kFuHeaderSize);
    if (index != 0)
      own.firstReduction = 0;
    if (index + 1 != nals.size())
      own.lastReduction = 0;
    const ByteSpan nal = nals[index];
    const ByteSpan body = nal.subspan(1);
    const std::vector<size_t> pieces = splitEvenly(body.size(), own);
    // "The Start bit and End bit MUST NOT both be set to one" (RFC 6184 section 5.8).
    if (pieces.size() < 2)
      return false;
    size_t begin = 0;
    for (const size_t size : pieces) {
      ByteWriter writer(kFuHeaderSize + size);
      writer.u8(static_cast<uint8_t>((nal.front() & kForbiddenAndReference) |
                                     static_cast<uint8_t>(NalType::kFuA)));
      writer.u8(static_cast<uint8_t>((begin == 0 ? kFragmentBegins : 0) |
                                     (begin + size == body.size() ? kFragmentEnds : 0) |
                                     (nal.front() & kNalTypeMask)));
      writer.bytes(body.subspan(begin, size));
      payloads.push_back(writer.take());
      begin += size;
    }
    return true;
  }

  bool singleNalUnits_;
};

/// The NAL units of a STAP-A; nullopt when its lengths do not add up.
std::optional<std::vector<ByteSpan>> readAggregate(ByteSpan payload) {
  ByteReader reader(payload.subspan(1));
  std::vector<ByteSpan> nals;
  while (!reader.atEnd()) {
    const auto size = reader.u16();
    if (!size || *size == 0)
      return std::nullopt;
    const auto nal = reader.bytes(*size);
    if (!nal || !isNalUnit(nal->front()))
      return std::nullopt;
    nals.push_back(*nal);
  }
  if (nals.empty())
    return std::nullopt;
  return nals;
}

/// What a NAL unit, or the first piece of one, tells of its frame. The size is that of the last
/// parameter set.
void note(NalType type, ByteSpan nal, bool isWhole, PayloadHeader& header) {
  if (type == NalType::kIdrSlice)
    header.isKey = true;
  if (type != NalType::kSequenceParameterSet || !isWhole)
    return;
  if (const auto size = spsDimensions(nal)) {
    header.width = size->width;
    header.height = size->height;
  }
}

/// H.264 section 7.4.1.2.3: what cannot follow a slice of the same picture. A delimiter or
/// supplemental information may precede a parameter set, and be missed by nobody.
bool surelyBegins(NalType type) {
  return type == NalType::kAccessUnitDelimiter || type == NalType::kSequenceParameterSet;
}

class H264Depacketizer final : public Depacketizer {
 public:
  std::optional<PayloadHeader> inspect(ByteSpan payload) const override {
    if (payload.empty())
      return std::nullopt;
    PayloadHeader header;
    header.mayBeginFrame = true;
    const NalType type = nalType(payload.front());
    if (type == NalType::kStapA) {
      const auto nals = readAggregate(payload);
      if (!nals)
        return std::nullopt;
      for (const ByteSpan nal : *nals)
        note(nalType(nal.front()), nal, true, header);
      header.beginsFrame = surelyBegins(nalType(nals->front().front()));
    } else if (type == NalType::kFuA) {
      if (payload.size() <= kFuHeaderSize || !isNalUnit(payload[1]))
        return std::nullopt;
      const bool begins = (payload[1] & kFragmentBegins) != 0;
      note(nalType(payload[1]), payload, false, header);
      header.mayBeginFrame = begins;
      header.beginsFrame = begins && surelyBegins(nalType(payload[1]));
    } else {
      if (!isNalUnit(payload.front()))
        return std::nullopt;
      note(type, payload, true, header);
      header.beginsFrame = surelyBegins(type);
    }
    header.usesInterPicture = !header.isKey;
    return header;
  }

  std::optional<Bytes> assemble(const std::vector<ByteSpan>& payloads) const override {
    ByteWriter writer;
    bool isOpen = false;
    for (const ByteSpan payload : payloads) {
      if (payload.empty())
        return std::nullopt;
      const bool isFragment = nalType(payload.front()) == NalType::kFuA;
      const bool begins =
          !isFragment || (payload.size() > kFuHeaderSize && (payload[1] & kFragmentBegins) != 0);
      // A NAL unit goes from its first piece to its last one, and nothing comes between.
      if (begins == isOpen)
        return std::nullopt;
      if (isFragment) {
        if (!appendFragment(payload, writer))
          return std::nullopt;
        isOpen = (payload[1] & kFragmentEnds) == 0;
      } else if (!appendWhole(payload, writer)) {
        return std::nullopt;
      }
    }
    if (writer.size() == 0 || isOpen)
      return std::nullopt;
    return writer.take();
  }

 private:
  static bool appendFragment(ByteSpan payload, ByteWriter& writer) {
    if (payload.size() <= kFuHeaderSize)
      return false;
    if ((payload[1] & kFragmentBegins) != 0) {
      writer.bytes(kStartCode);
      writer.u8(static_cast<uint8_t>((payload[0] & kForbiddenAndReference) |
                                     (payload[1] & kNalTypeMask)));
    }
    writer.bytes(payload.subspan(kFuHeaderSize));
    return true;
  }

  static bool appendWhole(ByteSpan payload, ByteWriter& writer) {
    if (nalType(payload.front()) != NalType::kStapA) {
      writer.bytes(kStartCode);
      writer.bytes(payload);
      return true;
    }
    const auto nals = readAggregate(payload);
    if (!nals)
      return false;
    for (const ByteSpan nal : *nals) {
      writer.bytes(kStartCode);
      writer.bytes(nal);
    }
    return true;
  }
};

}  // namespace

std::unique_ptr<Packetizer> createH264Packetizer(bool singleNalUnits) {
  return std::make_unique<H264Packetizer>(singleNalUnits);
}

std::unique_ptr<Depacketizer> createH264Depacketizer() {
  return std::make_unique<H264Depacketizer>();
}

}  // namespace rtc::payload
