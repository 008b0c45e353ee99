#include "ops/publisher/timestamper.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <spdlog/logger.h>
#include <sys/stat.h>

#include "adapters/client/files.h"
#include "proto/crypto/sha256.h"
#include "proto/crypto/timestamp.h"
#include "store/notes/checkpoint.h"

namespace rapporteur::publisher {
namespace {

constexpr std::size_t kTokenBytes = 256UL << 10U;
constexpr std::chrono::milliseconds kRetryMost{60'000};
constexpr int kOk = 200;

}  // namespace

Result<std::unique_ptr<Timestamper>> Timestamper::make(const TimestamperOptions& options,
                                                       spdlog::logger& logger) {
  auto caller = HttpCaller::to(options.url, options.timeout, kTokenBytes);
  if (!caller) {
    Error error = caller.error();
    error.where = "timestamp.url";
    return tl::unexpected(error);
  }
  if (::mkdir(options.folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(ErrorKind::kConfiguration,
                std::string("cannot make the folder of time stamps: ") + std::strerror(errno),
                options.folder.string(), "name one in a folder that you may write to");
  }
  return std::unique_ptr<Timestamper>(new Timestamper(options, std::move(*caller), logger));
}

Timestamper::Timestamper(const TimestamperOptions& options, HttpCaller caller,
                         spdlog::logger& logger)
    : options_(options), caller_(std::move(caller)), logger_(logger), thread_([this] { run(); }) {}

Timestamper::~Timestamper() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Timestamper::offer(const std::string& note) {
  {
    const std::lock_guard lock(mutex_);
    note_ = note;
  }
  changed_.notify_one();
}

void Timestamper::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopped_ || note_.has_value(); });
    if (stopped_) return;
    const std::string note = std::move(*note_);
    note_.reset();
    lock.unlock();
    const Status stamped = stamp(note);
    say(stamped);
    lock.lock();
    // One that was not stamped is tried again, unless a newer one has come.
    if (!stamped && !note_) note_ = note;
    const auto pause = stamped ? options_.interval : std::min(options_.interval, kRetryMost);
    changed_.wait_for(lock, pause, [&] { return stopped_; });
  }
}

Status Timestamper::stamp(const std::string& note) {
  const auto text = notes::Note::parse(note);
  if (!text) return tl::unexpected(text.error());
  const auto checkpoint = notes::Checkpoint::parse(text->text);
  if (!checkpoint) return tl::unexpected(checkpoint.error());
  const Digest digest = crypto::sha256(note);
  const crypto::TimestampRequest request = crypto::timestamp_request(digest);
  const auto reply = caller_.post("", request.der, "application/timestamp-query");
  if (!reply) return tl::unexpected(reply.error());
  if (reply->status != kOk) {
    return fail(ErrorKind::kRefused, "it answers " + std::to_string(reply->status));
  }
  const auto time = crypto::verify_timestamp(reply->body, {digest, options_.ca, request.nonce});
  if (!time) return tl::unexpected(time.error());
  const auto file = options_.folder / (std::to_string(checkpoint->size.value) + ".checkpoint");
  return client::write_file_atomically(file, note).and_then([&] {
    return client::write_file_atomically(file.string() + ".tsr", reply->body);
  });
}

void Timestamper::say(const Status& stamped) {
  if (stamped) {
    if (std::exchange(failing_, false)) logger_.info("time stamps are given again");
  } else if (!std::exchange(failing_, true)) {
    logger_.warn("no time stamp: {}", stamped.error().line());
  }
}

}  // namespace rapporteur::publisher
