#pragma once

#include <optional>
#include <string>
#include <vector>

#include <emscripten/val.h>

#include "cpp/base/address.h"
#include "cpp/base/bytes.h"
#include "cpp/base/error.h"
#include "cpp/base/time.h"

// Plain values on their way over the boundary. Nothing here knows a protocol.
namespace rtc::wasm {

using emscripten::val;

/// Milliseconds (fractions allowed) of the caller's monotonic clock.
Timestamp timestampFrom(double milliseconds);
/// The reverse; `Timestamp::never()` is Infinity.
double millisecondsFrom(Timestamp time);

/// One copy of a Uint8Array into the engine.
Bytes bytesFrom(const val& uint8Array);
/// A new Uint8Array that the receiver owns.
val uint8ArrayFrom(ByteSpan bytes);

/// Members of a plain object; absent, undefined and null give the fallback.
/// `name` and every `literal` below is one: where it stands is what it is known by.
std::string stringMember(const val& object, const char* name, std::string fallback = {});
std::optional<std::string> maybeStringMember(const val& object, const char* name);
bool boolMember(const val& object, const char* name, bool fallback = false);
std::optional<double> numberMember(const val& object, const char* name);
std::optional<uint32_t> uintMember(const val& object, const char* name);
std::vector<val> listMember(const val& object, const char* name);

/// A JS string from text that may hold invalid UTF-8 (replaced as the Encoding standard says).
val stringFrom(std::string_view text);

/// A plain object that is being filled. Each member is one crossing; by val::set it would be four.
class ObjectBuilder {
 public:
  ObjectBuilder() : object_(val::object()) {}
  /// Text that may hold invalid UTF-8, as in `stringFrom`.
  ObjectBuilder& text(const char* name, std::string_view value);
  ObjectBuilder& word(const char* name, const char* literal);
  template <typename T>
  ObjectBuilder& number(const char* name, T value) {
    return setNumber(name, static_cast<double>(value));
  }
  template <typename T>
  ObjectBuilder& maybeNumber(const char* name, const std::optional<T>& value) {
    return value ? number(name, *value) : null(name);
  }
  ObjectBuilder& flag(const char* name, bool value);
  ObjectBuilder& null(const char* name);
  ObjectBuilder& value(const char* name, const val& value);
  /// Under a name that is no literal.
  ObjectBuilder& set(const std::string& name, const std::string& text);
  ObjectBuilder& set(const std::string& name, double number);
  ObjectBuilder& set(const std::string& name, bool flag);
  val take() { return std::move(object_); }

 private:
  ObjectBuilder& setNumber(const char* name, double value);

  val object_;
};

/// {name, message, errorDetail?, sdpLineNumber?}
val errorFrom(const Error& error);

/// undefined, or the error as a plain object.
val outcome(const Status<Error>& result);

/// Promises that are settled already.
val resolved(const val& value);
val rejected(const Error& error);

/// {type, sdp}
val makeDescription(const char* type, std::string_view sdp);

/// Milliseconds of the realm's clock.
double unixTime();

/// An Endpoint from a textual address; none when the text is no address.
std::optional<Endpoint> endpointFrom(const std::string& address, uint16_t port);

/// Counts engine objects that script holds (`Module.liveHandles()`).
class LiveHandle {
 public:
  LiveHandle() { ++count(); }
  LiveHandle(const LiveHandle&) = delete;
  LiveHandle& operator=(const LiveHandle&) = delete;
  ~LiveHandle() { --count(); }
  static int& count();
};

}  // namespace rtc::wasm
