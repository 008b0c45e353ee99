#include "ops/cli/audit_folder.h"

#include <algorithm>

#include <spdlog/fmt/fmt.h>

#include "ops/cli/all_cores.h"
#include "ops/cli/audit_feed.h"
#include "ops/cli/output.h"
#include "proto/base/counted.h"
#include "store/export/record_folder.h"
#include "store/rocks/body_key_file.h"
#include "store/rocks/local_journal.h"

namespace rapporteur::cli {
namespace {

using Given = std::span<const GivenCheckpoint>;

Result<verify::AuditReport> audit_of(exports::EntrySource& source, const notes::VerifierKey& log,
                                     Given given, verify::Bodies bodies) {
  verify::LogAudit audit(log, run_checks_on_all_cores, bodies);
  ProgressBar progress("verifying", source.size().value);
  const auto fed =
      feed_audit(source, given, audit, [&](std::uint64_t done) { progress.advance_to(done); });
  if (!fed) return tl::unexpected(fed.error());
  return audit.finish();
}

// The first body that nobody can open although no entry erased it.
std::optional<verify::Wrong> without_keys(const AuditPlace& place,
                                          const verify::AuditReport& report) {
  if (report.sealed.empty()) return std::nullopt;
  const auto file =
      place.body_keys.empty() ? rocks::body_key_file_of(place.folder) : place.body_keys;
  return verify::Wrong{
      verify::Wrong::Where::kEntry,
      report.sealed.front().value,
      fmt::format("no entry erased its body, and its key is not in {} (so it is with {}: {}; "
                  "--body-keys names the file, --no-body-keys leaves these bodies out)",
                  file.string(), counted(report.sealed.size(), "body"),
                  some_of(report.sealed, report.sealed.size())),
      {}};
}

Status read_log(const AuditPlace& place, const notes::VerifierKey& log, Given given,
                AuditFindings& findings) {
  rocks::LocalJournalOptions options;
  options.body_keys = place.body_keys;
  const auto opened = rocks::open_for_audit(place.folder, options);
  if (!opened) return tl::unexpected(opened.error());
  if (opened->verifier_key != log.text()) {
    return fail(ErrorKind::kNotVerified, "this is the log of another key", place.folder.string(),
                "compare with the key you were given: " + log.text());
  }
  exports::JournalSource source(*opened->reader);
  auto report = audit_of(source, log, given, verify::Bodies::kOfTheLog);
  if (!report) return tl::unexpected(report.error());
  findings.records = std::move(*report);
  if (findings.records->wrong) return {};
  if (place.all_keys) findings.contradiction = without_keys(place, *findings.records);
  auto half_written = opened->read_rest();
  if (!half_written) return tl::unexpected(half_written.error());
  findings.half_written = std::move(*half_written);
  return {};
}

// Where something cannot be read, the damaged file before what it was missed for.
Status audit_log(const AuditPlace& place, const notes::VerifierKey& log, Given given,
                 AuditFindings& findings) {
  auto read = read_log(place, log, given, findings);
  if (read || read.error().kind != ErrorKind::kStorage) return read;
  auto files = rocks::check_files(place.folder);
  return files ? read : files;
}

// What others kept against the tiles. Empty when all of it is of the same history.
Result<std::optional<verify::Wrong>> contradicted(const exports::TileFolder& folder, TreeSize size,
                                                  Given given) {
  const merkle::TileHashReader hashes = folder.hashes(size);
  for (const GivenCheckpoint& one : given) {
    verify::Wrong wrong{verify::Wrong::Where::kCheckpoint, one.head.size.value, {}, one.file};
    if (one.head.size > size) {
      wrong.reason =
          fmt::format("the folder has only {} entries: the others are missing", size.value);
      return std::optional(std::move(wrong));
    }
    const auto root = merkle::root(one.head.size, hashes);
    if (!root) return tl::unexpected(root.error());
    if (*root != one.head.root) {
      wrong.reason = "its root is not that of the tiles: two histories of one log";
      return std::optional(std::move(wrong));
    }
  }
  return std::optional<verify::Wrong>();
}

// That the records are the entries of which the tiles are made, all of them.
Result<std::optional<verify::Wrong>> records_apart(const exports::TileFolder& folder,
                                                   const AuditFindings& findings) {
  const TreeSize size = findings.records->size;
  const TreeSize tiles = findings.tiles->checkpoint.size;
  if (size != tiles) {
    return std::optional(verify::Wrong{
        verify::Wrong::Where::kEntry,
        std::min(size.value, tiles.value),
        fmt::format("the records end at {} entries, the tiles at {}: bring the export up to date",
                    size.value, tiles.value),
        {}});
  }
  const auto root = merkle::root(size, folder.hashes(tiles));
  if (!root) return tl::unexpected(root.error());
  if (*root == findings.records->root) return std::optional<verify::Wrong>();
  return std::optional(verify::Wrong{verify::Wrong::Where::kCheckpoint,
                                     size.value,
                                     "the records are not the entries of the tiles",
                                     {}});
}

// Names the file for an entry that is not what it was when it was exported: the tiles, which hold,
// show whether it is the record, else it is the body.
Status name_file(const exports::TileFolder& tiles, exports::RecordFolder& records,
                 AuditFindings& findings) {
  verify::Wrong& wrong = *findings.records->wrong;
  const bool known = wrong.where == verify::Wrong::Where::kEntry;
  const TreeSize size = findings.tiles->checkpoint.size;
  const std::uint64_t end = known ? std::min(wrong.at + 1, size.value) : size.value;
  std::vector<Digest> hashes;
  for (std::uint64_t index = known ? wrong.at : 0; index < end; ++index) {
    if (hashes.empty() || index % merkle::kTileWidth == 0) {
      auto tile = tiles.tile({0, index / merkle::kTileWidth}, size);
      if (!tile) return tl::unexpected(tile.error());
      hashes = std::move(*tile);
    }
    const auto read = records.entries(LogIndex{index}, 1, 1);
    if (!read) return tl::unexpected(read.error());
    if (read->empty()) return {};
    const journal::StoredEntry& entry = read->front();
    if (merkle::record_leaf_hash(bytes_of(entry.nonce), bytes_of(entry.record)) ==
        hashes[index % merkle::kTileWidth]) {
      continue;
    }
    wrong = {verify::Wrong::Where::kEntry, index,
             "the record is not the entry of the tiles: it was changed since; export it again, "
             "from the log, into a new folder",
             records.file_of(LogIndex{index}, false).string()};
    findings.records->held = TreeSize{index};
    return {};
  }
  if (known) wrong.source = records.file_of(LogIndex{wrong.at}, true).string();
  return {};
}

Status audit_export(const std::filesystem::path& folder, const notes::VerifierKey& log, Given given,
                    AuditFindings& findings) {
  const exports::TileFolder tiles(folder);
  {
    std::optional<ProgressBar> progress;
    auto report =
        exports::check_tiles(tiles, log, on_all_cores, [&](std::uint64_t done, std::uint64_t all) {
          if (!progress) progress.emplace("verifying tiles", all);
          progress->advance_to(done);
        });
    if (!report) return tl::unexpected(report.error());
    findings.tiles = std::move(*report);
  }
  if (findings.tiles->wrong) return {};
  auto wrong = contradicted(tiles, findings.tiles->checkpoint.size, given);
  if (!wrong) return tl::unexpected(wrong.error());
  findings.contradiction = std::move(*wrong);
  auto records = exports::RecordFolder::open(folder);
  if (!records) return tl::unexpected(records.error());
  if (!*records || findings.contradiction) return {};
  auto report = audit_of(**records, log, {}, verify::Bodies::kExported);
  if (!report) return tl::unexpected(report.error());
  findings.records = std::move(*report);
  if (findings.records->wrong) return name_file(tiles, **records, findings);
  auto apart = records_apart(tiles, findings);
  if (!apart) return tl::unexpected(apart.error());
  findings.contradiction = std::move(*apart);
  return {};
}

bool exported(const std::filesystem::path& folder) {
  std::error_code ignored;
  return !std::filesystem::exists(folder / "format", ignored) &&
         std::filesystem::exists(folder / "tile", ignored);
}

}  // namespace

Result<AuditFindings> audit_folder(const AuditPlace& place,
                                   const std::filesystem::path& checkpoints,
                                   const notes::VerifierKey& log) {
  // Before the log: a hub that runs may give out newer ones meanwhile.
  const auto given = read_given_checkpoints(checkpoints, log);
  if (!given) return tl::unexpected(given.error());
  AuditFindings findings;
  findings.log = log.name;
  findings.given = given->size();
  const auto audited = exported(place.folder) ? audit_export(place.folder, log, *given, findings)
                                              : audit_log(place, log, *given, findings);
  if (!audited) return tl::unexpected(audited.error());
  return findings;
}

}  // namespace rapporteur::cli
