#include "broker/disclosure/release_check.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "broker/disclosure/derivation.h"
#include "broker/disclosure/proof_text.h"
#include "broker/disclosure/protection.h"
#include "broker/disclosure/table_system.h"
#include "broker/rules/findings.h"
#include "broker/rules/rule_codes.h"
#include "proto/base/sabotage.h"

namespace rapporteur::disclosure {
namespace {

using rules::CellState;

// Contradictions that are taken out one after the other before the rest is judged.
constexpr int kContradictions = 32;

bool from_submission(const rules::Cell& cell) {
  return !cell.published() && cell.source != kNotSent;
}

// What is public with what follows from it; what contradicts itself is out of it.
class JudgedTable {
 public:
  JudgedTable(CellLattice lattice, const rules::Policy& policy)
      : policy_(policy), table_(std::move(lattice), policy) {}

  // False if the bound was exceeded, or contradictions remain.
  bool judge(DerivationBound bound) {
    for (int i = 0; i < kContradictions; ++i) {
      derivation_ = derive(table_.linear(), bound, [this](Variable variable, std::int64_t value) {
        return fails(variable, value);
      });
      if (derivation_.outcome == Derivation::Outcome::kDone) return true;
      if (derivation_.contradiction.empty()) return false;
      take_note(derivation_.contradiction);
      table_.leave_out(derivation_.contradiction);
    }
    return false;
  }

  [[nodiscard]] const TableSystem& table() const { return table_; }
  [[nodiscard]] const std::vector<Derived>& derived() const { return derivation_.derived; }
  struct Contradiction {
    std::optional<std::uint32_t> own;  // the first cell of the submission among its figures
    rules::Detail text;
  };
  [[nodiscard]] const std::vector<Contradiction>& contradictions() const { return noted_; }

  [[nodiscard]] bool fails(Variable variable, std::int64_t value) const {
    const rules::Cell& cell = table_.cell_of(variable);
    if (!table_.protection().is_protected(cell)) return false;
    return cell.state == CellState::kHidden || is_small(value);
  }
  [[nodiscard]] bool is_small(std::int64_t count) const {
    return count < policy_.k && (count > 0 || (count == 0 && policy_.zeros_sensitive));
  }
  [[nodiscard]] std::optional<std::uint32_t> own_cell(std::span<const ProofTerm> proof) const {
    for (const ProofPart& part : parts_of(table_, proof)) {
      if (from_submission(table_.lattice().cells()[part.cell])) return part.cell;
    }
    return std::nullopt;
  }

 private:
  void take_note(std::span<const ProofTerm> contradiction) {
    rules::Detail text = contradiction_text(table_, contradiction);
    // The same figures may contradict each other by more than one choice of equations.
    const bool said = std::any_of(noted_.begin(), noted_.end(),
                                  [&](const auto& other) { return other.text.en == text.en; });
    if (!said) noted_.push_back({own_cell(contradiction), std::move(text)});
  }

  rules::Policy policy_;
  TableSystem table_;
  Derivation derivation_;
  std::vector<Contradiction> noted_;
};

void add_published(rules::CellPool& pool, const rules::Submission& submission,
                   const rules::PublishedFigures& published) {
  for (const rules::TableKey& table : rules::tables_added_up(submission)) {
    published.visit(
        table, [&](const ObservationSet& set, std::size_t row) { pool.add_published(set, row); });
  }
  pool.settle_repeated();
}

bool any_protected(const rules::CellPool& pool, const rules::Policy& policy) {
  const Protection protection(pool, policy);
  return std::any_of(pool.cells().begin(), pool.cells().end(),
                     [&](const rules::Cell& cell) { return protection.is_protected(cell); });
}

// What was known before of the cells with these keys.
struct Before {
  std::int64_t count = 0;
  bool failed = false;
};
using BeforeByKey = std::unordered_map<std::string, Before>;

class ReleaseCheck {
 public:
  ReleaseCheck(const rules::Submission& submission, const rules::Policy& policy,
               const ReleaseBound& bound)
      : submission_(submission), policy_(policy), bound_(bound) {}

  std::vector<rules::Finding> run(rules::CellPool pool, const rules::PublishedFigures& before) {
    const std::size_t sent = pool.cells().size();
    auto lattice = CellLattice::of(std::move(pool), bound_.cells);
    if (!lattice) return too_complex(sent);
    JudgedTable judged(std::move(*lattice), policy_);
    const bool done = judged.judge({bound_.multiplications});
    for (const JudgedTable::Contradiction& one : judged.contradictions()) {
      if (one.own) add(rules::code::kNonAdditive, judged.table(), *one.own, *one.own, one.text);
    }
    if (!done) return too_complex(sent);
    std::vector<const Derived*> failing;
    for (const Derived& one : judged.derived()) {
      if (judged.fails(one.variable, one.value) && !adds_small_figures(judged.table(), one)) {
        failing.push_back(&one);
      }
    }
    if (!failing.empty()) report(judged, failing, known_before(judged, failing, before));
    return std::move(sink_).take();
  }

 private:
  std::vector<rules::Finding> too_complex(std::size_t sent) {
    sink_.add(rules::code::kTooComplex, "OBS_VALUE", 0, "", [&] {
      const std::string cells = std::to_string(sent);
      return rules::Detail{
          "what follows from these " + cells +
              " cells, published ones among them, is too much to "
              "work out: send one area and one period at a time, and the totals with their parts",
          "ce qui découle de ces " + cells +
              " cellules, publiées comprises, dépasse ce qui se "
              "calcule : envoyer une zone et une période à la fois, et les totaux avec leurs "
              "parties"};
    });
    return std::move(sink_).take();
  }

  void report(const JudgedTable& judged, const std::vector<const Derived*>& failing,
              const BeforeByKey& before) {
    const TableSystem& table = judged.table();
    for (const Derived* one : failing) {
      const std::uint32_t number = table.number_of(one->variable);
      const auto earlier = before.find(table.key_text(table.cell_of(one->variable)));
      const bool nothing_new = earlier != before.end() &&
                               (earlier->second.failed || earlier->second.count == one->value);
      const auto own = judged.own_cell(one->proof);
      const bool sent_now = from_submission(table.lattice().cells()[number]);
      // What others gave away is no news of this submission.
      if (nothing_new && !own && !sent_now) continue;
      add(nothing_new ? rules::code::kAlreadyPublic : code_of(table, *one), table, number,
          sent_now ? number : own.value_or(first_own(table)), proof_text(table, *one));
    }
  }

  [[nodiscard]] static std::string_view code_of(const TableSystem& table, const Derived& derived) {
    for (const ProofPart& part : parts_of(table, derived.proof)) {
      if (table.lattice().cells()[part.cell].source == rules::kSupersededSource) {
        return rules::code::kDifferenceWith;
      }
    }
    return rules::code::kLinearExact;
  }

  // A margin that nobody sent and that is nothing but a sum: some of its parts are as small and as
  // protected, and are findings as they stand.
  [[nodiscard]] static bool adds_small_figures(const TableSystem& table, const Derived& derived) {
    if (table.cell_of(derived.variable).source != kNotSent) return false;
    const std::vector<ProofPart> parts = parts_of(table, derived.proof);
    return !parts.empty() && std::all_of(parts.begin(), parts.end(),
                                         [](const ProofPart& part) { return part.factor > 0; });
  }

  [[nodiscard]] static std::uint32_t first_own(const TableSystem& table) {
    const auto& cells = table.lattice().cells();
    const auto own = std::find_if(cells.begin(), cells.end(), from_submission);
    return own == cells.end() ? 0 : static_cast<std::uint32_t>(own - cells.begin());
  }

  // At the row of `place`.
  void add(std::string_view code, const TableSystem& table, std::uint32_t number,
           std::uint32_t place, const rules::Detail& detail) {
    const rules::Cell& cell = table.lattice().cells()[number];
    const rules::Cell& at = table.lattice().cells()[place];
    // As it was sent: _Z is not _T there.
    const std::string key =
        from_submission(cell) ? submission_.observations.key_text(cell.row) : table.key_text(cell);
    const std::uint32_t row = from_submission(at) ? at.row + 1 : 0;
    sink_.add(code, "OBS_VALUE", row, key, [&] { return detail; });
  }

  // Nothing where what was public before cannot be worked out.
  [[nodiscard]] BeforeByKey known_before(const JudgedTable& judged,
                                         const std::vector<const Derived*>& failing,
                                         const rules::PublishedFigures& before) const {
    rules::CellPool pool;
    add_published(pool, submission_, before);
    if (pool.cells().empty()) return {};
    auto lattice = CellLattice::of(std::move(pool), bound_.cells);
    if (!lattice) return {};
    JudgedTable earlier(std::move(*lattice), policy_);
    if (!earlier.judge({bound_.multiplications})) return {};
    std::unordered_set<std::string> keys;
    for (const Derived* one : failing) {
      keys.insert(judged.table().key_text(judged.table().cell_of(one->variable)));
    }
    BeforeByKey known;
    const auto put = [&](const rules::Cell& cell, std::int64_t count, bool failed) {
      std::string key = earlier.table().key_text(cell);
      if (keys.contains(key)) known.emplace(std::move(key), Before{count, failed});
    };
    for (const rules::Cell& cell : earlier.table().lattice().cells()) {
      if (const auto count = exact_count(cell)) put(cell, *count, earlier.is_small(*count));
    }
    for (const Derived& one : earlier.derived()) {
      put(earlier.table().cell_of(one.variable), one.value, earlier.fails(one.variable, one.value));
    }
    return known;
  }

  const rules::Submission& submission_;
  const rules::Policy& policy_;
  ReleaseBound bound_;
  rules::FindingSink sink_;
};

}  // namespace

std::vector<rules::Finding> check_release(const rules::Submission& submission,
                                          const rules::Policy& policy,
                                          const rules::PublishedFigures& published,
                                          const rules::PublishedFigures& before,
                                          const ReleaseBound& bound) {
  if (sabotaged("linear-exact-off")) return {};
  // Nothing protected pays nothing.
  if (!has_protected_indicator(submission)) return {};
  rules::CellPool pool;
  pool.add(submission.observations, 0);
  add_published(pool, submission, published);
  if (!any_protected(pool, policy)) return {};
  return ReleaseCheck(submission, policy, bound).run(std::move(pool), before);
}

}  // namespace rapporteur::disclosure
