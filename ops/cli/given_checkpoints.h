// Checkpoints that others kept, against which a log is held: --checkpoints DIR.
//
// Each file of the folder is a signed note, or a receipt, whose checkpoint counts. Errors:
// kNotVerified with the file for one that is neither, that the log's key did not sign, and for two
// of one size with two roots; kUsage for a folder that cannot be read.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "store/notes/checkpoint.h"

namespace rapporteur::cli {

struct GivenCheckpoint {
  std::string file;
  std::string note;
  notes::Checkpoint head;
};

// By ascending size. An empty path gives none.
[[nodiscard]] Result<std::vector<GivenCheckpoint>> read_given_checkpoints(
    const std::filesystem::path& folder, const notes::VerifierKey& log);

}  // namespace rapporteur::cli
