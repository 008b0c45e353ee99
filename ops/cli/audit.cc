// audit verify: recomputes everything a log claims, from its folder or an exported one, without a
// hub.
#include <memory>

#include "ops/cli/audit_folder.h"
#include "ops/cli/commands.h"
#include "ops/cli/log_check.h"
#include "ops/cli/trust.h"

namespace rapporteur::cli {
namespace {

struct AuditOptions {
  std::filesystem::path folder;
  std::filesystem::path body_keys;
  bool without_keys = false;
  std::filesystem::path checkpoints;
  std::filesystem::path predecessor;
  Trust trust;
};

Status verify_folder(Session& session, const AuditOptions& options) {
  const auto log = options.trust.log_key();
  if (!log) return tl::unexpected(log.error());
  constexpr const char* kRemedy =
      "name the data folder of a hub, a copy of it, or an exported folder";
  std::error_code ignored;
  auto there = std::filesystem::exists(options.folder / "tile", ignored)
                   ? readable(options.folder, kRemedy)
                   : names_log(options.folder, kRemedy);
  if (there && !options.predecessor.empty()) {
    there = names_log(options.predecessor, "name the data folder of the log before, or a copy");
  }
  if (there) there = named_keys(options.body_keys);
  if (!there) return there;
  const auto findings = audit_folder({options.folder, options.body_keys, !options.without_keys},
                                     options.checkpoints, *log);
  if (!findings) return tl::unexpected(findings.error());
  print(session.json ? json_line(findings_json(*findings)) : findings_text(*findings));
  if (!findings->verified()) session.exit = exit_code(ErrorKind::kNotVerified);
  if (!findings->verified() || options.predecessor.empty()) return {};
  if (!findings->records) {
    return fail(ErrorKind::kUsage, "tiles alone hold no entries to compare",
                options.folder.string(),
                "name the data folder of a hub, or leave --predecessor out");
  }
  return compare_carried(options.folder, options.predecessor, *findings->records).map([&] {
    if (!session.json) print("its entries are those of the log in the folder of its predecessor\n");
  });
}

}  // namespace

void add_audit(CLI::App& app, Session& session) {
  auto* group = app.add_subcommand("audit", "The whole log");
  group->require_subcommand(1);
  auto* command = group->add_subcommand(
      "verify", "Recomputes tree, signatures and commitments; the hub may run or not");
  auto options = std::make_shared<AuditOptions>();
  command->add_option("FOLDER", options->folder, "The log's folder, or an exported one")
      ->required();
  command->add_option("--checkpoints", options->checkpoints,
                      "Folder of checkpoints and receipts that were kept: all must be of this log");
  command->add_option("--predecessor", options->predecessor,
                      "Folder of the log that this one continues: compares entry by entry");
  command->add_option("--body-keys", options->body_keys,
                      "The keys of the bodies, if they are not in FOLDER.keys");
  command->add_flag("--no-body-keys", options->without_keys,
                    "Of a copy whose keys you were not given: leaves out bodies that need them");
  add_trust_options(*command, options->trust);
  command->callback([&session, options] { session.finish(verify_folder(session, *options)); });
  add_audit_export(*group, session);
}

}  // namespace rapporteur::cli
