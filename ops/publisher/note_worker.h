// Does something with the newest checkpoint, now and then, on a thread of its own: whoever offers
// one never waits.
//
// Threads: offer() from any. What is wrong is logged once, and once more when it is right again; a
// note that failed is tried again unless a newer one has come. The destructor waits for work that
// is under way.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "proto/base/result.h"

namespace spdlog {
class logger;
}

namespace rapporteur::publisher {

class NoteWorker {
 public:
  struct Options {
    std::string name;                    // in the log
    std::chrono::milliseconds interval;  // between two notes
  };
  // The logger outlives it.
  NoteWorker(Options options, std::function<Status(const std::string& note)> work,
             spdlog::logger& logger);
  ~NoteWorker();
  NoteWorker(const NoteWorker&) = delete;
  NoteWorker& operator=(const NoteWorker&) = delete;

  // The newest one offered is taken when the interval is over.
  void offer(const std::string& note);

 private:
  void run();
  void say(const Status& done);

  Options options_;
  std::function<Status(const std::string&)> work_;
  spdlog::logger& logger_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::string> note_;
  bool stopped_ = false;
  std::string said_;
  std::thread thread_;
};

}  // namespace rapporteur::publisher
