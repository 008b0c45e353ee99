// validate: the hub's rules over files, without a hub.
#include <CLI/CLI.hpp>

#include "adapters/agency/planned_file.h"
#include "adapters/client/agency.h"
#include "adapters/client/files.h"
#include "adapters/client/hub_file.h"
#include "adapters/client/ledger.h"

namespace rapporteur::agency {
namespace {

struct ValidateOptions {
  std::vector<std::string> files;
  FileOptions file;
  std::string report_json;
};

struct Known {
  LocalCheck check;
  std::string mapping;
};

// An agency's folder adds its own published figures and policies; without one the defaults apply.
Result<Known> what_is_known(const Program& program) {
  if (!std::filesystem::exists(program.folder / "hub.toml")) return Known{LocalCheck(), {}};
  auto agency = client::Agency::open(program.folder);
  if (!agency) return tl::unexpected(agency.error());
  auto hub = agency->hub();
  if (!hub) return tl::unexpected(hub.error());
  const client::Ledger ledger(agency->state(), client::log_key(*hub).key);
  auto check = LocalCheck::open(agency->settings().participant, ledger);
  if (!check) return tl::unexpected(check.error());
  return Known{std::move(*check), agency->settings().mapping};
}

Outcome validate(Program& program, const ValidateOptions& options) {
  auto known = what_is_known(program);
  if (!known) return tl::unexpected(known.error());
  FileOptions reading = options.file;
  if (reading.mapping.empty()) reading.mapping = known->mapping;
  nlohmann::ordered_json document;
  document["files"] = nlohmann::ordered_json::array();
  bool valid = true;
  for (const std::string& name : options.files) {
    auto planned = plan_file(name, reading, known->check);
    if (!planned) return tl::unexpected(planned.error());
    const bool holds = planned->readable && planned->rules_hold;
    valid = valid && holds;
    for (const FileFinding& finding : planned->findings) program.say(finding.text(name));
    if (planned->findings_not_kept > 0) {
      program.say(name + ": and " + std::to_string(planned->findings_not_kept) + " more");
    }
    program.say(name + ": " +
                toned(holds ? "passes" : "does not pass", holds ? Tone::kGood : Tone::kBad) + ", " +
                std::to_string(planned->observations()) + " observations in " +
                std::to_string(planned->submissions.size()) + " submissions");
    document["files"].push_back(planned->json());
  }
  document["valid"] = valid;
  program.answer(document);
  if (!options.report_json.empty()) {
    using Json = nlohmann::ordered_json;
    if (auto written = client::write_file_atomically(
            options.report_json,
            document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
        !written) {
      return tl::unexpected(written.error());
    }
  }
  return valid ? 0 : 1;
}

}  // namespace

void add_validate(CLI::App& app, Command& chosen) {
  CLI::App* command =
      app.add_subcommand("validate", "Apply the hub's rules and the small-cell rule, offline");
  auto options = std::make_shared<ValidateOptions>();
  command->add_option("FILE", options->files, "Files to check")->required();
  command->add_option("--mapping", options->file.mapping, "Mapping file");
  command->add_flag("--skip-refused-rows", options->file.skip_refused_rows,
                    "Check the rest where rows cannot be read or mapped");
  command->add_option("--report-json", options->report_json, "Write the findings to this file");
  command->callback([&chosen, options]() {
    chosen = [options](Program& program) { return validate(program, *options); };
  });
}

}  // namespace rapporteur::agency
