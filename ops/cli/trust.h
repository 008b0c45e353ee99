// Which log key a verification trusts: given as text, or read from the hub's public file. And the
// files that a command line names.
#pragma once

#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>

#include "store/notes/signed_note.h"

namespace rapporteur::cli {

struct Trust {
  std::string verifier_key;          // --vkey
  std::filesystem::path hub_public;  // --public

  // kUsage unless exactly one of the two was given and can be read.
  [[nodiscard]] Result<notes::VerifierKey> log_key() const;
};

// kUsage unless the file or folder is there and may be read: what it holds is another matter.
[[nodiscard]] Status readable(const std::filesystem::path& named, const std::string& remedy);

void add_trust_options(CLI::App& command, Trust& trust);

}  // namespace rapporteur::cli
