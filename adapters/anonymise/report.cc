#include "adapters/anonymise/report.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "adapters/anonymise/alternatives.h"
#include "adapters/anonymise/report_method.h"
#include "adapters/anonymise/report_words.h"

namespace rapporteur::anonymise {
namespace {

using Json = nlohmann::ordered_json;

void add_alternative(ReleaseReport& report, Dimension dimension,
                     const std::optional<Cases>& coarser) {
  if (!coarser) return;
  Alternative& out = report.alternatives.emplace_back(Alternative{dimension, {}, {}});
  // Cells that the spec names may not exist there.
  const auto released = release({report.spec, coarser->axes(), coarser->slices, false});
  if (released) {
    out.detail = detail_of(*released);
  } else {
    out.problem = released.error().line();
  }
}

std::string share_line(std::string_view name, const Detail& detail, Language language) {
  std::string out = std::to_string(detail.cells);
  out.append(" ").append(words::kCells.in(language)).append(", ");
  out.append(std::to_string(detail.hidden())).append(" ").append(words::kHidden.in(language));
  out.append(": ").append(percent(detail, detail.cell_share())).append(" ");
  out.append(words::kPublished.in(language)).append(", ");
  out.append(percent(detail, detail.information_share())).append(" ");
  out.append(words::kInformation.in(language));
  return std::string(name) + ": " + out;
}

Json json_of(const Detail& detail) {
  return {{"cells", detail.cells},
          {"hidden", detail.hidden()},
          {"published_share", detail.cell_share()},
          {"information_share", detail.information_share()}};
}

Json by_dimension_json(const ReleaseDetail& detail) {
  Json out;
  for (const DimensionDetail& one : detail.by_dimension) {
    out[std::string(name(one.dimension))] = json_of(one.detail);
  }
  return out;
}

Json parameters_json(const Spec& spec) {
  switch (spec.method) {
    case Method::kCellKey:
      return {{"max_deviation", spec.cell_key.rule.max_deviation},
              {"variance", spec.cell_key.rule.variance},
              {"js", spec.cell_key.rule.js}};
    case Method::kRound:
      return {{"base", spec.round.base}, {"steps", spec.round.steps}};
    default:
      break;
  }
  Json out{{"k", spec.rule.k},
           {"interval_width", spec.rule.width},
           {"zeros_sensitive", !spec.zeros_public},
           {"depth_from", spec.depth_from}};
  if (spec.method == Method::kSuppressOptimal) out["weight"] = name(spec.weight);
  return out;
}

void add_changes_json(const Release& release, Json& out) {
  const Deviation deviation = deviation_of(release);
  out["deviation"] = {{"cells", deviation.cells},
                      {"sum", deviation.sum},
                      {"largest", deviation.largest},
                      {"sums", deviation.sums},
                      {"sums_that_do_not_hold", deviation.sums_broken}};
  if (!release.perturbation) return;
  Json rows = Json::array();
  for (const PerturbationRow& row : release.perturbation->rows()) {
    Json steps = Json::array();
    for (const PerturbationRow::Step& step : row.steps) {
      steps.push_back({{"deviation", step.deviation}, {"weight", step.weight}});
    }
    rows.push_back({{"count", rows.size() + 1},
                    {"variance", variance_of(row)},
                    {"whole", row.whole},
                    {"steps", std::move(steps)}});
  }
  out["perturbation_table"] = std::move(rows);
}

}  // namespace

ReleaseReport report_on(const Spec& spec, const Cases& cases, const Release& released,
                        bool with_alternatives) {
  ReleaseReport report{spec, cases, released, detail_of(released), {}};
  if (!with_alternatives || !hides(spec.method)) return report;
  add_alternative(report, Dimension::kAge, with_coarser_ages(cases));
  add_alternative(report, Dimension::kCitizen, with_coarser_citizens(cases));
  return report;
}

std::vector<std::string> report_lines(const ReleaseReport& report, Language language) {
  std::vector<std::string> out;
  if (!hides(report.spec.method)) {
    return {std::string(words::kAsAsked.in(language)) + ": " +
            deviation_text(deviation_of(report.release), language)};
  }
  const ReleaseDetail& detail = report.detail;
  out.push_back(share_line(words::kAsAsked.in(language), detail.all, language));
  for (const DimensionDetail& one : detail.by_dimension) {
    const std::string by = "  " + std::string(words::kBy.in(language)) + " ";
    out.push_back(share_line(by + std::string(name(one.dimension)), one.detail, language));
  }
  std::string hidden = "  " + std::to_string(detail.primary) + " ";
  hidden.append(words::kHidden.in(language)).append(" ").append(words::kPrimary.in(language));
  hidden.append(", ").append(std::to_string(detail.secondary)).append(" ");
  hidden.append(words::kSecondary.in(language)).append(" (");
  hidden.append(words::kOnlyHere.in(language)).append(")");
  out.push_back(std::move(hidden));
  for (const Alternative& one : report.alternatives) {
    const std::string_view variant = name_of(one.dimension, language);
    if (one.detail) {
      out.push_back(share_line(variant, one.detail->all, language));
    } else {
      out.push_back(std::string(variant) + ": " + std::string(words::kCannot.in(language)) + " (" +
                    one.problem + ")");
    }
  }
  return out;
}

std::string report_json(const ReleaseReport& report) {
  Json out;
  out["dataflow"] = report.spec.dataflow;
  out["indicator"] = report.spec.indicator;
  out["method"] = name(report.spec.method);
  out["parameters"] = parameters_json(report.spec);
  out["guarantees"] = guarantees_of(report.spec, Language::kEnglish);
  out["rows_left_out"] = report.cases.refused;
  if (!hides(report.spec.method)) {
    add_changes_json(report.release, out);
    return out.dump(2) + "\n";
  }
  out["table"] = json_of(report.detail.all);
  out["by_dimension"] = by_dimension_json(report.detail);
  out["alternatives"] = Json::array();
  for (const Alternative& one : report.alternatives) {
    Json entry{{"coarser", name(one.dimension)}};
    if (one.detail) {
      entry["table"] = json_of(one.detail->all);
      entry["by_dimension"] = by_dimension_json(*one.detail);
    } else {
      entry["problem"] = one.problem;
    }
    out["alternatives"].push_back(std::move(entry));
  }
  return out.dump(2) + "\n";
}

}  // namespace rapporteur::anonymise
