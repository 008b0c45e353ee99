// timestamp verify: checkpoints with the word of a time-stamping authority.
#include "proto/crypto/timestamp.h"

#include <ctime>
#include <memory>

#include <spdlog/fmt/fmt.h>

#include "ops/cli/commands.h"
#include "ops/cli/trust.h"
#include "proto/base/counted.h"
#include "proto/base/limits.h"
#include "proto/crypto/sha256.h"
#include "store/notes/checkpoint.h"

namespace rapporteur::cli {
namespace {

constexpr std::size_t kResponseBytes = 256UL << 10U;
constexpr const char* kWhatToName = "rapporteur-publisher keeps N.checkpoint and N.checkpoint.tsr";

struct TimestampOptions {
  std::vector<std::filesystem::path> files;
  std::filesystem::path ca;
  Trust trust;
};

Status verify_stamp(const Session& session, const std::filesystem::path& file,
                    const notes::VerifierKey& log, const std::filesystem::path& ca) {
  const auto note = read_named(file, limits::kNoteBytes, kWhatToName);
  if (!note) return tl::unexpected(note.error());
  const std::filesystem::path token_file = file.string() + ".tsr";
  const auto token = read_named(token_file, kResponseBytes, kWhatToName);
  if (!token) return tl::unexpected(token.error());
  const auto in_file = [](Error error, const std::filesystem::path& named) {
    if (error.where.empty()) error.where = named.string();
    if (error.remedy.empty()) error.remedy = "it was changed, or is another log's or authority's";
    return tl::unexpected(std::move(error));
  };
  const auto checkpoint = notes::open_checkpoint(*note, log);
  if (!checkpoint) return in_file(checkpoint.error(), file);
  const auto time = crypto::verify_timestamp(*token, {crypto::sha256(*note), ca, {}});
  if (!time) {
    Error error = time.error();
    // Here it is no setting: a file that is not what it should be.
    if (error.kind == ErrorKind::kConfiguration) error.kind = ErrorKind::kMalformed;
    return in_file(std::move(error), token_file);
  }
  const auto millis = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(time->time_since_epoch()).count());
  print(session.json ? json_line({{"file", file.string()},
                                  {"verified", true},
                                  {"tree_size", checkpoint->size.value},
                                  {"time", time_text(millis)}})
                     : fmt::format("{}: verified: the first {} of {} were there at {}\n",
                                   file.string(), counted(checkpoint->size.value, "entry"),
                                   checkpoint->origin, time_text(millis)));
  return {};
}

Status verify_stamps(Session& session, const TimestampOptions& options) {
  const auto log = options.trust.log_key();
  if (!log) return tl::unexpected(log.error());
  if (auto there = readable(options.ca, "the authority gives it: PEM certificates"); !there) {
    return there;
  }
  for (const auto& file : options.files) {
    session.finish(verify_stamp(session, file, *log, options.ca));
  }
  return {};
}

}  // namespace

void add_timestamp(CLI::App& app, Session& session) {
  auto* group = app.add_subcommand("timestamp", "Time stamps of checkpoints (RFC 3161)");
  group->require_subcommand(1);
  auto* verify = group->add_subcommand(
      "verify", "Checks FILE, a checkpoint, and FILE.tsr; needs no hub and no network");
  auto options = std::make_shared<TimestampOptions>();
  verify->add_option("FILE", options->files, "Checkpoints, as rapporteur-publisher keeps them")
      ->required();
  verify->add_option("--ca", options->ca, "Certificates of the authority's CA, PEM")->required();
  add_trust_options(*verify, options->trust);
  verify->callback([&session, options] { session.finish(verify_stamps(session, *options)); });
}

}  // namespace rapporteur::cli
