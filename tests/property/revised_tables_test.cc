// Two releases of one register, of which both stay known: margins first, then the tables below
// them. What the hub lets pass tells an attacker nothing who has kept the first.
//
// RAPPORTEUR_FULL=1 takes 5,000 pairs, an ordinary run the first 500 of them.
// RAPPORTEUR_SEED=N begins with pair N.
#include <algorithm>
#include <iostream>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "adapters/anonymise/certify.h"
#include "broker/disclosure/release_check.h"
#include "broker/disclosure/small_cell.h"
#include "tests/support/made_register.h"
#include "tests/support/made_submission.h"
#include "tests/support/seed.h"

namespace rapporteur::testing {
namespace {

using attacker::Place;
using attacker::PublicTable;

// Without one dimension: over all of its codes.
MadeRegister without(const MadeRegister& all, std::size_t dimension) {
  MadeRegister out = all;
  const auto at = static_cast<std::ptrdiff_t>(dimension);
  out.shape.dimensions.erase(out.shape.dimensions.begin() + at);
  out.axes = axes_of(out.shape.dimensions);
  out.counts.clear();
  for (const auto& [atom, count] : all.counts) {
    Place shorter = atom;
    shorter.erase(shorter.begin() + at);
    out.counts[shorter] += count;
  }
  return out;
}

std::optional<PublicTable> released(const MadeRegister& made) {
  const auto slice = release_slice(made.spec, made.axes, made.named, made.slice());
  if (!slice) return std::nullopt;
  return as_published(made, *slice);
}

MadeSubmission submission_of(const MadeRegister& made) {
  MadeSubmission out;
  out.counts = made.counts;
  out.indicator = made.spec.indicator;
  out.policy.k = static_cast<std::uint32_t>(made.spec.rule.k);
  out.policy.interval_width = static_cast<std::uint32_t>(made.spec.rule.width);
  out.policy.depth_from = made.spec.depth_from;
  out.policy.zeros_sensitive = !made.spec.zeros_public;
  out.table.dimensions = made.shape.dimensions;
  return out;
}

// Of a table without the dimension, as cells of one with it.
std::vector<attacker::Cell> at_total(const PublicTable& table, const MadeRegister& made,
                                     std::size_t dimension) {
  std::vector<attacker::Cell> out = table.cells;
  for (attacker::Cell& cell : out) {
    cell.codes.insert(cell.codes.begin() + static_cast<std::ptrdiff_t>(dimension),
                      *made.shape.dimensions[dimension].total);
  }
  return out;
}
Place shortened(Place atom, std::size_t dimension) {
  atom.erase(atom.begin() + static_cast<std::ptrdiff_t>(dimension));
  return atom;
}

void add(MadeSubmission& to, const std::vector<attacker::Cell>& cells, bool is_new) {
  to.table.cells.insert(to.table.cells.end(), cells.begin(), cells.end());
  to.is_new.insert(to.is_new.end(), cells.size(), is_new ? 1 : 0);
}

// The margins of the dimension as they were published first, all else as it is now. Empty where
// one of the two cannot be protected.
std::optional<MadeSubmission> revision_of(const MadeRegister& made, std::size_t dimension) {
  const auto margins = released(without(made, dimension));
  auto all = released(made);
  if (!margins || !all) return std::nullopt;
  MadeSubmission out = submission_of(made);
  const auto total = made.shape.dimensions[dimension].total;
  std::erase_if(all->cells,
                [&](const attacker::Cell& cell) { return cell.codes[dimension] == total; });
  add(out, at_total(*margins, made, dimension), false);
  add(out, all->cells, true);
  out.table.atoms = std::move(all->atoms);
  return out;
}

// A table without one dimension as it was published first, and one without another. Nobody has
// published a table of both.
std::optional<MadeSubmission> linked_tables_of(const MadeRegister& made, std::size_t one,
                                               std::size_t other) {
  const auto first = released(without(made, one));
  const auto second = released(without(made, other));
  if (!first || !second) return std::nullopt;
  MadeSubmission out = submission_of(made);
  auto cells = at_total(*second, made, other);
  const auto total = made.shape.dimensions[one].total;
  std::erase_if(cells, [&](const attacker::Cell& cell) { return cell.codes[one] == total; });
  add(out, at_total(*first, made, one), false);
  add(out, cells, true);
  std::vector<std::uint32_t> leaves;
  for (const attacker::Dimension& dimension : made.shape.dimensions) {
    leaves.push_back(dimension.leaves);
  }
  for (const Place& atom : attacker::combinations(leaves)) {
    if (first->atoms.contains(shortened(atom, one)) &&
        second->atoms.contains(shortened(atom, other))) {
      out.table.atoms.insert(atom);
    }
  }
  return out;
}

bool passes(const MadeSubmission& made) {
  const ObservationSet sent = made.sent();
  const FiguresInMemory published = made.published();
  const std::vector<std::string> areas{"LV"};
  const rules::Submission submission{"lv", "RAPPORTEUR:THB(1.0)", made.indicator, areas, sent};
  return !rules::any_error(disclosure::check_small_cells(submission, made.policy, published)) &&
         !rules::any_error(disclosure::check_release(submission, made.policy, published, published,
                                                     anonymise::certify));
}

struct Tally {
  std::uint64_t pairs = 0;
  std::uint64_t too_small = 0;
  std::uint64_t refused = 0;
  std::uint64_t hiding = 0;
  std::uint64_t narrow = 0;
};

std::uint64_t first_pair() {
  const char* const named = std::getenv("RAPPORTEUR_SEED");
  return named != nullptr ? std::stoull(named) : 0;
}
std::uint64_t pairs_to_take() {
  return full_run() ? 5'000 : 500;
}

MadeRegister some_register(attacker::Chance& chance, std::uint32_t fewest) {
  MadeRegister made = made_register(
      chance, {.fewest = fewest, .groups_of_countries = false, .totals_may_be_missing = false});
  made.named = {};
  return made;
}

// Empty where nothing was published that hides something.
std::optional<Learned> learned_where_it_passes(const std::optional<MadeSubmission>& revision,
                                               Tally& tally) {
  ++tally.pairs;
  if (!revision) {
    ++tally.too_small;
    return std::nullopt;
  }
  if (!passes(*revision)) {
    ++tally.refused;
    return std::nullopt;
  }
  Learned learned = learned_from(revision->table, revision->policy);
  if (!learned.targets.empty()) ++tally.hiding;
  for (std::size_t i = 0; i < revision->table.cells.size(); ++i) {
    const attacker::Cell& cell = revision->table.cells[i];
    EXPECT_FALSE(learned.told[i] != 0 && cell.is_protected && cell.said == attacker::Said::kHidden)
        << revision->key(i);
  }
  return learned;
}

void say(const Tally& tally) {
  std::cout << tally.pairs << " pairs: " << tally.hiding << " pass and hide something, "
            << tally.narrow << " of them a narrow count; " << tally.refused << " are refused, "
            << tally.too_small << " cannot be protected\n";
}

TEST(RevisedTables, TellNobodyWhatIsHidden) {
  Tally tally;
  for (std::uint64_t number = first_pair(); tally.pairs < pairs_to_take(); ++number) {
    SCOPED_TRACE("RAPPORTEUR_SEED=" + std::to_string(number));
    attacker::Chance chance(number);
    const MadeRegister made = some_register(chance, 2);
    const auto dimensions = static_cast<std::uint32_t>(made.shape.dimensions.size());
    const auto revision = revision_of(made, chance.below(dimensions));
    const auto learned = learned_where_it_passes(revision, tally);
    if (!learned) continue;
    for (std::size_t t = 0; t < learned->targets.size(); ++t) {
      EXPECT_TRUE(learned->found[t].safe)
          << revision->key(learned->cells[t]) << " lies from " << learned->found[t].least << " to "
          << learned->found[t].most;
    }
    if (HasFailure()) return;
  }
  say(tally);
  EXPECT_GT(tally.hiding * 10, tally.pairs);
  EXPECT_GT(tally.refused * 10, tally.pairs);
}

// The hub looks at the sums of what is public, and not at the table of all dimensions that nobody
// published: that its counts are not negative narrows some ranges more (GUARANTEES.md).
TEST(RevisedTables, LinkedTablesTellNothingExactly) {
  Tally tally;
  const std::uint64_t end = first_pair() + 4 * pairs_to_take();
  for (std::uint64_t number = first_pair(); number < end; ++number) {
    if (tally.pairs == pairs_to_take()) break;
    SCOPED_TRACE("RAPPORTEUR_SEED=" + std::to_string(number));
    attacker::Chance chance(number);
    const MadeRegister made = some_register(chance, 3);
    const auto dimensions = static_cast<std::uint32_t>(made.shape.dimensions.size());
    if (dimensions < 3) continue;
    const std::uint32_t one = chance.below(dimensions);
    const std::uint32_t other = (one + 1 + chance.below(dimensions - 1)) % dimensions;
    const auto revision = linked_tables_of(made, one, other);
    const auto learned = learned_where_it_passes(revision, tally);
    if (!learned) continue;
    const bool narrow = !std::ranges::all_of(learned->found, &attacker::Found::safe);
    if (narrow) ++tally.narrow;
    for (std::size_t t = 0; t < learned->targets.size(); ++t) {
      EXPECT_FALSE(learned->found[t].exact()) << revision->key(learned->cells[t]);
    }
    if (HasFailure()) return;
  }
  say(tally);
  EXPECT_EQ(tally.pairs, pairs_to_take());
  EXPECT_GT(tally.hiding * 10, tally.pairs);
}

}  // namespace
}  // namespace rapporteur::testing
