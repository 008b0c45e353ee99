// Small TOML files a person may edit: a table in code gives each key its type, default, range and
// sentence; everything else in the file is an error with the nearest known key.
//
// Shapes: keys are dotted, "hub.endpoint" is `endpoint` in the table [hub]. Values are text, whole
// numbers or lists of text.
// Errors: kConfiguration with file:line; kStorage when writing fails.
// Threads: any. Source: TOML 1.0.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/ids.h"
#include "proto/base/result.h"

namespace rapporteur::client {

enum class SettingType { kText, kNumber, kTexts };

struct Setting {
  std::string_view key;
  SettingType type = SettingType::kText;
  bool required = false;
  std::string_view default_text = {};  // kTexts have none: the empty list
  std::int64_t default_number = 0;
  std::int64_t least = 0;
  std::int64_t most = 0;
  std::string_view choices = {};  // alternatives separated by '|'; "" is any text
  std::string_view sentence = {};
};

class Settings {
 public:
  // `table` outlives the settings.
  [[nodiscard]] static Result<Settings> read(const std::filesystem::path& file,
                                             std::span<const Setting> table);
  // `name` is what errors call it.
  [[nodiscard]] static Result<Settings> parse(std::string_view toml, const std::string& name,
                                              std::span<const Setting> table);

  // `key` must be in the table and of that type.
  [[nodiscard]] const std::string& text(std::string_view key) const;
  [[nodiscard]] std::int64_t number(std::string_view key) const;
  [[nodiscard]] const std::vector<std::string>& texts(std::string_view key) const;
  // 32 bytes as base64.
  [[nodiscard]] Result<PublicKeyBytes> key_bytes(std::string_view key) const;
  // "file:line" of a key, for errors about its meaning.
  [[nodiscard]] std::string where(std::string_view key) const;

 private:
  struct Value {
    std::string text;
    std::int64_t number = 0;
    std::vector<std::string> texts;
    std::int64_t line = 0;
  };
  friend class SettingsReader;
  [[nodiscard]] const Value& value(std::string_view key) const;
  std::string file_;
  std::map<std::string, Value, std::less<>> values_;
};

// The file as it would be written with these values (in the order of the table), each key under its
// sentence; keys without a value stand as comments with their defaults.
[[nodiscard]] std::string settings_text(
    std::span<const Setting> table, const std::map<std::string, std::string, std::less<>>& values);
// A TOML string.
[[nodiscard]] std::string toml_text(std::string_view text);

}  // namespace rapporteur::client
