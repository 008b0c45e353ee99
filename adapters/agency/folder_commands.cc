// init, enrol: the agency's folder and its hub.
#include <CLI/CLI.hpp>

#include "adapters/agency/desk.h"
#include "proto/base/limits.h"

namespace rapporteur::agency {
namespace {

Outcome init(Program& program, const std::string& participant) {
  if (auto created = client::Agency::create(program.folder, participant); !created) {
    return tl::unexpected(created.error());
  }
  const auto request = program.folder / "enrolment.toml";
  program.say("agency '" + participant + "' made in " + program.folder.string());
  program.say("hand " + request.string() +
              " to the hub's operator; with the hub's public file: rapporteur-adapter -C " +
              program.folder.string() + " enrol hub-public.toml");
  program.answer({{"participant", participant}, {"enrolment_request", request.string()}});
  return 0;
}

// By the pin of today.
Result<v1::Welcome> try_hub(Program& program) {
  auto desk = Desk::open(program);
  if (!desk) return tl::unexpected(desk.error());
  auto line = (*desk)->connect();
  if (!line) return tl::unexpected(line.error());
  return (*line)->welcome();
}

Outcome enrol(Program& program, const std::string& file) {
  auto content = client::read_small_file(file, limits::kConfigurationBytes);
  if (!content) {
    return fail(ErrorKind::kUsage, content.error().what, file,
                "name the file hub-public.toml of the hub's operator");
  }
  auto hub = client::parse_hub_file(*content, file);
  if (!hub) {
    // Here it is no setting: a file that is not what it should be.
    Error error = hub.error();
    error.kind = ErrorKind::kMalformed;
    return tl::unexpected(error);
  }
  auto agency = client::Agency::open(program.folder);
  if (!agency) return tl::unexpected(agency.error());
  const auto before = agency->hub();
  if (auto written = agency->pin(*hub); !written) return tl::unexpected(written.error());
  const std::string pinned = "hub '" + hub->hub + "' pinned, log key " + hub->log_verifier_key;
  const auto welcome = try_hub(program);
  if (!welcome) {
    // What can come right by itself is no reason against the new pin.
    const ErrorKind why = welcome.error().kind;
    if (before && why != ErrorKind::kUnreachable && why != ErrorKind::kOverloaded) {
      if (auto back = agency->put_back(*before); !back) return tl::unexpected(back.error());
      program.say("not pinned: the pin of '" + before->hub + "' stays as it was");
    } else {
      program.say(pinned);
    }
    return tl::unexpected(welcome.error());
  }
  program.say(pinned);
  program.say("the hub answers, and takes this agency for '" + welcome->participant() + "'");
  program.answer({{"hub", hub->hub},
                  {"participant", welcome->participant()},
                  {"log_size", welcome->log_size()},
                  {"protocol_version", welcome->version()}});
  return 0;
}

}  // namespace

void add_init(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "init", "Make the agency's folder, its keys and the request for enrolment");
  auto participant = std::make_shared<std::string>();
  command->add_option("PARTICIPANT", *participant, "Who the agency is at the hub, such as 'at'")
      ->required();
  command->callback([&chosen, participant]() {
    chosen = [participant](Program& program) { return init(program, *participant); };
  });
}

void add_enrol(CLI::App& app, Command& chosen) {
  CLI::App* command =
      app.add_subcommand("enrol", "Pin the hub by its public file, and try the line");
  auto file = std::make_shared<std::string>();
  command->add_option("HUB-PUBLIC.toml", *file, "Public file of the hub")->required();
  command->callback(
      [&chosen, file]() { chosen = [file](Program& program) { return enrol(program, *file); }; });
}

}  // namespace rapporteur::agency
