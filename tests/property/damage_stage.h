// Logs as hubs write them, to be damaged; and what an audit and a reader make of them then.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "proto/crypto/ed25519.h"
#include "store/notes/checkpoint.h"
#include "store/rocks/local_journal.h"
#include "tests/crash/script.h"
#include "tests/fakes/fixed_clock.h"
#include "tests/support/paths.h"

namespace rapporteur::testing {

// Keys and values of all families of a database, as a reader finds them.
using Contents = std::map<std::string, std::vector<std::pair<std::string, std::string>>>;

class DamageStage {
 public:
  static constexpr std::size_t kSubmissions = 300;

  // Messages of some agencies, judged by a gate; all follows from `seed`.
  explicit DamageStage(std::uint64_t seed, std::size_t submissions = kSubmissions);

  // The folder of a log that was closed: all of it in tables.
  [[nodiscard]] std::filesystem::path closed() const { return temp_ / "closed"; }
  // A copy of the folder beside its writer: half of it in tables, half in the write-ahead log,
  // whose last write changes named states alone.
  [[nodiscard]] std::filesystem::path live() const { return temp_ / "live"; }
  // The folder as it was when half of the groups were written.
  [[nodiscard]] std::filesystem::path half() const { return temp_ / "half"; }
  [[nodiscard]] std::filesystem::path exported() const { return temp_ / "exported"; }
  [[nodiscard]] std::filesystem::path folder(const std::string& name) const { return temp_ / name; }

  [[nodiscard]] const notes::VerifierKey& log() const { return log_; }
  [[nodiscard]] TreeSize size() const { return size_; }
  [[nodiscard]] const std::string& newest() const { return newest_; }
  // A head of any root that the log's key signs.
  [[nodiscard]] std::string head(TreeSize size, const Digest& root) const;

  // Why the audit does not verify the folder; empty when it does.
  [[nodiscard]] std::string named(const std::filesystem::path& folder,
                                  const std::filesystem::path& checkpoints = {}) const;

  // What the audit says of a folder that it verifies.
  [[nodiscard]] std::vector<std::string> half_written(const std::filesystem::path& folder) const;

  // A restored log, which continues that of half(), in folder(name); its key.
  [[nodiscard]] notes::VerifierKey restore(const std::string& name) const;

  // Calls `look` with a folder that somebody writes all the while.
  void beside_a_writer(const std::function<void(const std::filesystem::path&)>& look) const;

 private:
  void write_logs(const crash::Script& script);

  TempDir temp_;
  fakes::FixedClock clock_;
  notes::VerifierKey log_;
  TreeSize size_;
  std::string newest_;
};

// The folder and the keys of its bodies, which lie beside it.
void copy_log(const std::filesystem::path& from, const std::filesystem::path& to);
// Empty with the reason in `why` when it cannot be read whole.
[[nodiscard]] std::optional<Contents> contents_of(const std::filesystem::path& log_folder,
                                                  std::string& why);
// Rows of one family changed through RocksDB itself, as somebody would who knows it.
void rewrite(const std::filesystem::path& log_folder, const std::string& family,
             const std::function<void(std::map<std::string, std::string>&)>& change);

// One bit of one file changed, as long as the object lives.
class Flip {
 public:
  Flip(std::filesystem::path file, std::size_t at, unsigned bit);
  ~Flip();
  Flip(const Flip&) = delete;
  Flip& operator=(const Flip&) = delete;

 private:
  void flip() const;
  std::filesystem::path file_;
  std::size_t at_;
  unsigned bit_;
};

}  // namespace rapporteur::testing
