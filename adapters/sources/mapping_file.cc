// Reads and checks the TOML form of a mapping.
#include <algorithm>
#include <utility>

#include "adapters/sources/input.h"
#include "adapters/sources/limits.h"
#include "adapters/sources/mapping.h"
#include "adapters/sources/period_format.h"
#include "adapters/sources/suggest.h"
#include "adapters/sources/toml_reader.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::sources {
namespace {

class MappingReader : private TomlReader {
 public:
  MappingReader(std::string file, Mapping& mapping)
      : TomlReader(std::move(file)), mapping_(mapping) {}

  Status read(const toml::table& root) {
    mapping_.file = file();
    return each(root, "the mapping",
                {{"format", [&](const auto& n) { return text(n, mapping_.format); }},
                 {"dataflow", [&](const auto& n) { return dataflow(n); }},
                 {"releasability", [&](const auto& n) { return releasability(n); }},
                 {"ignore", [&](const auto& n) { return texts(n, mapping_.ignored); }},
                 {"read_labels", [&](const auto& n) { return truth(n, mapping_.read_labels); }},
                 {"by_name", [&](const auto& n) { return truth(n, mapping_.by_name); }},
                 {"csv", [&](const auto& n) { return csv(n); }},
                 {"columns", [&](const auto& n) { return columns(n); }},
                 {"measures", [&](const auto& n) { return measures(n); }},
                 {"constants", [&](const auto& n) { return constants(n, mapping_.constants); }},
                 {"codes", [&](const auto& n) { return codes(n); }},
                 {"periods", [&](const auto& n) { return periods(n); }},
                 {"values", [&](const auto& n) { return values(n); }}});
  }

  // What no single key can tell.
  Status check_whole() {
    if (mapping_.by_name) return {};
    if (mapping_.columns.empty() || mapping_.measures.empty()) {
      return fail(ErrorKind::kConfiguration, "the mapping binds no columns", file(),
                  "give [columns] and at least one [[measures]], or by_name = true");
    }
    return {};
  }

 private:
  Status one_character(const toml::node& node, std::optional<char>& out) const {
    std::string value;
    if (auto read = text(node, value); !read) return read;
    if (value.size() != 1) return wrong(node, "one character is wanted here");
    out = value[0];
    return {};
  }

  Status dataflow(const toml::node& node) {
    std::string id;
    if (auto read = text(node, id); !read) return read;
    if (codelists::find_dataflow(id) == nullptr) {
      std::vector<std::string_view> known;
      for (const auto& flow : codelists::dataflows()) known.push_back(flow.id);
      return wrong(node, "unknown dataflow: " + printable(id, 80), did_you_mean(id, known));
    }
    mapping_.dataflow = std::move(id);
    return {};
  }

  Status releasability(const toml::node& node) {
    std::string words;
    if (node.is_array()) {
      std::vector<std::string> list;
      if (auto read = texts(node, list); !read) return read;
      for (const auto& word : list) words += word + ' ';
    } else if (auto read = text(node, words); !read) {
      return read;
    }
    auto parsed = Releasability::parse(words);
    if (!parsed) return wrong(node, parsed.error().what, parsed.error().remedy);
    mapping_.releasability = std::move(*parsed);
    return {};
  }

  Status csv(const toml::node& node) {
    const toml::table* table = nullptr;
    if (auto read = as_table(node, table); !read) return read;
    return each(
        *table, "[csv]",
        {{"delimiter", [&](const auto& n) { return one_character(n, mapping_.delimiter); }}});
  }

  Status target(const toml::source_region& at, std::string_view name, Target& out) const {
    const auto known = Target::named(name);
    if (!known) {
      const std::vector<std::string_view> names = Target::names();
      return wrong(at, "no component of an observation: " + printable(name, 80),
                   did_you_mean(name, names));
    }
    out = *known;
    return {};
  }

  Status columns(const toml::node& node) {
    const toml::table* table = nullptr;
    if (auto read = as_table(node, table); !read) return read;
    for (const auto& [name, value] : *table) {
      ColumnMapping column;
      column.column = name.str();
      std::string to;
      Status read;
      if (const auto* detail = value.as_table()) {
        read = each(*detail, "a column",
                    {{"to", [&](const auto& n) { return text(n, to); }},
                     {"prefix", [&](const auto& n) { return text(n, column.prefix); }}});
      } else {
        read = text(value, to);
      }
      if (!read) return read;
      if (read = target(value.source(), to, column.target); !read) return read;
      if (!column.prefix.empty() && column.target.kind != Target::Kind::kAttribute) {
        return wrong(value, "a prefix can only stand before the text of an attribute");
      }
      mapping_.columns.push_back(std::move(column));
    }
    return check_targets(*table);
  }

  // One component takes its value from one place.
  Status check_targets(const toml::table& table) const {
    for (auto one = mapping_.columns.begin(); one != mapping_.columns.end(); ++one) {
      for (auto other = std::next(one); other != mapping_.columns.end(); ++other) {
        if (one->target != other->target) continue;
        return wrong(table, "two columns are bound to " + std::string(one->target.name()) + ": " +
                                printable(one->column, 80) + " and " +
                                printable(other->column, 80));
      }
    }
    return {};
  }

  Status measures(const toml::node& node) {
    const auto* list = node.as_array();
    if (list == nullptr) {
      return wrong(node, "a list of measures is wanted here", "write [[measures]]");
    }
    for (const auto& element : *list) {
      const toml::table* table = nullptr;
      if (auto read = as_table(element, table); !read) return read;
      MeasureMapping measure;
      for (const auto& [name, value] : *table) {
        Status read;
        if (name.str() == "column") {
          read = text(value, measure.column);
        } else {
          read = constant(name, value, measure.constants);
        }
        if (!read) return read;
      }
      if (measure.column.empty()) return wrong(element, "the measure names no column");
      mapping_.measures.push_back(std::move(measure));
    }
    return {};
  }

  // A code that is right for the component, or an error with the nearest ones.
  Status valid_code(const toml::node& node, const Target& target, const std::string& code) const {
    bool valid = true;
    std::vector<std::string_view> near;
    if (target.kind == Target::Kind::kDimension) {
      const auto dimension = static_cast<Dimension>(target.index);
      valid = codelists::valid(dimension, code);
      const auto list = codelists::list_of(dimension);
      if (!valid && list) near = codelists::nearest(*list, code);
    } else if (target.kind == Target::Kind::kAttribute) {
      const auto attribute = static_cast<Attribute>(target.index);
      valid = codelists::valid(attribute, code);
      const auto list = codelists::list_of(attribute);
      if (!valid && list) near = codelists::nearest(*list, code);
    }
    if (valid) return {};
    return wrong(node, "no code of " + std::string(target.name()) + ": " + printable(code, 80),
                 did_you_mean_one_of(near));
  }

  Status constant(const toml::key& name, const toml::node& node,
                  std::map<Target, std::string>& out) {
    Target to;
    if (auto read = target(name.source(), name.str(), to); !read) return read;
    if (to.kind == Target::Kind::kReleasability || to.kind == Target::Kind::kDataflow) {
      return wrong(node, std::string(to.name()) + " of the whole file is a key of its own",
                   "write it in lower case at the top of the mapping");
    }
    std::string code;
    if (auto read = text(node, code); !read) return read;
    if (auto valid = valid_code(node, to, code); !valid) return valid;
    out[to] = std::move(code);
    return {};
  }

  Status constants(const toml::node& node, std::map<Target, std::string>& out) {
    const toml::table* table = nullptr;
    if (auto read = as_table(node, table); !read) return read;
    for (const auto& [name, value] : *table) {
      if (auto read = constant(name, value, out); !read) return read;
    }
    return {};
  }

  Status codes(const toml::node& node) {
    const toml::table* table = nullptr;
    if (auto read = as_table(node, table); !read) return read;
    for (const auto& [name, value] : *table) {
      Target to;
      if (auto read = target(name.source(), name.str(), to); !read) return read;
      const toml::table* pairs = nullptr;
      if (auto read = as_table(value, pairs); !read) return read;
      for (const auto& [from, code_node] : *pairs) {
        std::string code;
        if (auto read = text(code_node, code); !read) return read;
        if (auto valid = valid_code(code_node, to, code); !valid) return valid;
        mapping_.codes[to].emplace(from.str(), std::move(code));
      }
    }
    return {};
  }

  Status periods(const toml::node& node) {
    const toml::table* table = nullptr;
    if (auto read = as_table(node, table); !read) return read;
    return each(*table, "[periods]", {{"formats", [&](const toml::node& n) -> Status {
                                         auto& formats = mapping_.period_formats;
                                         if (auto read = texts(n, formats); !read) return read;
                                         for (const auto& format : formats) {
                                           if (valid_period_format(format)) continue;
                                           return wrong(
                                               n, "no format of a period: " + printable(format, 80),
                                               "such as {MM}/{YYYY}, {YYYY}Q{Q} or "
                                               "{DD}.{MM}.{YYYY}");
                                         }
                                         return {};
                                       }}});
  }

  Status status(const toml::node& node, std::string& out) const {
    if (auto read = text(node, out); !read) return read;
    return valid_code(node, *Target::named("OBS_STATUS"), out);
  }

  Status markers(const toml::node& node) {
    const toml::table* table = nullptr;
    if (auto read = as_table(node, table); !read) return read;
    for (const auto& [marker, value] : *table) {
      std::string meaning;
      if (auto read = text(value, meaning); !read) return read;
      if (meaning != "0" && !is_status_of_missing(meaning)) {
        return wrong(
            value, "a marker is a zero or a status without a number, not " + printable(meaning, 80),
            "0, O missing, L not collected, M cannot exist, K counted elsewhere, Q or H "
            "held back");
      }
      mapping_.values.markers.emplace(marker.str(), std::move(meaning));
    }
    return {};
  }

  Status values(const toml::node& node) {
    const toml::table* table = nullptr;
    if (auto read = as_table(node, table); !read) return read;
    ValueRules& rules = mapping_.values;
    auto read =
        each(*table, "[values]",
             {{"decimal", [&](const auto& n) { return one_character(n, rules.decimal_mark); }},
              {"thousands", [&](const auto& n) { return text(n, rules.thousands); }},
              {"blank", [&](const auto& n) { return status(n, rules.blank_status); }},
              {"number", [&](const auto& n) { return status(n, rules.number_status); }},
              {"qualifiers", [&](const auto& n) { return truth(n, rules.qualifiers_in_values); }},
              {"markers", [&](const auto& n) { return markers(n); }}});
    if (!read) return read;
    if (rules.decimal_mark && *rules.decimal_mark != '.' && *rules.decimal_mark != ',') {
      return wrong(node, "the decimal mark is . or ,");
    }
    if (rules.decimal_mark && rules.thousands == std::string(1, *rules.decimal_mark)) {
      return wrong(node, "one mark cannot separate both decimals and thousands");
    }
    return {};
  }

  Mapping& mapping_;
};

}  // namespace

Result<Mapping> Mapping::parse(std::string_view toml, std::string file) {
  if (toml.size() > limits::kMappingBytes) {
    return fail(ErrorKind::kConfiguration, "is larger than a mapping may be", std::move(file));
  }
  const auto table = TomlReader::parse(toml, file);
  if (!table) return tl::unexpected<Error>(table.error());
  Mapping mapping;
  MappingReader reader(std::move(file), mapping);
  if (auto read = reader.read(*table); !read) return tl::unexpected<Error>(read.error());
  if (auto whole = reader.check_whole(); !whole) return tl::unexpected<Error>(whole.error());
  return mapping;
}

Result<Mapping> Mapping::read_file(const std::string& path) {
  auto input = open_file_input(path);
  if (!input) return tl::unexpected<Error>(input.error());
  std::string content(limits::kMappingBytes + 1, '\0');
  const auto got = (*input)->read(content);
  if (!got) return tl::unexpected<Error>(got.error());
  content.resize(*got);
  return parse(content, path);
}

}  // namespace rapporteur::sources
