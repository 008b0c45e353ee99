// A journal in memory whose appends wait at a gate, so that a test decides what happens meanwhile.
//
// Threads: as Journal; the test's side from any.
#pragma once

#include <condition_variable>

#include "tests/fakes/memory_journal.h"

namespace rapporteur::fakes {

class GatedJournal final : public journal::Journal {
 public:
  [[nodiscard]] Result<journal::Group> append(std::span<journal::Draft> drafts) override {
    std::unique_lock lock(mutex_);
    groups_.push_back(drafts.size());
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_ || groups_.size() <= let_through_; });
    if (broken_) return fail(ErrorKind::kStorage, "the disk of the test is full");
    return memory_.append(drafts);
  }
  [[nodiscard]] const journal::JournalReader& reader() const override { return memory_; }
  [[nodiscard]] std::optional<Error> poisoned() const override { return std::nullopt; }

  // Returns when the n-th append, from 1, stands at the gate or has passed it.
  void wait_for_append(std::size_t n) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return groups_.size() >= n; });
  }
  // Lets the next append that stands or will stand at the gate through.
  void let_one_through() {
    const std::lock_guard lock(mutex_);
    ++let_through_;
    changed_.notify_all();
  }
  void open_gate() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  // Appends wait again; returns how many came so far.
  std::size_t close_gate() {
    const std::lock_guard lock(mutex_);
    open_ = false;
    let_through_ = groups_.size();
    return let_through_;
  }
  // Every append that passes from now on fails.
  void break_disk() {
    const std::lock_guard lock(mutex_);
    broken_ = true;
  }
  // Drafts of each append so far.
  [[nodiscard]] std::vector<std::size_t> groups() const {
    const std::lock_guard lock(mutex_);
    return groups_;
  }
  [[nodiscard]] MemoryJournal& memory() { return memory_; }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  MemoryJournal memory_;
  std::vector<std::size_t> groups_;
  std::size_t let_through_ = 0;
  bool open_ = false;
  bool broken_ = false;
};

}  // namespace rapporteur::fakes
