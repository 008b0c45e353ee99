#include "broker/disclosure/line_parts.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "proto/codelists/code_lists.h"

namespace rapporteur::disclosure {
namespace {

using BandsByFirstAge = std::map<int, rules::AgeEdge>;

// Of equal first ages the narrowest band, of equal ones the first.
BandsByFirstAge innermost(const std::vector<rules::AgeEdge>& bands) {
  BandsByFirstAge inner;
  for (const rules::AgeEdge& band : bands) {
    const auto [there, is_new] = inner.try_emplace(band.first, band);
    if (!is_new &&
        std::tie(band.end, band.member) < std::tie(there->second.end, there->second.member)) {
      there->second = band;
    }
  }
  return inner;
}

// Empty if there is a gap.
std::vector<std::uint32_t> between(const BandsByFirstAge& inner, int first, int end) {
  std::vector<std::uint32_t> parts;
  int reached = first;
  while (reached < end) {
    const auto next = inner.find(reached);
    if (next == inner.end()) return {};
    parts.push_back(next->second.member);
    reached = next->second.end;
  }
  return reached == end ? parts : std::vector<std::uint32_t>{};
}

}  // namespace

AgeLine ages_of(const CellLattice& lattice, CellLattice::Line line) {
  AgeLine ages;
  for (const std::uint32_t part : line) {
    const std::string_view code = lattice.code(Dimension::kAge, part);
    if (code == "_U") ages.unknown = part;
    if (const auto edge = rules::age_edge(code, part)) ages.bands.push_back(*edge);
  }
  return ages;
}

std::vector<LineSum> age_sums(const AgeLine& ages, std::optional<std::uint32_t> total) {
  std::vector<LineSum> sums;
  const BandsByFirstAge inner = innermost(ages.bands);
  for (const rules::AgeEdge& band : ages.bands) {
    if (inner.at(band.first).member == band.member) continue;
    auto parts = between(inner, band.first, band.end);
    if (!parts.empty()) sums.push_back({band.member, std::move(parts)});
  }
  auto parts = between(inner, 0, codelists::AgeBand::kNoUpperEnd);
  if (!total || parts.empty()) return sums;
  if (ages.unknown) parts.push_back(*ages.unknown);
  std::sort(parts.begin(), parts.end());
  sums.push_back({*total, std::move(parts)});
  return sums;
}

std::vector<LineSum> indicator_sums(const CellLattice& lattice) {
  std::vector<LineSum> sums;
  for (const codelists::Indicator& whole : codelists::indicators()) {
    const auto total = lattice.pool().position(Dimension::kIndicator, whole.code);
    std::vector<std::uint32_t> codes;
    for (const std::string_view part : whole.parts) {
      const auto code = lattice.pool().position(Dimension::kIndicator, part);
      if (code) codes.push_back(*code);
    }
    if (!total || codes.empty() || codes.size() < whole.parts.size()) continue;
    lattice.each_line(Dimension::kIndicator, [&](CellLattice::Line line) {
      const rules::Cell& like = lattice.cells()[line.front()];
      const auto all = lattice.beside(like, Dimension::kIndicator, *total);
      std::vector<std::uint32_t> parts;
      for (const std::uint32_t code : codes) {
        const auto part = lattice.beside(like, Dimension::kIndicator, code);
        if (part) parts.push_back(*part);
      }
      if (!all || parts.size() < codes.size()) return;
      std::sort(parts.begin(), parts.end());
      sums.push_back({*all, std::move(parts)});
    });
  }
  return sums;
}

bool mixes_areas(const CellLattice& lattice, Dimension d, CellLattice::Line line) {
  if (d != Dimension::kCitizen && d != Dimension::kRegOrg && d != Dimension::kCounterpartArea) {
    return false;
  }
  bool countries = false;
  bool collectives = false;
  for (const std::uint32_t part : line) {
    const std::string_view code = lattice.code(d, part);
    if (code == "_O" || code == "_U") continue;
    (code.size() == 2 ? countries : collectives) = true;
  }
  return countries && collectives;
}

}  // namespace rapporteur::disclosure
