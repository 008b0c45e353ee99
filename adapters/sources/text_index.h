// Distinct texts, numbered in the order of their first use.
//
// Threads: one at a time. Lifetime: views of texts stay valid until take().
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/statistics/observation_set.h"

namespace rapporteur::sources {

// Open addressing over the numbers, since every cell of a file is looked up here.
class TextIndex {
 public:
  TextIndex() : slots_(kFirstSlots, kFree) {}

  std::uint32_t intern(std::string_view text) {
    const std::size_t hash = std::hash<std::string_view>{}(text);
    std::size_t slot = hash & (slots_.size() - 1);
    while (slots_[slot] != kFree) {
      if (hashes_[slots_[slot]] == hash && texts_[slots_[slot]] == text) return slots_[slot];
      slot = (slot + 1) & (slots_.size() - 1);
    }
    const auto number = static_cast<std::uint32_t>(texts_.size());
    texts_.emplace_back(text);
    hashes_.push_back(hash);
    slots_[slot] = number;
    if (texts_.size() * 2 > slots_.size()) grow();
    return number;
  }
  [[nodiscard]] std::size_t size() const { return texts_.size(); }
  [[nodiscard]] const std::string& text(std::uint32_t number) const { return texts_[number]; }
  [[nodiscard]] std::vector<std::string> take() { return std::move(texts_); }

 private:
  static constexpr std::size_t kFirstSlots = 64;  // a power of two
  static constexpr std::uint32_t kFree = 0xFFFFFFFF;

  void grow() {
    slots_.assign(slots_.size() * 2, kFree);
    for (std::uint32_t number = 0; number < texts_.size(); ++number) {
      std::size_t slot = hashes_[number] & (slots_.size() - 1);
      while (slots_[slot] != kFree) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = number;
    }
  }

  std::vector<std::uint32_t> slots_;
  std::vector<std::string> texts_;
  std::vector<std::size_t> hashes_;
};

// A column of codes while rows are added; one code for all rows needs no index.
class CodeColumn {
 public:
  TextIndex codes;

  void push(std::uint32_t code) {
    if (code != 0 && indices_.empty()) indices_.assign(rows_, 0);
    if (code != 0 || !indices_.empty()) indices_.push_back(code);
    ++rows_;
  }
  [[nodiscard]] Column take() { return {codes.take(), std::move(indices_)}; }

 private:
  std::vector<std::uint32_t> indices_;
  std::size_t rows_ = 0;
};

}  // namespace rapporteur::sources
