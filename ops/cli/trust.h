// Whom a verification trusts: a log key, given as text or read from the hub's public file, or a
// policy. And the files that a command line names.
#pragma once

#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>

#include "store/verify/policy.h"

namespace rapporteur::cli {

struct Trust {
  std::string verifier_key;          // --vkey
  std::filesystem::path hub_public;  // --public

  std::filesystem::path policy_file;  // --policy

  // kUsage unless exactly one of the first two was given and can be read; kMalformed for a file
  // that is no hub's public file.
  [[nodiscard]] Result<notes::VerifierKey> log_key() const;
  // Of any of the three. kConfiguration for a file that is no policy, or names no log.
  [[nodiscard]] Result<verify::Policy> policy() const;
};

// kUsage unless the file or folder is there and may be read: what it holds is another matter.
[[nodiscard]] Status readable(const std::filesystem::path& named, const std::string& remedy);

// The same of --body-keys, where it is given.
[[nodiscard]] Status named_keys(const std::filesystem::path& body_keys);

// What the file holds: kMalformed if it is longer, with the remedy.
[[nodiscard]] Result<std::string> read_named(const std::filesystem::path& named,
                                             std::size_t most_bytes, const std::string& remedy);

void add_trust_options(CLI::App& command, Trust& trust);
void add_policy_option(CLI::App& command, Trust& trust);

}  // namespace rapporteur::cli
