// audit verify: recomputes everything a log claims, from its folder, without a hub.
#include <memory>

#include <spdlog/fmt/fmt.h>

#include "ops/cli/commands.h"
#include "ops/cli/log_check.h"
#include "ops/cli/trust.h"
#include "proto/crypto/encoding.h"

namespace rapporteur::cli {
namespace {

struct AuditOptions {
  std::filesystem::path folder;
  Trust trust;
  std::filesystem::path predecessor;
};

nlohmann::json continued_json(const std::vector<verify::Predecessor>& logs) {
  auto out = nlohmann::json::array();
  for (const verify::Predecessor& log : logs) {
    out.push_back({{"origin", log.log.name},
                   {"carried", log.carried.value},
                   {"under_its_checkpoint", log.checkpoint.size.value}});
  }
  return out;
}

std::string continued_text(const std::vector<verify::Predecessor>& logs) {
  std::string out;
  for (const verify::Predecessor& log : logs) {
    out += fmt::format("  continues {} with {} of its entries, {} of them under its checkpoint\n",
                       log.log.name, log.carried.value, log.checkpoint.size.value);
  }
  return out;
}

nlohmann::json report_json(const verify::AuditReport& report) {
  const verify::AuditCounts& counts = report.counts;
  return {{"verified", !report.wrong.has_value()},
          {"wrong", report.wrong ? nlohmann::json(report.wrong->line()) : nlohmann::json(nullptr)},
          {"entries", counts.entries},
          {"covered_by_checkpoint", report.covered.value},
          {"root", crypto::base64(report.root.span())},
          {"accepted", counts.accepted},
          {"refused", counts.refused},
          {"administered", counts.administered},
          {"checkpoints", counts.checkpoints},
          {"sender_signatures", counts.sender_signatures},
          {"acknowledgements", counts.acknowledgements},
          {"commitments", counts.commitments},
          {"bodies_absent", counts.bodies_absent},
          {"continues", continued_json(report.predecessors)}};
}

std::string report_text(const verify::AuditReport& report, const std::string& log) {
  const verify::AuditCounts& counts = report.counts;
  if (report.wrong) {
    return fmt::format("NOT VERIFIED: {}\n{} entries before it hold\n", report.wrong->line(),
                       counts.entries);
  }
  return fmt::format(
             "{} verified: {} entries, {} of them under the last checkpoint\n"
             "  {} accepted, {} refused, {} changes of the directory, {} skipped\n"
             "  {} signatures of senders, {} of acknowledgements, {} checkpoints, one tree\n"
             "  {} commitments match their bodies, {} bodies are no longer there\n",
             log, counts.entries, report.covered.value, counts.accepted, counts.refused,
             counts.administered, counts.skipped, counts.sender_signatures, counts.acknowledgements,
             counts.checkpoints, counts.commitments, counts.bodies_absent) +
         continued_text(report.predecessors);
}

Status verify_log(Session& session, const AuditOptions& options) {
  const auto log = options.trust.log_key();
  if (!log) return tl::unexpected(log.error());
  if (auto there = readable(options.folder, "name the data folder of a hub, or a copy of it");
      !there) {
    return there;
  }
  const auto report = audit_folder(options.folder, *log);
  if (!report) return tl::unexpected(report.error());
  print(session.json ? json_line(report_json(*report)) : report_text(*report, log->name));
  if (report->wrong) session.exit = exit_code(ErrorKind::kNotVerified);
  if (report->wrong || options.predecessor.empty()) return {};
  return compare_carried(options.folder, options.predecessor, *report).map([&] {
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
  command->add_option("FOLDER", options->folder, "The log's folder")->required();
  command->add_option("--predecessor", options->predecessor,
                      "Folder of the log that this one continues: compares entry by entry");
  add_trust_options(*command, options->trust);
  command->callback([&session, options] { session.finish(verify_log(session, *options)); });
}

}  // namespace rapporteur::cli
