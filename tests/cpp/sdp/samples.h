#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Descriptions as real peers write them, one per peer and kind; addresses and secrets are made up.
namespace rtc::sdp::samples {

struct Sample {
  const char* name;
  std::string text;
};

/// Joins lines with CRLF.
inline std::string lines(std::vector<std::string_view> all) {
  std::string text;
  for (std::string_view line : all) {
    text += line;
    text += "\r\n";
  }
  return text;
}

inline constexpr std::string_view kFingerprint =
    "a=fingerprint:sha-256 "
    "7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:"
    "08";

inline std::string chromiumDataOffer() {
  return lines({
      "v=0",
      "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
      "s=-",
      "t=0 0",
      "a=group:BUNDLE 0",
      "a=extmap-allow-mixed",
      "a=msid-semantic: WMS",
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
      "c=IN IP4 0.0.0.0",
      "a=ice-ufrag:F7gI",
      "a=ice-pwd:x9cml/YzichV2+XlhiMu8gZl",
      "a=ice-options:trickle",
      kFingerprint,
      "a=setup:actpass",
      "a=mid:0",
      "a=sctp-port:5000",
      "a=max-message-size:262144",
  });
}

inline std::string chromiumGatheredOffer() {
  return lines({
      "v=0",
      "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
      "s=-",
      "t=0 0",
      "a=group:BUNDLE 0",
      "a=extmap-allow-mixed",
      "a=msid-semantic: WMS",
      "m=application 54555 UDP/DTLS/SCTP webrtc-datachannel",
      "c=IN IP4 203.0.113.7",
      ("a=candidate:1467250027 1 udp 2122260223 5a1b7e52-0b7d-4d52-8f0f-0a5e3a1b2c3d.local 46243 "
       "typ "
       "host generation 0 network-id 1 network-cost 999"),
      ("a=candidate:842163049 1 udp 1677729535 203.0.113.7 54555 typ srflx raddr 0.0.0.0 rport 0 "
       "generation 0 network-id 1"),
      ("a=candidate:435653019 1 tcp 1845501695 192.0.2.5 9 typ host tcptype active generation 0 "
       "network-id 1"),
      "a=ice-ufrag:F7gI",
      "a=ice-pwd:x9cml/YzichV2+XlhiMu8gZl",
      "a=ice-options:trickle",
      kFingerprint,
      "a=setup:actpass",
      "a=mid:0",
      "a=sctp-port:5000",
      "a=max-message-size:262144",
  });
}

inline std::string chromiumMediaOffer() {
  return lines({
      "v=0",
      "o=- 7614219274584779017 2 IN IP4 127.0.0.1",
      "s=-",
      "t=0 0",
      "a=group:BUNDLE 0 1 2",
      "a=extmap-allow-mixed",
      "a=msid-semantic: WMS stream-1",
      "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126",
      "c=IN IP4 0.0.0.0",
      "a=rtcp:9 IN IP4 0.0.0.0",
      "a=ice-ufrag:F7gI",
      "a=ice-pwd:x9cml/YzichV2+XlhiMu8gZl",
      "a=ice-options:trickle",
      kFingerprint,
      "a=setup:actpass",
      "a=mid:0",
      "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
      "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
      "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
      "a=sendrecv",
      "a=msid:stream-1 track-a",
      "a=rtcp-mux",
      "a=rtcp-rsize",
      "a=rtpmap:111 opus/48000/2",
      "a=rtcp-fb:111 transport-cc",
      "a=fmtp:111 minptime=10;useinbandfec=1",
      "a=rtpmap:63 red/48000/2",
      "a=fmtp:63 111/111",
      "a=rtpmap:9 G722/8000",
      "a=rtpmap:0 PCMU/8000",
      "a=rtpmap:8 PCMA/8000",
      "a=rtpmap:13 CN/8000",
      "a=rtpmap:110 telephone-event/48000",
      "a=rtpmap:126 telephone-event/8000",
      "a=ssrc:3510681183 cname:loqPWNg7JMmrFUnr",
      "a=ssrc:3510681183 msid:stream-1 track-a",
      "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
      "c=IN IP4 0.0.0.0",
      "a=rtcp:9 IN IP4 0.0.0.0",
      "a=ice-ufrag:F7gI",
      "a=ice-pwd:x9cml/YzichV2+XlhiMu8gZl",
      "a=ice-options:trickle",
      kFingerprint,
      "a=setup:actpass",
      "a=mid:1",
      "a=extmap:14 urn:ietf:params:rtp-hdrext:toffset",
      "a=sendonly",
      "a=msid:stream-1 track-v",
      "a=rtcp-mux",
      "a=rtcp-rsize",
      "a=rtpmap:96 VP8/90000",
      "a=rtcp-fb:96 goog-remb",
      "a=rtcp-fb:96 ccm fir",
      "a=rtcp-fb:96 nack pli",
      "a=rtpmap:97 rtx/90000",
      "a=fmtp:97 apt=96",
      "a=rid:hi send",
      "a=rid:lo send",
      "a=simulcast:send hi;lo",
      "a=ssrc-group:FID 2231627014 632943048",
      "a=ssrc:2231627014 cname:loqPWNg7JMmrFUnr",
      "a=ssrc:632943048 cname:loqPWNg7JMmrFUnr",
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
      "c=IN IP4 0.0.0.0",
      "a=ice-ufrag:F7gI",
      "a=ice-pwd:x9cml/YzichV2+XlhiMu8gZl",
      "a=ice-options:trickle",
      kFingerprint,
      "a=setup:actpass",
      "a=mid:2",
      "a=sctp-port:5000",
      "a=max-message-size:262144",
  });
}

inline std::string firefoxDataOffer() {
  return lines({
      "v=0",
      "o=mozilla...THIS_IS_SDPARTA-99.0 5151671213407387153 0 IN IP4 0.0.0.0",
      "s=-",
      "t=0 0",
      "a=sendrecv",
      ("a=fingerprint:sha-256 "
       "0C:5D:D4:8E:4B:6F:69:EF:BE:48:F2:72:FB:44:D1:88:5B:26:AA:14:6F:39:6B:BA:51:0A:38:AC:8C:2C:"
       "7D:"
       "9E"),
      "a=group:BUNDLE 0",
      "a=ice-options:trickle",
      "a=msid-semantic:WMS *",
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
      "c=IN IP4 0.0.0.0",
      "a=candidate:0 1 UDP 2122252543 8f3a7d16-5f66-4f0b-9d55-0d7c2e6a1b11.local 51040 typ host",
      ("a=candidate:1 1 TCP 2105524479 8f3a7d16-5f66-4f0b-9d55-0d7c2e6a1b11.local 9 typ host "
       "tcptype "
       "active"),
      "a=sendrecv",
      "a=end-of-candidates",
      "a=ice-pwd:8c8fdd2a3a4a3a3a9c9d5b8a0d2e4f61",
      "a=ice-ufrag:5d1e6a0b",
      "a=mid:0",
      "a=setup:actpass",
      "a=sctp-port:5000",
      "a=max-message-size:1073741823",
  });
}

inline std::string firefoxDataAnswer() {
  return lines({
      "v=0",
      "o=mozilla...THIS_IS_SDPARTA-99.0 7339512351434361235 0 IN IP4 0.0.0.0",
      "s=-",
      "t=0 0",
      "a=sendrecv",
      ("a=fingerprint:sha-256 "
       "0C:5D:D4:8E:4B:6F:69:EF:BE:48:F2:72:FB:44:D1:88:5B:26:AA:14:6F:39:6B:BA:51:0A:38:AC:8C:2C:"
       "7D:"
       "9E"),
      "a=group:BUNDLE 0",
      "a=ice-options:trickle",
      "a=msid-semantic:WMS *",
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
      "c=IN IP4 0.0.0.0",
      "a=sendrecv",
      "a=ice-pwd:8c8fdd2a3a4a3a3a9c9d5b8a0d2e4f61",
      "a=ice-ufrag:5d1e6a0b",
      "a=mid:0",
      "a=setup:active",
      "a=sctp-port:5000",
      "a=max-message-size:1073741823",
  });
}

inline std::string aiortcDataOffer() {
  return lines({
      "v=0",
      "o=- 3902340127 3902340127 IN IP4 0.0.0.0",
      "s=-",
      "t=0 0",
      "a=group:BUNDLE 0",
      "a=msid-semantic:WMS *",
      "m=application 52874 UDP/DTLS/SCTP webrtc-datachannel",
      "c=IN IP4 192.0.2.17",
      "a=mid:0",
      "a=sctp-port:5000",
      "a=max-message-size:65536",
      "a=candidate:8d8ea9bbd2e3d2e6ee2e9e8b2a1c7d10 1 udp 2130706431 192.0.2.17 52874 typ host",
      "a=end-of-candidates",
      "a=ice-ufrag:XgBZ",
      "a=ice-pwd:Gd8u2wtB9o3p3vRPoWQ0Mp",
      ("a=fingerprint:sha-256 "
       "21:4D:2B:9C:84:0A:F9:6F:92:6C:6D:B1:60:69:9F:25:3C:8B:3E:3D:11:2F:0A:5E:7D:44:6A:91:C0:38:"
       "F1:"
       "7A"),
      "a=setup:actpass",
  });
}

inline std::string aiortcSctpMapOffer() {
  return lines({
      "v=0",
      "o=- 863426017819471768 2 IN IP4 127.0.0.1",
      "s=-",
      "t=0 0",
      "m=application 45791 DTLS/SCTP 5000",
      "c=IN IP4 192.0.2.58",
      "a=candidate:460696 1 udp 2122252543 192.0.2.58 45791 typ host",
      "a=end-of-candidates",
      "a=ice-ufrag:9889e0c4",
      "a=ice-pwd:d30a5aec4dd81f07d4ff3344209400ab",
      kFingerprint,
      "a=setup:actpass",
      "a=mid:data",
      "a=sctpmap:5000 webrtc-datachannel 256",
  });
}

inline std::string pionDataOffer() {
  return lines({
      "v=0",
      "o=- 5228595038118931041 1700000000 IN IP4 0.0.0.0",
      "s=-",
      "t=0 0",
      "a=msid-semantic:WMS*",
      ("a=fingerprint:sha-256 "
       "0F:74:31:25:CB:A2:13:EC:28:6F:6D:2C:61:FF:5D:C2:BC:B9:DB:3D:98:14:8D:1A:BB:EA:33:0C:A4:60:"
       "A8:"
       "8E"),
      "a=extmap-allow-mixed",
      "a=group:BUNDLE 0",
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
      "c=IN IP4 0.0.0.0",
      "a=setup:actpass",
      "a=mid:0",
      "a=sendrecv",
      "a=sctp-port:5000",
      "a=max-message-size:1073741823",
      "a=ice-ufrag:CsxzEWmoKpJyscFj",
      "a=ice-pwd:mktpbhgREmjEwUFSIJyPINPUhgDqJlSd",
      "a=candidate:1966762134 1 udp 2130706431 192.0.2.99 40001 typ host ufrag CsxzEWmoKpJyscFj",
      "a=candidate:1966762134 2 udp 2130706431 192.0.2.99 40001 typ host ufrag CsxzEWmoKpJyscFj",
      "a=end-of-candidates",
  });
}

inline std::string weriftDataOffer() {
  return lines({
      "v=0",
      "o=- 95012983 0 IN IP4 0.0.0.0",
      "s=-",
      "t=0 0",
      "a=group:BUNDLE 0",
      "a=extmap-allow-mixed",
      "a=msid-semantic:WMS *",
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
      "c=IN IP4 0.0.0.0",
      "a=ice-ufrag:c3b4",
      "a=ice-pwd:5e8f1a2b3c4d5e6f7a8b9c",
      "a=ice-options:trickle",
      ("a=fingerprint:sha-256 "
       "0F:74:31:25:CB:A2:13:EC:28:6F:6D:2C:61:FF:5D:C2:BC:B9:DB:3D:98:14:8D:1A:BB:EA:33:0C:A4:60:"
       "A8:"
       "8E"),
      "a=setup:actpass",
      "a=mid:0",
      "a=sctp-port:5000",
      "a=max-message-size:65536",
  });
}

inline std::string libdatachannelOffer() {
  return lines({
      "v=0",
      "o=rtc 3767197920 0 IN IP4 127.0.0.1",
      "s=-",
      "t=0 0",
      "a=group:BUNDLE 0",
      "a=group:LS 0",
      "a=msid-semantic:WMS *",
      "a=setup:actpass",
      "a=ice-ufrag:Oy0J",
      "a=ice-pwd:Uu2JYE4hYlm4uk2FVrkbLa",
      "a=ice-options:ice2,trickle",
      ("a=fingerprint:sha-256 "
       "1A:2B:3C:4D:5E:6F:70:81:92:A3:B4:C5:D6:E7:F8:09:1A:2B:3C:4D:5E:6F:70:81:92:A3:B4:C5:D6:E7:"
       "F8:"
       "09"),
      "m=application 56789 UDP/DTLS/SCTP webrtc-datachannel",
      "c=IN IP4 192.0.2.34",
      "a=mid:0",
      "a=sendrecv",
      "a=sctp-port:5000",
      "a=max-message-size:262144",
      "a=candidate:1 1 UDP 2122317823 192.0.2.34 56789 typ host",
      "a=end-of-candidates",
  });
}

inline std::vector<Sample> all() {
  return {
      {"Chromium data offer", chromiumDataOffer()},
      {"Chromium offer with candidates", chromiumGatheredOffer()},
      {"Chromium audio, video and data", chromiumMediaOffer()},
      {"Firefox data offer", firefoxDataOffer()},
      {"Firefox data answer", firefoxDataAnswer()},
      {"aiortc data offer", aiortcDataOffer()},
      {"aiortc sctpmap offer", aiortcSctpMapOffer()},
      {"pion data offer", pionDataOffer()},
      {"werift data offer", weriftDataOffer()},
      {"libdatachannel data offer", libdatachannelOffer()},
  };
}

}  // namespace rtc::sdp::samples
