#include "ops/publisher/timestamper.h"

#include <cerrno>
#include <cstring>

#include <sys/stat.h>

#include "adapters/client/files.h"
#include "proto/crypto/sha256.h"
#include "proto/crypto/timestamp.h"
#include "store/notes/checkpoint.h"

namespace rapporteur::publisher {
namespace {

constexpr std::size_t kTokenBytes = 256UL << 10U;
constexpr int kOk = 200;

Status stamp(HttpCaller& authority, const TimestamperOptions& options, const std::string& note) {
  const auto text = notes::Note::parse(note);
  if (!text) return tl::unexpected(text.error());
  const auto checkpoint = notes::Checkpoint::parse(text->text);
  if (!checkpoint) return tl::unexpected(checkpoint.error());
  const auto file = options.folder / (std::to_string(checkpoint->size.value) + ".checkpoint");
  const std::string token = file.string() + ".tsr";
  // The earliest says the most. The note is written last, so that it never stands beside another's
  // token.
  const auto there = client::is_there(file);
  if (!there) return tl::unexpected(there.error());
  if (*there) return {};
  const Digest digest = crypto::sha256(note);
  const crypto::TimestampRequest request = crypto::timestamp_request(digest);
  const auto reply = authority.post("", request.der, "application/timestamp-query");
  if (!reply) return tl::unexpected(reply.error());
  if (reply->status != kOk) {
    return fail(ErrorKind::kRefused, "it answers " + std::to_string(reply->status));
  }
  const auto time = crypto::verify_timestamp(reply->body, {digest, options.ca, request.nonce});
  if (!time) return tl::unexpected(time.error());
  return client::write_file_atomically(token, reply->body).and_then([&] {
    return client::write_file_atomically(file, note);
  });
}

}  // namespace

Result<std::unique_ptr<NoteWorker>> make_timestamper(const TimestamperOptions& options,
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
  const auto authority = std::make_shared<HttpCaller>(std::move(*caller));
  return std::make_unique<NoteWorker>(
      NoteWorker::Options{"time stamp", options.interval},
      [authority, options](const std::string& note) { return stamp(*authority, options, note); },
      logger);
}

}  // namespace rapporteur::publisher
