#include "ops/bench/table_shapes.h"

#include <cmath>
#include <numeric>
#include <random>

namespace rapporteur::bench {
namespace {

constexpr double kExponent = 1.2;
constexpr double kSpread = 0.7;

std::vector<double> shares(std::uint32_t leaves) {
  std::vector<double> out(leaves);
  for (std::uint32_t i = 0; i < leaves; ++i) out[i] = 1.0 / std::pow(i + 1, kExponent);
  const double sum = std::accumulate(out.begin(), out.end(), 0.0);
  for (double& share : out) share /= sum;
  return out;
}

}  // namespace

anonymise::Axis flat_axis(std::uint32_t leaves) {
  anonymise::Axis axis;
  axis.leaves = leaves;
  axis.total = 0;
  axis.codes.resize(1);
  axis.codes[0].code = "_T";
  for (std::uint32_t leaf = 0; leaf < leaves; ++leaf) {
    axis.codes[0].leaves.push_back(leaf);
    axis.codes[0].parts.push_back(leaf + 1);
    axis.codes.push_back({std::to_string(leaf), {leaf}, {}});
  }
  return axis;
}

anonymise::Axis area_axis() {
  constexpr std::uint32_t kAreas = 27;
  constexpr std::uint32_t kGroups[] = {0, 7, 14, 20, kAreas};
  anonymise::Axis axis = flat_axis(kAreas);
  axis.codes[0].parts.clear();
  for (std::size_t group = 0; group + 1 < std::size(kGroups); ++group) {
    anonymise::Code code{"group " + std::to_string(group), {}, {}};
    for (std::uint32_t leaf = kGroups[group]; leaf < kGroups[group + 1]; ++leaf) {
      code.leaves.push_back(leaf);
      code.parts.push_back(leaf + 1);
    }
    axis.codes[0].parts.push_back(static_cast<std::uint32_t>(axis.codes.size()));
    axis.codes.push_back(std::move(code));
  }
  return axis;
}

ShapedTable shaped_table(std::vector<anonymise::Axis> axes, double cases, std::uint64_t seed,
                         std::int64_t least) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> spread(0, kSpread);
  std::vector<std::vector<double>> weights;
  for (const anonymise::Axis& axis : axes) weights.push_back(shares(axis.leaves));
  ShapedTable table{std::move(axes), {}};
  anonymise::Key key(table.axes.size(), 0);
  while (true) {
    double mean = cases;
    for (std::size_t i = 0; i < key.size(); ++i) mean *= weights[i][key[i]];
    std::poisson_distribution<std::int64_t> counted(mean * std::exp(spread(random)));
    const std::int64_t count = counted(random) + least;
    if (count > 0) table.counts[key] = count;
    std::size_t i = 0;
    while (i < key.size() && ++key[i] == table.axes[i].leaves) key[i++] = 0;
    if (i == key.size()) return table;
  }
}

}  // namespace rapporteur::bench
