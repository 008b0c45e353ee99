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
  if (auto there = readable(file, "receipts are the *.tlog-proof files of an agency"); !there) {
    return tl::unexpected(there.error());
  }
  std::ifstream stream(file, std::ios::binary);
  std::string text(limits::kProofFileBytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > limits::kProofFileBytes) {
    return fail(ErrorKind::kMalformed, "longer than a proof can be", file.string(),
                "name a *.tlog-proof file");
  }
  return text;
}

// Why a receipt may not hold, for whoever has nothing but the file and a key.
std::string remedy_for(const std::string& text, const notes::VerifierKey& log) {
  const auto receipt = verify::Receipt::parse(text);
  if (!receipt)
    return "name a *.tlog-proof file, whole as the hub or `rapporteur proof get` gave it";
  const std::string origin = receipt->checkpoint.substr(0, receipt->checkpoint.find('\n'));
  if (origin != log.name) {
    return fmt::format("it is a receipt of {}, the key is that of {}: give the key of its log",
                       printable(origin, 200), log.name);
  }
  return fmt::format(
      "it was changed, or is by somebody else: `rapporteur proof get {}` asks the hub "
      "for the proof of this entry",
      receipt->index.value);
}

Status verify_one(Session& session, const std::filesystem::path& file,
                  const notes::VerifierKey& log) {
  const auto text = read_bounded(file);
  if (!text) return tl::unexpected(text.error());
  const auto receipt = verify::verify_receipt(*text, log);
  if (!receipt) {
    Error error = receipt.error();
    error.where = error.where.empty() ? file.string() : file.string() + ": " + error.where;
    if (error.remedy.empty()) error.remedy = remedy_for(*text, log);
    return tl::unexpected(error);
  }
  if (session.json) {
    nlohmann::json out = record_json(receipt->index, receipt->record);
    out["file"] = file.string();
    out["verified"] = true;
    out["tree_size"] = receipt->head.checkpoint.size.value;
    print(json_line(out));
  } else {
    print(
        printable(fmt::format("{}: verified: entry {} of {}, in a tree of {}: {} {}", file.string(),
                              receipt->index.value, receipt->head.checkpoint.origin,
                              receipt->head.checkpoint.size.value, event_name(receipt->record),
                              record_summary(receipt->record)),
                  2000) +
        "\n");
  }
  return {};
}

Status verify_all(Session& session, const ProofOptions& options) {
  const auto log = options.trust.log_key();
  if (!log) return tl::unexpected(log.error());
  for (const auto& file : options.files) session.finish(verify_one(session, file, *log));
  return {};
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
  auto answer = line->query(query);
  if (!answer) {
    if (answer.error().remedy.empty())
      answer.error().remedy = "`rapporteur tail` shows what is there";
    return tl::unexpected(answer.error());
  }
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
    print(session.json ? json_line({{"index", proof.index()}, {"proof", receipt.file()}})
                       : receipt.file());
    return {};
  }
  std::ofstream stream(options.out, std::ios::binary);
  stream << receipt.file();
  if (!stream.flush()) {
    return fail(ErrorKind::kStorage, "cannot write the file", options.out.string(),
                "name a file in a folder that is there, on a disk with room");
  }
  print(session.json
            ? json_line({{"index", proof.index()}, {"file", options.out.string()}})
            : fmt::format("the proof of entry {} is in {}\n", proof.index(), options.out.string()));
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
