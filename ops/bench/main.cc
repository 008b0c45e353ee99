// rapporteur-bench: how fast the hub is on this machine.
#include <cstdio>

#include <unistd.h>

#include "ops/bench/runs.h"

namespace rapporteur::bench {

HubOptions Session::hub_options() const {
  HubOptions options;
  options.parent = folder;
  options.programs = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  return options;
}

void Session::finish(const Result<Report>& result) {
  if (result) {
    result->print(json);
    return;
  }
  std::fprintf(stderr, "rapporteur-bench: %s\n", result.error().line().c_str());
  exit = exit_code(result.error().kind);
}

namespace {

int run(int argc, char** argv) {
  CLI::App app{
      "Measures this machine: a hub of its own, a broker process and a load process; and the "
      "disclosure control of hub and agency."};
  app.require_subcommand(1);
  app.fallthrough();
  Session session;
  app.add_option("--folder", session.folder, "Where the hub's files go: its disk is measured")
      ->capture_default_str();
  app.add_flag("--json", session.json, "Print one JSON object");
  add_receipts(app, session);
  add_latency(app, session);
  add_fanout(app, session);
  add_catch_up(app, session);
  add_fill(app, session);
  add_verify(app, session);
  add_disclosure(app, session);
  add_gate(app, session);
  add_protect(app, session);
  add_formats(app, session);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool asked_for_help = error.get_exit_code() == 0;
    app.exit(error);
    return asked_for_help ? 0 : exit_code(ErrorKind::kUsage);
  }
  return session.exit;
}

}  // namespace
}  // namespace rapporteur::bench

int main(int argc, char** argv) {
  return rapporteur::bench::run(argc, argv);
}
