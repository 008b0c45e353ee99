// The folder of a stopped log, looked through: files, checksums, entries, checkpoints, and that
// what follows from the entries is what would follow from them again.
//
// Entries, bodies and checkpoints are never changed. Repairing writes what follows from the entries
// anew where it differs. It can be begun again after a crash. Signatures of senders are the
// audit's.
//
// Threads: one. Errors: kStorage for a folder that is no log or whose database cannot be opened;
// kOverloaded for one that a broker has open. What is wrong inside is in the report.
// Source: FORMAT.md, "Database layout".
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "proto/base/ids.h"
#include "proto/base/result.h"

namespace rapporteur::rocks {

struct FsckOptions {
  bool repair = false;
  // The keys of the bodies; empty: FOLDER.keys. Without them tables are not compared.
  std::filesystem::path body_keys;
  // How many entries of how many were looked at.
  std::function<void(std::uint64_t, std::uint64_t)> progress;
};

struct FsckProblem {
  std::string where;  // "entry 17", "tables", "checkpoint"
  std::string what;
  bool repairable = false;  // follows from entries
};

struct FsckReport {
  static constexpr std::size_t kMostProblems = 20;
  static constexpr std::size_t kMostKeyless = 21;  // more than are named

  std::uint64_t entries = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t rows_compared = 0;
  // Of accepted messages, those that cannot be read; with any, tables are not compared.
  std::uint64_t bodies_absent = 0;
  // Of these, those that no entry erased: their keys are not here. The first ones.
  std::uint64_t bodies_keyless = 0;
  std::vector<LogIndex> keyless;
  // The first ones, in the order in which they are looked for; how many there are.
  std::vector<FsckProblem> problems;
  std::uint64_t found = 0;
  std::uint64_t repaired = 0;  // rows

  [[nodiscard]] bool whole() const { return found == 0; }
  // All that was found was repaired.
  [[nodiscard]] bool mended() const { return found != 0 && found == repaired; }
};

[[nodiscard]] Result<FsckReport> fsck(const std::filesystem::path& folder,
                                      const FsckOptions& options);

}  // namespace rapporteur::rocks
