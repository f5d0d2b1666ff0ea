#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cpp/jsep/codecs.h"

namespace rtc::jsep {

/// Which payload type means which codec in a session. A plain value, part of the state.
///
/// A number that either side has ever used keeps its meaning (RFC 3264 section 8.3.2), and a codec
/// keeps its number, the peer's choice before ours. A number that sections outside of one BUNDLE
/// group use for different codecs is given to none, so that what is assigned is unique over all
/// sections (RFC 9143 section 9.1.1).
class PayloadTypes {
 public:
  /// Takes note of one section of a description that is applied, local or remote, in the list that
  /// codecsOf() gives. Numbers that would be taken for RTCP are passed over.
  void learn(const std::vector<RtpCodec>& codecs);

  /// The number for that codec: the one that it has, else the one that RFC 3551 fixes or browsers
  /// use, if it is free, else the first free one of 96 to 127 and of 35 to 63 (64 to 95 would be
  /// taken for RTCP, RFC 5761 section 4). When these are used up, numbers of formats that we do not
  /// know are taken; `std::nullopt` when there are none either. A second call gives the same.
  ///
  /// rtx and red must have the numbers of the codecs that they serve in their parameters already.
  std::optional<uint8_t> assign(const RtpCodec& codec);
  /// Nothing has been learned or assigned.
  bool empty() const { return uses_.empty(); }

 private:
  struct Use {
    uint8_t number = 0;
    /// Of a codec that we implement.
    bool supported = false;
    /// What the number means, in a form that compares; empty for a format without a name.
    std::string meaning;
  };
  bool isTaken(uint8_t number, const std::string& meaning) const;
  std::optional<uint8_t> find(const RtpCodec& codec, const std::string& meaning) const;
  void note(uint8_t number, const RtpCodec& codec, std::string meaning);
  /// The most recent first.
  std::vector<Use> uses_;
};

/// Whether packets of that payload type, 0 to 127, cannot be told from RTCP on the same port
/// (RFC 5761 section 4).
bool isTakenForRtcp(uint8_t payloadType);

/// The first payload type that means one codec in one of the sections and another one in another,
/// which no BUNDLE group may have (RFC 9143 section 9.1.1). Each section is a list of codecsOf().
std::optional<uint8_t> conflictingPayloadType(const std::vector<std::vector<RtpCodec>>& sections);

}  // namespace rtc::jsep
