// The commands of `rapporteur`. Each adds itself to the application and sets `exit` to its exit
// code when it is the one that was called.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>

#include "ops/cli/output.h"
#include "proto/base/result.h"

namespace rapporteur::cli {

struct Session {
  std::filesystem::path operator_folder;  // --operator
  bool json = false;
  int exit = 0;

  // One line on standard error, a JSON object with --json; the exit code becomes the error's,
  // unless an earlier one was higher.
  void failed(const Error& error);
  void finish(const Status& status);
  // The same line for what is not wrong but may not be meant.
  void warn(const std::string& text) const;
};

// What is wrong with the command line, in one line: the word that was not understood, and what may
// have been meant.
[[nodiscard]] Error usage_error(const CLI::App& app, const CLI::ParseError& error);

// Refuses what is no whole number of that range, in one line, before anything is asked.
CLI::Option* whole_number(CLI::Option* option, std::uint64_t least = 0,
                          std::uint64_t most = UINT64_MAX);
// INDEX of an entry.
void add_index(CLI::App& command, std::uint64_t& index);

void add_init(CLI::App& app, Session& session);
void add_participant(CLI::App& app, Session& session);
void add_grant(CLI::App& app, Session& session);
void add_status(CLI::App& app, Session& session);
void add_tail(CLI::App& app, Session& session);
void add_show(CLI::App& app, Session& session);
void add_table(CLI::App& app, Session& session);
void add_audit(CLI::App& app, Session& session);
// Into the group `audit`.
void add_audit_export(CLI::App& group, Session& session);
void add_policy(CLI::App& app, Session& session);
void add_proof(CLI::App& app, Session& session);
void add_checkpoint(CLI::App& app, Session& session);
// Commands of `proof`.
void add_proof_get(CLI::App& group, Session& session);
void add_proof_consistency(CLI::App& group, Session& session);
void add_witness(CLI::App& app, Session& session);
void add_timestamp(CLI::App& app, Session& session);
void add_waiver(CLI::App& app, Session& session);
void add_erase(CLI::App& app, Session& session);
void add_retention(CLI::App& app, Session& session);
void add_hold(CLI::App& app, Session& session);
void add_backup(CLI::App& app, Session& session);
void add_restore(CLI::App& app, Session& session);
void add_fsck(CLI::App& app, Session& session);

}  // namespace rapporteur::cli
