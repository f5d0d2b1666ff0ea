#pragma once

// What an enemy sends: bytes that resemble what belongs there.

#include <cstdint>
#include <span>
#include <string>

#include "cpp/base/bytes.h"
#include "cpp/base/random.h"
#include "cpp/sctp/types.h"

namespace rtc::sim::whole {

/// A few bits, bytes, fields or lengths changed; something left out or put in twice.
Bytes damaged(Bytes bytes, RandomSource& random);
/// The same for lines of text: some exchanged, repeated, left out, or damaged by the byte.
std::string damagedText(std::string_view text, RandomSource& random);

Bytes noise(RandomSource& random, size_t most);
/// A request, response or indication with attributes that may be there, and no valid integrity.
Bytes forgedStun(RandomSource& random);
/// A record that claims to be of any type, epoch and length.
Bytes forgedRecord(RandomSource& random);
/// ChannelData, well formed or not.
Bytes forgedChannelData(RandomSource& random);

/// A packet under a valid tag and checksum, with chunks that resemble those of a peer whose first
/// TSN was `tsn`.
Bytes hostileSctp(RandomSource& random, sctp::VerificationTag tag, uint32_t tsn);
/// RTP of a few payload types, with header extensions and padding, from many sources.
Bytes hostileRtp(RandomSource& random);
/// A compound of reports and feedback with counts and lengths that do not fit.
Bytes hostileRtcp(RandomSource& random);
/// A candidate line: good, odd, or damaged.
std::string hostileCandidate(RandomSource& random);

}  // namespace rtc::sim::whole
