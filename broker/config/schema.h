// Every key of hub.toml: type, default, unit, range and one sentence. The example file, the
// documentation and the checks come from this table alone.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace rapporteur::config {

struct Config;

struct Text {
  std::string Config::*field;
  std::string_view fallback;
  // False: the key must be given.
  bool optional = true;
};
// A path; relative ones are taken from the folder of the configuration file.
struct Path {
  std::string Config::*field;
  std::string_view fallback;
};
struct Number {
  std::uint64_t Config::*field;
  std::uint64_t fallback = 0;
  std::uint64_t least = 0;
  std::uint64_t most = 0;  // both ends in
};

struct Key {
  std::string_view name;  // "section.key"; the key names its unit last
  std::variant<Text, Path, Number> value;
  std::string_view unit;  // "" for none
  std::string_view sentence;
};

// In the order of the example file.
[[nodiscard]] std::span<const Key> keys();

// What `--print-config` prints: every key with its sentence and default.
[[nodiscard]] std::string example();
// CONFIGURATION.md.
[[nodiscard]] std::string documentation();

}  // namespace rapporteur::config
