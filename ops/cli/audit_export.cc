// audit export-tiles, audit export: what others check the log with, as plain files.
#include <memory>

#include <spdlog/fmt/fmt.h>

#include "ops/cli/commands.h"
#include "ops/cli/log_check.h"
#include "proto/base/counted.h"
#include "store/export/record_export.h"
#include "store/rocks/local_journal.h"

namespace rapporteur::cli {
namespace {

struct ExportOptions {
  std::filesystem::path folder = "data";
  std::filesystem::path out;
  bool records = false;
  bool bodies = false;
};

Status export_log(Session& session, const ExportOptions& options) {
  if (options.bodies && !options.records) {
    return fail(ErrorKind::kUsage, "bodies are exported beside their records", "--bodies",
                "give --records too");
  }
  if (auto there = names_log(options.folder, "name the data folder of a hub, or a copy of it");
      !there) {
    return there;
  }
  std::error_code ignored;
  if (std::filesystem::exists(options.out / "format", ignored)) {
    return fail(ErrorKind::kUsage, "this is the data folder of a hub, or a copy of one",
                options.out.string(), "name a folder of its own for what is exported");
  }
  const auto opened = rocks::open_for_audit(options.folder);
  if (!opened) return tl::unexpected(opened.error());
  const auto log = notes::VerifierKey::parse(opened->verifier_key);
  if (!log) return tl::unexpected(log.error());
  exports::JournalSource source(*opened->reader);
  const auto done =
      options.records
          ? exports::export_records(options.out, *log, *opened->reader, options.bodies)
          : exports::export_tiles(options.out, *log, *opened->reader->checkpoint(), source);
  if (!done) return tl::unexpected(done.error());
  print(session.json ? json_line({{"log", log->name},
                                  {"folder", options.out.string()},
                                  {"from", done->from.value},
                                  {"to", done->to.value},
                                  {"records", options.records},
                                  {"bodies", options.bodies}})
                     : fmt::format("{} holds {} of {}, {} of them new\n", options.out.string(),
                                   counted(done->to.value, "entry"), log->name,
                                   done->to.value - done->from.value));
  return {};
}

void add_folders(CLI::App& command, ExportOptions& options) {
  command.add_option("FOLDER", options.folder, "The log's folder; ./data without it");
  command.add_option("--out", options.out, "Folder to write, or to bring up to date")->required();
}

}  // namespace

void add_audit_export(CLI::App& group, Session& session) {
  auto* tiles = group.add_subcommand(
      "export-tiles", "Tiles and checkpoint, which anybody may have; the hub may run or not");
  auto wanted = std::make_shared<ExportOptions>();
  add_folders(*tiles, *wanted);
  tiles->callback([&session, wanted] { session.finish(export_log(session, *wanted)); });

  auto* records = group.add_subcommand(
      "export", "Tiles, every checkpoint, and the records, for an auditor who is entitled to them");
  auto all = std::make_shared<ExportOptions>();
  add_folders(*records, *all);
  records->add_flag("--records", all->records, "Records with their nonces")->required();
  records->add_flag("--bodies", all->bodies, "Salts and bodies too: all that was ever submitted");
  records->callback([&session, all] { session.finish(export_log(session, *all)); });
}

}  // namespace rapporteur::cli
