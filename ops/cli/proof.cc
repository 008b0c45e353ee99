// proof verify: receipts as files that anybody can check. The commands of `proof` that ask the hub
// are in proof_get.cc.
#include <memory>

#include <spdlog/fmt/fmt.h>

#include "ops/cli/commands.h"
#include "ops/cli/record_view.h"
#include "ops/cli/trust.h"
#include "proto/base/limits.h"
#include "store/verify/receipt.h"

namespace rapporteur::cli {
namespace {

struct VerifyOptions {
  std::vector<std::filesystem::path> files;
  Trust trust;
};

// Why a receipt may not hold, for whoever has nothing but the file and a key.
std::string remedy_for(const std::string& text, const verify::Policy& policy) {
  const auto receipt = verify::Receipt::parse(text);
  if (!receipt)
    return "name a *.tlog-proof file, whole as the hub or `rapporteur proof get` gave it";
  const std::string origin = receipt->checkpoint.substr(0, receipt->checkpoint.find('\n'));
  std::string trusted;
  for (const auto& log : policy.logs()) {
    if (log.key.name == origin) {
      return fmt::format(
          "it was changed, or is by somebody else: `rapporteur proof get {}` asks the hub "
          "for the proof of this entry",
          receipt->index.value);
    }
    trusted += (trusted.empty() ? "" : ", ") + log.key.name;
  }
  return fmt::format("it is a receipt of {}, the key is that of {}: give the key of its log",
                     printable(origin, 200), trusted);
}

std::string seconds_text(std::chrono::sys_seconds time) {
  return time_text(static_cast<std::uint64_t>(time.time_since_epoch().count()) * 1'000);
}

// ", cosigned by W1 at ..., W2 at ...": those that count first.
std::string cosigned_text(const std::vector<verify::Witnessed>& witnesses) {
  std::string text;
  for (const bool in_quorum : {true, false}) {
    const char* lead = in_quorum ? ", cosigned by " : ", and outside the quorum by ";
    for (const auto& one : witnesses) {
      if (one.in_quorum != in_quorum) continue;
      text += lead + one.name + " at " + seconds_text(one.time);
      lead = ", ";
    }
  }
  return text;
}

nlohmann::json receipt_json(const std::string& file, const verify::VerifiedReceipt& receipt) {
  nlohmann::json out = record_json(receipt.index, receipt.record);
  out["file"] = file;
  out["verified"] = true;
  out["origin"] = receipt.head.checkpoint.origin;
  out["tree_size"] = receipt.head.checkpoint.size.value;
  out["witnesses"] = nlohmann::json::array();
  for (const auto& one : receipt.head.witnesses) {
    out["witnesses"].push_back({{"name", one.name},
                                {"time_s", one.time.time_since_epoch().count()},
                                {"in_quorum", one.in_quorum}});
  }
  return out;
}

// "FILE:3" for its "line 3", as everywhere.
std::string place_in(const std::filesystem::path& file, std::string_view where) {
  constexpr std::string_view kLine = "line ";
  if (where.starts_with(kLine)) {
    return file.string() + ":" + std::string(where.substr(kLine.size()));
  }
  return where.empty() ? file.string() : file.string() + ": " + std::string(where);
}

Status verify_one(Session& session, const std::filesystem::path& file,
                  const verify::Policy& policy) {
  const auto text =
      read_named(file, limits::kProofFileBytes, "receipts are the *.tlog-proof files of an agency");
  if (!text) return tl::unexpected(text.error());
  const auto receipt = verify::verify_receipt(*text, policy);
  if (!receipt) {
    Error error = receipt.error();
    error.where = place_in(file, error.where);
    if (error.remedy.empty()) error.remedy = remedy_for(*text, policy);
    return tl::unexpected(error);
  }
  const notes::Checkpoint& checkpoint = receipt->head.checkpoint;
  if (session.json) {
    print(json_line(receipt_json(file.string(), *receipt)));
  } else {
    print(printable(fmt::format("{}: verified: entry {} of {}, in a tree of {}{}: {} {}",
                                file.string(), receipt->index.value, checkpoint.origin,
                                checkpoint.size.value, cosigned_text(receipt->head.witnesses),
                                event_name(receipt->record), record_summary(receipt->record)),
                    4000) +
          "\n");
  }
  return {};
}

Status verify_all(Session& session, const VerifyOptions& options) {
  const auto policy = options.trust.policy();
  if (!policy) return tl::unexpected(policy.error());
  for (const auto& file : options.files) session.finish(verify_one(session, file, *policy));
  return {};
}

}  // namespace

void add_proof(CLI::App& app, Session& session) {
  auto* group = app.add_subcommand("proof", "Receipts and proofs: get and check");
  group->require_subcommand(1);
  add_proof_get(*group, session);
  add_proof_consistency(*group, session);

  auto* command =
      group->add_subcommand("verify", "Checks tlog-proof files; needs no hub and no network");
  auto options = std::make_shared<VerifyOptions>();
  command->add_option("FILE", options->files, "Receipts")->required();
  add_trust_options(*command, options->trust);
  add_policy_option(*command, options->trust);
  command->callback([&session, options] { session.finish(verify_all(session, *options)); });
}

}  // namespace rapporteur::cli
