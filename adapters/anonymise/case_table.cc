#include "adapters/anonymise/case_table.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "proto/base/check.h"

namespace rapporteur::anonymise {
namespace {

// Calls `use` for each combination of one element a list.
template <typename Use>
void each_combination(std::span<const std::vector<std::uint16_t>* const> lists, const Use& use) {
  std::vector<std::size_t> at(lists.size(), 0);
  Key key(lists.size());
  while (true) {
    for (std::size_t i = 0; i < lists.size(); ++i) key[i] = (*lists[i])[at[i]];
    use(key);
    std::size_t i = 0;
    while (i < lists.size() && ++at[i] == lists[i]->size()) at[i++] = 0;
    if (i == lists.size()) return;
  }
}

}  // namespace

CaseTable::CaseTable(std::vector<Axis> axes, const std::map<Key, std::int64_t>& counts)
    : axes_(std::move(axes)) {
  index_codes();
  for (const auto& [leaves, count] : counts) {
    RAPPORTEUR_CHECK(leaves.size() == axes_.size() && count >= 0);
    atom_at_.emplace(place(leaves, leaf_strides_), static_cast<std::uint32_t>(atom_keys_.size()));
    atom_keys_.push_back(leaves);
    atom_counts_.push_back(count);
  }
  add_cells();
  add_lines();
}

void CaseTable::index_codes() {
  std::uint64_t codes = 1;
  std::uint64_t leaves = 1;
  for (const Axis& axis : axes_) {
    code_strides_.push_back(codes);
    leaf_strides_.push_back(leaves);
    // More could not be told apart; no table that fits into memory comes near.
    RAPPORTEUR_CHECK(codes <= UINT64_MAX / axis.codes.size() / 2);
    codes *= axis.codes.size();
    leaves *= axis.leaves;
    auto& holders = holders_.emplace_back(axis.leaves);
    auto& holds = holds_.emplace_back(axis.codes.size() * axis.leaves, 0);
    for (std::size_t code = 0; code < axis.codes.size(); ++code) {
      for (const std::uint32_t leaf : axis.codes[code].leaves) {
        RAPPORTEUR_CHECK(leaf < axis.leaves);
        holders[leaf].push_back(static_cast<std::uint16_t>(code));
        holds[code * axis.leaves + leaf] = 1;
      }
    }
  }
}

std::uint64_t CaseTable::place(const Key& key, const std::vector<std::uint64_t>& strides) const {
  std::uint64_t place = 0;
  for (std::size_t i = 0; i < key.size(); ++i) place += key[i] * strides[i];
  return place;
}

void CaseTable::add_cells() {
  std::map<Key, std::vector<std::uint32_t>> cells;
  std::vector<const std::vector<std::uint16_t>*> lists(axes_.size());
  for (std::uint32_t atom = 0; atom < atom_keys_.size(); ++atom) {
    for (std::size_t i = 0; i < axes_.size(); ++i) lists[i] = &holders_[i][atom_keys_[atom][i]];
    if (std::ranges::any_of(lists, [](const auto* list) { return list->empty(); })) continue;
    each_combination(lists, [&](const Key& key) { cells[key].push_back(atom); });
  }
  for (auto& [key, atoms] : cells) {
    cell_at_.emplace(place(key, code_strides_), static_cast<std::uint32_t>(cell_keys_.size()));
    cell_keys_.push_back(key);
    cell_counts_.push_back(
        std::accumulate(atoms.begin(), atoms.end(), std::int64_t{0},
                        [&](std::int64_t sum, std::uint32_t a) { return sum + atom_counts_[a]; }));
    atoms_of_.push_back(std::move(atoms));
  }
}

void CaseTable::add_lines() {
  for (std::uint32_t cell = 0; cell < cell_keys_.size(); ++cell) {
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      const Code& code = axes_[i].codes[cell_keys_[cell][i]];
      if (code.parts.empty()) continue;
      Line line{cell, {}};
      Key key = cell_keys_[cell];
      for (const std::uint32_t part : code.parts) {
        key[i] = static_cast<std::uint16_t>(part);
        if (const auto found = cell_at(key)) line.parts.push_back(*found);
      }
      lines_.push_back(std::move(line));
    }
  }
}

std::optional<std::uint32_t> CaseTable::cell_at(const Key& codes) const {
  const auto found = cell_at_.find(place(codes, code_strides_));
  if (found == cell_at_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::uint32_t> CaseTable::atom_at(const Key& leaves) const {
  const auto found = atom_at_.find(place(leaves, leaf_strides_));
  if (found == atom_at_.end()) return std::nullopt;
  return found->second;
}

}  // namespace rapporteur::anonymise
