#include "wasm/convert.h"

#include <cmath>
#include <limits>

#include <emscripten/bind.h>
#include <emscripten/em_js.h>

// clang-format off
EM_JS_DEPS(webrtcConvert, "$Emval,$UTF8ToString");

EM_JS(emscripten::EM_VAL, webrtcUint8Array, (const uint8_t* data, size_t size), {
  return Emval.toHandle(HEAPU8.slice(data, data + size));
});

EM_JS(size_t, webrtcLengthOf, (emscripten::EM_VAL bytes), {
  return Emval.toValue(bytes).length;
});

EM_JS(void, webrtcCopyBytes, (emscripten::EM_VAL bytes, uint8_t* to), {
  HEAPU8.set(Emval.toValue(bytes), to);
});

// Written out, as calls of promises' and objects' members through val take several crossings each.
EM_JS(emscripten::EM_VAL, webrtcSettled, (emscripten::EM_VAL value, bool isRejected), {
  const result = Emval.toValue(value);
  return Emval.toHandle(isRejected ? Promise.reject(result) : Promise.resolve(result));
});

EM_JS(emscripten::EM_VAL, webrtcDescription, (const char* type, emscripten::EM_VAL sdp), {
  return Emval.toHandle({type: UTF8ToString(type), sdp: Emval.toValue(sdp)});
});

EM_JS(double, webrtcUnixTime, (), { return Date.now(); });

EM_JS(emscripten::EM_VAL, webrtcString, (const char* data, size_t size), {
  const decoder = Module.webrtcTextDecoder ||= new TextDecoder('utf-8', {ignoreBOM: true});
  return Emval.toHandle(decoder.decode(HEAPU8.subarray(data, data + size)));
});
// clang-format on

namespace rtc::wasm {
namespace {

bool isNothing(const val& value) {
  return value.isUndefined() || value.isNull();
}

}  // namespace

Timestamp timestampFrom(double milliseconds) {
  // The largest double that the microsecond count can hold; NaN counts as zero.
  constexpr double kLimit = 9e15;
  if (!(milliseconds > -kLimit / 1000))
    return Timestamp();
  if (milliseconds >= kLimit / 1000)
    return Timestamp::never();
  // To the nearest one: a deadline that comes back as it went out has been reached.
  return Timestamp::microseconds(std::llround(milliseconds * 1000));
}

double millisecondsFrom(Timestamp time) {
  if (time.isNever())
    return std::numeric_limits<double>::infinity();
  return static_cast<double>(time.us()) / 1000;
}

Bytes bytesFrom(const val& uint8Array) {
  Bytes bytes(webrtcLengthOf(uint8Array.as_handle()));
  // The allocation may have moved the heap, so its view is looked up only now.
  webrtcCopyBytes(uint8Array.as_handle(), bytes.data());
  return bytes;
}

val uint8ArrayFrom(ByteSpan bytes) {
  return val::take_ownership(webrtcUint8Array(bytes.data(), bytes.size()));
}

val stringFrom(std::string_view text) {
  return val::take_ownership(webrtcString(text.data(), text.size()));
}

std::string stringMember(const val& object, const char* name, std::string fallback) {
  if (isNothing(object))
    return fallback;
  const val member = object[name];
  return isNothing(member) ? fallback : member.as<std::string>();
}

bool boolMember(const val& object, const char* name, bool fallback) {
  if (isNothing(object))
    return fallback;
  const val member = object[name];
  return isNothing(member) ? fallback : member.as<bool>();
}

std::optional<uint32_t> uintMember(const val& object, const char* name) {
  if (isNothing(object))
    return std::nullopt;
  const val member = object[name];
  if (isNothing(member))
    return std::nullopt;
  const double number = member.as<double>();
  if (!(number >= 0 && number <= std::numeric_limits<uint32_t>::max()))
    return std::nullopt;
  return static_cast<uint32_t>(number);
}

std::vector<val> listMember(const val& object, const char* name) {
  if (isNothing(object))
    return {};
  const val member = object[name];
  return isNothing(member) ? std::vector<val>{} : emscripten::vecFromJSArray<val>(member);
}

val errorFrom(const Error& error) {
  val object = val::object();
  object.set("name", std::string(errorName(error.kind)));
  object.set("message", stringFrom(error.message));
  if (error.detail != RtcErrorDetail::kNone) {
    object.set("errorDetail", std::string(errorDetailName(error.detail)));
  }
  if (error.sdpLineNumber)
    object.set("sdpLineNumber", *error.sdpLineNumber);
  return object;
}

val outcome(const Status<Error>& result) {
  return result ? val::undefined() : errorFrom(result.error());
}

val resolved(const val& value) {
  return val::take_ownership(webrtcSettled(value.as_handle(), false));
}

val rejected(const Error& error) {
  return val::take_ownership(webrtcSettled(errorFrom(error).as_handle(), true));
}

val makeDescription(const char* type, std::string_view sdp) {
  return val::take_ownership(webrtcDescription(type, stringFrom(sdp).as_handle()));
}

double unixTime() {
  return webrtcUnixTime();
}

std::optional<Endpoint> endpointFrom(const std::string& address, uint16_t port) {
  const auto parsed = IpAddress::parse(address);
  if (!parsed)
    return std::nullopt;
  return Endpoint{*parsed, port};
}

int& LiveHandle::count() {
  static int count = 0;
  return count;
}

}  // namespace rtc::wasm

EMSCRIPTEN_BINDINGS(webrtcLiveHandles) {
  emscripten::function(
      "liveHandles", emscripten::optional_override([] { return rtc::wasm::LiveHandle::count(); }));
}
