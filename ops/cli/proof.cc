// proof get, proof verify: receipts as files that anybody can check.
#include <fstream>
#include <iterator>
#include <memory>

#include <spdlog/fmt/fmt.h>

#include "ops/cli/commands.h"
#include "ops/cli/operator_line.h"
#include "ops/cli/record_view.h"
#include "ops/cli/trust.h"
#include "proto/base/limits.h"
#include "store/merkle/tree.h"
#include "store/verify/receipt.h"

namespace rapporteur::cli {
namespace {

struct ProofOptions {
  std::vector<std::filesystem::path> files;
  Trust trust;
};

Result<std::string> read_bounded(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return fail(ErrorKind::kNotFound, "cannot read the file", file.string());
  std::string text(limits::kProofFileBytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > limits::kProofFileBytes) {
    return fail(ErrorKind::kMalformed, "longer than a proof can be", file.string());
  }
  return text;
}

Status verify_one(Session& session, const std::filesystem::path& file,
                  const notes::VerifierKey& log) {
  const auto text = read_bounded(file);
  if (!text) return tl::unexpected(text.error());
  const auto receipt = verify::verify_receipt(*text, log);
  if (!receipt) {
    Error error = receipt.error();
    error.where = error.where.empty() ? file.string() : file.string() + ": " + error.where;
    return tl::unexpected(error);
  }
  if (session.json) {
    nlohmann::json out = record_json(receipt->index, receipt->record);
    out["file"] = file.string();
    out["verified"] = true;
    out["tree_size"] = receipt->checkpoint.size.value;
    print(json_line(out));
  } else {
    print(printable(fmt::format("{}: verified: entry {} of {}, in a tree of {}: {} {}",
                                file.string(), receipt->index.value, receipt->checkpoint.origin,
                                receipt->checkpoint.size.value, event_name(receipt->record),
                                record_summary(receipt->record)),
                    2000) +
          "\n");
  }
  return {};
}

Status verify_all(Session& session, const ProofOptions& options) {
  const auto log = options.trust.log_key();
  if (!log) return tl::unexpected(log.error());
  Status worst;
  for (const auto& file : options.files) {
    const auto verified = verify_one(session, file, *log);
    if (verified) continue;
    if (!worst) session.failed(worst.error());
    worst = verified;
  }
  return worst;
}

struct GetOptions {
  std::uint64_t index = 0;
  std::filesystem::path out;
};

Status get(Session& session, const GetOptions& options) {
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  v1::Query query;
  query.mutable_proof()->set_index(options.index);
  const auto answer = line->query(query);
  if (!answer) return tl::unexpected(answer.error());
  const v1::Proof& proof = answer->proof();
  auto hashes = merkle::unpack(proof.proof());
  if (!hashes) return tl::unexpected(hashes.error());
  verify::Receipt receipt;
  receipt.index = LogIndex{proof.index()};
  receipt.proof = std::move(*hashes);
  receipt.checkpoint = proof.checkpoint();
  receipt.nonce = proof.nonce();
  receipt.record = proof.record();
  if (options.out.empty()) {
    print(receipt.file());
    return {};
  }
  std::ofstream stream(options.out, std::ios::binary);
  stream << receipt.file();
  if (!stream.flush()) {
    return fail(ErrorKind::kStorage, "cannot write the file", options.out.string());
  }
  return {};
}

}  // namespace

void add_proof(CLI::App& app, Session& session) {
  auto* group = app.add_subcommand("proof", "Receipts: get and check");
  group->require_subcommand(1);

  auto* get_command = group->add_subcommand("get", "The proof of one entry, from the hub");
  auto wanted = std::make_shared<GetOptions>();
  get_command->add_option("INDEX", wanted->index, "Of the entry, from 0")->required();
  get_command->add_option("-o,--out", wanted->out, "File; standard output without it");
  get_command->callback([&session, wanted] { session.finish(get(session, *wanted)); });

  auto* verify_command =
      group->add_subcommand("verify", "Checks tlog-proof files; needs no hub and no network");
  auto options = std::make_shared<ProofOptions>();
  verify_command->add_option("FILE", options->files, "Receipts")->required();
  add_trust_options(*verify_command, options->trust);
  verify_command->callback([&session, options] { session.finish(verify_all(session, *options)); });
}

}  // namespace rapporteur::cli
