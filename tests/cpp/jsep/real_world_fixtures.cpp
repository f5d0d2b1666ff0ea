#include "tests/cpp/jsep/real_world_fixtures.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace rtc::jsep::testing {
namespace {

// As much of JSON as the indexes are made of. They are this repository's own files: what is not
// JSON ends the test program.
class Json {
 public:
  using Object = std::map<std::string, Json>;
  using Array = std::vector<Json>;

  static Json parse(const std::string& text) {
    const char* at = text.c_str();
    return value(at);
  }

  const Object& object() const { return std::get<Object>(value_); }
  const Array& array() const { return std::get<Array>(value_); }
  const std::string& string() const { return std::get<std::string>(value_); }
  int number() const { return std::get<int>(value_); }
  /// The member, or null.
  const Json* find(const std::string& name) const {
    const auto member = object().find(name);
    return member == object().end() ? nullptr : &member->second;
  }

 private:
  static void skipSpace(const char*& at) {
    while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')
      ++at;
  }
  static void take(const char*& at, char wanted) {
    skipSpace(at);
    if (*at != wanted) {
      std::fprintf(stderr, "expected %c before: %.60s\n", wanted, at);
      std::abort();
    }
    ++at;
  }
  /// Whether another member follows; eats the comma, or the end.
  static bool more(const char*& at, char end, bool first) {
    skipSpace(at);
    if (*at == end) {
      ++at;
      return false;
    }
    if (!first)
      take(at, ',');
    return true;
  }
  static std::string text(const char*& at) {
    std::string result;
    for (take(at, '"'); *at != '"'; ++at) {
      if (*at == '\\')
        ++at;
      result += *at;
    }
    ++at;
    return result;
  }
  static Json value(const char*& at) {
    skipSpace(at);
    Json json;
    if (*at == '{') {
      Object object;
      ++at;
      for (bool first = true; more(at, '}', first); first = false) {
        std::string name = text(at);
        take(at, ':');
        object.emplace(std::move(name), value(at));
      }
      json.value_ = std::move(object);
    } else if (*at == '[') {
      Array array;
      ++at;
      for (bool first = true; more(at, ']', first); first = false)
        array.push_back(value(at));
      json.value_ = std::move(array);
    } else if (*at == '"') {
      json.value_ = text(at);
    } else {
      json.value_ = static_cast<int>(std::strtol(at, const_cast<char**>(&at), 10));
    }
    return json;
  }

  std::variant<int, std::string, Object, Array> value_;
};

const std::filesystem::path& root() {
  static const std::filesystem::path path = WEBRTC_SDP_FIXTURES;
  return path;
}

std::string readFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "cannot read %s\n", path.c_str());
    std::abort();
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void expect(Fixture& fixture, const Json& expectation) {
  if (const Json* error = expectation.find("error")) {
    fixture.error = ExpectedError{error->string(), expectation.find("message")->string(), {}};
    if (const Json* line = expectation.find("line"))
      fixture.error->line = line->number();
  }
  if (const Json* rejected = expectation.find("rejected")) {
    for (const Json& index : rejected->array())
      fixture.rejected.push_back(static_cast<size_t>(index.number()));
  }
}

std::vector<Fixture> readFolder(const std::string& folder) {
  static const Json expectations = Json::parse(readFile(root() / "expectations.json"));
  const Json index = Json::parse(readFile(root() / folder / "index.json"));
  std::vector<Fixture> fixtures;
  for (const Json& entry : index.find("fixtures")->array()) {
    const auto pathOf = [&](const Json& name) {
      return folder + "/" + name.string();
    };
    Fixture fixture;
    fixture.path = pathOf(*entry.find("name"));
    fixture.isOffer = entry.find("type")->string() == "offer";
    if (const Json* to = entry.find("to"))
      fixture.to = to->string();
    if (const Json* after = entry.find("after")) {
      for (const Json& name : after->array())
        fixture.after.push_back(pathOf(name));
    }
    fixture.sdp = readFile(root() / (fixture.path + ".sdp"));
    if (const Json* expectation = expectations.find(fixture.path))
      expect(fixture, *expectation);
    fixtures.push_back(std::move(fixture));
  }
  return fixtures;
}

}  // namespace

std::vector<std::string> fixtureFolders() {
  std::vector<std::string> folders;
  for (const auto& entry : std::filesystem::directory_iterator(root())) {
    if (entry.is_directory())
      folders.push_back(entry.path().filename().string());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

std::vector<Fixture> fixturesOf(const std::string& folder) {
  return readFolder(folder);
}

const Fixture& fixtureAt(const std::string& path) {
  static std::map<std::string, Fixture> known;
  if (!known.contains(path)) {
    for (Fixture& fixture : readFolder(path.substr(0, path.find('/')))) {
      const std::string name = fixture.path;
      known.insert_or_assign(name, std::move(fixture));
    }
  }
  const auto found = known.find(path);
  if (found == known.end()) {
    std::fprintf(stderr, "there is no fixture %s\n", path.c_str());
    std::abort();
  }
  return found->second;
}

}  // namespace rtc::jsep::testing
