#include "adapters/anonymise/slice_release.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include "adapters/anonymise/least/least_suppression.h"
#include "adapters/anonymise/protect.h"
#include "proto/base/sabotage.h"

namespace rapporteur::anonymise {
namespace {

bool stands_with_zeros(const Axis& axis) {
  return axis.dimension == Dimension::kSex || axis.dimension == Dimension::kAge;
}

bool is_protected(const std::vector<Axis>& axes, const Key& codes, std::uint32_t depth_from) {
  std::uint32_t depth = 0;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (axes[i].total != codes[i]) ++depth;
  }
  return depth >= depth_from;
}

std::int64_t total_of(const CaseSlice& slice) {
  return std::accumulate(slice.counts.begin(), slice.counts.end(), std::int64_t{0},
                         [](std::int64_t sum, const auto& one) { return sum + one.second; });
}

std::string cell_text(const std::vector<Axis>& axes, const Key& codes) {
  std::string out;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (axes[i].total == codes[i]) continue;
    if (!out.empty()) out += ' ';
    out.append(name(axes[i].dimension)).append("=").append(axes[i].codes[codes[i]].code);
  }
  return out.empty() ? "the total" : out;
}

tl::unexpected<Error> must_be_hidden(const std::vector<Axis>& axes, const Key& codes) {
  return fail(ErrorKind::kRefused,
              "a cell that is to be kept must be hidden: " + cell_text(axes, codes), {},
              "take it out of [[keep]]");
}

// The total alone may be published, unless the spec hides it.
bool only_the_total(const Spec& spec, const std::vector<Axis>& axes, const NamedCells& named,
                    const CaseSlice& slice) {
  const bool have_totals =
      std::ranges::all_of(axes, [](const Axis& axis) { return axis.total.has_value(); });
  if (!have_totals || total_of(slice) >= spec.rule.k) return false;
  return std::ranges::none_of(
      named.hide, [&](const Key& codes) { return !is_protected(axes, codes, spec.depth_from); });
}

// Where zeros are sensitive nobody may learn which combinations occur.
Result<std::map<Key, std::int64_t>> with_all_combinations(
    const std::vector<Axis>& axes, const std::map<Key, std::int64_t>& counts) {
  std::uint64_t combinations = 1;
  for (const Axis& axis : axes) {
    combinations *= std::max(1U, axis.leaves);
    if (combinations <= kMostSensitiveAtoms) continue;
    return fail(ErrorKind::kRefused,
                "zeros = \"sensitive\" needs every combination of codes, and these are more than " +
                    std::to_string(kMostSensitiveAtoms),
                {}, "make codes coarser, take a dimension out, or let zeros be public");
  }
  std::map<Key, std::int64_t> out = counts;
  if (sabotaged("sensitive-zeros-left-out")) return out;
  Key key(axes.size(), 0);
  while (combinations > 0) {
    out.emplace(key, 0);
    std::size_t i = 0;
    while (i < axes.size() && ++key[i] == axes[i].leaves) key[i++] = 0;
    if (i == axes.size()) break;
  }
  return out;
}

class SliceTask {
 public:
  SliceTask(const Spec& spec, const CaseTable& table)
      : spec_(spec), task_{table, spec.rule, spec.zeros_public, {}, {}, {}} {}

  Result<ReleasedSlice> run(const NamedCells& named) {
    for (std::uint32_t cell = 0; cell < table().cells(); ++cell) {
      const bool counts = is_protected(table().axes(), table().key(cell), spec_.depth_from);
      const std::int64_t count = table().count(cell);
      task_.is_protected.push_back(counts ? 1 : 0);
      const std::int64_t k = spec_.rule.k - (sabotaged("primary-below-k-less-one") ? 1 : 0);
      task_.primary.push_back(count < k && (counts || count > 0) ? 1 : 0);
      task_.kept.push_back(0);
    }
    if (auto marked = mark(named); !marked) return tl::unexpected(marked.error());
    auto result = spec_.method == Method::kSuppressOptimal ? protect_with_least(task_, spec_.weight)
                                                           : protect(task_);
    if (!result) return tl::unexpected(result.error());
    return rows_of(*result);
  }

 private:
  [[nodiscard]] const CaseTable& table() const { return task_.table; }

  Status mark(const NamedCells& named) {
    for (const Key& key : named.hide) {
      const auto cell = table().cell_at(key);
      if (!cell) {
        return fail(ErrorKind::kRefused,
                    "a cell to be hidden has no case, and zeros are public: " +
                        cell_text(table().axes(), key),
                    {}, "zeros = \"sensitive\" hides zeros");
      }
      task_.primary[*cell] = 1;
      task_.is_protected[*cell] = 1;
    }
    for (const Key& key : named.keep) {
      const auto cell = table().cell_at(key);
      if (!cell) continue;
      if (task_.primary[*cell] != 0) return must_be_hidden(table().axes(), key);
      task_.kept[*cell] = 1;
    }
    return {};
  }

  [[nodiscard]] ReleasedSlice rows_of(ProtectedTable& result) const {
    ReleasedSlice out;
    std::map<Key, ReleasedRow> rows;
    for (std::uint32_t cell = 0; cell < table().cells(); ++cell) {
      const Key& key = table().key(cell);
      rows.emplace(key, ReleasedRow{key, table().count(cell), result.hidden[cell] != 0,
                                    task_.primary[cell] != 0, task_.is_protected[cell] != 0});
    }
    if (spec_.zeros_public) add_zeros(table().axes(), spec_.depth_from, rows);
    // Cells ascend by their keys, and so do rows: variables keep their order.
    for (auto& [key, row] : rows) {
      if (row.hidden) {
        const auto variable = static_cast<disclosure::Variable>(out.variables.size());
        if (row.is_protected) out.targets.push_back({variable, {}});
        out.variables.push_back(static_cast<std::uint32_t>(out.rows.size()));
      }
      out.rows.push_back(std::move(row));
    }
    out.witnesses = std::move(result.witnesses);
    out.programs = result.programs;
    return out;
  }

  const Spec& spec_;
  PatternTask task_;
};

}  // namespace

Status check_size(const std::vector<Axis>& axes, const std::map<Key, std::int64_t>& counts) {
  std::vector<std::vector<std::uint64_t>> holders;
  for (const Axis& axis : axes) {
    auto& of = holders.emplace_back(axis.leaves, 0);
    for (const Code& code : axis.codes) {
      for (const std::uint32_t leaf : code.leaves) ++of[leaf];
    }
  }
  std::uint64_t cells = 0;
  for (const auto& [key, count] : counts) {
    std::uint64_t above = 1;
    for (std::size_t i = 0; i < key.size(); ++i) above *= holders[i][key[i]];
    cells += above;
  }
  if (cells <= kMostCells) return {};
  return fail(ErrorKind::kRefused,
              "the table is too large: its combinations lie below cells " + std::to_string(cells) +
                  " times, at most " + std::to_string(kMostCells),
              {}, "make codes coarser, or take a dimension out");
}

void add_zeros(const std::vector<Axis>& axes, std::uint32_t depth_from,
               std::map<Key, ReleasedRow>& rows) {
  std::vector<Key> keys;
  for (const auto& [key, row] : rows) keys.push_back(key);
  for (const Key& from : keys) {
    for (std::size_t i = 0; i < axes.size(); ++i) {
      if (!stands_with_zeros(axes[i])) continue;
      Key key = from;
      for (std::size_t code = 0; code < axes[i].codes.size(); ++code) {
        key[i] = static_cast<std::uint16_t>(code);
        rows.emplace(key, ReleasedRow{key, 0, false, false, is_protected(axes, key, depth_from)});
      }
    }
  }
}

ReleasedSlice under_small_total(const std::vector<Axis>& axes, const CaseSlice& slice,
                                std::uint32_t depth_from) {
  ReleasedSlice out;
  out.area = slice.area;
  out.period = slice.period;
  Key key;
  for (const Axis& axis : axes) key.push_back(static_cast<std::uint16_t>(*axis.total));
  const Key whole = key;
  std::set<Key> keys{whole};
  std::set<Key> corners;  // leaves of SEX and AGE; all else is of no meaning
  const auto spread = [&](std::set<Key>& over, std::size_t axis, std::uint16_t codes) {
    std::set<Key> more;
    for (Key one : over) {
      for (one[axis] = 0; one[axis] < codes; ++one[axis]) more.insert(one);
    }
    over = std::move(more);
  };
  corners.insert(whole);
  std::vector<char> is_spread(axes.size(), 0);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    // A single code would be the total itself.
    if (!stands_with_zeros(axes[i]) || axes[i].leaves < 2) continue;
    is_spread[i] = 1;
    spread(keys, i, static_cast<std::uint16_t>(axes[i].codes.size()));
    spread(corners, i, static_cast<std::uint16_t>(axes[i].leaves));
  }
  const std::int64_t total = total_of(slice);
  for (const Key& codes : keys) {
    const bool hidden = codes != whole;
    const bool counts = is_protected(axes, codes, depth_from);
    if (hidden && counts) {
      out.targets.push_back({static_cast<disclosure::Variable>(out.variables.size()), total});
    }
    if (hidden) out.variables.push_back(static_cast<std::uint32_t>(out.rows.size()));
    out.rows.push_back({codes, hidden ? 0 : total, hidden, hidden && counts, counts});
  }
  if (out.variables.empty()) return out;
  for (const Key& corner : corners) {
    disclosure::Witness& witness = out.witnesses.emplace_back();
    for (const std::uint32_t row : out.variables) {
      bool holds = true;
      for (std::size_t i = 0; i < axes.size(); ++i) {
        const auto& leaves = axes[i].codes[out.rows[row].codes[i]].leaves;
        holds = holds && (is_spread[i] == 0 || std::ranges::binary_search(leaves, corner[i]));
      }
      witness.numerators.push_back(holds ? total : 0);
    }
  }
  return out;
}

Result<ReleasedSlice> release_slice(const Spec& spec, const std::vector<Axis>& axes,
                                    const NamedCells& named, const CaseSlice& slice) {
  if (only_the_total(spec, axes, named, slice)) {
    for (const Key& codes : named.keep) {
      if (is_protected(axes, codes, spec.depth_from)) return must_be_hidden(axes, codes);
    }
    return under_small_total(axes, slice, spec.depth_from);
  }
  std::map<Key, std::int64_t> counts = slice.counts;
  if (!spec.zeros_public) {
    auto all = with_all_combinations(axes, counts);
    if (!all) return tl::unexpected(all.error());
    counts = std::move(*all);
  }
  if (auto fits = check_size(axes, counts); !fits) return tl::unexpected(fits.error());
  const CaseTable table(axes, counts);
  auto out = SliceTask(spec, table).run(named);
  if (!out) return out;
  out->area = slice.area;
  out->period = slice.period;
  return out;
}

}  // namespace rapporteur::anonymise
