// Runs a libFuzzer target without libFuzzer, so that every native test run exercises it: first
// every file of the corpus directories, then seeded pseudo-random and mutated inputs. The same
// arguments give the same inputs on every machine.
//
//   fuzz_x [--runs=N] [--seed=N] [--truncate=BYTES] [--found=FILE] [corpus directory or file]...
//
// Of files of up to so many bytes (512) every truncation is an input as well. FILE, where there is
// one, has inputs that fuzzing has found (tools/lib/fuzz-found.mjs): each behind its length, four
// bytes, the most significant first.
// A directory that does not exist is an empty corpus. An input on which the target is about to run
// is left in $WEBRTC_FUZZ_LAST_INPUT when that is set, to be read after a crash.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using Input = std::vector<uint8_t>;

constexpr size_t kMaxInput = 4096;

// SplitMix64: tiny, and the same everywhere, unlike the distributions of <random>.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    state_ += 0x9e3779b97f4a7c15u;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  // In [0, bound), 0 for an empty range.
  size_t below(size_t bound) { return bound == 0 ? 0 : static_cast<size_t>(next() % bound); }

  uint8_t byte() { return static_cast<uint8_t>(next()); }

 private:
  uint64_t state_;
};

// Values at which lengths, counts and signs change their meaning.
constexpr std::array<uint8_t, 12> kEdges = {0x00, 0x01, 0x02, 0x03, 0x04, 0x7f,
                                            0x80, 0xc0, 0xfc, 0xfe, 0xff, 0x20};

Input randomInput(Random& random) {
  // Short inputs are the interesting ones for a parser, so lengths are spread by magnitude.
  const size_t limit = size_t{1} << random.below(11);
  Input input(random.below(limit + 1));
  for (uint8_t& byte : input) {
    byte = random.below(4) == 0 ? kEdges[random.below(kEdges.size())] : random.byte();
  }
  return input;
}

void mutate(Input& input, const std::vector<Input>& corpus, Random& random) {
  const size_t rounds = 1 + random.below(4);
  for (size_t round = 0; round < rounds; ++round) {
    const size_t at = random.below(input.size());
    switch (random.below(9)) {
      case 0:
        if (!input.empty())
          input[at] ^= static_cast<uint8_t>(1u << random.below(8));
        break;
      case 1:
        if (!input.empty())
          input[at] = random.byte();
        break;
      case 2:
        if (!input.empty())
          input[at] = kEdges[random.below(kEdges.size())];
        break;
      case 3:
        input.resize(random.below(input.size() + 1));
        break;
      case 4:
        input.insert(input.begin() + static_cast<std::ptrdiff_t>(at), 1 + random.below(8),
                     random.byte());
        break;
      case 5:
        if (!input.empty()) {
          const size_t count = std::min(1 + random.below(8), input.size() - at);
          const auto first = input.begin() + static_cast<std::ptrdiff_t>(at);
          input.erase(first, first + static_cast<std::ptrdiff_t>(count));
        }
        break;
      case 6:  // a part of the input again, elsewhere
        if (!input.empty()) {
          const size_t count = std::min(1 + random.below(64), input.size() - at);
          const Input part(input.begin() + static_cast<std::ptrdiff_t>(at),
                           input.begin() + static_cast<std::ptrdiff_t>(at + count));
          const size_t to = random.below(input.size());
          input.insert(input.begin() + static_cast<std::ptrdiff_t>(to), part.begin(), part.end());
        }
        break;
      case 7:  // a 16-bit field set to an edge
        if (input.size() >= 2 && at + 1 < input.size()) {
          input[at] = kEdges[random.below(kEdges.size())];
          input[at + 1] = kEdges[random.below(kEdges.size())];
        }
        break;
      default:  // the head of this input and the tail of another
        if (!corpus.empty()) {
          const Input& other = corpus[random.below(corpus.size())];
          input.resize(at);
          const size_t from = random.below(other.size());
          input.insert(input.end(), other.begin() + static_cast<std::ptrdiff_t>(from), other.end());
        }
        break;
    }
  }
  if (input.size() > kMaxInput)
    input.resize(kMaxInput);
}

bool readFile(const std::filesystem::path& path, Input& input) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return false;
  input.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  return true;
}

// Files below `path` in the order of their names, so that runs repeat.
bool readCorpus(const std::filesystem::path& path, std::vector<Input>& corpus) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(path, error)) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path, error)) {
      if (entry.is_regular_file(error))
        files.push_back(entry.path());
    }
  } else if (std::filesystem::exists(path, error)) {
    files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    Input input;
    if (!readFile(file, input)) {
      std::fprintf(stderr, "cannot read %s\n", file.c_str());
      return false;
    }
    corpus.push_back(std::move(input));
  }
  return true;
}

bool readFound(const std::string& path, std::vector<Input>& corpus) {
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    return true;
  Input packed;
  if (!readFile(path, packed)) {
    std::fprintf(stderr, "cannot read %s\n", path.c_str());
    return false;
  }
  constexpr size_t kLength = 4;
  for (size_t at = 0; at < packed.size();) {
    size_t size = 0;
    for (size_t i = 0; i < kLength && at < packed.size(); ++i)
      size = size << 8 | packed[at++];
    if (size > packed.size() - at) {
      std::fprintf(stderr, "%s is cut off\n", path.c_str());
      return false;
    }
    const auto begin = packed.begin() + static_cast<std::ptrdiff_t>(at);
    corpus.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(size));
    at += size;
  }
  return true;
}

void runOne(const Input& input) {
  static const char* const keep = std::getenv("WEBRTC_FUZZ_LAST_INPUT");
  if (keep != nullptr) {
    std::ofstream file(keep, std::ios::binary | std::ios::trunc);
    file.write(reinterpret_cast<const char*>(input.data()),
               static_cast<std::streamsize>(input.size()));
  }
  // A copy of exactly this size lets AddressSanitizer see a read of one byte too many.
  const Input exact(input.begin(), input.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

bool option(std::string_view argument, std::string_view name, uint64_t& value) {
  if (argument.substr(0, name.size()) != name)
    return false;
  value = std::strtoull(std::string(argument.substr(name.size())).c_str(), nullptr, 0);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  uint64_t runs = 4000;
  uint64_t seed = 1;
  uint64_t truncate = 512;
  std::vector<Input> corpus;
  std::vector<Input> found;
  constexpr std::string_view kFound = "--found=";
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.substr(0, kFound.size()) == kFound) {
      if (!readFound(std::string(argument.substr(kFound.size())), found))
        return 1;
      continue;
    }
    if (option(argument, "--runs=", runs) || option(argument, "--seed=", seed) ||
        option(argument, "--truncate=", truncate))
      continue;
    if (!readCorpus(argument, corpus))
      return 1;
  }

  runOne({});
  for (unsigned value = 0; value < 256; ++value)
    runOne({static_cast<uint8_t>(value)});
  for (const Input& input : corpus) {
    runOne(input);
    if (input.size() <= truncate) {
      for (size_t size = 0; size < input.size(); ++size) {
        runOne(Input(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(size)));
      }
    }
  }
  for (const Input& input : found)
    runOne(input);
  corpus.insert(corpus.end(), found.begin(), found.end());

  Random random(seed);
  for (uint64_t run = 0; run < runs; ++run) {
    Input input;
    if (corpus.empty() || random.below(8) == 0) {
      input = randomInput(random);
    } else {
      input = corpus[random.below(corpus.size())];
      mutate(input, corpus, random);
    }
    runOne(input);
  }
  std::printf("%zu corpus inputs and %llu generated inputs\n", corpus.size(),
              static_cast<unsigned long long>(runs));
  return 0;
}
