#include "adapters/anonymise/spec.h"

#include <algorithm>
#include <array>
#include <utility>

#include "adapters/anonymise/hierarchy.h"
#include "adapters/anonymise/spec_method.h"
#include "adapters/sources/input.h"
#include "adapters/sources/limits.h"
#include "adapters/sources/period_format.h"
#include "adapters/sources/suggest.h"
#include "adapters/sources/toml_reader.h"
#include "proto/codelists/code_lists.h"
#include "proto/statistics/time_period.h"

namespace rapporteur::anonymise {
namespace {

constexpr std::array kCountedAlong{
    Dimension::kCounterpartArea, Dimension::kExplForm, Dimension::kSex, Dimension::kAge,
    Dimension::kCitizen,         Dimension::kRegOrg};
constexpr std::int64_t kLargestK = 1'000;
constexpr std::int64_t kLargestWidth = 1'000;

using Per = SpecTime::Per;
constexpr std::array<std::pair<std::string_view, Per>, 4> kPer{{{"year", Per::kYear},
                                                                {"half-year", Per::kHalfYear},
                                                                {"quarter", Per::kQuarter},
                                                                {"month", Per::kMonth}}};

std::vector<std::string_view> counted_names() {
  std::vector<std::string_view> names;
  for (const Dimension d : kCountedAlong) names.push_back(name(d));
  return names;
}

class SpecReader : private sources::TomlReader {
 public:
  SpecReader(std::string file, Spec& spec)
      : TomlReader(file), spec_(spec), method_(std::move(file), spec) {}

  Status read(const toml::table& root) {
    spec_.file = file();
    // The policy of the dataflow is the default of what follows.
    if (const toml::node* node = root.get("dataflow")) {
      if (auto read = dataflow(*node); !read) return read;
    }
    auto read =
        each(root, "the spec",
             {{"dataflow", [](const auto&) { return Status{}; }},
              {"indicator", [&](const auto& n) { return indicator(n); }},
              {"unit", [&](const auto& n) { return text(n, spec_.unit); }},
              {"ref_area", [&](const auto& n) { return ref_area(n); }},
              {"time", [&](const auto& n) { return time(n); }},
              {"input", [&](const auto& n) { return choice(n, "cases", "table", spec_.counted); }},
              {"count", [&](const auto& n) { return text(n, spec_.count_column); }},
              {"delimiter", [&](const auto& n) { return delimiter(n); }},
              {"k",
               [&](const auto& n) {
                 return whole(n, {1, kLargestK}, spec_.rule.k);
               }},
              {"width",
               [&](const auto& n) {
                 return whole(n, {1, kLargestWidth}, spec_.rule.width);
               }},
              {"zeros",
               [&](const auto& n) { return choice(n, "sensitive", "public", spec_.zeros_public); }},
              {"depth_from", [&](const auto& n) { return depth(n); }},
              {"method", [&](const auto& n) { return method_.method(n); }},
              {"cell_key", [&](const auto& n) { return method_.cell_key(n); }},
              {"round", [&](const auto& n) { return method_.round(n); }},
              {"optimal", [&](const auto& n) { return method_.optimal(n); }},
              {"dimensions", [&](const auto& n) { return dimensions(n); }},
              {"keep", [&](const auto& n) { return cells(n, spec_.keep, keep_at_); }},
              {"hide", [&](const auto& n) { return cells(n, spec_.hide, hide_at_); }}});
    if (!read) return read;
    if (read = check_whole(root); !read) return read;
    if (read = method_.finish(root); !read) return read;
    return check_cells();
  }

 private:
  Status dataflow(const toml::node& node) {
    if (auto read = text(node, spec_.dataflow); !read) return read;
    const auto* known = codelists::find_dataflow(spec_.dataflow);
    if (known == nullptr) {
      std::vector<std::string_view> ids;
      for (const auto& flow : codelists::dataflows()) ids.push_back(flow.id);
      return wrong(node, "unknown dataflow: " + printable(spec_.dataflow, 80),
                   sources::did_you_mean(spec_.dataflow, ids));
    }
    spec_.rule = {known->policy.interval_width, known->policy.k};
    spec_.zeros_public = !known->policy.zeros_sensitive;
    spec_.depth_from = known->policy.depth_from;
    return {};
  }

  Status indicator(const toml::node& node) {
    if (auto read = text(node, spec_.indicator); !read) return read;
    if (codelists::find_indicator(spec_.indicator) != nullptr) return {};
    return wrong(node, "unknown indicator: " + printable(spec_.indicator, 80),
                 sources::did_you_mean_one_of(
                     codelists::nearest(codelists::ListId::kIndicator, spec_.indicator)));
  }

  // True for `yes`.
  Status choice(const toml::node& node, std::string_view no, std::string_view yes, bool& out) {
    std::string word;
    if (auto read = text(node, word); !read) return read;
    if (word != no && word != yes) {
      return wrong(node, "unknown word: " + printable(word, 40),
                   "write \"" + std::string(no) + "\" or \"" + std::string(yes) + "\"");
    }
    out = word == yes;
    return {};
  }

  Status depth(const toml::node& node) {
    std::int64_t depth = 0;
    if (auto read = whole(node, {1, kCountedAlong.size()}, depth); !read) return read;
    spec_.depth_from = static_cast<std::uint32_t>(depth);
    return {};
  }

  Status delimiter(const toml::node& node) {
    std::string value;
    if (auto read = text(node, value); !read) return read;
    if (value.size() != 1) return wrong(node, "one character is wanted here");
    spec_.delimiter = value[0];
    return {};
  }

  Status code_map(const toml::node& node, std::map<std::string, std::string>& out) {
    const toml::table* table = nullptr;
    if (auto read = as_table(node, table); !read) return read;
    for (const auto& [from, value] : *table) {
      if (auto read = text(value, out[std::string(from.str())]); !read) return read;
    }
    return {};
  }

  Status ref_area(const toml::node& node) {
    SpecPlace& place = spec_.ref_area;
    const auto* table = node.as_table();
    if (table == nullptr) {
      if (auto read = text(node, place.constant); !read) return read;
      return area_code(node, place.constant);
    }
    auto read = each(*table, "ref_area",
                     {{"column", [&](const auto& n) { return text(n, place.column); }},
                      {"codes", [&](const auto& n) { return code_map(n, place.codes); }}});
    if (!read) return read;
    for (const auto& [from, code] : place.codes) {
      if (auto valid = area_code(node, code); !valid) return valid;
    }
    if (place.column.empty()) return wrong(node, "ref_area names no column", R"(column = "...")");
    return {};
  }

  Status area_code(const toml::node& node, const std::string& code) {
    if (codelists::valid(Dimension::kRefArea, code)) return {};
    return wrong(node, "no code of REF_AREA: " + printable(code, 40),
                 sources::did_you_mean_one_of(codelists::nearest(codelists::ListId::kArea, code)));
  }

  Status time(const toml::node& node) {
    SpecTime& time = spec_.time;
    const auto* table = node.as_table();
    if (table == nullptr) {
      if (auto read = text(node, time.constant); !read) return read;
      if (TimePeriod::parse(time.constant)) return {};
      return wrong(node, "no period: " + printable(time.constant, 40),
                   "write 2024, 2024-S1, 2024-Q3 or 2024-05");
    }
    auto read = each(*table, "time",
                     {{"column", [&](const auto& n) { return text(n, time.column); }},
                      {"formats", [&](const auto& n) { return formats(n); }},
                      {"per", [&](const auto& n) { return per(n); }}});
    if (!read) return read;
    if (time.column.empty()) return wrong(node, "time names no column", R"(column = "...")");
    return {};
  }

  Status formats(const toml::node& node) {
    if (auto read = texts(node, spec_.time.formats); !read) return read;
    for (const std::string& format : spec_.time.formats) {
      if (sources::valid_period_format(format)) continue;
      return wrong(node, "no format of a period: " + printable(format, 80),
                   "such as {MM}/{YYYY} or {DD}.{MM}.{YYYY}");
    }
    return {};
  }

  Status per(const toml::node& node) {
    std::string word;
    if (auto read = text(node, word); !read) return read;
    for (const auto& [known, per] : kPer) {
      if (known == word) spec_.time.per = per;
    }
    if (spec_.time.per != Per::kAsWritten) return {};
    return wrong(node, "unknown word: " + printable(word, 40),
                 R"(write "year", "half-year", "quarter" or "month")");
  }

  Status dimension_name(const toml::source_region& at, std::string_view given, Dimension& out) {
    for (const Dimension d : kCountedAlong) {
      if (name(d) != given) continue;
      out = d;
      return {};
    }
    const std::vector<std::string_view> names = counted_names();
    return wrong(at, "no dimension of persons: " + printable(given, 40),
                 sources::did_you_mean(given, names));
  }

  Status groups(const toml::node& node, std::map<std::string, std::vector<std::string>>& out) {
    const toml::table* table = nullptr;
    if (auto read = as_table(node, table); !read) return read;
    for (const auto& [code, members] : *table) {
      if (auto read = texts(members, out[std::string(code.str())]); !read) return read;
    }
    return {};
  }

  Status dimensions(const toml::node& node) {
    const auto* list = node.as_array();
    if (list == nullptr) return wrong(node, "a list is wanted here", "write [[dimensions]]");
    for (const auto& element : *list) {
      const toml::table* table = nullptr;
      if (auto read = as_table(element, table); !read) return read;
      if (auto read = dimension(element, *table); !read) return read;
    }
    return {};
  }

  Status dimension(const toml::node& element, const toml::table& table) {
    SpecDimension out;
    std::string given;
    auto read = each(table, "a dimension",
                     {{"name", [&](const auto& n) { return text(n, given); }},
                      {"column", [&](const auto& n) { return text(n, out.column); }},
                      {"codes", [&](const auto& n) { return code_map(n, out.codes); }},
                      {"bands", [&](const auto& n) { return texts(n, out.bands); }},
                      {"groups", [&](const auto& n) { return groups(n, out.groups); }},
                      {"total", [&](const auto& n) { return truth(n, out.total); }}});
    if (!read) return read;
    if (read = dimension_name(element.source(), given, out.dimension); !read) return read;
    if (out.column.empty()) return wrong(element, given + " names no column", R"(column = "...")");
    if (!out.bands.empty() && out.dimension != Dimension::kAge) {
      return wrong(element, given + " has no bands", "only AGE has; use groups");
    }
    if (spec_.dimension(out.dimension) != nullptr) {
      return wrong(element, given + " stands here twice", "one [[dimensions]] for each");
    }
    const auto hierarchy = Hierarchy::of(out);
    if (!hierarchy) return wrong(element, hierarchy.error().what, hierarchy.error().remedy);
    if (out.dimension == Dimension::kAge && hierarchy->bands.empty()) {
      return wrong(element, "AGE has no bands", R"(bands = ["Y_LT18", "Y_GE18"])");
    }
    spec_.dimensions.push_back(std::move(out));
    return {};
  }

  using Places = std::vector<toml::source_region>;
  Status cells(const toml::node& node, std::vector<SpecCell>& out, Places& at) {
    const auto* list = node.as_array();
    if (list == nullptr) return wrong(node, "a list is wanted here", "write [[keep]] or [[hide]]");
    for (const auto& element : *list) {
      const toml::table* table = nullptr;
      if (auto read = as_table(element, table); !read) return read;
      SpecCell& cell = out.emplace_back();
      at.push_back(element.source());
      for (const auto& [key, value] : *table) {
        Dimension dimension{};
        if (auto read = dimension_name(key.source(), key.str(), dimension); !read) return read;
        if (auto read = text(value, cell[dimension]); !read) return read;
      }
    }
    return {};
  }

  // A code of the cell that no cell of the table has.
  Status check_cell(const SpecCell& cell, const toml::source_region& at) {
    for (const auto& [dimension, code] : cell) {
      const SpecDimension* known = spec_.dimension(dimension);
      const auto kind =
          known == nullptr ? Hierarchy::Kind::kNone : Hierarchy::of(*known)->kind_of(code);
      if (kind != Hierarchy::Kind::kNone) continue;
      return wrong(at,
                   "a cell to keep or hide has " + std::string(name(dimension)) + " = " +
                       printable(code, 40) + ", which the table does not have",
                   "use its dimensions and their codes");
    }
    return {};
  }

  Status check_whole(const toml::table& root) {
    const std::array<std::pair<bool, std::string_view>, 6> missing{
        {{spec_.dataflow.empty(), "dataflow"},
         {spec_.indicator.empty(), "indicator"},
         {spec_.unit.empty(), "unit"},
         {spec_.ref_area.constant.empty() && spec_.ref_area.column.empty(), "ref_area"},
         {spec_.time.constant.empty() && spec_.time.column.empty(), "time"},
         {spec_.dimensions.empty(), "dimensions"}}};
    for (const auto& [is_missing, key] : missing) {
      if (is_missing) return wrong(root, "the spec has no " + std::string(key), "add it");
    }
    const auto& indicator = *codelists::find_indicator(spec_.indicator);
    if (std::ranges::find(indicator.units, spec_.unit) == indicator.units.end()) {
      return wrong(root, spec_.indicator + " is not counted in " + printable(spec_.unit, 40),
                   sources::did_you_mean_one_of({indicator.units.begin(), indicator.units.end()}));
    }
    if (!indicator.is_protected) {
      return wrong(root, spec_.indicator + " does not count persons or cases to be protected",
                   "send its figures as they are");
    }
    for (const SpecDimension& dimension : spec_.dimensions) {
      if (std::ranges::find(indicator.dimensions, dimension.dimension) ==
          indicator.dimensions.end()) {
        return wrong(
            root,
            spec_.indicator + " is not broken down by " + std::string(name(dimension.dimension)),
            "take the dimension out");
      }
    }
    std::ranges::sort(spec_.dimensions, {}, &SpecDimension::dimension);
    return {};
  }

  Status check_cells() {
    for (std::size_t i = 0; i < spec_.keep.size(); ++i) {
      if (auto known = check_cell(spec_.keep[i], keep_at_[i]); !known) return known;
    }
    for (std::size_t i = 0; i < spec_.hide.size(); ++i) {
      if (auto known = check_cell(spec_.hide[i], hide_at_[i]); !known) return known;
      if (std::ranges::find(spec_.keep, spec_.hide[i]) == spec_.keep.end()) continue;
      return wrong(hide_at_[i], "a cell to be hidden is to be kept, too: " + text_of(spec_.hide[i]),
                   "take one of them out");
    }
    return {};
  }

  Spec& spec_;
  MethodReader method_;
  Places keep_at_;
  Places hide_at_;
};

}  // namespace

const SpecDimension* Spec::dimension(Dimension wanted) const {
  const auto found = std::ranges::find(dimensions, wanted, &SpecDimension::dimension);
  return found == dimensions.end() ? nullptr : &*found;
}

Result<Spec> Spec::parse(std::string_view toml, std::string file) {
  const auto table = sources::TomlReader::parse(toml, file);
  if (!table) return tl::unexpected(table.error());
  Spec spec;
  if (auto read = SpecReader(std::move(file), spec).read(*table); !read) {
    return tl::unexpected(read.error());
  }
  return spec;
}

Result<Spec> Spec::read_file(const std::string& path) {
  auto input = sources::open_file_input(path);
  if (!input) return tl::unexpected(input.error());
  std::string content(sources::limits::kMappingBytes + 1, '\0');
  const auto got = (*input)->read(content);
  if (!got) return tl::unexpected(got.error());
  if (*got > sources::limits::kMappingBytes) {
    return fail(ErrorKind::kConfiguration, "is larger than a spec may be", path);
  }
  content.resize(*got);
  return parse(content, path);
}

}  // namespace rapporteur::anonymise
