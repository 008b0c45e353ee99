// validate: the hub's rules over files, without a hub.
#include <CLI/CLI.hpp>

#include "adapters/agency/planned_file.h"
#include "adapters/agency/published_file.h"
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
  bool disclosure = false;
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

// False when something that is hidden in the file follows.
bool show_verdict(const Program& program, const PublishedFile& published, bool rows_may_be_out) {
  const bool holds = published.tells_nothing(rows_may_be_out);
  published.show(program);
  program.say(published.file + ": " +
              toned(holds ? "passes" : "does not pass", holds ? Tone::kGood : Tone::kBad) + ", " +
              std::to_string(published.told) + " of " + counted(published.hidden, "hidden figure") +
              " can be worked out, " + counted(published.violated.size(), "breakdown") +
              " cannot add up, " + counted(published.rows, "observation"));
  return holds;
}

// What became of each file; one that cannot be read does not keep the others from being checked.
class Verdicts {
 public:
  explicit Verdicts(Program& program) : program_(program) {}

  template <typename File, typename Show>
  void add(const std::string& name, const Result<File>& file, const Show& show) {
    if (file) {
      valid_ = show(*file) && valid_;
      checked_ = checked_ || file->readable;
      files_.push_back(file->json());
      return;
    }
    program_.fail(file.error());
    files_.push_back({{"file", name}, {"error", file.error().line()}});
    unread_ = unread_.value_or(exit_code(file.error().kind));
    valid_ = false;
  }

  // `basis`: what the findings rest on, "" for nothing but the files.
  Outcome give(const std::string& basis, const std::string& report_json) const {
    nlohmann::ordered_json document;
    if (!basis.empty()) document["checked"] = basis;
    document["files"] = files_;
    document["valid"] = valid_;
    if (checked_ && !basis.empty()) program_.say(basis);
    program_.answer(document);
    if (!report_json.empty()) {
      if (auto written = write_report(report_json, document); !written) {
        return tl::unexpected(written.error());
      }
    }
    return unread_.value_or(valid_ ? 0 : 1);
  }

 private:
  Program& program_;
  nlohmann::ordered_json files_ = nlohmann::ordered_json::array();
  bool valid_ = true;
  bool checked_ = false;
  std::optional<int> unread_;
};

Outcome validate(Program& program, const ValidateOptions& options) {
  auto known = what_is_known(program);
  if (!known) return tl::unexpected(known.error());
  const FileOptions reading = options.file.with_default(known->mapping);
  Verdicts verdicts(program);
  for (const std::string& name : options.files) {
    if (options.disclosure) {
      verdicts.add(name, read_published(name, reading), [&](const PublishedFile& file) {
        return show_verdict(program, file, reading.skip_refused_rows);
      });
    } else {
      verdicts.add(name, plan_file(name, reading, known->check),
                   [&](const PlannedFile& file) { return show_verdict(program, file); });
    }
  }
  return verdicts.give(options.disclosure ? "" : known->check.basis(), options.report_json);
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
  command->add_flag("--disclosure", options->disclosure,
                    "Take the figures as published: name each hidden one that follows from them");
  command->add_option("--report-json", options->report_json, "Write the findings to this file");
  command->callback([&chosen, options]() {
    chosen = [options](Program& program) { return validate(program, *options); };
  });
}

}  // namespace rapporteur::agency
