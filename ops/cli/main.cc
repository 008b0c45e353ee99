// rapporteur: the command line of operators and auditors.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>

#include "ops/cli/commands.h"
#include "proto/base/last_net.h"

namespace rapporteur::cli {

void Session::failed(const Error& error) {
  const int code = exit_code(error.kind);
  exit = std::max(exit, code);
  if (json) {
    std::fputs(json_line({{"error", error.what},
                          {"where", error.where},
                          {"remedy", error.remedy},
                          {"exit_code", code}})
                   .c_str(),
               stderr);
  } else {
    std::fprintf(stderr, "rapporteur: %s\n", error.line().c_str());
  }
}

void Session::warn(const std::string& text) const {
  const std::string line =
      json ? json_line({{"warning", text}}) : "rapporteur: warning: " + printable(text) + "\n";
  std::fputs(line.c_str(), stderr);
}

void Session::finish(const Status& status) {
  if (!status) failed(status.error());
}

namespace {

int run(int argc, char** argv) {
  CLI::App app{"Watch and administer a Rapporteur hub, and verify its log without trusting it.",
               "rapporteur"};
  app.set_version_flag("--version", "rapporteur " RAPPORTEUR_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  Session session;
  // Before the line is understood, so that what is wrong with it is JSON too.
  const std::span words(argv, static_cast<std::size_t>(argc));
  session.json = std::ranges::find(words, std::string_view("--json")) != words.end();
  const char* named = std::getenv("RAPPORTEUR_OPERATOR");
  session.operator_folder = named != nullptr ? named : "operator";
  app.add_option(
      "--operator", session.operator_folder,
      "Folder with your keys and the hub's address ($RAPPORTEUR_OPERATOR, or ./operator)");
  app.add_flag("--json", session.json, "Print JSON, one value a line; errors and warnings too");
  add_init(app, session);
  add_participant(app, session);
  add_grant(app, session);
  add_policy(app, session);
  add_waiver(app, session);
  add_status(app, session);
  add_tail(app, session);
  add_show(app, session);
  add_table(app, session);
  add_audit(app, session);
  add_proof(app, session);
  add_checkpoint(app, session);
  add_witness(app, session);
  add_timestamp(app, session);
  add_erase(app, session);
  add_retention(app, session);
  add_hold(app, session);
  add_backup(app, session);
  add_restore(app, session);
  add_fsck(app, session);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      app.exit(error);  // --help, --version
    } else {
      session.failed(usage_error(app, error));
    }
  }
  session.finish(all_printed());
  return session.exit;
}

}  // namespace
}  // namespace rapporteur::cli

int main(int argc, char** argv) {
  return rapporteur::within_last_net("rapporteur",
                                     [&]() { return rapporteur::cli::run(argc, argv); });
}
