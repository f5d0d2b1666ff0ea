#include "cpp/payload/av1.h"

#include <algorithm>

#include "cpp/payload/av1_obu.h"

namespace rtc::payload {
namespace {

constexpr uint8_t kContinues = 0x80;
constexpr uint8_t kIsContinued = 0x40;
constexpr uint8_t kNewSequence = 0x08;
constexpr size_t kAggregationHeaderSize = 1;
/// W has two bits. With more elements every one of them would need its length.
constexpr size_t kMaxElements = 3;

constexpr size_t elementCount(uint8_t header) {
  return (header >> 4) & 0x03;
}

/// A part of an OBU in a packet.
struct Piece {
  size_t obu = 0;
  size_t begin = 0;
  size_t size = 0;
};
using Layout = std::vector<std::vector<Piece>>;

/// Fills packet after packet. Empty when a packet could hold nothing.
Layout layOut(const std::vector<Obu>& obus, const PayloadLimits& limits) {
  Layout layout;
  size_t obu = 0;
  size_t begin = 0;
  while (obu < obus.size()) {
    const size_t overhead = kAggregationHeaderSize + (layout.empty() ? limits.firstReduction : 0);
    size_t room = limits.max - std::min(limits.max, overhead);
    std::vector<Piece> pieces;
    while (obu < obus.size() && pieces.size() < kMaxElements) {
      // Another element gives the one before it a length.
      const size_t length = pieces.empty() ? 0 : leb128Size(pieces.back().size);
      if (room <= length)
        break;
      const size_t available = room - length;
      const size_t rest = obus[obu].size() - begin;
      const bool isLast = obu + 1 == obus.size();
      size_t size = std::min(rest, available);
      // Something is left for the last packet, if its longer header does not fit here.
      if (isLast && size == rest && rest + limits.lastReduction > available)
        --size;
      if (size == 0)
        break;
      room -= length + size;
      pieces.push_back({obu, begin, size});
      begin += size;
      if (begin < obus[obu].size())
        break;
      ++obu;
      begin = 0;
    }
    if (pieces.empty())
      return {};
    layout.push_back(std::move(pieces));
  }
  return layout;
}

/// As few packets as will do, and those as short as that allows.
Layout layOutEvenly(const std::vector<Obu>& obus, const PayloadLimits& limits) {
  Layout best = layOut(obus, limits);
  if (best.size() < 2)
    return best;
  size_t tooShort = 0;
  size_t enough = limits.max;
  while (enough - tooShort > 1) {
    PayloadLimits shorter = limits;
    shorter.max = tooShort + (enough - tooShort) / 2;
    Layout layout = layOut(obus, shorter);
    if (!layout.empty() && layout.size() <= best.size()) {
      best = std::move(layout);
      enough = shorter.max;
    } else {
      tooShort = shorter.max;
    }
  }
  return best;
}

void writePiece(ByteWriter& writer, const Obu& obu, const Piece& piece) {
  const size_t headerBegin = std::min(piece.begin, obu.header.size());
  const size_t headerEnd = std::min(piece.begin + piece.size, obu.header.size());
  writer.bytes(ByteSpan(obu.header).subspan(headerBegin, headerEnd - headerBegin));
  const size_t fromHeader = headerEnd - headerBegin;
  const size_t payloadBegin = piece.begin + fromHeader - obu.header.size();
  if (piece.size > fromHeader)
    writer.bytes(obu.payload.subspan(payloadBegin, piece.size - fromHeader));
}

class Av1Packetizer final : public Packetizer {
 public:
  std::vector<Bytes> packetize(const EncodedFrame& frame, const PayloadLimits& limits) override {
    auto obus = splitObus(frame.data);
    if (!obus)
      return {};
    std::erase_if(*obus, [](const Obu& obu) { return !travels(obu.type()); });
    const bool isNewSequence = std::ranges::any_of(
        *obus, [](const Obu& obu) { return obu.type() == ObuType::kSequenceHeader; });
    std::vector<Bytes> payloads;
    for (const std::vector<Piece>& pieces : layOutEvenly(*obus, limits)) {
      const Piece& last = pieces.back();
      ByteWriter writer;
      writer.u8(static_cast<uint8_t>(
          (pieces.front().begin > 0 ? kContinues : 0) |
          (last.begin + last.size < (*obus)[last.obu].size() ? kIsContinued : 0) |
          pieces.size() << 4 | (payloads.empty() && isNewSequence ? kNewSequence : 0)));
      for (size_t i = 0; i < pieces.size(); ++i) {
        if (i + 1 < pieces.size())
          writeLeb128(writer, static_cast<uint32_t>(pieces[i].size));
        writePiece(writer, (*obus)[pieces[i].obu], pieces[i]);
      }
      payloads.push_back(writer.take());
    }
    return payloads;
  }
};

/// The OBU elements of a payload; nullopt when they do not fill it.
std::optional<std::vector<ByteSpan>> readElements(ByteSpan payload) {
  ByteReader reader(payload);
  const auto header = reader.u8();
  if (!header || reader.atEnd())
    return std::nullopt;
  const size_t count = elementCount(*header);
  std::vector<ByteSpan> elements;
  while (!reader.atEnd()) {
    if (count != 0 && elements.size() + 1 == count) {
      elements.push_back(reader.rest());
      break;
    }
    const auto size = readLeb128(reader);
    const auto element = size ? reader.bytes(*size) : std::nullopt;
    if (!element)
      return std::nullopt;
    elements.push_back(*element);
  }
  if (count != 0 && elements.size() != count)
    return std::nullopt;
  return elements;
}

/// With its size; false when it is broken. Nothing for what does not travel.
bool appendObu(ByteSpan element, ByteWriter& writer) {
  const auto obu = readObu(element);
  if (!obu)
    return false;
  if (!travels(obu->type()))
    return true;
  writer.u8(obu->header.front() | kObuHasSize);
  writer.bytes(ByteSpan(obu->header).subspan(1));
  writeLeb128(writer, static_cast<uint32_t>(obu->payload.size()));
  writer.bytes(obu->payload);
  return true;
}

class Av1Depacketizer final : public Depacketizer {
 public:
  std::optional<PayloadHeader> inspect(ByteSpan payload) const override {
    const auto elements = readElements(payload);
    if (!elements)
      return std::nullopt;
    const bool continues = (payload.front() & kContinues) != 0;
    PayloadHeader header;
    header.mayBeginFrame = !continues;
    if (continues) {
      // "If N is equal to 1 then Z must be 0" (section 4.4).
      if (payload.front() & kNewSequence)
        return std::nullopt;
      return header;
    }
    header.beginsFrame = (payload.front() & kNewSequence) != 0;
    for (const ByteSpan element : *elements) {
      if (element.empty())
        continue;
      const ObuType type = obuType(element.front());
      header.beginsFrame |= type == ObuType::kSequenceHeader || type == ObuType::kTemporalDelimiter;
      if (type != ObuType::kSequenceHeader)
        continue;
      header.isKey = true;
      const auto obu = readObu(element);
      const auto size = obu ? sequenceDimensions(obu->payload) : std::nullopt;
      if (size) {
        header.width = size->width;
        header.height = size->height;
      }
    }
    header.isKey |= (payload.front() & kNewSequence) != 0;
    header.usesInterPicture = !header.isKey;
    return header;
  }

  std::optional<Bytes> assemble(const std::vector<ByteSpan>& payloads) const override {
    ByteWriter writer;
    Bytes open;
    bool isOpen = false;
    for (const ByteSpan payload : payloads) {
      const auto elements = readElements(payload);
      if (!elements || ((payload.front() & kContinues) != 0) != isOpen)
        return std::nullopt;
      for (size_t i = 0; i < elements->size(); ++i) {
        const ByteSpan element = (*elements)[i];
        const bool continues = i == 0 && isOpen;
        const bool isContinued = i + 1 == elements->size() && (payload.front() & kIsContinued) != 0;
        if (!continues && !isContinued) {
          if (!element.empty() && !appendObu(element, writer))
            return std::nullopt;
          continue;
        }
        open.insert(open.end(), element.begin(), element.end());
        if (isContinued)
          continue;
        if (!appendObu(open, writer))
          return std::nullopt;
        open.clear();
      }
      isOpen = (payload.front() & kIsContinued) != 0;
    }
    if (isOpen || writer.size() == 0)
      return std::nullopt;
    return writer.take();
  }
};

}  // namespace

std::unique_ptr<Packetizer> createAv1Packetizer() {
  return std::make_unique<Av1Packetizer>();
}

std::unique_ptr<Depacketizer> createAv1Depacketizer() {
  return std::make_unique<Av1Depacketizer>();
}

}  // namespace rtc::payload
