#include "broker/core/feed.h"

#include <algorithm>

#include "proto/base/check.h"
#include "proto/base/limits.h"
#include "proto/base/sabotage.h"

namespace rapporteur::core {
namespace {

// Groups of few entries are joined, so that a quiet hub's window is not a list of single items.
constexpr std::size_t kJoinedItems = 64;

Feed::Run run_in(const Chunk& chunk, LogIndex from) {
  const auto first = std::ranges::lower_bound(chunk.items, from, std::ranges::less{},
                                              [](const ItemPtr& item) { return item->index; });
  return {std::span(first, chunk.items.end()), chunk.end};
}

}  // namespace

Feed::Feed(TreeSize size, FeedBounds bounds) : size_(size), bounds_(bounds) {}

LogIndex Feed::window_begin() const {
  return window_.empty() ? LogIndex{size_.value} : window_.front().first;
}

void Feed::grow(Chunk added) {
  RAPPORTEUR_CHECK(added.first.value == size_.value && added.end >= added.first);
  RAPPORTEUR_CHECK(added.items.empty() || (added.items.front()->index >= added.first &&
                                           added.items.back()->index < added.end));
  if (added.end == added.first) return;
  size_ = TreeSize{added.end.value};
  window_bytes_ += added.bytes;
  if (!window_.empty() && window_.back().items.size() + added.items.size() <= kJoinedItems) {
    Chunk& last = window_.back();
    last.end = added.end;
    last.bytes += added.bytes;
    last.items.insert(last.items.end(), added.items.begin(), added.items.end());
  } else {
    window_.push_back(std::move(added));
  }
  while (window_.size() > 1 && window_bytes_ > bounds_.window_bytes) {
    window_bytes_ -= window_.front().bytes;
    window_.pop_front();
  }
}

std::optional<Feed::Run> Feed::run(LogIndex from) {
  if (from.value >= size_.value) return std::nullopt;
  if (from >= window_begin()) {
    const auto after = std::ranges::upper_bound(window_, from, std::ranges::less{}, &Chunk::first);
    return run_in(*std::prev(after), from);
  }
  const Chunk* chunk = cached(from);
  if (chunk == nullptr) return std::nullopt;
  return run_in(*chunk, from);
}

const Chunk* Feed::cached(LogIndex from) {
  auto after = cache_.upper_bound(from.value);
  if (after == cache_.begin()) return nullptr;
  Cached& candidate = std::prev(after)->second;
  if (from >= candidate.chunk.end) return nullptr;
  candidate.used = ++uses_;
  return &candidate.chunk;
}

std::optional<std::pair<LogIndex, LogIndex>> Feed::missing(LogIndex from) {
  if (from >= window_begin() || asked_.size() >= limits::kChunkReads || cached(from) != nullptr) {
    return std::nullopt;
  }
  if (!asked_.insert(from.value).second) return std::nullopt;
  const std::uint64_t block_end = (from.value / limits::kChunkEntries + 1) * limits::kChunkEntries;
  return std::pair(from, LogIndex{std::min(block_end, window_begin().value)});
}

void Feed::erase(const std::vector<LogIndex>& indices) {
  if (sabotaged("erased-still-delivered")) return;
  for (const LogIndex index : indices) {
    for (Chunk& chunk : window_) window_bytes_ -= erase_in(chunk, index);
    for (auto& [first, cached] : cache_) cache_bytes_ -= erase_in(cached.chunk, index);
    if (!asked_.empty()) erased_.insert(index);
  }
}

std::size_t Feed::erase_in(Chunk& chunk, LogIndex index) {
  if (index < chunk.first || index >= chunk.end) return 0;
  const auto item = std::ranges::lower_bound(chunk.items, index, std::ranges::less{},
                                             [](const ItemPtr& one) { return one->index; });
  if (item == chunk.items.end() || (*item)->index != index) return 0;
  const std::size_t before = (*item)->field.size();
  *item = erased(**item);
  const std::size_t freed = before - (*item)->field.size();
  chunk.bytes -= freed;
  return freed;
}

void Feed::keep(Chunk read) {
  asked_.erase(read.first.value);
  for (auto index = erased_.lower_bound(read.first); index != erased_.end() && *index < read.end;
       ++index) {
    static_cast<void>(erase_in(read, *index));
  }
  if (asked_.empty()) erased_.clear();
  if (read.end == read.first) return;
  const std::uint64_t first = read.first.value;
  if (const auto old = cache_.find(first); old != cache_.end()) {
    cache_bytes_ -= old->second.chunk.bytes;
    cache_.erase(old);
  }
  cache_bytes_ += read.bytes;
  cache_.emplace(first, Cached{std::move(read), ++uses_});
  evict();
}

void Feed::failed(LogIndex first) {
  asked_.erase(first.value);
  if (asked_.empty()) erased_.clear();
}

void Feed::evict() {
  while (cache_.size() > 1 &&
         (cache_bytes_ > bounds_.cache_bytes || cache_.size() > limits::kChunksCached)) {
    const auto oldest = std::ranges::min_element(
        cache_, std::ranges::less{}, [](const auto& entry) { return entry.second.used; });
    cache_bytes_ -= oldest->second.chunk.bytes;
    cache_.erase(oldest);
  }
}

}  // namespace rapporteur::core
