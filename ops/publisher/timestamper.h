// Has checkpoints stamped by a time-stamping authority of RFC 3161, and keeps the tokens.
//
// In the folder: `<size>.checkpoint`, the note, and `<size>.checkpoint.tsr`, the authority's
// response over its SHA-256, as `openssl ts -verify -data` takes them too. A token is verified
// before it is kept.
// Threads: one of its own; offer() from any, and never waits. Errors: make: kConfiguration for the
// URL or the folder. What is wrong with the authority is logged once, and tried again.
// Source: RFC 3161, section 3.4.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "ops/publisher/http_call.h"
#include "proto/base/clock.h"

namespace spdlog {
class logger;
}

namespace rapporteur::publisher {

struct TimestamperOptions {
  std::string url;
  std::filesystem::path ca;      // PEM
  std::filesystem::path folder;  // made if it is not there
  std::chrono::milliseconds interval{3'600'000};
  std::chrono::milliseconds timeout{10'000};
};

class Timestamper {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Timestamper>> make(const TimestamperOptions& options,
                                                                 spdlog::logger& logger);
  ~Timestamper();
  Timestamper(const Timestamper&) = delete;
  Timestamper& operator=(const Timestamper&) = delete;

  // The newest checkpoint offered is stamped when the interval is over.
  void offer(const std::string& note);

 private:
  Timestamper(const TimestamperOptions& options, HttpCaller caller, spdlog::logger& logger);
  void run();
  [[nodiscard]] Status stamp(const std::string& note);
  void say(const Status& stamped);

  TimestamperOptions options_;
  HttpCaller caller_;
  spdlog::logger& logger_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::string> note_;
  bool stopped_ = false;
  bool failing_ = false;
  std::thread thread_;
};

}  // namespace rapporteur::publisher
