// sync: directory, policies and the agency's own ledger, for use without a hub.
#include <CLI/CLI.hpp>

#include "adapters/agency/desk.h"
#include "adapters/client/ledger.h"

namespace rapporteur::agency {
namespace {

Outcome sync(Program& program) {
  auto desk = Desk::open(program);
  if (!desk) return tl::unexpected(desk.error());
  auto line = (*desk)->connect();
  if (!line) return tl::unexpected(line.error());
  client::Ledger ledger((*desk)->agency.state(), client::log_key((*desk)->hub).key);
  auto summary = ledger.sync(**line, program.clock.now());
  if (!summary) return tl::unexpected(summary.error());
  program.say("directory of " + counted(summary->participants, "participant") + " (version " +
              std::to_string(summary->directory_version) + "), " +
              counted(summary->submissions, "live submission") + " of this agency" +
              (summary->waivers == 0 ? "" : ", " + counted(summary->waivers, "waiver")));
  program.answer({{"directory_version", summary->directory_version},
                  {"participants", summary->participants},
                  {"submissions", summary->submissions},
                  {"waivers", summary->waivers}});
  return 0;
}

}  // namespace

void add_sync(CLI::App& app, Command& chosen) {
  CLI::App* command =
      app.add_subcommand("sync", "Fetch the signed directory and policies, and the own ledger");
  command->callback([&chosen]() { chosen = sync; });
}

}  // namespace rapporteur::agency
