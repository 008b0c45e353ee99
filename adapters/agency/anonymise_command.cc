// anonymise: a register of cases as a table that may be published.
#include <array>

#include <CLI/CLI.hpp>

#include "adapters/agency/places.h"
#include "adapters/agency/program.h"
#include "adapters/anonymise/cases.h"
#include "adapters/anonymise/cell_key/record_keys.h"
#include "adapters/anonymise/certificate_json.h"
#include "adapters/anonymise/release.h"
#include "adapters/anonymise/report.h"
#include "adapters/anonymise/spec.h"
#include "adapters/sinks/atomic_file.h"
#include "adapters/sinks/hub_dataset.h"

namespace rapporteur::agency {
namespace {

struct AnonymiseOptions {
  std::string spec;
  std::string input;
  std::string output;
  std::string certificate;
  std::string html;
  std::string json;
  std::string language = "en";
  bool skip_refused_rows = false;
  bool no_alternatives = false;
  bool make_key = false;
};

// All that was asked for appears, or none of it.
class OutputFiles {
 public:
  Status add(const std::string& path, std::string_view content, mode_t mode = 0644) {
    auto file = sinks::AtomicFile::create(path, {.mode = mode});
    if (!file) return tl::unexpected(file.error());
    files_.push_back(std::move(*file));
    return files_.back()->append(content);
  }
  Status commit() {
    for (const auto& file : files_) {
      if (auto done = file->commit(); !done) return done;
    }
    return {};
  }

 private:
  std::vector<std::unique_ptr<sinks::AtomicFile>> files_;
};

void warn_of_refused(const Program& program, const anonymise::Cases& cases,
                     const std::string& file) {
  for (const anonymise::RefusedRow& row : cases.refused_rows) {
    const std::string column = row.column.empty() ? "" : " " + printable(row.column, 60) + ":";
    program.warn(file + ':' + std::to_string(row.line) + ':' + column + ' ' + row.what);
  }
  if (cases.refused > cases.refused_rows.size()) {
    program.warn(counted(cases.refused - cases.refused_rows.size(), "more row") +
                 " cannot be mapped");
  }
}

// A spec may be looser than the default: operators may have loosened the policy.
void warn_of_loose(const Program& program, const anonymise::Spec& spec) {
  for (const std::string& one : spec.looser_than_policy()) {
    program.warn(spec.file + ": " + one + ": looser than the default policy of " + spec.dataflow +
                 "; the hub refuses it unless its policy was loosened");
  }
}

Status write_all(const AnonymiseOptions& options, const anonymise::Spec& spec,
                 const anonymise::Release& release, const anonymise::ReleaseReport& report) {
  const auto language =
      options.language == "fr" ? anonymise::Language::kFrench : anonymise::Language::kEnglish;
  const std::string table =
      sinks::sdmx_csv_of(spec.dataflow, anonymise::observations_of(spec, release));
  OutputFiles files;
  Status status = files.add(options.output, table);
  if (status && !options.certificate.empty()) {
    status = files.add(options.certificate, anonymise::certificate_json(spec, release, table));
  }
  if (status && !options.html.empty()) {
    status = files.add(options.html, anonymise::report_html(report, language), 0600);
  }
  if (status && !options.json.empty()) {
    status = files.add(options.json, anonymise::report_json(report), 0600);
  }
  if (!status) return status;
  return files.commit();
}

// What the method of the spec has no use for; and the key that it needs.
Status make_ready(const Program& program, const AnonymiseOptions& options,
                  const anonymise::Spec& spec) {
  if (!options.certificate.empty() && !anonymise::hides(spec.method)) {
    return fail(ErrorKind::kUsage,
                "method = \"" + std::string(anonymise::name(spec.method)) +
                    "\" hides nothing, and has no certificate",
                options.certificate, "leave --certificate out");
  }
  if (!options.make_key) return {};
  if (spec.method != anonymise::Method::kCellKey) {
    return fail(ErrorKind::kUsage, "only method = \"cell-key\" has a key", spec.file,
                "leave --make-key out");
  }
  if (auto made = anonymise::RecordKeys::make_file(spec.cell_key.key_file); !made) return made;
  program.warn(spec.cell_key.key_file +
               ": a new key; keep a copy in a safe place: figures changed with another key do not "
               "match");
  return {};
}

Outcome anonymise_file(Program& program, const AnonymiseOptions& options) {
  const auto spec = anonymise::Spec::read_file(options.spec);
  if (!spec) return tl::unexpected(spec.error());
  if (options.output == "-") {
    return fail(ErrorKind::kUsage, "the table goes into a file, beside its report", "-o",
                "name one");
  }
  const std::array read{options.input, options.spec, spec->cell_key.key_file};
  const std::array written{options.output, options.certificate, options.html, options.json};
  if (auto places = check_places(read, written); !places) return tl::unexpected(places.error());
  warn_of_loose(program, *spec);
  if (auto ready = make_ready(program, options, *spec); !ready) {
    return tl::unexpected(ready.error());
  }
  const auto cases = anonymise::read_cases(*spec, options.input);
  if (!cases) return tl::unexpected(cases.error());
  warn_of_refused(program, *cases, options.input);
  if (cases->refused > 0 && (!options.skip_refused_rows || cases->rows == 0)) {
    return fail(ErrorKind::kRefused,
                counted(cases->refused, "row") + " cannot be mapped; nothing is written",
                options.input,
                cases->rows == 0 ? "no row is left" : "mend them, or --skip-refused-rows");
  }
  const auto released = anonymise::release({*spec, cases->axes(), cases->slices});
  if (!released) return tl::unexpected(released.error());
  const auto report = anonymise::report_on(*spec, *cases, *released, !options.no_alternatives);
  if (auto done = write_all(options, *spec, *released, report); !done) {
    return tl::unexpected(done.error());
  }
  const auto language =
      options.language == "fr" ? anonymise::Language::kFrench : anonymise::Language::kEnglish;
  for (const std::string& line : anonymise::report_lines(report, language)) program.say(line);
  program.say(options.output + ": " + counted(cases->rows, "row") + " in " +
              counted(released->slices.size(), "table") + "; 'rapporteur-adapter validate " +
              options.output + "' checks it against what is public already");
  program.answer(nlohmann::ordered_json::parse(anonymise::report_json(report)));
  return 0;
}

}  // namespace

void add_anonymise(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "anonymise", "Make a table that may be published of a register of cases, offline");
  auto options = std::make_shared<AnonymiseOptions>();
  command->add_option("IN", options->input, "A CSV file: one row a case, or a table of counts")
      ->required();
  command->add_option("--spec", options->spec, "What is counted, along which codes (TOML)")
      ->required();
  command->add_option("-o,--output", options->output, "Write the table here, as SDMX-CSV 2.0")
      ->required();
  command->add_option("--certificate", options->certificate,
                      "Write the proof that hidden counts cannot be told to this file");
  command->add_option("--report-html", options->html, "Write a report for people to this file");
  command->add_option("--report-json", options->json, "Write the same for machines to this file");
  command->add_option("--language", options->language, "Of the report: en or fr")
      ->check(CLI::IsMember({"en", "fr"}))
      ->capture_default_str();
  command->add_flag("--skip-refused-rows", options->skip_refused_rows,
                    "Count the rest where rows cannot be mapped");
  command->add_flag("--no-alternatives", options->no_alternatives,
                    "Do not work out what coarser codes would hide");
  command->add_flag("--make-key", options->make_key,
                    "Make the key file that a spec with cell keys names; one that exists stays");
  command->callback([&chosen, options]() {
    chosen = [options](Program& program) { return anonymise_file(program, *options); };
  });
}

}  // namespace rapporteur::agency
