// Which log key a verification trusts: given as text, or read from the hub's public file.
#pragma once

#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>

#include "store/notes/signed_note.h"

namespace rapporteur::cli {

struct Trust {
  std::string verifier_key;          // --vkey
  std::filesystem::path hub_public;  // --public

  // kUsage unless exactly one of the two was given.
  [[nodiscard]] Result<notes::VerifierKey> log_key() const;
};

void add_trust_options(CLI::App& command, Trust& trust);

}  // namespace rapporteur::cli
