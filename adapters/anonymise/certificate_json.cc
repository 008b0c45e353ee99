#include "adapters/anonymise/certificate_json.h"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

#include "proto/crypto/encoding.h"
#include "proto/crypto/sha256.h"

namespace rapporteur::anonymise {
namespace {

using Json = nlohmann::ordered_json;
using disclosure::Witness;

// The width that the witnesses of a slice show of a target.
double width_of(const ReleasedSlice& slice, disclosure::Variable variable) {
  double least = 0;
  double most = 0;
  for (std::size_t i = 0; i < slice.witnesses.size(); ++i) {
    const Witness& witness = slice.witnesses[i];
    const double count = static_cast<double>(witness.numerators[variable]) /
                         static_cast<double>(witness.denominator);
    least = i == 0 ? count : std::min(least, count);
    most = i == 0 ? count : std::max(most, count);
  }
  return most - least;
}

Json witnesses_of(const ReleasedSlice& slice) {
  Json out = Json::array();
  for (const Witness& witness : slice.witnesses) {
    Json numerators = Json::array();
    for (std::size_t v = 0; v < witness.numerators.size(); ++v) {
      const std::int64_t first = out.empty() ? 0 : slice.witnesses.front().numerators[v];
      numerators.push_back(witness.numerators[v] - first);
    }
    out.push_back({{"denominator", witness.denominator},
                   {out.empty() ? "numerators" : "differences", std::move(numerators)}});
  }
  return out;
}

}  // namespace

std::string certificate_json(const Spec& spec, const Release& release, std::string_view published) {
  Json slices = Json::array();
  std::size_t rows = 0;
  std::size_t hidden = 0;
  std::size_t targets = 0;
  std::optional<double> narrowest;
  for (const ReleasedSlice& slice : release.slices) {
    rows += slice.rows.size();
    hidden += slice.variables.size();
    targets += slice.targets.size();
    for (const disclosure::Target& target : slice.targets) {
      const double width = width_of(slice, target.variable);
      narrowest = std::min(narrowest.value_or(width), width);
    }
    slices.push_back({{"ref_area", slice.area},
                      {"time_period", slice.period},
                      {"rows", slice.rows.size()},
                      {"hidden_rows", slice.variables},
                      {"witnesses", witnesses_of(slice)}});
  }
  Json out;
  out["version"] = 1;
  out["dataflow"] = spec.dataflow;
  out["indicator"] = spec.indicator;
  out["parameters"] = {{"k", spec.rule.k},
                       {"interval_width", spec.rule.width},
                       {"zeros_sensitive", !spec.zeros_public},
                       {"depth_from", spec.depth_from}};
  out["counts"] = {{"rows", rows}, {"hidden", hidden}, {"hidden_protected", targets}};
  out["narrowest_interval"] = narrowest ? Json(*narrowest) : Json();
  out["published_sha256"] = crypto::hex(crypto::sha256(published).span());
  out["slices"] = std::move(slices);
  return out.dump() + "\n";
}

}  // namespace rapporteur::anonymise
