// M-sections that are the input: what is read of them is written and read alike, answers stay
// within the offer, and our own next offers have numbers that mean one thing each.

#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/jsep/codec_matching.h"
#include "cpp/jsep/codec_negotiation.h"
#include "cpp/jsep/header_extensions.h"
#include "cpp/sdp/parser.h"

namespace {

using namespace rtc;
using namespace rtc::jsep;
using Codecs = std::vector<RtpCodec>;

void check(bool holds) {
  if (!holds)
    std::abort();
}

std::vector<int> numbersOf(const Codecs& codecs) {
  std::vector<int> numbers;
  for (const RtpCodec& codec : codecs)
    numbers.push_back(codec.payloadType ? *codec.payloadType : -1);
  return numbers;
}

// Every list of ours: numbers that may be used, once each, and nothing that serves nothing.
void checkOurs(const Codecs& codecs) {
  std::set<int> numbers;
  bool media = codecs.empty();
  for (const RtpCodec& codec : codecs) {
    check(isSupported(codec));
    check(codec.payloadType && *codec.payloadType < 128);
    check(numbers.insert(*codec.payloadType).second);
    media = media || roleOf(codec) == CodecRole::kMedia;
    if (roleOf(codec) == CodecRole::kRetransmission) {
      const auto repeated = repeatedPayloadType(codec);
      check(repeated && findPayloadType(codecs, *repeated) != nullptr);
    }
  }
  check(media);
}

void checkAnswer(MediaKind kind, const Codecs& offered, const Codecs& answered) {
  checkOurs(answered);
  for (const RtpCodec& codec : answered) {
    const RtpCodec* offer = findPayloadType(offered, *codec.payloadType);
    check(offer != nullptr && isSameFormat(codec, *offer));
  }
  check(numbersOf(receiveCodecs(answered, offered)) == numbersOf(answered));
  const Codecs send = sendCodecs(answered, offered);
  check(send.size() == answered.size());
  checkOurs(send);
  // What we answered is an offer that we would answer alike.
  check(numbersOf(answerCodecs(kind, answered, {}, true)) == numbersOf(answered));
}

void checkOffer(const Codecs& codecs, const std::vector<Codecs>& learned) {
  checkOurs(codecs);
  for (const RtpCodec& codec : codecs) {
    check(*codec.payloadType < 64 || *codec.payloadType >= 96);
    for (const Codecs& section : learned) {
      const RtpCodec* before = findPayloadType(section, *codec.payloadType);
      check(before == nullptr || !isSupported(*before) || isSameFormat(codec, *before));
    }
  }
}

void checkExtmaps(const std::vector<sdp::Extmap>& extmaps) {
  std::set<int> ids;
  std::set<std::string> uris;
  for (const sdp::Extmap& extmap : extmaps) {
    check(extmap.id >= 1 && extmap.id <= 255 && extmap.id != 15);
    check(ids.insert(extmap.id).second);
    check(uris.insert(extmap.uri).second);
    check(sdp::Extmap::parse(*extmap.value()).has_value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string head = "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nt=0 0\n";
  const auto parsed = sdp::parse(head + std::string(asText({data, size})));
  if (!parsed.ok())
    return 0;

  PayloadTypes numbers;
  HeaderExtensionIds ids;
  std::vector<Codecs> learned;
  for (size_t i = 0; i < parsed->media.size() && i < 3; ++i) {
    const sdp::MediaSection& section = parsed->media[i];
    const Codecs offered = codecsOf(section);
    sdp::MediaSection written;
    written.kind = section.kind;
    writeCodecs(written, offered);
    check(codecsOf(written) == offered);

    const auto kind = parseMediaKind(section.kind);
    if (!kind) {
      check(offered.empty());
      continue;
    }
    checkAnswer(*kind, offered, answerCodecs(*kind, offered, {}, true));
    checkAnswer(*kind, offered, answerCodecs(*kind, offered, supportedCodecs(*kind), false));
    numbers.learn(offered);
    learned.push_back(offered);
    (void)checkCodecPreferences(*kind, offered);

    const auto extmaps = extmapsOf(*parsed, i);
    const auto wanted = supportedHeaderExtensions(*kind);
    const auto answered = answerExtmaps(extmaps, wanted, allowsMixed(*parsed, i), ids);
    checkExtmaps(answered);
    ids.learn(extmaps);
    check(negotiatedExtensions(wanted, answered, true).size() == wanted.size());
  }
  (void)conflictingPayloadType(learned);

  std::vector<Codecs> offers;
  std::vector<std::vector<sdp::Extmap>> extmaps;
  for (MediaKind kind : {MediaKind::kAudio, MediaKind::kVideo}) {
    const Codecs before = learned.empty() ? Codecs{} : learned[0];
    offers.push_back(offerCodecs(kind, {}, before, true, numbers));
    checkOffer(offers.back(), learned);
    check(offerCodecs(kind, {}, before, true, numbers) == offers.back());
    check(numbersOf(answerCodecs(kind, offers.back(), {}, true)) == numbersOf(offers.back()));
    extmaps.push_back(offerExtmaps(supportedHeaderExtensions(kind), true, ids));
    checkExtmaps(extmaps.back());
  }
  check(!conflictingPayloadType(offers));
  check(!conflictingExtensionId(extmaps));
  return 0;
}
