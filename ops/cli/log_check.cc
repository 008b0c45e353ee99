#include "ops/cli/log_check.h"

#include <algorithm>
#include <thread>
#include <vector>

#include <spdlog/fmt/fmt.h>

#include "ops/cli/output.h"
#include "rapporteur/v1/audit.pb.h"
#include "store/rocks/local_journal.h"

namespace rapporteur::cli {
namespace {

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
                                     bytes_of(entry.salt), bytes_of(entry.body)});
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

}  // namespace

Result<verify::AuditReport> audit_folder(const std::filesystem::path& folder,
                                         const notes::VerifierKey& log) {
  const auto opened = rocks::open_for_audit(folder);
  if (!opened) return tl::unexpected(opened.error());
  if (opened->verifier_key != log.text()) {
    return fail(ErrorKind::kNotVerified, "this is the log of another key", folder.string(),
                "compare with the key you were given: " + log.text());
  }
  verify::LogAudit audit(log, run_on_all_cores);
  if (auto fed = Feed(*opened->reader, audit).run(); !fed) return tl::unexpected(fed.error());
  return audit.finish();
}

Result<verify::AuditReport> audit_whole(const std::filesystem::path& folder,
                                        const notes::VerifierKey& log) {
  auto report = audit_folder(folder, log);
  if (report && report->wrong) {
    return fail(ErrorKind::kNotVerified, report->wrong->line(), folder.string(),
                "`rapporteur fsck` says more; use another backup");
  }
  return report;
}

Status compare_carried(const std::filesystem::path& folder,
                       const std::filesystem::path& predecessor,
                       const verify::AuditReport& report) {
  if (report.predecessors.empty()) {
    return fail(ErrorKind::kNotVerified, "the log continues none", folder.string(),
                "leave --predecessor out");
  }
  const verify::Predecessor& before = report.predecessors.front();
  const auto old = rocks::open_for_audit(predecessor);
  if (!old) return tl::unexpected(old.error());
  if (old->verifier_key != before.log.text()) {
    return fail(ErrorKind::kNotVerified, "this is not the log that was continued",
                predecessor.string(), "name the folder of " + before.log.name);
  }
  const auto now = rocks::open_for_audit(folder);
  if (!now) return tl::unexpected(now.error());
  const auto differs = [&](std::uint64_t index) {
    return fail(ErrorKind::kNotVerified, "it is not the one of " + before.log.name,
                fmt::format("entry {}", index), "ask the operator of the hub which backup it was");
  };
  const std::uint64_t end = std::min(before.carried.value, old->reader->size().value);
  if (end < before.checkpoint.size.value) return differs(end);
  const auto first = old->reader->entry(LogIndex{0});
  if (!first) return tl::unexpected(first.error());
  if (merkle::record_leaf_hash(bytes_of(first->nonce), bytes_of(first->record)) !=
      before.first_leaf) {
    return differs(0);
  }
  for (std::uint64_t index = 1; index < end;) {
    const auto most =
        static_cast<std::size_t>(std::min<std::uint64_t>(kEntriesAtOnce, end - index));
    const auto mine = now->reader->entries(LogIndex{index}, most, kBytesAtOnce, false);
    const auto theirs = old->reader->entries(LogIndex{index}, most, kBytesAtOnce, false);
    if (!mine) return tl::unexpected(mine.error());
    if (!theirs) return tl::unexpected(theirs.error());
    const std::size_t both = std::min(mine->size(), theirs->size());
    for (std::size_t i = 0; i < both; ++i, ++index) {
      if ((*mine)[i].nonce != (*theirs)[i].nonce || (*mine)[i].record != (*theirs)[i].record) {
        return differs(index);
      }
    }
    if (both == 0) return differs(index);
  }
  return {};
}

}  // namespace rapporteur::cli
