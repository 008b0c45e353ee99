// audit verify: recomputes everything a log claims, from its folder, without a hub.
#include <algorithm>
#include <memory>
#include <thread>

#include <spdlog/fmt/fmt.h>

#include "ops/cli/commands.h"
#include "ops/cli/trust.h"
#include "proto/crypto/encoding.h"
#include "store/rocks/local_journal.h"
#include "store/verify/log_audit.h"

namespace rapporteur::cli {
namespace {

struct AuditOptions {
  std::filesystem::path folder;
  std::filesystem::path body_keys;
  Trust trust;
};

constexpr std::size_t kEntriesAtOnce = 4'096;
constexpr std::size_t kBytesAtOnce = 16UL << 20U;

// Signatures are the wall: every core takes an equal share of a batch.
void run_on_all_cores(std::span<verify::Check> checks) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t share = (checks.size() + cores - 1) / cores;
  std::vector<std::jthread> threads;
  for (std::size_t begin = 0; begin < checks.size(); begin += share) {
    const auto part = checks.subspan(begin, std::min(share, checks.size() - begin));
    threads.emplace_back([part] {
      for (verify::Check& check : part) check.run();
    });
  }
}

// Feeds entries and checkpoints to the audit in the order of the log.
class Feed {
 public:
  Feed(const journal::JournalReader& reader, verify::LogAudit& audit)
      : reader_(reader), audit_(audit), progress_("verifying", reader.size().value) {}

  [[nodiscard]] Status run() {
    Status fed;
    auto listed = reader_.checkpoints([&](TreeSize size, const std::string& note) {
      fed = entries_up_to(size);
      return fed.has_value() && !stopped_ && audit_.add_checkpoint(note);
    });
    if (!listed) return listed;
    if (!fed || stopped_) return fed;
    return entries_up_to(reader_.size());
  }

 private:
  Status entries_up_to(TreeSize size) {
    while (audit_.size() < size && !stopped_) {
      const LogIndex first{audit_.size().value};
      const auto most = static_cast<std::size_t>(size.value - first.value);
      const auto entries =
          reader_.entries(first, std::min(most, kEntriesAtOnce), kBytesAtOnce, /*bodies=*/true);
      if (!entries) return tl::unexpected(entries.error());
      if (entries->empty()) {
        return fail(ErrorKind::kNotVerified, "the entry is missing",
                    fmt::format("entry {}", first.value));
      }
      for (const auto& entry : *entries) {
        stopped_ =
            stopped_ || !audit_.add({entry.index, bytes_of(entry.nonce), bytes_of(entry.record),
                                     bytes_of(entry.salt), bytes_of(entry.body),
                                     entry.state == journal::BodyState::kSealed, entry.erased_by});
      }
      progress_.advance_to(audit_.size().value);
    }
    return {};
  }

  const journal::JournalReader& reader_;
  verify::LogAudit& audit_;
  ProgressBar progress_;
  bool stopped_ = false;
};

nlohmann::json report_json(const verify::AuditReport& report) {
  const verify::AuditCounts& counts = report.counts;
  return {{"verified", !report.wrong.has_value()},
          {"wrong", report.wrong ? nlohmann::json(report.wrong->line()) : nlohmann::json(nullptr)},
          {"entries", counts.entries},
          {"covered_by_checkpoint", report.covered.value},
          {"root", crypto::base64(report.root.span())},
          {"accepted", counts.accepted},
          {"refused", counts.refused},
          {"administered", counts.administered},
          {"checkpoints", counts.checkpoints},
          {"sender_signatures", counts.sender_signatures},
          {"acknowledgements", counts.acknowledgements},
          {"commitments", counts.commitments},
          {"bodies_absent", counts.bodies_absent},
          {"bodies_erased", counts.bodies_erased},
          {"bodies_erased_later", counts.bodies_erased_later},
          {"bodies_sealed", counts.bodies_sealed}};
}

std::string line_if(std::uint64_t bodies, const char* what) {
  return bodies == 0 ? std::string() : fmt::format("  {} bodies {}\n", bodies, what);
}

std::string report_text(const verify::AuditReport& report, const std::string& log) {
  const verify::AuditCounts& counts = report.counts;
  if (report.wrong) {
    return fmt::format("NOT VERIFIED: {}\n{} entries before it hold\n", report.wrong->line(),
                       counts.entries);
  }
  return fmt::format(
      "{} verified: {} entries, {} of them under the last checkpoint\n"
      "  {} accepted, {} refused, {} changes of the directory, {} skipped\n"
      "  {} signatures of senders, {} of acknowledgements, {} checkpoints, one tree\n"
      "  {} commitments match their bodies, {} bodies were erased, each by an entry\n{}{}",
      log, counts.entries, report.covered.value, counts.accepted, counts.refused,
      counts.administered, counts.skipped, counts.sender_signatures, counts.acknowledgements,
      counts.checkpoints, counts.commitments, counts.bodies_erased,
      line_if(counts.bodies_erased_later, "were erased after this copy of the log was made"),
      line_if(counts.bodies_sealed, "could not be read: their keys are not here (--body-keys)"));
}

Status verify_log(Session& session, const AuditOptions& options) {
  const auto log = options.trust.log_key();
  if (!log) return tl::unexpected(log.error());
  if (auto there = readable(options.folder, "name the data folder of a hub, or a copy of it");
      !there) {
    return there;
  }
  rocks::LocalJournalOptions with;
  with.body_keys = options.body_keys;
  const auto opened = rocks::open_for_audit(options.folder, with);
  if (!opened) return tl::unexpected(opened.error());
  if (opened->verifier_key != log->text()) {
    return fail(ErrorKind::kNotVerified, "this is the log of another key", options.folder.string(),
                "compare with the key you were given: " + log->text());
  }
  verify::LogAudit audit(*log, run_on_all_cores);
  if (auto fed = Feed(*opened->reader, audit).run(); !fed) return fed;
  const verify::AuditReport report = audit.finish();
  print(session.json ? json_line(report_json(report)) : report_text(report, log->name));
  if (report.wrong) session.exit = exit_code(ErrorKind::kNotVerified);
  return {};
}

}  // namespace

void add_audit(CLI::App& app, Session& session) {
  auto* group = app.add_subcommand("audit", "The whole log");
  group->require_subcommand(1);
  auto* command = group->add_subcommand(
      "verify", "Recomputes tree, signatures and commitments; the hub may run or not");
  auto options = std::make_shared<AuditOptions>();
  command->add_option("FOLDER", options->folder, "The log's folder")->required();
  command->add_option("--body-keys", options->body_keys,
                      "The keys of the bodies, if they are not in FOLDER.keys");
  add_trust_options(*command, options->trust);
  command->callback([&session, options] { session.finish(verify_log(session, *options)); });
}

}  // namespace rapporteur::cli
