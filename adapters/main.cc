// rapporteur-adapter: an agency's side of the hub.
#include <CLI/CLI.hpp>

#include "adapters/agency/program.h"

namespace rapporteur::agency {
namespace {

int run(int argc, char** argv) {
  CLI::App app("An agency's adapter: brings its figures to the hub and the hub's to it.",
               "rapporteur-adapter");
  app.set_version_flag("--version", "rapporteur-adapter 0.1.0");
  app.require_subcommand(1);
  app.fallthrough();
  Program program;
  Command chosen;
  app.add_option("-C,--folder", program.folder, "The agency's folder")->capture_default_str();
  app.add_flag("--json", program.json, "Answer as one JSON document");
  for (const auto add : {add_init, add_enrol, add_sync, add_validate, add_push, add_revise,
                         add_withdraw, add_receive, add_run, add_outbox, add_subscription}) {
    add(app, chosen);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : exit_code(ErrorKind::kUsage);
  }
  const Outcome outcome = chosen(program);
  if (outcome) return *outcome;
  program.warn("rapporteur-adapter: " + outcome.error().line());
  return exit_code(outcome.error().kind);
}

}  // namespace
}  // namespace rapporteur::agency

int main(int argc, char** argv) {
  return rapporteur::agency::run(argc, argv);
}
