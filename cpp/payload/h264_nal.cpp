#include "cpp/payload/h264_nal.h"

#include <algorithm>

#include "cpp/payload/bit_reader.h"

namespace rtc::payload {
namespace {

constexpr size_t kStartCodeSize = 3;

/// Where the next three bytes 0, 0, 1 are, or the end.
size_t findStartCode(ByteSpan stream, size_t from) {
  for (size_t i = from; i + kStartCodeSize <= stream.size(); ++i) {
    if (stream[i + 2] > 1) {
      i += 2;
    } else if (stream[i] == 0 && stream[i + 1] == 0 && stream[i + 2] == 1) {
      return i;
    }
  }
  return stream.size();
}

/// Without the bytes that keep start codes out of a NAL unit (H.264 section 7.3.1).
Bytes withoutEmulationPrevention(ByteSpan nal) {
  Bytes payload;
  payload.reserve(nal.size());
  size_t zeros = 0;
  for (const uint8_t byte : nal) {
    if (zeros >= 2 && byte == 3) {
      zeros = 0;
      continue;
    }
    zeros = byte == 0 ? zeros + 1 : 0;
    payload.push_back(byte);
  }
  return payload;
}

bool hasChromaFormat(uint32_t profile) {
  constexpr uint32_t kProfiles[] = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135};
  return std::ranges::find(kProfiles, profile) != std::end(kProfiles);
}

void skipScalingList(BitReader& reader, int size) {
  int32_t last = 8;
  int32_t next = 8;
  for (int i = 0; i < size && reader.ok(); ++i) {
    if (next != 0)
      next = static_cast<uint8_t>(int64_t{last} + reader.signedGolomb());
    last = next == 0 ? last : next;
  }
}

struct Chroma {
  uint32_t format = 1;
  bool isSeparate = false;
};

Chroma readChroma(BitReader& reader) {
  Chroma chroma;
  chroma.format = reader.golomb();
  if (chroma.format == 3)
    chroma.isSeparate = reader.flag();
  (void)reader.golomb();  // bit_depth_luma_minus8
  (void)reader.golomb();  // bit_depth_chroma_minus8
  reader.skip(1);         // qpprime_y_zero_transform_bypass_flag
  if (reader.flag()) {
    const int lists = chroma.format == 3 ? 12 : 8;
    for (int i = 0; i < lists && reader.ok(); ++i) {
      if (reader.flag())
        skipScalingList(reader, i < 6 ? 16 : 64);
    }
  }
  return chroma;
}

void skipPictureOrderCount(BitReader& reader) {
  const uint32_t type = reader.golomb();
  if (type == 0) {
    (void)reader.golomb();  // log2_max_pic_order_cnt_lsb_minus4
  } else if (type == 1) {
    reader.skip(1);         // delta_pic_order_always_zero_flag
    (void)reader.golomb();  // offset_for_non_ref_pic
    (void)reader.golomb();  // offset_for_top_to_bottom_field
    const uint32_t cycle = reader.golomb();
    for (uint32_t i = 0; i < cycle && reader.ok(); ++i)
      (void)reader.golomb();
  }
}

}  // namespace

std::vector<ByteSpan> splitAnnexB(ByteSpan stream) {
  std::vector<ByteSpan> nals;
  size_t code = findStartCode(stream, 0);
  // Only zeros may stand before the first one.
  if (std::ranges::any_of(stream.first(code), [](uint8_t byte) { return byte != 0; }))
    return nals;
  while (code < stream.size()) {
    const size_t begin = code + kStartCodeSize;
    code = findStartCode(stream, begin);
    size_t end = code;
    while (end > begin && stream[end - 1] == 0)
      --end;
    if (end > begin)
      nals.push_back(stream.subspan(begin, end - begin));
  }
  return nals;
}

std::optional<Dimensions> spsDimensions(ByteSpan nal) {
  if (nal.empty())
    return std::nullopt;
  const Bytes payload = withoutEmulationPrevention(nal.subspan(1));
  BitReader reader(payload);
  const uint32_t profile = reader.bits(8);
  reader.skip(16);        // constraint flags, level_idc
  (void)reader.golomb();  // seq_parameter_set_id
  Chroma chroma;
  if (hasChromaFormat(profile))
    chroma = readChroma(reader);
  (void)reader.golomb();  // log2_max_frame_num_minus4
  skipPictureOrderCount(reader);
  (void)reader.golomb();  // max_num_ref_frames
  reader.skip(1);         // gaps_in_frame_num_value_allowed_flag
  const uint64_t widthInMacroblocks = uint64_t{reader.golomb()} + 1;
  const uint64_t heightInMapUnits = uint64_t{reader.golomb()} + 1;
  const bool isFramesOnly = reader.flag();
  if (!isFramesOnly)
    reader.skip(1);  // mb_adaptive_frame_field_flag
  reader.skip(1);    // direct_8x8_inference_flag
  uint64_t cropX = 0;
  uint64_t cropY = 0;
  if (reader.flag()) {
    cropX = uint64_t{reader.golomb()} + reader.golomb();
    cropY = uint64_t{reader.golomb()} + reader.golomb();
  }
  const uint64_t fields = isFramesOnly ? 1 : 2;
  const uint32_t arrayType = chroma.isSeparate ? 0 : chroma.format;
  cropX *= arrayType == 1 || arrayType == 2 ? 2 : 1;
  cropY *= (arrayType == 1 ? 2 : 1) * fields;
  const uint64_t width = widthInMacroblocks * 16;
  const uint64_t height = heightInMapUnits * 16 * fields;
  constexpr uint64_t kMax = 0xffff;
  if (!reader.ok() || width > kMax || height > kMax || cropX >= width || cropY >= height)
    return std::nullopt;
  return Dimensions{static_cast<uint16_t>(width - cropX), static_cast<uint16_t>(height - cropY)};
}

}  // namespace rtc::payload
