// validate: the hub's rules over files, without a hub.
#include <array>
#include <deque>

#include <CLI/CLI.hpp>

#include "adapters/agency/places.h"
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
  std::string report_html;
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

// What is said of a file, beside its findings.
struct Verdict {
  bool passes = false;
  std::string sentence;  // goes on after it
};
Verdict verdict_on(const PlannedFile& planned) {
  return {planned.readable && planned.rules_hold,
          counted(planned.observations(), "observation") + " in " +
              counted(planned.submissions.size(), "submission")};
}

Status write_report(const std::string& file, const std::string& content) {
  if (file.empty()) return {};
  auto report = sinks::AtomicFile::create(file, {.mode = 0600});
  if (!report) return tl::unexpected(report.error());
  return (*report)->append(content).and_then([&]() { return (*report)->commit(); });
}

Verdict verdict_on(const PublishedFile& published, bool rows_may_be_out) {
  return {published.tells_nothing(rows_may_be_out),
          std::to_string(published.told) + " of " + counted(published.hidden, "hidden figure") +
              " can be worked out, " + counted(published.violated.size(), "breakdown") +
              " cannot add up, " + counted(published.rows, "observation")};
}

// What became of each file; one that cannot be read does not keep the others from being checked.
class Verdicts {
 public:
  explicit Verdicts(Program& program) : program_(program) {}

  template <typename File, typename Judge>
  void add(const std::string& name, const Result<File>& file, const Judge& judge) {
    if (!file) {
      program_.fail(file.error());
      files_.push_back({{"file", name}, {"error", file.error().line()}});
      reports_.push_back({.file = name, .verdict = file.error().line()});
      unread_ = unread_.value_or(exit_code(file.error().kind));
      valid_ = false;
      return;
    }
    const Verdict verdict = judge(*file);
    const std::string word = verdict.passes ? "passes" : "does not pass";
    file->show(program_);
    program_.say(name + ": " + toned(word, verdict.passes ? Tone::kGood : Tone::kBad) + ", " +
                 verdict.sentence);
    files_.push_back(file->json());
    kept_.push_back(file->findings);
    reports_.push_back({.file = name,
                        .verdict = word + ", " + verdict.sentence,
                        .passes = verdict.passes,
                        .findings = &kept_.back(),
                        .findings_not_kept = file->findings_not_kept});
    valid_ = verdict.passes && valid_;
    checked_ = checked_ || file->readable;
  }

  // `basis`: what the findings rest on, "" for nothing but the files.
  Outcome give(const std::string& basis, const ValidateOptions& options) const {
    using Json = nlohmann::ordered_json;
    Json document;
    if (!basis.empty()) document["checked"] = basis;
    document["files"] = files_;
    document["valid"] = valid_;
    if (checked_ && !basis.empty()) program_.say(basis);
    program_.answer(document);
    const std::string json = document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    const auto written = write_report(options.report_json, json).and_then([&]() {
      return write_report(options.report_html, findings_html(reports_, basis));
    });
    if (!written) return tl::unexpected(written.error());
    return unread_.value_or(valid_ ? 0 : 1);
  }

 private:
  Program& program_;
  nlohmann::ordered_json files_ = nlohmann::ordered_json::array();
  std::deque<std::vector<FileFinding>> kept_;  // stay where they are
  std::vector<FileReport> reports_;
  bool valid_ = true;
  bool checked_ = false;
  std::optional<int> unread_;
};

Outcome validate(Program& program, const ValidateOptions& options) {
  std::vector<std::string> read = options.files;
  read.push_back(options.file.mapping);
  const std::array written{options.report_json, options.report_html};
  if (auto places = check_places(read, written); !places) return tl::unexpected(places.error());
  auto known = what_is_known(program);
  if (!known) return tl::unexpected(known.error());
  const FileOptions reading = options.file.with_default(known->mapping);
  Verdicts verdicts(program);
  for (const std::string& name : options.files) {
    if (options.disclosure) {
      verdicts.add(name, read_published(name, reading), [&](const PublishedFile& file) {
        return verdict_on(file, reading.skip_refused_rows);
      });
    } else {
      verdicts.add(name, plan_file(name, reading, known->check),
                   [](const PlannedFile& file) { return verdict_on(file); });
    }
  }
  return verdicts.give(options.disclosure ? "" : known->check.basis(), options);
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
  command->add_option("--report-html", options->report_html, "Write them as a page for people");
  command->callback([&chosen, options]() {
    chosen = [options](Program& program) { return validate(program, *options); };
  });
}

}  // namespace rapporteur::agency
