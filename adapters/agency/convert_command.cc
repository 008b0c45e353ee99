// convert: a file in another format, and what that could not carry.
#include <array>

#include <CLI/CLI.hpp>

#include "adapters/agency/places.h"
#include "adapters/agency/planned_file.h"
#include "adapters/sinks/atomic_file.h"
#include "adapters/sinks/convert.h"
#include "adapters/sources/bound_source.h"
#include "adapters/sources/plain_source.h"
#include "adapters/sources/suggest.h"

namespace rapporteur::agency {
namespace {

struct ConvertCommand {
  std::string input;
  std::string from;
  std::string to;
  std::string output;
  std::string dataflow;
  std::string labels = "id";
  FileOptions file;
  bool strict = false;
};

Result<const sinks::DatasetFormat*> format_named(const std::string& name) {
  if (const auto* format = sinks::dataset_format(name)) return format;
  std::string all = "the formats are";
  std::vector<std::string_view> names;
  for (const auto& format : sinks::dataset_formats()) {
    names.push_back(format.name);
    all.append(" ").append(format.name);
  }
  const std::string near = sources::did_you_mean(name, names);
  return fail(ErrorKind::kUsage, "no such format to write: " + printable(name, 80), {},
              near.empty() ? all : all + "; " + near);
}

Result<std::unique_ptr<sources::Source>> open(const ConvertCommand& options,
                                              sources::FindingLog& log) {
  if (!options.file.mapping.empty()) {
    if (!options.from.empty() || !options.dataflow.empty()) {
      return fail(ErrorKind::kUsage, "a mapping names the format and the dataflow itself",
                  options.file.mapping, "leave --from and --dataflow out");
    }
    auto figures = read_by_mapping(options.input, options.file, log);
    if (!figures) return tl::unexpected(figures.error());
    return sources::make_bound(std::move(*figures), options.labels == "id"
                                                        ? sources::CodesNamed::kNo
                                                        : sources::CodesNamed::kYes);
  }
  if (!options.dataflow.empty() && !sources::is_structure_reference(options.dataflow)) {
    return fail(ErrorKind::kUsage,
                "does not identify a dataflow: " + printable(options.dataflow, 80), "--dataflow",
                "write AGENCY:ID(VERSION)");
  }
  auto source = sources::open_source(options.input, {.format = options.from}, log);
  if (!source) return source;
  return sources::make_plain(std::move(*source), options.dataflow);
}

Result<std::unique_ptr<sinks::Output>> open_output(const std::string& place) {
  if (place == "-") return std::make_unique<sinks::StandardOutput>();
  auto file = sinks::AtomicFile::create(place);
  if (!file) return tl::unexpected(file.error());
  return std::move(*file);
}

nlohmann::ordered_json json_of(const sinks::Losses& losses) {
  auto out = nlohmann::ordered_json::array();
  for (const auto& [cause, loss] : losses.all()) {
    out.push_back({{"component", cause.first},
                   {"what", cause.second},
                   {"rows", loss.rows},
                   {"first_line", loss.first_line},
                   {"example", loss.example}});
  }
  return out;
}

// Aligned columns; what is said stands last.
std::string table_of(const sinks::Losses& losses) {
  constexpr std::string_view kComponent = "component";
  std::size_t width = kComponent.size();
  for (const auto& [cause, loss] : losses.all()) width = std::max(width, cause.first.size());
  const auto line = [&](std::string_view component, std::string_view rows, std::string_view first,
                        std::string_view what) {
    std::string out = "  " + std::string(component);
    out.append(width + 2 - component.size(), ' ');
    const auto right = [&](std::string_view text, std::size_t cells) {
      out.append(cells - std::min(cells, text.size()), ' ').append(text);
    };
    right(rows, 9);
    right(first, 11);
    return out.append("  ").append(what).append("\n");
  };
  std::string out = line(kComponent, "rows", "first line", "what is lost");
  for (const auto& [cause, loss] : losses.all()) {
    const bool whole_file = loss.rows == 0;
    const std::string what =
        loss.example.empty() ? cause.second : cause.second + ": \"" + loss.example + '"';
    out += line(cause.first.empty() ? "-" : cause.first,
                whole_file ? "all" : std::to_string(loss.rows),
                whole_file ? "-" : std::to_string(loss.first_line), what);
  }
  return out;
}

Outcome convert(Program& program, const ConvertCommand& options) {
  const auto format = format_named(options.to);
  if (!format) return tl::unexpected(format.error());
  const std::array read{options.input, options.file.mapping};
  const std::array written{options.output};
  if (auto places = check_places(read, written); !places) return tl::unexpected(places.error());
  const bool to_screen = options.output == "-";
  const auto tell = [&](const std::string& line) {
    to_screen ? program.warn(line) : program.say(line);
  };

  sources::FindingLog log(options.input);
  sinks::Losses losses;
  const auto run = [&]() -> Result<sinks::Conversion> {
    auto source = open(options, log);
    if (!source) return tl::unexpected(source.error());
    auto output = open_output(options.output);
    if (!output) return tl::unexpected(output.error());
    sinks::ConvertOptions how{.skip_refused_rows = options.file.skip_refused_rows};
    if (options.labels == "name") how.writer.labels = sources::Labels::kName;
    if (options.labels == "both") how.writer.labels = sources::Labels::kBoth;
    return sinks::convert(**source, **format, **output, how, losses, log);
  };
  const auto done = run();
  std::vector<FileFinding> findings = findings_of(log);
  // What ended the reading is the error that follows.
  if (!done && done.error().kind == ErrorKind::kMalformed && !findings.empty()) findings.pop_back();
  for (const FileFinding& finding : findings) tell(finding.sentence(options.input));
  if (log.not_kept() > 0) tell(options.input + ": and " + std::to_string(log.not_kept()) + " more");
  if (!done) return tl::unexpected(done.error());

  const std::string left_out =
      done->rows_left_out > 0 ? ", " + counted(done->rows_left_out, "row") + " left out" : "";
  if (!losses.empty()) tell(options.to + " cannot carry everything:\n" + table_of(losses));
  if (!to_screen) {
    program.say(options.input + ": " + counted(done->rows, "row") + left_out + ", written to " +
                options.output + " as " + options.to);
    program.answer({{"input", options.input},
                    {"output", options.output},
                    {"format", options.to},
                    {"rows", done->rows},
                    {"rows_left_out", done->rows_left_out},
                    {"findings", agency::json_of(findings)},
                    {"lost", json_of(losses)}});
  }
  return options.strict && !losses.empty() ? exit_code(ErrorKind::kRefused) : 0;
}

}  // namespace

void add_convert(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "convert", "Write a file in another format; says what that could not carry");
  auto options = std::make_shared<ConvertCommand>();
  command->add_option("IN", options->input, "File to read")->required();
  command->add_option("--to", options->to, "Format to write")->required();
  command->add_option("-o,--output", options->output, "File to write, or -")->required();
  command->add_option("--from", options->from, "Format to read; found out from the content");
  command->add_option("--mapping", options->file.mapping,
                      "Mapping file: the figures leave with the hub's components");
  command->add_option("--dataflow", options->dataflow,
                      "AGENCY:ID(VERSION) of rows whose format names none");
  command->add_option("--labels", options->labels, "Codes, their names beside them, or both")
      ->check(CLI::IsMember({"id", "name", "both"}))
      ->capture_default_str();
  command->add_flag("--skip-refused-rows", options->file.skip_refused_rows,
                    "Leave out rows that cannot be read or mapped");
  command->add_flag("--strict", options->strict, "Exit 1 when anything was lost");
  command->callback([&chosen, options]() {
    chosen = [options](Program& program) { return convert(program, *options); };
  });
}

}  // namespace rapporteur::agency
