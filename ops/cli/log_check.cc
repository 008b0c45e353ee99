#include "ops/cli/log_check.h"

#include <algorithm>

#include <spdlog/fmt/fmt.h>

#include "ops/cli/trust.h"
#include "store/merkle/tree.h"
#include "store/rocks/local_journal.h"

namespace rapporteur::cli {
namespace {

constexpr std::size_t kEntriesAtOnce = 4'096;
constexpr std::size_t kBytesAtOnce = 16UL << 20U;

// The log in a hub's folder, or the newest below a folder of backups.
std::filesystem::path probably_meant(const std::filesystem::path& named) {
  constexpr int kDepth = 2;
  constexpr int kMostLooked = 10'000;
  const auto holds = [](const std::filesystem::path& folder) {
    std::error_code ignored;
    return std::filesystem::exists(folder / "format", ignored);
  };
  if (holds(named / "data")) return named / "data";
  std::filesystem::path newest;
  std::error_code error;
  std::filesystem::recursive_directory_iterator one(
      named, std::filesystem::directory_options::skip_permission_denied, error);
  for (int looked = 0; !error && looked < kMostLooked && one != decltype(one)(); ++looked) {
    if (holds(one->path())) newest = std::max(newest, one->path());
    if (one.depth() + 1 >= kDepth) one.disable_recursion_pending();
    one.increment(error);
  }
  return newest;
}

}  // namespace

Status names_log(const std::filesystem::path& named, const std::string& remedy) {
  if (auto there = readable(named, remedy); !there) return there;
  std::error_code ignored;
  if (std::filesystem::exists(named / "format", ignored)) return {};
  if (std::filesystem::exists(named / "db", ignored)) {
    return fail(ErrorKind::kStorage, "the log's file `format` is missing", named.string(),
                "copy the whole folder, or restore the log from a verified backup");
  }
  const auto meant = probably_meant(named);
  return fail(ErrorKind::kUsage, "there is no log in this folder", named.string(),
              meant.empty() ? remedy : "did you mean " + meant.string() + "?");
}

Result<verify::AuditReport> check_backup(const AuditPlace& place, const notes::VerifierKey& log) {
  if (auto whole = rocks::check_files(place.folder); !whole) {
    Error error = whole.error();
    error.remedy = "use another backup; `rapporteur backup list` shows them";
    return tl::unexpected(std::move(error));
  }
  return audit_whole(place, log);
}

Result<verify::AuditReport> audit_whole(const AuditPlace& place, const notes::VerifierKey& log) {
  const std::filesystem::path& folder = place.folder;
  auto findings = audit_folder(place, {}, log);
  if (!findings) return tl::unexpected(findings.error());
  if (!findings->records) {
    return fail(ErrorKind::kUsage, "tiles alone are no log", folder.string(),
                "name the data folder of a hub, or a backup");
  }
  if (findings->records->wrong) {
    return fail(ErrorKind::kNotVerified, findings->records->wrong->line(), folder.string(),
                "`rapporteur fsck` says more; use another backup");
  }
  return std::move(*findings->records);
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
