// Writes the golden files of messages that have none yet, and adds them to the list. What is there
// is never changed: bytes of a released version must decode for ever.
#include <filesystem>
#include <iostream>

#include "tests/support/golden_messages.h"
#include "tests/support/paths.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: make_golden FOLDER\n";
    return 2;
  }
  try {
    const std::filesystem::path folder(argv[1]);
    for (const auto& golden : rapporteur::testing::golden_messages()) {
      const auto file = folder / (golden.name + ".golden");
      if (std::filesystem::exists(file)) continue;
      rapporteur::testing::write_file(file, rapporteur::testing::golden_file(*golden.message));
      std::cout << file.string() << '\n';
    }
    std::string enums;
    for (const auto& [name, number] : rapporteur::testing::enum_values()) {
      enums += name + " " + std::to_string(number) + "\n";
    }
    if (!std::filesystem::exists(folder / "enums.txt")) {
      rapporteur::testing::write_file(folder / "enums.txt", enums);
    }
    auto list = std::filesystem::exists(folder / rapporteur::testing::kGoldenList)
                    ? rapporteur::testing::read_golden_list(folder)
                    : std::map<std::string, std::string>();
    list.merge(rapporteur::testing::golden_digests(folder));
    std::string lines;
    for (const auto& [name, digest] : list) lines += digest + "  " + name + "\n";
    rapporteur::testing::write_file(folder / rapporteur::testing::kGoldenList, lines);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 0;
}
