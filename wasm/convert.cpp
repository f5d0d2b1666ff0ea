#include "wasm/convert.h"

#include <array>
#include <cmath>
#include <limits>

#include <emscripten/bind.h>
#include <emscripten/em_js.h>

// clang-format off
EM_JS_DEPS(webrtcConvert, "$Emval,$UTF8ToString,$stringToUTF8,$lengthBytesUTF8");

EM_JS(emscripten::EM_VAL, webrtcUint8Array, (const uint8_t* data, size_t size), {
  return Emval.toHandle(HEAPU8.slice(data, data + size));
});

// An array of the application's may have a `length` of its own making, which is not how much of it set() copies.
EM_JS(size_t, webrtcLengthOf, (emscripten::EM_VAL bytes), {
  const lengthOf = Module.webrtcTrueLength ||=
      Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'length').get;
  return lengthOf.call(Emval.toValue(bytes));
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

// Members, a crossing each: through val, a member takes four and a string for its name. Names are
// literals, so that where they stand tells them apart. Numbers below are kinds of members.
EM_JS(int, webrtcReadText, (emscripten::EM_VAL object, const char* name, char* to, int capacity), {
  const names = Module.webrtcNames ||= new Map();
  let key = names.get(name);
  if (key === undefined) names.set(name, (key = UTF8ToString(name)));
  const value = Emval.toValue(object)[key];
  if (value === undefined || value === null) return -1;
  if (typeof value !== 'string') throw new TypeError(key + ' is not a string');
  // What does not fit is asked for once more.
  const most = value.length * 3;
  if (most < capacity) return stringToUTF8(value, to, capacity);
  const size = lengthBytesUTF8(value);
  if (size < capacity) stringToUTF8(value, to, capacity);
  return size;
});

EM_JS(double, webrtcReadNumber, (emscripten::EM_VAL object, const char* name), {
  const names = Module.webrtcNames ||= new Map();
  let key = names.get(name);
  if (key === undefined) names.set(name, (key = UTF8ToString(name)));
  const value = Emval.toValue(object)[key];
  return value === undefined || value === null ? NaN : Number(value);
});

EM_JS(emscripten::EM_VAL, webrtcReadList, (emscripten::EM_VAL object, const char* name), {
  const names = Module.webrtcNames ||= new Map();
  let key = names.get(name);
  if (key === undefined) names.set(name, (key = UTF8ToString(name)));
  const value = Emval.toValue(object)[key];
  return Emval.toHandle(value === null || value?.length === 0 ? undefined : value);
});

EM_JS(void, webrtcSetNumber, (emscripten::EM_VAL object, const char* name, double value, int kind), {
  const names = Module.webrtcNames ||= new Map();
  let key = names.get(name);
  if (key === undefined) names.set(name, (key = UTF8ToString(name)));
  Emval.toValue(object)[key] = kind === 0 ? value : kind === 1 ? Boolean(value) : null;
});

EM_JS(void, webrtcSetText, (emscripten::EM_VAL object, const char* name, const char* text, int size), {
  const names = Module.webrtcNames ||= new Map();
  let key = names.get(name);
  if (key === undefined) names.set(name, (key = UTF8ToString(name)));
  let value = "";
  if (size < 0) {
    // A literal as well.
    value = names.get(text);
    if (value === undefined) names.set(text, (value = UTF8ToString(text)));
  } else if (size > 0) {
    const decoder = Module.webrtcTextDecoder ||= new TextDecoder('utf-8', {ignoreBOM: true});
    value = decoder.decode(HEAPU8.subarray(text, text + size));
  }
  Emval.toValue(object)[key] = value;
});

EM_JS(void, webrtcSetNamedText, (emscripten::EM_VAL object, const char* name, const char* text, int size), {
  const decoder = Module.webrtcTextDecoder ||= new TextDecoder('utf-8', {ignoreBOM: true});
  Emval.toValue(object)[UTF8ToString(name)] = decoder.decode(HEAPU8.subarray(text, text + size));
});

EM_JS(void, webrtcSetNamedNumber, (emscripten::EM_VAL object, const char* name, double value, bool isFlag), {
  Emval.toValue(object)[UTF8ToString(name)] = isFlag ? value !== 0 : value;
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
  auto text = maybeStringMember(object, name);
  return text ? std::move(*text) : std::move(fallback);
}

std::optional<std::string> maybeStringMember(const val& object, const char* name) {
  if (isNothing(object))
    return std::nullopt;
  // Most are words.
  std::array<char, 256> buffer;
  const int size = webrtcReadText(object.as_handle(), name, buffer.data(), buffer.size());
  if (size < 0)
    return std::nullopt;
  if (static_cast<size_t>(size) < buffer.size())
    return std::string(buffer.data(), static_cast<size_t>(size));
  std::string text(static_cast<size_t>(size) + 1, '\0');
  text.resize(static_cast<size_t>(
      webrtcReadText(object.as_handle(), name, text.data(), static_cast<int>(text.size()))));
  return text;
}

std::optional<double> numberMember(const val& object, const char* name) {
  if (isNothing(object))
    return std::nullopt;
  const double number = webrtcReadNumber(object.as_handle(), name);
  return std::isnan(number) ? std::nullopt : std::optional(number);
}

bool boolMember(const val& object, const char* name, bool fallback) {
  const auto number = numberMember(object, name);
  return number ? *number != 0 : fallback;
}

std::optional<uint32_t> uintMember(const val& object, const char* name) {
  const auto number = numberMember(object, name);
  if (!number || !(*number >= 0 && *number <= std::numeric_limits<uint32_t>::max()))
    return std::nullopt;
  return static_cast<uint32_t>(*number);
}

std::vector<val> listMember(const val& object, const char* name) {
  if (isNothing(object))
    return {};
  const val member = val::take_ownership(webrtcReadList(object.as_handle(), name));
  return isNothing(member) ? std::vector<val>{} : emscripten::vecFromJSArray<val>(member);
}

ObjectBuilder& ObjectBuilder::text(const char* name, std::string_view value) {
  webrtcSetText(object_.as_handle(), name, value.data(), static_cast<int>(value.size()));
  return *this;
}

ObjectBuilder& ObjectBuilder::word(const char* name, const char* literal) {
  webrtcSetText(object_.as_handle(), name, literal, -1);
  return *this;
}

ObjectBuilder& ObjectBuilder::flag(const char* name, bool value) {
  webrtcSetNumber(object_.as_handle(), name, value ? 1 : 0, 1);
  return *this;
}

ObjectBuilder& ObjectBuilder::null(const char* name) {
  webrtcSetNumber(object_.as_handle(), name, 0, 2);
  return *this;
}

ObjectBuilder& ObjectBuilder::value(const char* name, const val& value) {
  object_.set(name, value);
  return *this;
}

ObjectBuilder& ObjectBuilder::set(const std::string& name, const std::string& text) {
  webrtcSetNamedText(object_.as_handle(), name.c_str(), text.data(), static_cast<int>(text.size()));
  return *this;
}

ObjectBuilder& ObjectBuilder::set(const std::string& name, double number) {
  webrtcSetNamedNumber(object_.as_handle(), name.c_str(), number, false);
  return *this;
}

ObjectBuilder& ObjectBuilder::set(const std::string& name, bool flag) {
  webrtcSetNamedNumber(object_.as_handle(), name.c_str(), flag ? 1 : 0, true);
  return *this;
}

ObjectBuilder& ObjectBuilder::setNumber(const char* name, double value) {
  webrtcSetNumber(object_.as_handle(), name, value, 0);
  return *this;
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
