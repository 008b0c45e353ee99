#include "broker/disclosure/release_check.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "broker/disclosure/changes.h"
#include "broker/disclosure/earlier.h"
#include "broker/disclosure/interval_check.h"
#include "broker/disclosure/judged_table.h"
#include "broker/disclosure/plain_table.h"
#include "broker/disclosure/proof_text.h"
#include "broker/disclosure/protection.h"
#include "broker/disclosure/targets.h"
#include "broker/rules/findings.h"
#include "broker/rules/rule_codes.h"
#include "proto/base/sabotage.h"

namespace rapporteur::disclosure {
namespace {

bool any_protected(const rules::CellPool& pool, const rules::Policy& policy) {
  const Protection protection(pool, policy);
  return std::any_of(pool.cells().begin(), pool.cells().end(),
                     [&](const rules::Cell& cell) { return protection.is_protected(cell); });
}

class ReleaseCheck {
 public:
  ReleaseCheck(const rules::Submission& submission, const rules::Policy& policy,
               const rules::PublishedFigures& before, const ReleaseBound& bound)
      : submission_(submission),
        policy_(policy),
        bound_(bound),
        earlier_(submission, policy, before, bound) {}

  std::vector<rules::Finding> run(rules::CellPool pool, const CertificateSource& source) {
    const std::size_t sent = pool.cells().size();
    auto lattice = CellLattice::of(std::move(pool), bound_.cells);
    if (!lattice) return too_complex(sent);
    JudgedTable judged(std::move(*lattice), policy_);
    const bool done = judged.judge({bound_.multiplications});
    for (const JudgedTable::Contradiction& one : judged.contradictions()) {
      if (!one.own) continue;
      add(rules::code::kNonAdditive, judged.table(), {*one.own, *one.own}, one.text,
          submission_.waived_by(one.rows));
    }
    if (!done) return too_complex(sent);
    report(judged, failing_in(judged));
    if (!policy_.zeros_sensitive) report_zeros(judged);
    report_intervals(judged, source);
    if (replaces(judged.table().lattice().pool()) && !report_small_changes(judged)) {
      return too_complex(sent);
    }
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

  void report(const JudgedTable& judged, const std::vector<const Derived*>& failing) {
    if (failing.empty()) return;
    const TableSystem& table = judged.table();
    std::unordered_set<std::string> keys;
    for (const Derived* one : failing) keys.insert(table.key_text(table.cell_of(one->variable)));
    const KnownCounts before = earlier_.surely_known(keys);
    for (const Derived* one : failing) {
      const std::uint32_t number = table.number_of(one->variable);
      const auto earlier = before.find(table.key_text(table.cell_of(one->variable)));
      const bool nothing_new = earlier != before.end() &&
                               (earlier->second.failed || earlier->second.count == one->value);
      const auto own = judged.own_cell(one->proof);
      const bool sent_now = from_submission(table.lattice().cells()[number]);
      // What others gave away is no news of this submission.
      if (nothing_new && !own && !sent_now) continue;
      const Place place{number, sent_now ? number : own.value_or(judged.first_own())};
      if (nothing_new) {
        add(rules::code::kAlreadyPublic, table, place, proof_text(table, *one));
      } else {
        add(code_of(table, *one), table, place, proof_text(table, *one), waived_by(table, *one));
      }
    }
  }

  // Where the submission says that the cell is hidden, that must be public already, too.
  [[nodiscard]] rules::WaivedBy waived_by(const TableSystem& table, const Derived& derived) const {
    if (derived.proof.empty()) return {};
    std::vector<std::uint32_t> rows = own_rows_of(table, derived.proof);
    const rules::Cell& cell = table.cell_of(derived.variable);
    if (from_submission(cell)) rows.push_back(cell.row);
    return submission_.waived_by(rows);
  }

  [[nodiscard]] static std::string_view code_of(const TableSystem& table, const Derived& derived) {
    const bool recalls =
        std::any_of(derived.proof.begin(), derived.proof.end(),
                    [&](const ProofTerm& term) { return table.is_recalled(term.equation); });
    return recalls ? rules::code::kDifferenceWith : rules::code::kLinearExact;
  }

  [[nodiscard]] static std::vector<const Derived*> failing_in(const JudgedTable& judged) {
    std::vector<const Derived*> failing;
    for (const Derived& one : judged.derived()) {
      if (judged.fails(one.variable, one.value)) failing.push_back(&one);
    }
    if (failing.empty()) return failing;
    const std::vector<char> sums = sums_of_figures(judged.table());
    std::erase_if(failing, [&](const Derived* one) {
      return sums[judged.table().number_of(one->variable)] != 0;
    });
    return failing;
  }

  // By cell, whether nobody sent it and it is nothing but a sum of protected figures: where it is
  // small, some of them are as small, and are findings as they stand. That it follows in some other
  // way, too, makes no difference: which way is found first depends on what codes are called.
  [[nodiscard]] static std::vector<char> sums_of_figures(const TableSystem& table) {
    const std::vector<rules::Cell>& cells = table.lattice().cells();
    std::vector<char> adds_up(cells.size(), 0);
    const auto counts = [&](const TableMember& part) {
      const rules::Cell& cell = cells[part.cell];
      const bool figure = cell.exact() || table.recalled_count(part.cell).has_value();
      return adds_up[part.cell] != 0 || cell.state == rules::CellState::kCannotExist ||
             (figure && table.protection().is_protected(cell));
    };
    for (bool grew = true; std::exchange(grew, false);) {
      for (std::uint32_t e = 0; e < table.linear().equations.size(); ++e) {
        const std::vector<TableMember>& members = table.origin_of(e).members;
        if (table.is_recalled(e) || adds_up[members.front().cell] != 0) continue;
        grew |= std::all_of(members.begin() + 1, members.end(), counts) &&
                std::exchange(adds_up[members.front().cell], 1) == 0;
      }
    }
    for (std::uint32_t i = 0; i < cells.size(); ++i) {
      if (cells[i].source != kNotSent) adds_up[i] = 0;
    }
    return adds_up;
  }

  struct Place {
    std::uint32_t cell = 0;  // whose key is given
    std::uint32_t row = 0;   // the cell whose row is
  };
  void add(std::string_view code, const TableSystem& table, Place place,
           const rules::Detail& detail, const rules::WaivedBy& waived_by = {}) {
    const rules::Cell& cell = table.lattice().cells()[place.cell];
    const rules::Cell& at = table.lattice().cells()[place.row];
    // As it was sent: _Z is not _T there.
    const std::string key =
        from_submission(cell) ? submission_.observations.key_text(cell.row) : table.key_text(cell);
    const std::uint32_t row = from_submission(at) ? at.row + 1 : 0;
    sink_.add(
        code, "OBS_VALUE", row, key, [&] { return detail; }, waived_by);
  }

  // Nothing can be a correction where nothing has ended.
  [[nodiscard]] static bool replaces(const rules::CellPool& pool) {
    return std::any_of(pool.cells().begin(), pool.cells().end(), [](const rules::Cell& cell) {
      return cell.source == rules::kSupersededSource;
    });
  }

  // A zero under a total that nobody sent and that follows to be below k. Totals with a number are
  // for small_cell.h.
  void report_zeros(const JudgedTable& judged) {
    const std::vector<ZeroBelow> zeros = zeros_below_derived(judged);
    if (zeros.empty()) return;
    const TableSystem& table = judged.table();
    const auto key = [&](std::uint32_t number) {
      return table.key_text(table.lattice().cells()[number]);
    };
    std::unordered_set<std::string> keys;
    for (const ZeroBelow& zero : zeros) keys.insert({key(zero.cell), key(zero.total)});
    const KnownCounts before = earlier_.surely_known(keys);
    for (const ZeroBelow& zero : zeros) {
      const auto then = before.find(key(zero.cell));
      const auto total = before.find(key(zero.total));
      const bool nothing_new = then != before.end() && then->second.count == 0 &&
                               total != before.end() && judged.is_small(total->second.count);
      const rules::Detail text = zero_text(table, zero.cell, zero.sum, policy_.k);
      if (nothing_new) {
        add(rules::code::kAlreadyPublic, table, {zero.cell, zero.cell}, text);
      } else {
        add(rules::code::kSmallCell, table, {zero.cell, zero.cell}, text,
            waived_figure(table, {zero.total, zero.cell}));
      }
    }
  }

  struct ZeroBelow {
    std::uint32_t cell = 0;
    std::uint32_t total = 0;
    std::int64_t sum = 0;
  };
  [[nodiscard]] static std::vector<ZeroBelow> zeros_below_derived(const JudgedTable& judged) {
    const TableSystem& table = judged.table();
    std::unordered_map<std::uint32_t, std::int64_t> sums;
    for (const Derived& one : judged.derived()) {
      if (judged.is_small(one.value)) sums.emplace(table.number_of(one.variable), one.value);
    }
    std::vector<ZeroBelow> out;
    const std::vector<rules::Cell>& cells = table.lattice().cells();
    for (std::uint32_t i = 0; i < cells.size() && !sums.empty(); ++i) {
      if (!from_submission(cells[i]) || exact_count(cells[i]) != 0) continue;
      if (!cells[i].has_number() || !table.protection().is_protected(cells[i])) continue;
      std::optional<ZeroBelow> least;
      bool published = false;
      table.lattice().each_margin(cells[i], [&](std::uint32_t margin) {
        const auto count = exact_count(cells[margin]);
        published = published || (count && judged.is_small(*count));
        const auto sum = sums.find(margin);
        if (sum != sums.end() && (!least || sum->second < least->sum)) {
          least = ZeroBelow{i, margin, sum->second};
        }
      });
      if (least && !published) out.push_back(*least);
    }
    return out;
  }

  // The row of the place, and where the count of the cell follows all that equations tie to it.
  [[nodiscard]] rules::WaivedBy waived_figure(const TableSystem& table, Place place) const {
    if (submission_.waived == nullptr) return {};
    std::vector<std::uint32_t> rows;
    if (const auto variable = table.variable_of(place.cell)) {
      rows = own_rows_tied_to(table, std::span(&*variable, 1));
    }
    const rules::Cell& at = table.lattice().cells()[place.row];
    if (from_submission(at)) rows.push_back(at.row);
    return submission_.waived_by(rows);
  }

  // False when that is too much to work out.
  [[nodiscard]] bool report_small_changes(const JudgedTable& judged) {
    if (sabotaged("small-change-off")) return true;
    const TableSystem& table = judged.table();
    const std::vector<rules::Cell>& cells = table.lattice().cells();
    std::unordered_map<std::string, std::uint32_t> numbers;
    Earlier::Keys keys;
    for (const std::uint32_t cell : cells_that_may_change(judged)) {
      keys.insert(numbers.emplace(table.key_text(cells[cell]), cell).first->first);
    }
    std::unordered_map<std::uint32_t, std::int64_t> before;
    for (const auto& [key, one] : earlier_.known(keys)) {
      before.emplace(numbers.at(key), one.count);
    }
    const auto changes = changes_between(before, judged, {bound_.multiplications});
    if (!changes) return false;
    const std::string_view code = submission_.second_signature ? rules::code::kSmallChangeReleased
                                                               : rules::code::kSmallChange;
    for (const Change& change : *changes) {
      const rules::Cell& cell = cells[change.cell];
      if (std::abs(change.by) >= policy_.k || !table.protection().is_protected(cell)) continue;
      const auto then = before.find(change.cell);
      add(code, table, {change.cell, from_submission(cell) ? change.cell : judged.first_own()},
          change_text(table, change.cell,
                      then == before.end() ? std::nullopt : std::optional(then->second), change.by),
          waived_figure(table, {change.cell, change.cell}));
    }
    return true;
  }

  void report_intervals(const JudgedTable& judged, const CertificateSource& source) {
    const TableSystem& table = judged.table();
    for (const IntervalFinding& one :
         check_intervals(judged, source, [this]() { return earlier_.table(); })) {
      const rules::WaivedBy waived_by = waived_interval(judged, one);
      if (!one.variable) {
        sink_.add(
            one.code, "certificate", 0, "", [&] { return one.detail; }, waived_by);
        continue;
      }
      const std::uint32_t number = table.number_of(*one.variable);
      const bool sent_now = from_submission(table.lattice().cells()[number]);
      add(one.code, table, {number, sent_now ? number : judged.first_own()}, one.detail, waived_by);
    }
  }

  // All that the submission says of anything that is tied to the count, or to any of those that a
  // certificate has to show.
  [[nodiscard]] rules::WaivedBy waived_interval(const JudgedTable& judged,
                                                const IntervalFinding& finding) const {
    if (submission_.waived == nullptr || finding.code == rules::code::kAlreadyPublic) return {};
    std::vector<Variable> asked;
    if (finding.variable) {
      asked.push_back(*finding.variable);
    } else {
      for (const Target& target : targets_of(judged)) asked.push_back(target.variable);
    }
    return submission_.waived_by(own_rows_tied_to(judged.table(), asked));
  }

  const rules::Submission& submission_;
  const rules::Policy& policy_;
  ReleaseBound bound_;
  Earlier earlier_;
  rules::FindingSink sink_;
};

}  // namespace

std::vector<rules::Finding> check_release(const rules::Submission& submission,
                                          const rules::Policy& policy,
                                          const rules::PublishedFigures& published,
                                          const rules::PublishedFigures& before,
                                          const CertificateSource& source,
                                          const ReleaseBound& bound) {
  if (sabotaged("linear-exact-off")) return {};
  // Nothing protected pays nothing.
  if (!has_protected_indicator(submission)) return {};
  rules::CellPool pool;
  pool.add(submission.observations, 0);
  add_published(pool, submission, published);
  const bool alone = pool.cells().size() == submission.observations.rows();
  if (!alone) pool.settle_repeated();
  if (!any_protected(pool, policy) || gives_nothing_away(pool, policy)) return {};
  if (alone) pool.settle_repeated();
  return ReleaseCheck(submission, policy, before, bound).run(std::move(pool), source);
}

}  // namespace rapporteur::disclosure
