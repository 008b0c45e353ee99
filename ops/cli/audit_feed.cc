#include "ops/cli/audit_feed.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "ops/cli/all_cores.h"

namespace rapporteur::cli {
namespace {

constexpr std::size_t kEntriesAtOnce = 4'096;
constexpr std::size_t kBytesAtOnce = 8UL << 20U;
constexpr std::size_t kChunksAhead = 3;

// Consecutive entries, and the log's checkpoints over sizes up to their end.
struct Chunk {
  std::uint64_t end = 0;
  std::vector<journal::StoredEntry> entries;
  std::vector<Digest> leaves;
  std::vector<std::pair<TreeSize, std::string>> notes;
};

// Reads chunks on a thread of its own, no more than kChunksAhead before they are used.
class ReadAhead {
 public:
  explicit ReadAhead(exports::EntrySource& source)
      : source_(source), thread_([this](const std::stop_token& stop) { read(stop); }) {}

  // Empty at the end of the log, and where reading failed: status() says which.
  std::optional<Chunk> next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return done_ || !chunks_.empty(); });
    if (chunks_.empty()) return std::nullopt;
    Chunk chunk = std::move(chunks_.front());
    chunks_.pop_front();
    lock.unlock();
    changed_.notify_all();
    return chunk;
  }
  Status status() {
    const std::lock_guard lock(mutex_);
    return status_;
  }

 private:
  void read(const std::stop_token& stop) {
    Status read = read_all(stop);
    {
      const std::lock_guard lock(mutex_);
      status_ = std::move(read);
      done_ = true;
    }
    changed_.notify_all();
  }

  Status read_all(const std::stop_token& stop) {
    Chunk chunk;
    Status read = fill(chunk);
    const auto next_chunk = [&] {
      if (!push(std::exchange(chunk, Chunk{chunk.end, {}, {}, {}}), stop)) return false;
      read = fill(chunk);
      return read.has_value();
    };
    if (!read) return read;
    auto listed = source_.checkpoints([&](TreeSize size, const std::string& note) {
      while (size.value > chunk.end && chunk.end < source_.size().value) {
        if (!next_chunk()) return false;
      }
      chunk.notes.emplace_back(size, note);
      return true;
    });
    if (!listed || !read) return read ? listed : read;
    while (!stop.stop_requested() && chunk.end < source_.size().value) {
      if (!next_chunk()) return read;
    }
    static_cast<void>(push(std::move(chunk), stop));
    return {};
  }

  // With the entries from its end on.
  Status fill(Chunk& chunk) {
    const std::uint64_t left = source_.size().value - chunk.end;
    if (left == 0) return {};
    auto entries = source_.entries(LogIndex{chunk.end},
                                   std::min<std::uint64_t>(left, kEntriesAtOnce), kBytesAtOnce);
    if (entries && entries->empty()) {
      entries = fail(ErrorKind::kNotVerified, "the entry is missing");
    }
    if (!entries) {
      Error error = entries.error();
      const std::string place = "entry " + std::to_string(chunk.end) + " or one soon after it";
      if (error.where.empty()) {
        error.where = place;
      } else if (!error.where.starts_with("entry ")) {
        error.where = place + ": " + error.where;
      }
      return tl::unexpected(std::move(error));
    }
    chunk.entries = std::move(*entries);
    chunk.end += chunk.entries.size();
    chunk.leaves.resize(chunk.entries.size());
    on_all_cores(chunk.entries.size(), [&](std::size_t i) {
      const journal::StoredEntry& entry = chunk.entries[i];
      chunk.leaves[i] = merkle::record_leaf_hash(bytes_of(entry.nonce), bytes_of(entry.record));
    });
    return {};
  }

  // False when nobody wants more.
  bool push(Chunk chunk, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [this] { return chunks_.size() < kChunksAhead; })) return false;
    chunks_.push_back(std::move(chunk));
    lock.unlock();
    changed_.notify_all();
    return true;
  }

  exports::EntrySource& source_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Chunk> chunks_;
  bool done_ = false;
  Status status_;
  std::jthread thread_;  // last, so that all of the above is there while it runs
};

// Entries and checkpoints, its own and given ones, in the order of the log. Each returns false when
// something is known to be wrong.
class Feeder {
 public:
  Feeder(std::span<const GivenCheckpoint> given, verify::LogAudit& audit)
      : given_(given), audit_(audit) {}

  bool feed(const Chunk& chunk) {
    auto own = chunk.notes.begin();
    const auto checkpoints = [&] {
      bool good = true;
      for (; good && own != chunk.notes.end() && own->first <= audit_.size(); ++own) {
        good = audit_.add_checkpoint(own->second);
      }
      return good && given_up_to(audit_.size());
    };
    for (std::size_t i = 0; i < chunk.entries.size(); ++i) {
      const journal::StoredEntry& entry = chunk.entries[i];
      if (!checkpoints() ||
          !audit_.add({entry.index, bytes_of(entry.nonce), bytes_of(entry.record),
                       bytes_of(entry.salt), bytes_of(entry.body), chunk.leaves[i],
                       entry.state == journal::BodyState::kSealed, entry.erased_by})) {
        return false;
      }
    }
    bool good = true;
    for (; good && own != chunk.notes.end(); ++own) good = audit_.add_checkpoint(own->second);
    return good;
  }
  bool given_up_to(TreeSize size) {
    bool good = true;
    while (good && !given_.empty() && given_.front().head.size <= size) {
      good = audit_.add_checkpoint(given_.front().note, given_.front().file);
      given_ = given_.subspan(1);
    }
    return good;
  }

 private:
  std::span<const GivenCheckpoint> given_;
  verify::LogAudit& audit_;
};

}  // namespace

std::function<void()> run_checks_on_all_cores(std::span<verify::Check> checks) {
  return start_on_all_cores(checks.size(), [checks](std::size_t i) { checks[i].run(); });
}

Status feed_audit(exports::EntrySource& source, std::span<const GivenCheckpoint> given,
                  verify::LogAudit& audit, const std::function<void(std::uint64_t)>& advanced_to) {
  ReadAhead ahead(source);
  Feeder feeder(given, audit);
  bool good = true;
  while (good) {
    const auto chunk = ahead.next();
    if (!chunk) break;
    good = feeder.feed(*chunk);
    advanced_to(audit.size().value);
  }
  if (!good) return {};
  if (auto read = ahead.status(); !read) return read;
  static_cast<void>(feeder.given_up_to(TreeSize{UINT64_MAX}));
  return {};
}

}  // namespace rapporteur::cli
