#include "tests/support/made_submission.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "broker/disclosure/release_check.h"
#include "broker/disclosure/small_cell.h"
#include "tests/attacker/code_choice.h"
#include "tests/attacker/equations.h"

namespace rapporteur::testing {
namespace {

using attacker::Cell;
using attacker::Chance;
using attacker::Place;
using attacker::PublicTable;
using attacker::Said;

constexpr std::string_view kIndicator = "INDICATOR";

bool is_person(const attacker::Dimension& dimension) {
  return dimension.name != kIndicator;
}

// Victims registered are those identified and those presumed.
attacker::Dimension registered() {
  return {
      std::string(kIndicator), 2, {{"VIC_REG", {0, 1}}, {"VIC_IDENT", {0}}, {"VIC_PRES", {1}}}, 0};
}

// The cells that stand above one: some of the dimensions of persons that break it down, at their
// totals.
std::vector<Place> margins_of(const PublicTable& table, const Place& codes) {
  std::vector<Place> out{codes};
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const attacker::Dimension& dimension = table.dimensions[i];
    if (!is_person(dimension) || codes[i] == dimension.total) continue;
    const std::size_t so_far = out.size();
    for (std::size_t m = 0; m < so_far; ++m) {
      out.push_back(out[m]);
      out.back()[i] = *dimension.total;
    }
  }
  out.erase(out.begin());
  return out;
}

// What was public before: nothing, what has that code of one indicator not, or what has the total
// of a dimension of persons.
struct Division {
  std::optional<std::size_t> by;
  std::uint32_t code = 0;
};
Division some_division(Chance& chance, const PublicTable& table) {
  if (!is_person(table.dimensions.front())) return {0, chance.below(3)};
  if (chance.once_in(2)) return {};
  return {chance.below(static_cast<std::uint32_t>(table.dimensions.size())), 0};
}

// What the hub works out by itself where nobody says it, now as before.
class Silence {
 public:
  Silence(Chance& chance, const PublicTable& table, const Division& division)
      : chance_(chance), table_(table), division_(division), kind_(chance.below(4)) {}

  [[nodiscard]] bool falls_on(const Place& codes) {
    switch (kind_) {
      case 1:
        return is_margin(codes) && chance_.once_in(3);
      case 2:
        return is_code(codes, "SEX", chance_.once_in(2) ? "M" : "F") && one_of_its_line(codes);
      case 3:
        return is_code(codes, "AGE", "Y_LT18") && chance_.once_in(3);
      default:
        return false;
    }
  }

 private:
  [[nodiscard]] bool is_margin(const Place& codes) const {
    for (std::size_t i = 0; i < codes.size(); ++i) {
      if (i == division_.by || !is_person(table_.dimensions[i])) continue;
      if (codes[i] == table_.dimensions[i].total) return true;
    }
    return false;
  }
  [[nodiscard]] bool is_code(const Place& codes, std::string_view name,
                             std::string_view code) const {
    for (std::size_t i = 0; i < codes.size(); ++i) {
      const attacker::Dimension& dimension = table_.dimensions[i];
      if (dimension.name == name && dimension.codes[codes[i]].name == code) return true;
    }
    return false;
  }
  [[nodiscard]] bool one_of_its_line(Place codes) {
    if (!chance_.once_in(3)) return false;
    for (std::size_t i = 0; i < codes.size(); ++i) {
      if (table_.dimensions[i].name == "SEX") codes[i] = 0;
    }
    return lines_.insert(codes).second;
  }

  Chance& chance_;
  const PublicTable& table_;
  Division division_;
  std::uint32_t kind_;
  std::set<Place> lines_;
};

rules::Policy some_policy(Chance& chance) {
  rules::Policy policy;
  constexpr std::uint32_t kThresholds[] = {10, 10, 5, 3};
  policy.k = kThresholds[chance.below(4)];
  constexpr std::uint32_t kWidths[] = {3, 3, 1, 5};
  policy.interval_width = kWidths[chance.below(4)];
  policy.zeros_sensitive = chance.once_in(4);
  policy.depth_from = chance.once_in(4) ? 2 : 1;
  return policy;
}

struct Style {
  std::uint32_t more;        // of eight cells so many are hidden that need not be
  bool small_ones_may_stay;  // published
};
Style some_style(Chance& chance) {
  constexpr std::uint32_t kMore[] = {0, 1, 2, 4, 6};
  return {kMore[chance.below(5)], chance.once_in(8)};
}

// Where zeros are public they are hidden below a small total alone.
bool may_be_hidden(const MadeSubmission& made, const Place& codes) {
  const auto count = [&](const Place& place) {
    return attacker::count_of(made.table, made.counts, place);
  };
  if (made.policy.zeros_sensitive || count(codes) > 0) return true;
  for (const Place& margin : margins_of(made.table, codes)) {
    if (count(margin) >= made.policy.k) continue;
    const auto cell = std::ranges::find(made.table.cells, margin, &Cell::codes);
    if (cell != made.table.cells.end() && cell->said == Said::kCount) return true;
  }
  return false;
}

bool is_protected(const PublicTable& table, const rules::Policy& policy, const Place& codes) {
  std::uint32_t depth = 0;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (is_person(table.dimensions[i]) && codes[i] != table.dimensions[i].total) ++depth;
  }
  return depth >= policy.depth_from;
}

// Totals before their parts, so that it is known what stands above.
void add_cells(Chance& chance, const Division& division, MadeSubmission& made) {
  PublicTable& table = made.table;
  std::vector<std::uint32_t> codes;
  std::vector<std::uint32_t> leaves;
  for (const attacker::Dimension& dimension : table.dimensions) {
    codes.push_back(static_cast<std::uint32_t>(dimension.codes.size()));
    leaves.push_back(dimension.leaves);
  }
  for (const Place& atom : attacker::combinations(leaves)) table.atoms.insert(atom);
  const Style style = some_style(chance);
  Silence silence(chance, table, division);
  for (const Place& place : attacker::combinations(codes)) {
    const std::int64_t count = attacker::count_of(table, made.counts, place);
    Cell cell{place, Said::kCount, count, 0, is_protected(table, made.policy, place)};
    const bool small = count < made.policy.k && (count > 0 || made.policy.zeros_sensitive);
    const bool below_small = count == 0 && may_be_hidden(made, place);
    const bool must = cell.is_protected && (small || below_small);
    const bool stays = style.small_ones_may_stay && chance.once_in(4);
    if (silence.falls_on(place)) {
      cell.said = Said::kNothing;
    } else if ((must && !stays) || (chance.below(8) < style.more && may_be_hidden(made, place))) {
      cell.said = Said::kHidden;
    }
    if (cell.said != Said::kCount) cell.count = 0;
    table.cells.push_back(std::move(cell));
  }
}

// The other indicators were public, or the margins of the dimension.
void divide(const Division& division, MadeSubmission& made) {
  const auto& dimensions = made.table.dimensions;
  const bool linked = !is_person(dimensions.front());
  made.indicator = linked ? dimensions.front().codes[division.code].name : "VIC_REG";
  for (const Cell& cell : made.table.cells) {
    const bool has = division.by && cell.codes[*division.by] == division.code;
    made.is_new.push_back(has == linked ? 1 : 0);
  }
}

}  // namespace

std::int64_t MadeSubmission::count(std::size_t cell) const {
  return attacker::count_of(table, counts, table.cells[cell].codes);
}

MadeSubmission made_submission(Chance& chance) {
  MadeSubmission out;
  const bool linked = chance.once_in(5);
  attacker::ChoiceOptions options{linked ? 1U : 2U, linked ? 2U : 4U, linked ? 24U : 100U, false,
                                  false};
  out.table.dimensions = attacker::dimensions_by_chance(chance, options);
  if (linked) out.table.dimensions.insert(out.table.dimensions.begin(), registered());
  out.counts = attacker::counts_by_chance(chance, out.table.dimensions);
  out.policy = some_policy(chance);
  const Division division = some_division(chance, out.table);
  add_cells(chance, division, out);
  divide(division, out);
  return out;
}

namespace {

Observation observation_of(const MadeSubmission& made, std::size_t cell) {
  Observation out;
  out[Dimension::kFreq] = "A";
  out[Dimension::kRefArea] = "LV";
  out[Dimension::kIndicator] = "VIC_REG";
  out[Dimension::kUnitMeasure] = "PER";
  out[Dimension::kTimePeriod] = "2007";
  for (const Dimension d : {Dimension::kCounterpartArea, Dimension::kExplForm, Dimension::kSex,
                            Dimension::kAge, Dimension::kCitizen, Dimension::kRegOrg}) {
    out[d] = "_T";
  }
  const Place& codes = made.table.cells[cell].codes;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const attacker::Dimension& dimension = made.table.dimensions[i];
    for (std::size_t d = 0; d < kDimensions; ++d) {
      const auto to = static_cast<Dimension>(d);
      if (name(to) == dimension.name) out[to] = dimension.codes[codes[i]].name;
    }
  }
  const bool counts = made.table.cells[cell].said == Said::kCount;
  if (counts) out.value = Decimal(made.table.cells[cell].count);
  out[Attribute::kObsStatus] = counts ? "A" : "Q";
  return out;
}

}  // namespace

std::string MadeSubmission::key(std::size_t cell) const {
  return observation_of(*this, cell).key_text();
}

ObservationSet MadeSubmission::set_of(char wanted) const {
  ObservationSetBuilder builder;
  for (std::size_t cell = 0; cell < table.cells.size(); ++cell) {
    if (is_new[cell] != wanted || table.cells[cell].said == Said::kNothing) continue;
    builder.add(observation_of(*this, cell));
  }
  return builder.build();
}

FiguresInMemory MadeSubmission::ended() const {
  FiguresInMemory out;
  out.add_ended(set_of(0));
  return out;
}

FiguresInMemory MadeSubmission::published() const {
  FiguresInMemory out;
  out.add(set_of(0));
  return out;
}

PublicTable MadeSubmission::table_before() const {
  PublicTable out = table;
  for (std::size_t i = 0; i < out.cells.size(); ++i) {
    if (is_new[i] == 0) continue;
    out.cells[i].said = Said::kNothing;
    out.cells[i].count = 0;
  }
  return out;
}

Verdict verdict_on(const MadeSubmission& made, const disclosure::CertificateSource& source) {
  const ObservationSet sent = made.sent();
  const FiguresInMemory published = made.published();
  const std::vector<std::string> areas{"LV"};
  const rules::Submission submission{"lv", "RAPPORTEUR:THB(1.0)", made.indicator, areas, sent};
  Verdict out;
  for (const auto& findings :
       {disclosure::check_small_cells(submission, made.policy, published),
        disclosure::check_release(submission, made.policy, published, published, source)}) {
    for (const rules::Finding& one : findings) out.emplace(one.key, one.code);
  }
  return out;
}

Learned learned_from(const PublicTable& table, const rules::Policy& policy) {
  Learned out;
  PublicTable known = table;
  const attacker::Equations equations(attacker::puzzle_of(table));
  std::map<Place, std::int64_t> counts;
  for (const Cell& cell : table.cells) {
    const auto value = equations.told(attacker::atoms_below(table, cell.codes));
    out.told.push_back(value && cell.said != Said::kCount ? 1 : 0);
    if (value) counts.emplace(cell.codes, value->whole().value());
  }
  // Totals that are known to be small, and whether something below them is known.
  std::map<Place, bool> small;
  for (const auto& [codes, count] : counts) {
    if (count < policy.k) small.emplace(codes, false);
  }
  for (const auto& [codes, count] : counts) {
    for (const Place& margin : margins_of(table, codes)) {
      if (const auto total = small.find(margin); total != small.end()) total->second = true;
    }
  }
  for (std::size_t i = 0; i < known.cells.size(); ++i) {
    Cell& cell = known.cells[i];
    if (cell.said != Said::kHidden) continue;
    bool below_small = false;
    std::optional<std::int64_t> whole;
    for (const Place& margin : margins_of(table, cell.codes)) {
      const auto total = small.find(margin);
      if (total == small.end()) continue;
      below_small = true;
      const std::int64_t count = counts.at(margin);
      if (!total->second && (!whole || count < *whole)) whole = count;
    }
    cell.least = policy.zeros_sensitive || below_small ? 0 : 1;
    if (!cell.is_protected || out.told[i] != 0) continue;
    out.cells.push_back(i);
    out.targets.push_back({attacker::atoms_below(table, cell.codes), whole});
  }
  out.puzzle = attacker::puzzle_of(known);
  attacker::Ranges ranges(out.puzzle);
  out.found =
      attacker::attack(ranges, out.targets,
                       {static_cast<double>(policy.interval_width), static_cast<double>(policy.k)});
  return out;
}

}  // namespace rapporteur::testing
