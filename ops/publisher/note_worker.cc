#include "ops/publisher/note_worker.h"

#include <algorithm>

#include <spdlog/logger.h>

namespace rapporteur::publisher {
namespace {

constexpr std::chrono::milliseconds kRetryLeast{1'000};
constexpr std::chrono::milliseconds kRetryMost{60'000};

}  // namespace

NoteWorker::NoteWorker(Options options, std::function<Status(const std::string& note)> work,
                       spdlog::logger& logger)
    : options_(std::move(options)),
      work_(std::move(work)),
      logger_(logger),
      thread_([this] { run(); }) {}

NoteWorker::~NoteWorker() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void NoteWorker::offer(const std::string& note) {
  {
    const std::lock_guard lock(mutex_);
    note_ = note;
  }
  changed_.notify_one();
}

void NoteWorker::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopped_ || note_.has_value(); });
    if (stopped_) return;
    const std::string note = std::move(*note_);
    note_.reset();
    lock.unlock();
    const Status done = work_(note);
    say(done);
    lock.lock();
    if (!done && !note_) note_ = note;
    const auto pause =
        done ? options_.interval : std::clamp(options_.interval, kRetryLeast, kRetryMost);
    changed_.wait_for(lock, pause, [&] { return stopped_; });
  }
}

void NoteWorker::say(const Status& done) {
  std::string wrong = done ? std::string() : done.error().line();
  if (wrong == said_) return;
  if (wrong.empty()) {
    logger_.info("{}: right again", options_.name);
  } else {
    logger_.warn("{}: {}", options_.name, wrong);
  }
  said_ = std::move(wrong);
}

}  // namespace rapporteur::publisher
