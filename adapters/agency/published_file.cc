#include "adapters/agency/published_file.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "broker/rules/rule_codes.h"

namespace rapporteur::agency {
namespace {

constexpr std::string_view kValue = "OBS_VALUE";

using disclosure::PublishedSums;
using sources::BoundFigures;

// Rows of one dataflow, area and period.
using Group = std::vector<std::size_t>;
using Place = std::tuple<std::string, std::string, std::string>;  // dataflow, area, period

std::map<Place, Group> groups_of(const BoundFigures& figures) {
  std::map<Place, Group> groups;
  for (std::size_t row = 0; row < figures.rows(); ++row) {
    groups[{figures.dataflow(row), figures.code(Dimension::kRefArea, row),
            figures.code(Dimension::kTimePeriod, row)}]
        .push_back(row);
  }
  return groups;
}

// By place: the indicators of which rows could not be read.
using Incomplete = std::map<Place, std::set<std::string, std::less<>>>;

Incomplete incomplete_of(const BoundFigures& figures) {
  Incomplete incomplete;
  for (const sources::UnboundRow& row : figures.unbound()) {
    incomplete[{row.dataflow, row.ref_area, row.time_period}].insert(row.indicator);
  }
  return incomplete;
}

bool say_the_same(const Observation& a, const Observation& b) {
  constexpr std::array kOfTheFigure{Attribute::kValueQualifier, Attribute::kObsStatus,
                                    Attribute::kUnitMult};
  return a.value == b.value && std::all_of(kOfTheFigure.begin(), kOfTheFigure.end(),
                                           [&](Attribute one) { return a[one] == b[one]; });
}

// A group's figures, each key once; keys of which rows say different things not at all.
struct Figures {
  ObservationSet observations;
  std::vector<std::uint64_t> lines;
  std::vector<std::size_t> left_out;  // rows of the file's figures
};

Figures figures_of(const BoundFigures& all, const Group& group) {
  struct Key {
    Observation observation;
    std::vector<std::size_t> rows;
    bool disputed = false;
  };
  std::vector<Key> keys;
  std::unordered_map<std::string, std::size_t> places;
  for (const std::size_t row : group) {
    Observation one = all.observation(row);
    const auto [place, is_new] = places.try_emplace(one.key_text(), keys.size());
    if (is_new) {
      keys.push_back({std::move(one), {row}});
    } else {
      Key& there = keys[place->second];
      there.disputed = there.disputed || !say_the_same(there.observation, one);
      there.rows.push_back(row);
    }
  }
  Figures figures;
  ObservationSetBuilder builder;
  for (const Key& key : keys) {
    if (key.disputed) {
      figures.left_out.insert(figures.left_out.end(), key.rows.begin(), key.rows.end());
    } else {
      builder.add(key.observation);
      figures.lines.push_back(all.line(key.rows.front()));
    }
  }
  figures.observations = builder.build();
  return figures;
}

void add_group(const Figures& figures, std::uint32_t value_column,
               const std::set<std::string, std::less<>>& incomplete, PublishedFile& out) {
  rules::CellPool pool;
  pool.add(figures.observations, 0);
  PublishedSums sums = disclosure::add_up(std::move(pool), incomplete);
  for (PublishedSums::Told& one : sums.told) {
    out.findings.push_back({.code = std::string(rules::code::kLinearExact),
                            .line = figures.lines[one.row],
                            .column = value_column,
                            .field = std::string(kValue),
                            .key = std::move(one.key),
                            .what = std::move(one.proof),
                            .remedy = {}});
  }
  for (PublishedSums::Violated& one : sums.violated) {
    out.violated.push_back({.error = false,
                            .code = std::string(rules::code::kNonAdditive),
                            .line = one.row ? figures.lines[*one.row] : 0,
                            .column = one.row ? value_column : 0,
                            .field = std::string(kValue),
                            .key = std::move(one.key),
                            .what = std::move(one.equation),
                            .remedy = {}});
  }
  for (const auto& [kind, counts] : sums.counts) out.counts[kind] += counts;
  out.rows += figures.lines.size();
  out.hidden += sums.hidden;
  out.told += sums.told.size();
  out.contradictory += sums.contradictory;
  out.too_complex += sums.too_complex;
}

void look_at(const BoundFigures& all, PublishedFile& out) {
  const auto first = static_cast<std::ptrdiff_t>(out.findings.size());
  Incomplete incomplete = incomplete_of(all);
  out.rows_left_out = all.unbound().size();
  for (const auto& [place, group] : groups_of(all)) {
    const Figures figures = figures_of(all, group);
    auto& indicators = incomplete[place];
    for (const std::size_t row : figures.left_out) {
      indicators.insert(all.code(Dimension::kIndicator, row));
    }
    out.rows_left_out += figures.left_out.size();
    add_group(figures, all.columns().of(kValue), indicators, out);
  }
  const auto by_line = [](const FileFinding& a, const FileFinding& b) { return a.line < b.line; };
  std::stable_sort(out.findings.begin() + first, out.findings.end(), by_line);
  std::stable_sort(out.violated.begin(), out.violated.end(), by_line);
}

constexpr std::array kCountColumns{"INDICATOR",  "ALONG",      "COMPLETE",     "NOT ADDING UP",
                                   "ONE HIDDEN", "TOLD BY IT", "NOT ADDING UP"};
using CountRow = std::array<std::string, kCountColumns.size()>;

CountRow count_row(const std::string& indicator, std::string_view along,
                   const PublishedSums::Counts& counts) {
  return {indicator,
          std::string(along),
          std::to_string(counts.complete),
          std::to_string(counts.complete_violated),
          std::to_string(counts.one_hidden),
          std::to_string(counts.one_hidden_told),
          std::to_string(counts.one_hidden_violated)};
}

// Words to the left, numbers to the right.
std::vector<std::string> count_lines(const PublishedFile& file) {
  std::vector<CountRow> rows(1);
  std::copy(kCountColumns.begin(), kCountColumns.end(), rows.front().begin());
  PublishedSums::Counts all;
  for (const auto& [kind, counts] : file.counts) {
    rows.push_back(count_row(printable(kind.first, 64), name(kind.second), counts));
    all += counts;
  }
  rows.push_back(count_row("all", "", all));
  std::array<std::size_t, kCountColumns.size()> widths{};
  for (const CountRow& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::vector<std::string> lines;
  for (const CountRow& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths[i] - row[i].size(), ' ');
      line += (i == 0 ? "" : "  ") + (i < 2 ? row[i] + space : space + row[i]);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace

bool PublishedFile::tells_nothing(bool rows_may_be_left_out) const {
  return readable && told == 0 && too_complex == 0 && (rows_may_be_left_out || rows_left_out == 0);
}

void PublishedFile::show(const Program& program) const {
  show_findings(program, file, findings, findings_not_kept);
  if (!readable) return;
  show_findings(program, file, violated, 0);
  program.say("breakdowns of which every figure stands in " + file + ":");
  for (const std::string& line : count_lines(*this)) program.say("  " + line);
  if (rows_left_out > 0) program.say(file + ": " + counted(rows_left_out, "row") + " left out");
  if (contradictory > 0) {
    program.say(file + ": " + counted(contradictory, "set") +
                " of breakdowns that contradict each other only together, looked at one by one");
  }
  if (too_complex > 0) program.say(file + ": not all of it can be worked out");
}

nlohmann::ordered_json PublishedFile::json() const {
  nlohmann::ordered_json out{{"file", file},
                             {"readable", readable},
                             {"rows", rows},
                             {"rows_left_out", rows_left_out},
                             {"hidden", hidden},
                             {"follow", told},
                             {"contradictory", contradictory},
                             {"too_complex", too_complex}};
  using Json = nlohmann::ordered_json;
  out["breakdowns"] = Json::array();
  for (const auto& [kind, of_kind] : counts) {
    out["breakdowns"].push_back({{"indicator", kind.first},
                                 {"dimension", name(kind.second)},
                                 {"complete", of_kind.complete},
                                 {"complete_not_adding_up", of_kind.complete_violated},
                                 {"one_hidden", of_kind.one_hidden},
                                 {"one_hidden_told", of_kind.one_hidden_told},
                                 {"one_hidden_not_adding_up", of_kind.one_hidden_violated}});
  }
  out["not_adding_up"] = json_of(violated);
  out["findings"] = json_of(findings);
  out["findings_not_kept"] = findings_not_kept;
  return out;
}

Result<PublishedFile> read_published(const std::string& file, const FileOptions& options) {
  PublishedFile out;
  out.file = file;
  sources::FindingLog log(file);
  auto figures = read_by_mapping(file, options, log);
  if (!figures && figures.error().kind != ErrorKind::kMalformed) {
    return tl::unexpected(figures.error());
  }
  out.findings = findings_of(log);
  out.findings_not_kept = log.not_kept();
  if (!figures) return out;
  out.readable = figures->rows() > 0;
  look_at(*figures, out);
  return out;
}

}  // namespace rapporteur::agency
