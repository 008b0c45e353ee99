#include "adapters/sources/toml_reader.h"

#include <algorithm>

#include "adapters/sources/suggest.h"

namespace rapporteur::sources {

Result<toml::table> TomlReader::parse(std::string_view toml, const std::string& file) {
  try {
    return toml::parse(toml, file);
  } catch (const toml::parse_error& error) {
    return fail(ErrorKind::kConfiguration, "is not TOML: " + printable(error.description()),
                file + ':' + std::to_string(error.source().begin.line));
  }
}

tl::unexpected<Error> TomlReader::wrong(const toml::source_region& at, std::string what,
                                        std::string remedy) const {
  return fail(ErrorKind::kConfiguration, std::move(what),
              file_ + ':' + std::to_string(at.begin.line), std::move(remedy));
}

Status TomlReader::each(const toml::table& table, std::string_view where,
                        const std::vector<Key>& keys) const {
  std::vector<std::string_view> names;
  names.reserve(keys.size());
  for (const auto& key : keys) names.push_back(key.name);
  for (const auto& [key, node] : table) {
    const std::string_view name = key.str();
    const auto known = std::find_if(keys.begin(), keys.end(),
                                    [&](const Key& candidate) { return candidate.name == name; });
    if (known == keys.end()) {
      return wrong(key.source(),
                   "unknown key in " + std::string(where) + ": " + printable(name, 80),
                   did_you_mean(name, names));
    }
    if (auto used = known->use(node); !used) return used;
  }
  return {};
}

Status TomlReader::as_table(const toml::node& node, const toml::table*& out) const {
  out = node.as_table();
  if (out == nullptr) return wrong(node, "a table is wanted here", "write [name] above its keys");
  return {};
}

Status TomlReader::text(const toml::node& node, std::string& out) const {
  const auto* value = node.as_string();
  if (value == nullptr) return wrong(node, "a text is wanted here", "put it between quotes");
  out = value->get();
  return {};
}

Status TomlReader::truth(const toml::node& node, bool& out) const {
  const auto* value = node.as_boolean();
  if (value == nullptr) return wrong(node, "true or false is wanted here");
  out = value->get();
  return {};
}

Status TomlReader::whole(const toml::node& node, const Ends& ends, std::int64_t& out) const {
  const auto* value = node.as_integer();
  if (value == nullptr || value->get() < ends.least || value->get() > ends.most) {
    return wrong(node, "a whole number from " + std::to_string(ends.least) + " to " +
                           std::to_string(ends.most) + " is wanted here");
  }
  out = value->get();
  return {};
}

Status TomlReader::texts(const toml::node& node, std::vector<std::string>& out) const {
  const auto* list = node.as_array();
  if (list == nullptr) return wrong(node, "a list of texts is wanted here", R"(["a", "b"])");
  for (const auto& element : *list) {
    if (auto read = text(element, out.emplace_back()); !read) return read;
  }
  return {};
}

}  // namespace rapporteur::sources
