// The reader thread: chunks for subscribers, places to begin at, answers to questions.
//
// Chunks come first. Long searches go in slices, so that nobody waits for one.
// Threads: one of its own; take() from any. Bounds: the core counts what is under way.
// Lifetime: all referenced objects outlive it.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <variant>

#include "broker/admission/questions.h"
#include "broker/core/ports.h"

namespace rapporteur::admission {

class LogReader {
 public:
  LogReader(const journal::JournalReader& reader, const Questions& questions,
            core::EventSink& answers);
  // Ends the thread after the job under way.
  ~LogReader();
  LogReader(const LogReader&) = delete;
  LogReader& operator=(const LogReader&) = delete;

  void take(core::ReadChunk job);
  void take(core::FindStart job);
  void take(core::FindExpired job);
  void take(core::Ask job);
  void stop();

 private:
  using Job = std::variant<core::ReadChunk, core::FindStart, core::FindExpired, core::Ask>;
  void push(Job job);
  void run();
  void post(core::Event event);
  void carry_out(core::ReadChunk job);
  void carry_out(core::FindStart job);
  void carry_out(const core::FindExpired& job);
  void carry_out(core::Ask job);
  [[nodiscard]] Result<LogIndex> first_not_older(std::uint64_t time_ms, TreeSize size) const;

  const journal::JournalReader& reader_;
  const Questions& questions_;
  core::EventSink& answers_;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<core::ReadChunk> chunks_;
  std::deque<Job> jobs_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace rapporteur::admission
