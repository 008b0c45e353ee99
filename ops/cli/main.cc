// rapporteur: the command line of operators and auditors.
#include <cstdio>
#include <cstdlib>

#include "ops/cli/commands.h"

namespace rapporteur::cli {

void Session::failed(const Error& error) {
  std::fprintf(stderr, "rapporteur: %s\n", error.line().c_str());
  exit = exit_code(error.kind);
}

void Session::finish(const Status& status) {
  if (!status) failed(status.error());
}

namespace {

int run(int argc, char** argv) {
  CLI::App app{"Watch and administer a Rapporteur hub, and verify its log without trusting it."};
  app.require_subcommand(1);
  app.fallthrough();
  Session session;
  const char* named = std::getenv("RAPPORTEUR_OPERATOR");
  session.operator_folder = named != nullptr ? named : "operator";
  app.add_option(
      "--operator", session.operator_folder,
      "Folder with your keys and the hub's address ($RAPPORTEUR_OPERATOR, or ./operator)");
  app.add_flag("--json", session.json, "Print JSON, one value a line");
  add_init(app, session);
  add_participant(app, session);
  add_grant(app, session);
  add_policy(app, session);
  add_status(app, session);
  add_tail(app, session);
  add_show(app, session);
  add_table(app, session);
  add_audit(app, session);
  add_proof(app, session);
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
}  // namespace rapporteur::cli

int main(int argc, char** argv) {
  return rapporteur::cli::run(argc, argv);
}
