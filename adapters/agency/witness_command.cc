// witness: what others put into their policies to have this agency as a witness.
#include <CLI/CLI.hpp>

#include "adapters/agency/desk.h"
#include "adapters/witness/service.h"

namespace rapporteur::agency {
namespace {

Outcome show_witness(Program& program) {
  auto desk = Desk::open(program);
  if (!desk) return tl::unexpected(desk.error());
  const std::string& listen = (*desk)->agency.settings().witness;
  if (!listen.empty()) {
    const auto address = witness::listening_address(listen, (*desk)->witness_setting());
    if (!address) return tl::unexpected(address.error());
  }
  const auto key = witness::own_key((*desk)->witness_key(), (*desk)->witness_state());
  if (!key) return tl::unexpected(key.error());
  const std::string name = (*desk)->witness_name();
  const std::string vkey = witness::verifier_key(name, *key).text();
  const std::string url = listen.empty() ? "" : "http://" + listen;
  program.say("witness " + (*desk)->participant() + " " + vkey + (url.empty() ? "" : " " + url));
  if (url.empty()) {
    program.warn(
        "'run' answers as a witness when adapter.toml says where: "
        "witness = \"127.0.0.1:8090\"");
  }
  program.answer({{"name", name}, {"verifier_key", vkey}, {"url", url}});
  return 0;
}

}  // namespace

void add_witness(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "witness", "The line of a tlog-policy that names this agency as a witness of its hub's log");
  command->callback([&chosen]() { chosen = show_witness; });
}

}  // namespace rapporteur::agency
