// Has checkpoints stamped by a time-stamping authority of RFC 3161, and keeps the tokens.
//
// In the folder: `<size>.checkpoint`, the note, and `<size>.checkpoint.tsr`, the authority's
// response over its SHA-256, as `openssl ts -verify -data` takes them too. A token is verified
// before it is kept.
// Threads: that of the worker. Errors: kConfiguration for the URL or the folder.
// Source: RFC 3161, section 3.4.
#pragma once

#include <filesystem>
#include <memory>

#include "ops/publisher/http_call.h"
#include "ops/publisher/note_worker.h"

namespace rapporteur::publisher {

struct TimestamperOptions {
  std::string url;
  std::filesystem::path ca;      // PEM
  std::filesystem::path folder;  // made if it is not there
  std::chrono::milliseconds interval{3'600'000};
  std::chrono::milliseconds timeout{10'000};
};

[[nodiscard]] Result<std::unique_ptr<NoteWorker>> make_timestamper(
    const TimestamperOptions& options, spdlog::logger& logger);

}  // namespace rapporteur::publisher
