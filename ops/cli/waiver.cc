// waiver: figures that are public already, cell by cell.
#include <array>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <spdlog/fmt/fmt.h>

#include "adapters/sources/binding.h"
#include "adapters/sources/input.h"
#include "adapters/sources/mapping.h"
#include "ops/cli/commands.h"
#include "ops/cli/operator_line.h"
#include "proto/base/clock.h"
#include "proto/base/counted.h"
#include "proto/base/limits.h"
#include "proto/crypto/encoding.h"
#include "proto/crypto/sha256.h"
#include "proto/statistics/waived_cell.h"
#include "store/merkle/digest_set.h"

namespace rapporteur::cli {
namespace {

struct WaiverOptions {
  std::string file;
  std::string mapping;  // "": columns by their names, or a layout that is known
  std::string dataflow;
  std::string reference;
  bool skip_refused_rows = false;
};

Result<Digest> sha256_of(const std::string& file) {
  auto input = sources::open_file_input(file);
  if (!input) return tl::unexpected(input.error());
  crypto::Sha256 hash;
  std::array<char, 64UL << 10U> block{};
  while (true) {
    const auto read = (*input)->read(block);
    if (!read) return tl::unexpected(read.error());
    if (*read == 0) return hash.finish();
    hash.update(std::string_view(block.data(), *read));
  }
}

Result<sources::BoundFigures> figures_of(const Session& session, const WaiverOptions& options) {
  std::optional<sources::Mapping> mapping;
  if (!options.mapping.empty()) {
    auto read = sources::Mapping::read_file(options.mapping);
    if (!read) return tl::unexpected(read.error());
    mapping = std::move(*read);
  }
  sources::FindingLog log(options.file);
  auto figures = sources::read_figures(options.file, mapping ? &*mapping : nullptr, {}, log);
  if (!figures) return figures;
  if (figures->unbound().empty()) return figures;
  for (const sources::Finding& finding : log.findings()) {
    if (finding.severity == sources::Severity::kError) session.warn(finding.to_line());
  }
  const std::string left_out = counted(figures->unbound().size(), "row") + " cannot be read";
  if (options.skip_refused_rows) {
    session.warn(left_out + ": what they say is not waived");
    return figures;
  }
  return fail(ErrorKind::kRefused, left_out, options.file,
              "complete the mapping, or waive the others with --skip-refused-rows");
}

// The cells of one dataflow.
Result<merkle::DigestSet> cells_of(const sources::BoundFigures& figures,
                                   const WaiverOptions& options) {
  ObservationSetBuilder builder;
  std::set<std::string> others;
  for (std::size_t row = 0; row < figures.rows(); ++row) {
    if (figures.dataflow(row) == options.dataflow) {
      builder.add(figures.observation(row));
    } else {
      others.insert(figures.dataflow(row));
    }
  }
  const ObservationSet observations = builder.build();
  if (observations.empty()) {
    std::string there;
    for (const std::string& one : others) there += (there.empty() ? "" : ", ") + one;
    return fail(ErrorKind::kUsage, "no figure of it is of '" + options.dataflow + "'", options.file,
                there.empty() ? "it has no row" : "what it has is of " + there);
  }
  std::vector<Digest> hashes;
  for (std::size_t row = 0; row < observations.rows(); ++row) {
    hashes.push_back(waived_cell_hash(observations, row));
  }
  merkle::DigestSet cells = merkle::DigestSet::of(std::move(hashes));
  if (cells.size() > limits::kWaivedCells) {
    return fail(ErrorKind::kUsage,
                "it has " + counted(cells.size(), "cell") + ", and a waiver names at most " +
                    std::to_string(limits::kWaivedCells),
                options.file, "cut it, by area say, and waive the parts");
  }
  return cells;
}

Status waive(Session& session, const WaiverOptions& options) {
  const auto figures = figures_of(session, options);
  if (!figures) return tl::unexpected(figures.error());
  const auto cells = cells_of(*figures, options);
  if (!cells) return tl::unexpected(cells.error());
  const auto file_sha256 = sha256_of(options.file);
  if (!file_sha256) return tl::unexpected(file_sha256.error());
  v1::AdministrativeAction action;
  v1::Waiver& waiver = *action.mutable_add_waiver()->mutable_waiver();
  waiver.set_dataflow(options.dataflow);
  waiver.set_reference(options.reference);
  waiver.set_file_sha256(file_sha256->string());
  waiver.set_cells(static_cast<std::uint32_t>(cells->size()));
  waiver.set_root_sha256(cells->root().string());
  waiver.set_created_ms(unix_millis(SystemClock().now()));
  action.mutable_add_waiver()->set_cell_sha256s(cells->packed());
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  const auto entry = line->administer(action);
  if (!entry) return tl::unexpected(entry.error());
  if (session.json) {
    print(json_line({{"waiver", entry->value},
                     {"cells", cells->size()},
                     {"rows", figures->rows()},
                     {"rows_left_out", figures->unbound().size()},
                     {"root_sha256", crypto::hex(cells->root().span())},
                     {"file_sha256", crypto::hex(file_sha256->span())}}));
  } else {
    print(fmt::format("waiver {}: {} of {} are waived, exactly as they stand in {}\n", entry->value,
                      counted(cells->size(), "cell"), options.dataflow, options.file));
  }
  return {};
}

Status list_waivers(Session& session) {
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  const auto state = line->directory();
  if (!state) return tl::unexpected(state.error());
  TextTable table({"WAIVER", "DATAFLOW", "CELLS", "ADDED", "BY", "REFERENCE"});
  for (const auto& waiver : state->waivers()) {
    if (session.json) {
      print(json_line({{"waiver", waiver.index()},
                       {"dataflow", waiver.dataflow()},
                       {"cells", waiver.cells()},
                       {"created", time_text(waiver.created_ms())},
                       {"added_by", waiver.added_by()},
                       {"reference", waiver.reference()},
                       {"root_sha256", crypto::hex(bytes_of(waiver.root_sha256()))},
                       {"file_sha256", crypto::hex(bytes_of(waiver.file_sha256()))}}));
    } else {
      table.add({std::to_string(waiver.index()), waiver.dataflow(), std::to_string(waiver.cells()),
                 time_text(waiver.created_ms()), waiver.added_by(), waiver.reference()});
    }
  }
  if (!session.json) print(state->waivers().empty() ? "nothing is waived\n" : table.text());
  return {};
}

Status remove_waiver(Session& session, std::uint64_t index, const std::string& reason) {
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  v1::AdministrativeAction action;
  action.mutable_remove_waiver()->set_index(index);
  action.set_reason(reason);
  const auto entry = line->administer(action);
  if (!entry) return tl::unexpected(entry.error());
  if (session.json) {
    print(json_line({{"removed", index}, {"entry", entry->value}}));
  } else {
    print(fmt::format("waiver {} is removed by entry {}; what was accepted under it stays marked\n",
                      index, entry->value));
  }
  return {};
}

CLI::Option* not_empty(CLI::Option* option) {
  return option->required()->check([](const std::string& text) {
    return std::string(text.empty() ? "at least one character" : "");
  });
}

}  // namespace

void add_waiver(CLI::App& app, Session& session) {
  auto* group = app.add_subcommand("waiver", "Figures that are public already, as they stand");
  group->require_subcommand(1);
  auto* add_command = group->add_subcommand(
      "add", "Waive the cells of a file: what is wrong with them is said, and refuses nothing");
  auto options = std::make_shared<WaiverOptions>();
  add_command->add_option("--file", options->file, "The file as it was published")->required();
  add_command->add_option("--mapping", options->mapping,
                          "Mapping file; without it, columns by their names");
  add_command->add_option("--dataflow", options->dataflow, "AGENCY:ID(VERSION)")->required();
  not_empty(add_command->add_option("--reference", options->reference,
                                    "What was published, where and when; kept in the log"));
  add_command->add_flag("--skip-refused-rows", options->skip_refused_rows,
                        "Waive the rest where rows cannot be read or mapped");
  add_command->callback([&session, options] { session.finish(waive(session, *options)); });

  group->add_subcommand("list", "Those that stand")->callback([&session] {
    session.finish(list_waivers(session));
  });

  auto* remove_command = group->add_subcommand("remove", "For later submissions");
  auto index = std::make_shared<std::uint64_t>(0);
  auto reason = std::make_shared<std::string>();
  whole_number(remove_command->add_option("WAIVER", *index, "Its number: see `list`")->required());
  not_empty(remove_command->add_option("--reason", *reason, "Why; kept in the log"));
  remove_command->callback(
      [&session, index, reason] { session.finish(remove_waiver(session, *index, *reason)); });
}

}  // namespace rapporteur::cli
