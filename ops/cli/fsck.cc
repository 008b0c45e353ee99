// fsck: whether a stopped hub's folder is whole, and what follows from its entries put right.
#include "store/rocks/fsck.h"

#include <algorithm>
#include <memory>

#include <spdlog/fmt/fmt.h>

#include "ops/cli/audit_report.h"
#include "ops/cli/commands.h"
#include "ops/cli/log_check.h"
#include "ops/cli/trust.h"
#include "proto/base/counted.h"
#include "store/rocks/body_key_file.h"

namespace rapporteur::cli {
namespace {

struct FsckCommand {
  std::filesystem::path folder;
  bool repair = false;
  std::filesystem::path body_keys;
};

nlohmann::json report_json(const rocks::FsckReport& report) {
  auto problems = nlohmann::json::array();
  for (const rocks::FsckProblem& one : report.problems) {
    problems.push_back({{"where", one.where}, {"what", one.what}, {"repairable", one.repairable}});
  }
  return {{"whole", report.whole()},
          {"entries", report.entries},
          {"checkpoints", report.checkpoints},
          {"rows_compared", report.rows_compared},
          {"bodies_absent", report.bodies_absent},
          {"bodies_keyless", report.bodies_keyless},
          {"found", report.found},
          {"repaired", report.repaired},
          {"problems", std::move(problems)}};
}

// A single finding that stays is the error line alone.
std::string report_text(const rocks::FsckReport& report) {
  if (report.found == 1 && !report.mended()) return {};
  std::string out = fmt::format("{}, {}, {}\n", counted(report.entries, "entry"),
                                counted(report.checkpoints, "checkpoint"),
                                counted(report.rows_compared, "row") + " that follow from them");
  const std::uint64_t erased =
      report.bodies_absent - std::min(report.bodies_absent, report.bodies_keyless);
  if (erased > 0) out += counted(erased, "erased body") + "\n";
  if (report.bodies_keyless > 0) {
    out += fmt::format("{} without a key, which no entry erased: {}\n",
                       counted(report.bodies_keyless, "body"),
                       some_of(report.keyless, report.bodies_keyless));
  }
  if (report.bodies_absent > 0) out += "tables were not compared: that takes every body\n";
  for (const rocks::FsckProblem& one : report.problems) {
    out += printable(fmt::format("{}: {}", one.where, one.what), 500) + "\n";
  }
  if (report.found > report.problems.size()) {
    out += fmt::format("and {} more\n", report.found - report.problems.size());
  }
  if (report.repaired > 0) out += counted(report.repaired, "row") + " put right\n";
  return out + (report.whole() && report.bodies_keyless == 0 ? "nothing is wrong\n" : "");
}

// The figures may be lost although every entry is there.
Status check_keys(const rocks::FsckReport& report, const FsckCommand& command) {
  if (report.bodies_keyless == 0) return {};
  const auto file =
      command.body_keys.empty() ? rocks::body_key_file_of(command.folder) : command.body_keys;
  return fail(ErrorKind::kNotVerified,
              fmt::format("the keys of {} are not here, and no entry erased {}",
                          counted(report.bodies_keyless, "body"),
                          report.bodies_keyless == 1 ? "it" : "them"),
              file.string(),
              "put the file, or its copy (keys.bodies_copy), there, or name it with --body-keys; "
              "where both are lost, so are these figures");
}

bool all_repairable(const rocks::FsckReport& report) {
  for (const rocks::FsckProblem& one : report.problems) {
    if (!one.repairable) return false;
  }
  return true;
}

Status run_fsck(Session& session, const FsckCommand& command) {
  if (auto there = names_log(command.folder, "name the data folder of a stopped hub"); !there) {
    return there;
  }
  if (auto keys = named_keys(command.body_keys); !keys) return keys;
  std::unique_ptr<ProgressBar> bar;
  rocks::FsckOptions options;
  options.repair = command.repair;
  options.body_keys = command.body_keys;
  options.progress = [&](std::uint64_t done, std::uint64_t total) {
    if (bar == nullptr) bar = std::make_unique<ProgressBar>("reading", total);
    bar->advance_to(done);
  };
  const auto report = rocks::fsck(command.folder, options);
  bar.reset();
  if (!report) return tl::unexpected(report.error());
  print(session.json ? json_line(report_json(*report)) : report_text(*report));
  if (report->whole() || report->mended()) return check_keys(*report, command);
  const rocks::FsckProblem& first = report->problems.front();
  const bool alone = report->found == 1;
  return fail(ErrorKind::kStorage,
              alone ? first.what : counted(report->found, "thing") + " are wrong",
              alone ? first.where : command.folder.string(),
              all_repairable(*report) ? "`rapporteur fsck --repair` puts it right"
                                      : "keep the folder; `rapporteur restore` makes a new log "
                                        "from a verified backup");
}

}  // namespace

void add_fsck(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("fsck", "Looks through the folder of a stopped hub");
  auto options = std::make_shared<FsckCommand>();
  command->add_option("FOLDER", options->folder, "The log's folder")->required();
  command->add_flag("--repair", options->repair,
                    "Writes anew what follows from entries; entries are never touched");
  command->add_option("--body-keys", options->body_keys,
                      "The keys of the bodies, if they are not in FOLDER.keys");
  command->callback([&session, options] { session.finish(run_fsck(session, *options)); });
}

}  // namespace rapporteur::cli
