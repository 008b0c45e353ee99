#include "adapters/anonymise/spec_method.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <vector>

#include "adapters/sources/suggest.h"

namespace rapporteur::anonymise {
namespace {

constexpr std::array<std::pair<std::string_view, Method>, 4> kMethods{
    {{"suppress", Method::kSuppress},
     {"suppress-optimal", Method::kSuppressOptimal},
     {"cell-key", Method::kCellKey},
     {"round", Method::kRound}}};
constexpr std::array<std::pair<std::string_view, Weight>, 3> kWeights{
    {{"cells", Weight::kCells}, {"count", Weight::kCount}, {"information", Weight::kInformation}}};

// A key of the whole and the methods that have a use for it.
struct KeyUse {
  std::string_view key;
  bool suppress, suppress_optimal, cell_key, round;
  std::string_view why;

  [[nodiscard]] bool of(Method method) const {
    switch (method) {
      case Method::kSuppress:
        return suppress;
      case Method::kSuppressOptimal:
        return suppress_optimal;
      case Method::kCellKey:
        return cell_key;
      case Method::kRound:
        break;
    }
    return round;
  }
};
constexpr std::array kUses{
    KeyUse{"optimal", false, true, false, false, R"(it belongs to method = "suppress-optimal")"},
    KeyUse{"cell_key", false, false, true, false, R"(it belongs to method = "cell-key")"},
    KeyUse{"round", false, false, false, true, R"(it belongs to method = "round")"},
    KeyUse{"keep", true, true, false, false, "nothing is hidden, and every count may change"},
    KeyUse{"hide", true, true, false, false, "nothing is hidden; take the code out of the table"},
    KeyUse{"width", true, true, false, false, "nothing is hidden"},
    KeyUse{"depth_from", true, true, false, false, "every count may change, whatever its depth"}};

constexpr std::int64_t kUsualVariance = 4;
constexpr std::int64_t kUsualDeviation = 5;  // where counts of 1 may appear

std::string quoted(std::string_view word) {
  return '"' + std::string(word) + '"';
}

}  // namespace

std::string_view name(Method method) {
  return std::ranges::find(kMethods, method, &std::pair<std::string_view, Method>::second)->first;
}

std::string_view name(Weight weight) {
  return std::ranges::find(kWeights, weight, &std::pair<std::string_view, Weight>::second)->first;
}

Status MethodReader::method(const toml::node& node) {
  std::string word;
  if (auto read = text(node, word); !read) return read;
  std::vector<std::string_view> known;
  for (const auto& [name, method] : kMethods) {
    known.push_back(name);
    if (name != word) continue;
    spec_.method = method;
    return {};
  }
  const std::string near = sources::did_you_mean(word, known);
  return wrong(node, "unknown method: " + printable(word, 40),
               near.empty() ? "suppress, suppress-optimal, cell-key or round" : near);
}

Status MethodReader::cell_key(const toml::node& node) {
  const toml::table* table = nullptr;
  if (auto read = as_table(node, table); !read) return read;
  CellKeyOptions& options = spec_.cell_key;
  auto read =
      each(*table, "cell_key",
           {{"key_file", [&](const auto& n) { return text(n, options.key_file); }},
            {"case", [&](const auto& n) { return text(n, options.case_column); }},
            {"max_deviation",
             [&](const auto& n) {
               return whole(n, {1, kLargestDeviation}, options.rule.max_deviation);
             }},
            {"variance",
             [&](const auto& n) {
               return whole(n, {1, kLargestDeviation * kLargestDeviation}, options.rule.variance);
             }},
            {"js", [&](const auto& n) {
               return whole(n, {0, kLargestDeviation}, options.rule.js);
             }}});
  if (!read) return read;
  if (options.case_column.empty()) {
    return wrong(node, "cell_key names no column of cases",
                 R"(case = "...": what the register calls a case, the same in every file)");
  }
  if (options.key_file.empty()) {
    return wrong(node, "cell_key names no key_file", R"(key_file = "...", beside the spec)");
  }
  // Beside the spec, wherever the command is run.
  options.key_file =
      (std::filesystem::path(file()).parent_path() / options.key_file).lexically_normal().string();
  return {};
}

Status MethodReader::round(const toml::node& node) {
  const toml::table* table = nullptr;
  if (auto read = as_table(node, table); !read) return read;
  RoundOptions& options = spec_.round;
  return each(*table, "round",
              {{"base",
                [&](const auto& n) {
                  return whole(n, {2, kLargestBase}, options.base);
                }},
               {"steps", [&](const auto& n) {
                  return whole(n, {1, kMostSteps}, options.steps);
                }}});
}

Status MethodReader::optimal(const toml::node& node) {
  const toml::table* table = nullptr;
  if (auto read = as_table(node, table); !read) return read;
  return each(*table, "optimal", {{"weight", [&](const auto& n) { return weight(n); }}});
}

Status MethodReader::weight(const toml::node& node) {
  std::string word;
  if (auto read = text(node, word); !read) return read;
  for (const auto& [name, weight] : kWeights) {
    if (name != word) continue;
    spec_.weight = weight;
    return {};
  }
  return wrong(node, "unknown weight: " + printable(word, 40),
               R"(write "cells", "count" or "information")");
}

Status MethodReader::foreign_keys(const toml::table& root) const {
  for (const KeyUse& use : kUses) {
    const toml::node* node = root.get(use.key);
    if (node == nullptr || use.of(spec_.method)) continue;
    return wrong(*node,
                 std::string(use.key) + " is of no use to method = " + quoted(name(spec_.method)) +
                     ": " + std::string(use.why),
                 "take one of them out");
  }
  return {};
}

Status MethodReader::finish(const toml::table& root) {
  if (auto fits = foreign_keys(root); !fits) return fits;
  if (hides(spec_.method)) return {};
  if (!spec_.zeros_public) {
    return wrong(root,
                 "zeros are sensitive, and method = " + quoted(name(spec_.method)) +
                     " leaves zeros as they are",
                 R"(method = "suppress" hides them)");
  }
  return spec_.method == Method::kRound ? finish_round(root) : finish_cell_key(root);
}

Status MethodReader::finish_cell_key(const toml::table& root) {
  const toml::node* node = root.get("cell_key");
  if (node == nullptr) {
    return wrong(root, R"(method = "cell-key" has no [cell_key])",
                 "write it, with key_file and case");
  }
  if (spec_.counted) {
    return wrong(root, "a table of counts has no cases, whose keys method = \"cell-key\" adds up",
                 R"(give the register, input = "cases", or take method = "round")");
  }
  PerturbationRule& rule = spec_.cell_key.rule;
  const toml::table& table = *node->as_table();
  const bool js_given = table.contains("js");
  if (!js_given) rule.js = spec_.rule.k - 1;
  if (rule.js > kLargestDeviation) {
    return wrong(*node,
                 "js is k - 1 where it is not given, and may be " +
                     std::to_string(kLargestDeviation) + " at the most",
                 "a smaller k, or js");
  }
  if (js_given && root.contains("k") && rule.js < spec_.rule.k - 1) {
    return wrong(*node,
                 "js = " + std::to_string(rule.js) +
                     " lets counts below k = " + std::to_string(spec_.rule.k) + " appear",
                 "take one of them out");
  }
  if (!table.contains("max_deviation")) {
    rule.max_deviation = std::min(kLargestDeviation, std::max(rule.js + 1, kUsualDeviation));
  }
  if (!table.contains("variance")) rule.variance = kUsualVariance;
  if (rule.variance > rule.max_deviation * rule.max_deviation) {
    return wrong(*node, "no variance is above max_deviation * max_deviation = " +
                            std::to_string(rule.max_deviation * rule.max_deviation));
  }
  const auto possible = PerturbationTable::of(rule);
  if (!possible) return wrong(*node, possible.error().what, possible.error().remedy);
  return {};
}

Status MethodReader::finish_round(const toml::table& root) const {
  if (!root.contains("k") || spec_.round.base >= spec_.rule.k) return {};
  const toml::node* node = root.get(root.contains("round") ? "round" : "k");
  return wrong(*node,
               "base = " + std::to_string(spec_.round.base) +
                   " is published as a count, and is below k = " + std::to_string(spec_.rule.k),
               "a base of k or more, or take k out");
}

}  // namespace rapporteur::anonymise
