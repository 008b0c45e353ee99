// validate: the hub's rules over files, without a hub.
#include <CLI/CLI.hpp>

#include "adapters/agency/planned_file.h"
#include "adapters/client/agency.h"
#include "adapters/client/files.h"
#include "adapters/client/hub_file.h"
#include "adapters/client/ledger.h"
#include "adapters/sinks/atomic_file.h"

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
  const auto enrolled = client::is_there(program.folder / "hub.toml");
  if (!enrolled) return tl::unexpected(enrolled.error());
  if (!*enrolled) return Known{LocalCheck(), {}};
  auto agency = client::Agency::open(program.folder);
  if (!agency) return tl::unexpected(agency.error());
  auto hub = agency->hub();
  if (!hub) return tl::unexpected(hub.error());
  const client::Ledger ledger(agency->state(), client::log_key(*hub).key);
  auto check = LocalCheck::open(agency->settings().participant, ledger);
  if (!check) return tl::unexpected(check.error());
  return Known{std::move(*check), agency->settings().mapping};
}

// False when the file breaks a rule.
bool show_verdict(const Program& program, const PlannedFile& planned) {
  const bool holds = planned.readable && planned.rules_hold;
  planned.show(program);
  program.say(planned.file + ": " +
              toned(holds ? "passes" : "does not pass", holds ? Tone::kGood : Tone::kBad) + ", " +
              counted(planned.observations(), "observation") + " in " +
              counted(planned.submissions.size(), "submission"));
  return holds;
}

Status write_report(const std::string& file, const nlohmann::ordered_json& document) {
  using Json = nlohmann::ordered_json;
  auto report = sinks::AtomicFile::create(file, {.mode = 0600});
  if (!report) return tl::unexpected(report.error());
  return (*report)
      ->append(document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n")
      .and_then([&]() { return (*report)->commit(); });
}

// A file that cannot be read does not keep the others from being checked.
Outcome validate(Program& program, const ValidateOptions& options) {
  auto known = what_is_known(program);
  if (!known) return tl::unexpected(known.error());
  const FileOptions reading = options.file.with_default(known->mapping);
  nlohmann::ordered_json document;
  document["checked"] = known->check.basis();
  document["files"] = nlohmann::ordered_json::array();
  bool valid = true;
  bool checked = false;
  std::optional<int> unread;
  for (const std::string& name : options.files) {
    auto planned = plan_file(name, reading, known->check);
    if (planned) {
      valid = show_verdict(program, *planned) && valid;
      checked = checked || planned->readable;
      document["files"].push_back(planned->json());
      continue;
    }
    program.fail(planned.error());
    document["files"].push_back({{"file", name}, {"error", planned.error().line()}});
    unread = unread.value_or(exit_code(planned.error().kind));
    valid = false;
  }
  document["valid"] = valid;
  if (checked) program.say(known->check.basis());
  program.answer(document);
  if (!options.report_json.empty()) {
    if (auto written = write_report(options.report_json, document); !written) {
      return tl::unexpected(written.error());
    }
  }
  return unread.value_or(valid ? 0 : 1);
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
