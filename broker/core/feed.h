// The items that are delivered, as far as they are in memory: the newest of the log, and chunks
// read from disk that several subscriptions share.
//
// Bounds: window and cache by bytes; what is not here is asked for by its first index.
// Threads: one.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>

#include "broker/core/item.h"

namespace rapporteur::core {

struct FeedBounds {
  std::size_t window_bytes;
  std::size_t cache_bytes;
};

class Feed {
 public:
  // `size` is that of the log now; nothing below it is in memory.
  Feed(TreeSize size, FeedBounds bounds);

  [[nodiscard]] TreeSize size() const { return size_; }
  // `added.first` is size(); every item lies in [first, end).
  void grow(Chunk added);

  struct Run {
    std::span<const ItemPtr> items;  // by index, all at or above what was asked for
    LogIndex end;                    // everything below it is in `items`
  };
  // Lifetime: until the next call of a non-const function. Empty: at the end of the log, or not in
  // memory.
  [[nodiscard]] std::optional<Run> run(LogIndex from);

  // The piece to be read for `from`, unless it is here, was asked for, or too many were.
  [[nodiscard]] std::optional<std::pair<LogIndex, LogIndex>> missing(LogIndex from);
  void keep(Chunk read);
  void failed(LogIndex first);
  // Their bodies are not shown any more, also not by a piece that was read before.
  void erase(const std::vector<LogIndex>& indices);

 private:
  struct Cached {
    Chunk chunk;
    std::uint64_t used = 0;
  };
  [[nodiscard]] LogIndex window_begin() const;
  [[nodiscard]] const Chunk* cached(LogIndex from);
  void evict();
  // How many bytes that frees.
  static std::size_t erase_in(Chunk& chunk, LogIndex index);

  TreeSize size_;
  FeedBounds bounds_;
  std::deque<Chunk> window_;  // consecutive; the last ends at size_
  std::size_t window_bytes_ = 0;
  std::map<std::uint64_t, Cached> cache_;  // by first index
  std::size_t cache_bytes_ = 0;
  std::uint64_t uses_ = 0;
  std::set<std::uint64_t> asked_;
  std::set<LogIndex> erased_;  // while something is asked for
};

}  // namespace rapporteur::core
