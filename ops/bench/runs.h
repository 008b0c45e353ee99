// The runs of rapporteur-bench. Each adds itself to the application.
#pragma once

#include <filesystem>

#include <CLI/CLI.hpp>

#include "ops/bench/bench_hub.h"
#include "ops/bench/report.h"

namespace rapporteur::bench {

struct Session {
  std::filesystem::path folder = ".";  // the file system that is measured
  bool json = false;
  int exit = 0;

  [[nodiscard]] HubOptions hub_options() const;
  // Prints the report, or the error as one line and sets the exit code.
  void finish(const Result<Report>& result);
};

void add_receipts(CLI::App& app, Session& session);
void add_latency(CLI::App& app, Session& session);
void add_fanout(CLI::App& app, Session& session);
void add_catch_up(CLI::App& app, Session& session);
void add_fill(CLI::App& app, Session& session);
void add_verify(CLI::App& app, Session& session);
void add_disclosure(CLI::App& app, Session& session);
void add_gate(CLI::App& app, Session& session);
void add_protect(CLI::App& app, Session& session);
void add_formats(CLI::App& app, Session& session);

}  // namespace rapporteur::bench
