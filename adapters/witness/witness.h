// A witness: cosigns a log's checkpoint if it continues the last one it cosigned, and no other.
//
// For each log it keeps the newest checkpoint it cosigned, with both signatures, in a file of its
// folder. Two heads of one size, or a tree that does not contain an earlier one, never both get its
// cosignature.
//
// Threads: any; a request is checked and its checkpoint written before the next one is looked at.
// Durability: the checkpoint is on disk, name included, before the cosignature is given to anybody.
// After a write has failed nothing is cosigned until the folder is opened again.
// Errors: open: kStorage for a folder that cannot be read or holds what this witness did not write;
// kOverloaded for one that another process uses. Requests: the status codes of the standard, and
// 500 after a write has failed. Source: C2SP tlog-witness, tlog-cosignature.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "adapters/client/files.h"
#include "adapters/witness/request.h"
#include "proto/base/clock.h"
#include "store/notes/checkpoint.h"

namespace rapporteur::witness {

inline constexpr std::string_view kTextType = "text/plain; charset=utf-8";
inline constexpr std::string_view kSizeType = "text/x.tlog.size";

struct Answer {
  int status = 200;
  std::string body;
  std::string_view type = kTextType;
};

class Witness {
 public:
  struct Identity {
    std::string name;  // a valid key name
    crypto::SigningKey key;
  };
  // The folder is there. `logs` are the keys of the logs it knows, each under its
  // origin. `clock` outlives it.
  [[nodiscard]] static Result<std::unique_ptr<Witness>> open(
      const std::filesystem::path& folder, Identity identity,
      std::span<const notes::VerifierKey> logs, const Clock& clock);

  [[nodiscard]] const notes::VerifierKey& key() const { return verifier_; }
  [[nodiscard]] Answer add_checkpoint(std::string_view body);
  // The newest checkpoint cosigned of the log whose origin has this SHA-256, in lower-case
  // hexadecimal; 404 if there is none.
  [[nodiscard]] Answer newest(std::string_view origin_sha256) const;

 private:
  struct Log {
    notes::VerifierKey key;
    std::filesystem::path file;
    std::optional<notes::Checkpoint> newest;
    std::string note;  // of `newest`, as in the file
  };

  Witness(Identity identity, client::FileLock lock, const Clock& clock);
  [[nodiscard]] Status read(Log& log) const;
  [[nodiscard]] Answer judge(Log& log, const AddCheckpoint& request, const notes::Note& note);

  Identity identity_;
  notes::VerifierKey verifier_;
  client::FileLock lock_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, Log, std::less<>> logs_;  // by origin
  bool failed_ = false;
};

}  // namespace rapporteur::witness
