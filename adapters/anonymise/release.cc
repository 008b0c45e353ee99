#include "adapters/anonymise/release.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <utility>

#include "adapters/anonymise/approximate_slice.h"
#include "adapters/anonymise/slice_release.h"
#include "proto/codelists/code_lists.h"
#include "proto/statistics/time_period.h"

namespace rapporteur::anonymise {
namespace {

constexpr std::string_view kSuppressed = "Q";
constexpr std::string_view kNormal = "A";
// The same for all that is hidden, whatever the reason.
constexpr std::string_view kConfidential = "C";
constexpr std::string_view kFree = "F";
constexpr std::string_view kAbout = "~";

std::optional<Key> key_of(const std::vector<Axis>& axes, const SpecCell& cell) {
  Key key;
  for (const Axis& axis : axes) {
    const auto named = cell.find(axis.dimension);
    const std::string code = named == cell.end() ? "_T" : named->second;
    const auto found = std::ranges::find(axis.codes, code, &Code::code);
    if (found == axis.codes.end()) return std::nullopt;
    key.push_back(static_cast<std::uint16_t>(found - axis.codes.begin()));
  }
  return key;
}

Status add_named(const ReleaseTask& task, const std::vector<SpecCell>& cells, std::string_view what,
                 std::vector<Key>& out) {
  for (const SpecCell& cell : cells) {
    auto key = key_of(task.axes, cell);
    if (!key) {
      return fail(ErrorKind::kRefused,
                  "a cell to be " + std::string(what) + " is none of the table: " + text_of(cell),
                  task.spec.file, "name each dimension that has no total, and codes with cases");
    }
    out.push_back(std::move(*key));
  }
  return {};
}

Result<NamedCells> named_cells(const ReleaseTask& task) {
  NamedCells out;
  if (!task.keep_and_hide) return out;
  if (auto kept = add_named(task, task.spec.keep, "kept", out.keep); !kept) {
    return tl::unexpected(kept.error());
  }
  if (auto hidden = add_named(task, task.spec.hide, "hidden", out.hide); !hidden) {
    return tl::unexpected(hidden.error());
  }
  return out;
}

// What stands for a dimension along which nothing is counted.
std::string_view not_counted(const codelists::Indicator& indicator, std::string_view unit,
                             Dimension dimension) {
  const bool persons = unit.starts_with("PER");
  const bool may_be =
      std::ranges::find(indicator.dimensions, dimension) != indicator.dimensions.end();
  const bool of_persons = dimension == Dimension::kCitizen || dimension == Dimension::kRegOrg;
  if (dimension == Dimension::kCounterpartArea) return "_Z";
  return may_be || (of_persons && persons) ? "_T" : "_Z";
}

// How figures that are not exact were made; empty of others, and where a hub takes no free text.
std::string_view method_text(const Spec& spec) {
  const auto* dataflow = codelists::find_dataflow(spec.dataflow);
  const bool takes_text =
      dataflow == nullptr || dataflow->policy.free_text != codelists::FreeText::kNone;
  if (hides(spec.method) || !takes_text) return {};
  return spec.method == Method::kCellKey ? "cell-key perturbation" : "controlled rounding";
}

}  // namespace

Result<Release> release(const ReleaseTask& task) {
  const Result<NamedCells> named = named_cells(task);
  if (!named) return tl::unexpected(named.error());
  Release out{task.axes, {}};
  if (task.spec.method == Method::kCellKey) {
    auto perturbation = PerturbationTable::of(task.spec.cell_key.rule);
    if (!perturbation) return tl::unexpected(perturbation.error());
    out.perturbation = std::move(*perturbation);
  }
  std::vector<std::optional<Result<ReleasedSlice>>> results(task.slices.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < results.size(); i = next++) {
      results[i] = hides(task.spec.method)
                       ? release_slice(task.spec, task.axes, *named, task.slices[i])
                       : approximate_slice(task.spec, task.axes, out.perturbation, task.slices[i]);
    }
  };
  {
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::jthread> workers;
    for (std::size_t i = 1; i < std::min(cores, results.size()); ++i) workers.emplace_back(work);
    work();
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    Result<ReleasedSlice>& result = *results[i];
    if (!result) {
      Error error = result.error();
      error.where = task.slices[i].area + " " + task.slices[i].period;
      return tl::unexpected(error);
    }
    out.slices.push_back(std::move(*result));
  }
  return out;
}

ObservationSet observations_of(const Spec& spec, const Release& release) {
  const auto& indicator = *codelists::find_indicator(spec.indicator);
  Observation row;
  for (std::size_t d = 0; d < kDimensions; ++d) {
    row.key[d] = not_counted(indicator, spec.unit, static_cast<Dimension>(d));
  }
  row[Dimension::kIndicator] = spec.indicator;
  row[Dimension::kUnitMeasure] = spec.unit;
  if (!hides(spec.method)) row[Attribute::kValueQualifier] = kAbout;
  row[Attribute::kMethod] = method_text(spec);
  ObservationSetBuilder builder;
  for (const ReleasedSlice& slice : release.slices) {
    row[Dimension::kRefArea] = slice.area;
    row[Dimension::kTimePeriod] = slice.period;
    row[Dimension::kFreq] = TimePeriod::parse(slice.period)->freq;
    for (const ReleasedRow& one : slice.rows) {
      for (std::size_t i = 0; i < release.axes.size(); ++i) {
        row[release.axes[i].dimension] = release.axes[i].codes[one.codes[i]].code;
      }
      row.value = one.hidden ? std::nullopt : std::optional(Decimal(one.count));
      row[Attribute::kObsStatus] = one.hidden ? kSuppressed : kNormal;
      row[Attribute::kConfStatus] = one.hidden ? kConfidential : kFree;
      builder.add(row);
    }
  }
  return builder.build();
}

}  // namespace rapporteur::anonymise
