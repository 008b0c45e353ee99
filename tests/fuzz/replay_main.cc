// Runs a fuzz harness without libFuzzer: over every file of its corpus, and over mutations of each
// file that are the same on every run.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

// In a unity build the harness stands before it.
// NOLINTNEXTLINE(readability-redundant-declaration)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

constexpr int kMutationsPerFile = 500;

Input read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void mutate(Input& input, std::mt19937_64& random) {
  const auto below = [&](std::size_t bound) {
    return static_cast<std::size_t>(random() % std::max<std::size_t>(bound, 1));
  };
  const auto offset = [](std::size_t value) { return static_cast<std::ptrdiff_t>(value); };
  const std::size_t at = below(input.size());
  const std::size_t length = std::min(below(16) + 1, input.size() - at);
  switch (below(5)) {
    case 0:
      if (!input.empty()) input[at] ^= static_cast<std::uint8_t>(1U << below(8));
      break;
    case 1:
      input.insert(input.begin() + offset(at), static_cast<std::uint8_t>(random()));
      break;
    case 2:
      input.erase(input.begin() + offset(at), input.begin() + offset(at + length));
      break;
    case 3:
      input.resize(at);
      break;
    default: {
      const Input piece(input.begin() + offset(at), input.begin() + offset(at + length));
      input.insert(input.begin() + offset(below(input.size())), piece.begin(), piece.end());
    }
  }
}

void run(const Input& input) {
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

void run_with_mutations(const Input& seed) {
  run(seed);
  std::mt19937_64 random(seed.size());
  for (int i = 0; i < kMutationsPerFile; ++i) {
    Input input = seed;
    for (std::uint64_t n = random() % 4 + 1; n > 0; --n) mutate(input, random);
    run(input);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  if (files.empty()) {
    std::fprintf(stderr, "no corpus: give one or more folders with at least one file\n");
    return 1;
  }
  std::sort(files.begin(), files.end());
  run({});
  for (const auto& file : files) {
    std::printf("%s\n", file.c_str());
    std::fflush(stdout);  // the last line names the culprit of a crash
    run_with_mutations(read(file));
  }
  std::printf("%zu files replayed\n", files.size());
  return 0;
}
