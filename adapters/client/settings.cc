#include "adapters/client/settings.h"

#include <algorithm>
#include <numeric>

#include <toml++/toml.h>

#include "adapters/client/files.h"
#include "proto/base/check.h"
#include "proto/base/limits.h"
#include "proto/base/toml_fault.h"
#include "proto/crypto/encoding.h"

namespace rapporteur::client {
namespace {

constexpr std::size_t kTextBytes = 4'096;
constexpr std::size_t kTexts = 256;

// Levenshtein distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

std::string nearest_key(std::span<const Setting> table, std::string_view key) {
  const auto nearest =
      std::min_element(table.begin(), table.end(), [&](const Setting& a, const Setting& b) {
        return distance(a.key, key) < distance(b.key, key);
      });
  return nearest == table.end() ? std::string() : std::string(nearest->key);
}

bool is_choice(std::string_view choices, std::string_view text) {
  while (true) {
    const std::size_t bar = choices.find('|');
    if (choices.substr(0, bar) == text) return true;
    if (bar == std::string_view::npos) return false;
    choices.remove_prefix(bar + 1);
  }
}

const Setting* find_setting(std::span<const Setting> table, std::string_view key) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const Setting& setting) { return setting.key == key; });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace

class SettingsReader {
 public:
  SettingsReader(std::span<const Setting> table, std::string file) : table_(table) {
    out_.file_ = std::move(file);
  }

  [[nodiscard]] Result<Settings> read(const toml::table& root) {
    if (auto walked = walk(root, {}); !walked) return tl::unexpected(walked.error());
    for (const Setting& setting : table_) {
      if (out_.values_.contains(setting.key)) continue;
      if (setting.required) {
        return fail(ErrorKind::kConfiguration, "'" + std::string(setting.key) + "' is missing",
                    out_.file_, std::string(setting.sentence));
      }
      Settings::Value& value = out_.values_[std::string(setting.key)];
      value.text = setting.default_text;
      value.number = setting.default_number;
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] Status walk(const toml::table& table, const std::string& prefix) {
    for (const auto& [name, node] : table) {
      const std::string key = prefix + std::string(name.str());
      const auto line = static_cast<std::int64_t>(name.source().begin.line);
      const Setting* setting = find_setting(table_, key);
      if (setting == nullptr && node.is_table()) {
        if (auto walked = walk(*node.as_table(), key + "."); !walked) return walked;
        continue;
      }
      if (setting == nullptr) {
        return refuse(line, "unknown key '" + printable(key, 80) + "'",
                      "did you mean '" + nearest_key(table_, key) + "'?");
      }
      Settings::Value& value = out_.values_[key];
      value.line = line;
      if (auto taken = take(*setting, node, value); !taken) return taken;
    }
    return {};
  }

  [[nodiscard]] Status take(const Setting& setting, const toml::node& node,
                            Settings::Value& value) const {
    const std::string key(setting.key);
    switch (setting.type) {
      case SettingType::kText: {
        const auto text = node.value_exact<std::string>();
        if (!text || text->size() > kTextBytes) {
          return refuse(value.line, "'" + key + "' must be text", {});
        }
        if (!setting.choices.empty() && !is_choice(setting.choices, *text)) {
          return refuse(value.line, "'" + key + "' cannot be '" + printable(*text, 60) + "'",
                        "one of " + std::string(setting.choices));
        }
        value.text = *text;
        return {};
      }
      case SettingType::kNumber: {
        const auto number = node.value_exact<std::int64_t>();
        if (!number || *number < setting.least || *number > setting.most) {
          return refuse(value.line, "'" + key + "' must be a whole number",
                        std::to_string(setting.least) + " to " + std::to_string(setting.most));
        }
        value.number = *number;
        return {};
      }
      case SettingType::kTexts:
        return take_texts(key, node, value);
    }
    return {};
  }

  [[nodiscard]] Status take_texts(const std::string& key, const toml::node& node,
                                  Settings::Value& value) const {
    const toml::array* list = node.as_array();
    if (list == nullptr || list->size() > kTexts) {
      return refuse(value.line, "'" + key + "' must be a list of texts", {});
    }
    for (const toml::node& item : *list) {
      const auto text = item.value_exact<std::string>();
      if (!text || text->size() > kTextBytes) {
        return refuse(value.line, "'" + key + "' must be a list of texts", {});
      }
      value.texts.push_back(*text);
    }
    return {};
  }

  [[nodiscard]] tl::unexpected<Error> refuse(std::int64_t line, std::string what,
                                             std::string remedy) const {
    return fail(ErrorKind::kConfiguration, std::move(what), out_.file_ + ":" + std::to_string(line),
                std::move(remedy));
  }

  std::span<const Setting> table_;
  Settings out_;
};

Result<Settings> Settings::read(const std::filesystem::path& file, std::span<const Setting> table) {
  auto content = read_small_file(file, limits::kConfigurationBytes);
  if (!content) {
    Error error = content.error();
    error.kind = ErrorKind::kConfiguration;
    return tl::unexpected(error);
  }
  return parse(*content, file.string(), table);
}

Result<Settings> Settings::parse(std::string_view toml, const std::string& name,
                                 std::span<const Setting> table) {
  try {
    return SettingsReader(table, name).read(toml::parse(toml, name));
  } catch (const toml::parse_error& error) {
    return toml_fault(error.description(), name + ":" + std::to_string(error.source().begin.line));
  }
}

const Settings::Value& Settings::value(std::string_view key) const {
  const auto found = values_.find(key);
  RAPPORTEUR_CHECK(found != values_.end());
  return found->second;
}

const std::string& Settings::text(std::string_view key) const {
  return value(key).text;
}
std::int64_t Settings::number(std::string_view key) const {
  return value(key).number;
}
const std::vector<std::string>& Settings::texts(std::string_view key) const {
  return value(key).texts;
}

Result<PublicKeyBytes> Settings::key_bytes(std::string_view key) const {
  const auto decoded = crypto::parse_base64(text(key));
  const auto bytes = decoded ? PublicKeyBytes::from(*decoded) : std::nullopt;
  if (!bytes) {
    return fail(ErrorKind::kConfiguration, "'" + std::string(key) + "' is no key", where(key),
                "a key is 32 bytes as base64");
  }
  return *bytes;
}

std::string Settings::where(std::string_view key) const {
  const std::int64_t line = value(key).line;
  return line == 0 ? file_ : file_ + ":" + std::to_string(line);
}

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      constexpr std::string_view kHex = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(c);
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 0xFU];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string settings_text(std::span<const Setting> table,
                          const std::map<std::string, std::string, std::less<>>& values) {
  std::string out;
  std::string section;
  for (const Setting& setting : table) {
    const std::size_t dot = setting.key.rfind('.');
    const std::string_view of =
        dot == std::string_view::npos ? std::string_view() : setting.key.substr(0, dot);
    if (of != section) {
      section = of;
      out += "\n[" + section + "]\n";
    }
    const std::string name(setting.key.substr(dot == std::string_view::npos ? 0 : dot + 1));
    out += "# " + std::string(setting.sentence);
    if (setting.type == SettingType::kNumber) {
      out += " " + std::to_string(setting.least) + " to " + std::to_string(setting.most) + ".";
    }
    out += "\n";
    const auto given = values.find(setting.key);
    if (given != values.end()) {
      out += name + " = " + given->second + "\n";
      continue;
    }
    out += "# " + name + " = ";
    if (setting.type == SettingType::kText) out += toml_text(setting.default_text);
    if (setting.type == SettingType::kNumber) out += std::to_string(setting.default_number);
    if (setting.type == SettingType::kTexts) out += "[]";
    out += "\n";
  }
  return out;
}

}  // namespace rapporteur::client
