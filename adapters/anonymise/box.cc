#include "adapters/anonymise/box.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace rapporteur::anonymise {
namespace {

// Of the atoms below a cell only so many are tried as the first corner.
constexpr std::size_t kCorners = 4;

class BoxSearch {
 public:
  BoxSearch(const CaseTable& table, std::span<const char> hidden, std::span<const char> kept,
            const BoxTask& task)
      : table_(table), hidden_(hidden), kept_(kept), task_(task) {}

  std::optional<Box> run() && {
    const auto& atoms = table_.atoms_of(task_.cell);
    for (std::size_t i = 0; i < std::min(atoms.size(), kCorners); ++i) {
      first_ = &table_.leaves_of(atoms[i]);
      for (std::uint32_t opposite = 0; opposite < table_.atoms(); ++opposite) {
        opposite_ = &table_.leaves_of(opposite);
        if (opposite_ != first_) look_at();
      }
    }
    return std::move(best_);
  }

 private:
  void look_at() {
    differing_.clear();
    for (std::size_t axis = 0; axis < first_->size(); ++axis) {
      const std::uint16_t other = (*opposite_)[axis];
      if (other == (*first_)[axis]) continue;
      // The cell itself would hold both ends and not change.
      if (table_.holds(axis, table_.key(task_.cell)[axis], other)) return;
      differing_.push_back(axis);
    }
    if (corners_allow()) weigh();
  }

  // Every other corner is an atom; each from which counts are taken has enough.
  [[nodiscard]] bool corners_allow() {
    for (std::uint32_t corner = 1; corner < 1U << differing_.size(); ++corner) {
      Key& key = scratch_;
      key = *first_;
      for (std::size_t i = 0; i < differing_.size(); ++i) {
        if ((corner >> i & 1U) != 0) key[differing_[i]] = (*opposite_)[differing_[i]];
      }
      const auto atom = table_.atom_at(key);
      if (!atom) return false;
      const bool loses = std::popcount(corner) % 2 == 1;
      if (loses && table_.atom_count(*atom) - task_.amount < task_.least) return false;
    }
    return true;
  }

  // Codes along an axis that hold one of the ends, but not both.
  void list_codes() {
    lists_.resize(first_->size());
    for (std::size_t axis = 0; axis < first_->size(); ++axis) {
      const std::uint16_t one = (*first_)[axis];
      const std::uint16_t other = (*opposite_)[axis];
      auto& list = lists_[axis];
      list = table_.holders(axis, one);
      if (one == other) continue;
      std::erase_if(list, [&](std::uint16_t code) { return table_.holds(axis, code, other); });
      for (const std::uint16_t code : table_.holders(axis, other)) {
        if (!table_.holds(axis, code, one)) list.push_back(code);
      }
    }
  }

  void weigh() {
    list_codes();
    Box box;
    at_.assign(lists_.size(), 0);
    Key& key = scratch_;
    key.resize(lists_.size());
    while (true) {
      for (std::size_t i = 0; i < lists_.size(); ++i) key[i] = lists_[i][at_[i]];
      const auto cell = table_.cell_at(key);
      if (cell && hidden_[*cell] == 0) {
        if (kept_[*cell] != 0) return;
        box.to_hide.push_back(*cell);
        box.price += price_of(table_.count(*cell));
        if (best_ && box.price >= best_->price) return;
      }
      std::size_t i = 0;
      while (i < lists_.size() && ++at_[i] == lists_[i].size()) at_[i++] = 0;
      if (i == lists_.size()) break;
    }
    best_ = std::move(box);
  }

  const CaseTable& table_;
  std::span<const char> hidden_;
  std::span<const char> kept_;
  BoxTask task_;
  const Key* first_ = nullptr;
  const Key* opposite_ = nullptr;
  std::optional<Box> best_;
  // Kept between boxes, so that nothing is allocated for each.
  std::vector<std::size_t> differing_;
  std::vector<std::vector<std::uint16_t>> lists_;
  std::vector<std::size_t> at_;
  Key scratch_;
};

}  // namespace

std::optional<Box> cheapest_box(const CaseTable& table, std::span<const char> hidden,
                                std::span<const char> kept, const BoxTask& task) {
  return BoxSearch(table, hidden, kept, task).run();
}

std::uint64_t price_of(std::int64_t count) {
  return 1 + static_cast<std::uint64_t>(std::bit_width(static_cast<std::uint64_t>(count)));
}

}  // namespace rapporteur::anonymise
