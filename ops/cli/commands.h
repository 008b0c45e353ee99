// The commands of `rapporteur`. Each adds itself to the application and sets `exit` to its exit
// code when it is the one that was called.
#pragma once

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

  [[nodiscard]] Format format() const { return json ? Format::kJson : Format::kText; }
  // Prints the error as one line and sets the exit code.
  void failed(const Error& error);
  void finish(const Status& status);
};

void add_init(CLI::App& app, Session& session);
void add_participant(CLI::App& app, Session& session);
void add_grant(CLI::App& app, Session& session);
void add_status(CLI::App& app, Session& session);
void add_tail(CLI::App& app, Session& session);
void add_show(CLI::App& app, Session& session);
void add_table(CLI::App& app, Session& session);
void add_audit(CLI::App& app, Session& session);
void add_policy(CLI::App& app, Session& session);
void add_proof(CLI::App& app, Session& session);

}  // namespace rapporteur::cli
