// proof get, proof consistency, checkpoint: what the hub can show of its log, verified on the way.
#include <algorithm>
#include <memory>
#include <system_error>

#include <spdlog/fmt/fmt.h>

#include "adapters/sinks/atomic_file.h"
#include "ops/cli/commands.h"
#include "ops/cli/hub_proofs.h"
#include "ops/cli/trust.h"
#include "proto/base/counted.h"
#include "proto/base/whole_number.h"
#include "proto/crypto/encoding.h"

namespace rapporteur::cli {
namespace {

constexpr std::uint64_t kProofsAtOnce = 100'000;

// Which tree is meant.
struct HeadOptions {
  std::uint64_t size = 0;  // 0: the newest
  bool cosigned = false;
};
Result<SignedHead> head_wanted(OperatorLine& line, const HeadOptions& options) {
  return options.cosigned ? cosigned_head(line) : head_of_size(line, options.size);
}

struct GetOptions {
  std::vector<std::string> wanted;
  std::filesystem::path out;
  HeadOptions head;
};

// Indices of "7" and "10-20", both ends in.
Result<std::vector<std::uint64_t>> indices_of(const std::vector<std::string>& wanted) {
  std::vector<std::uint64_t> indices;
  for (const std::string& word : wanted) {
    const std::size_t dash = word.find('-');
    const auto first = parse_whole_number(std::string_view(word).substr(0, dash));
    const auto last = dash == std::string::npos
                          ? first
                          : parse_whole_number(std::string_view(word).substr(dash + 1));
    if (!first || !last || *last < *first) {
      return fail(ErrorKind::kUsage, "not an index: '" + printable(word, 80) + "'", "INDEX",
                  "write 7, or 10-20 for all from 10 to 20");
    }
    if (*last - *first >= kProofsAtOnce - indices.size()) {
      return fail(ErrorKind::kUsage, "too many entries", "INDEX",
                  fmt::format("at most {} at once", kProofsAtOnce));
    }
    for (std::uint64_t index = *first;; ++index) {
      indices.push_back(index);
      if (index == *last) break;
    }
  }
  return indices;
}

Status write_file(const std::filesystem::path& file, const std::string& content) {
  // Many are not waited for one by one: what a power cut loses is asked for again.
  auto proof = sinks::AtomicFile::create(file.string(), {.durable = false});
  if (!proof) return tl::unexpected(proof.error());
  return (*proof)->append(content).and_then([&]() { return (*proof)->commit(); });
}

// Where receipts go: standard output, the one file that was named, or a folder.
class Target {
 public:
  // kUsage when several have nowhere to go.
  [[nodiscard]] static Result<Target> of(const Session& session, const GetOptions& options,
                                         std::size_t receipts) {
    Target target(session, options.out);
    if (options.out.empty()) {
      if (receipts == 1 || session.json) return target;
      return fail(ErrorKind::kUsage, "several proofs go into a folder", "--out",
                  "name one, or print them with --json");
    }
    std::error_code error;
    target.folder_ = receipts > 1 || !options.out.has_filename() ||
                     std::filesystem::is_directory(options.out, error);
    if (!target.folder_) return target;
    std::filesystem::create_directories(options.out, error);
    if (!error) return target;
    return fail(ErrorKind::kStorage, "cannot make the folder: " + error.message(),
                options.out.string(), "name one that can be made");
  }

  [[nodiscard]] Status take(const verify::Receipt& receipt) const {
    const std::uint64_t index = receipt.index.value;
    if (out_.empty()) {
      print(json_ ? json_line({{"index", index}, {"proof", receipt.file()}}) : receipt.file());
      return {};
    }
    const auto file = folder_ ? out_ / fmt::format("{}.tlog-proof", index) : out_;
    if (auto written = write_file(file, receipt.file()); !written) return written;
    print(json_ ? json_line({{"index", index}, {"file", file.string()}})
                : fmt::format("the proof of entry {} is in {}\n", index, file.string()));
    return {};
  }

 private:
  Target(const Session& session, std::filesystem::path out)
      : json_(session.json), out_(std::move(out)) {}
  bool json_;
  bool folder_ = false;
  std::filesystem::path out_;
};

Status get(const Session& session, const GetOptions& options) {
  const auto indices = indices_of(options.wanted);
  if (!indices) return tl::unexpected(indices.error());
  const auto target = Target::of(session, options, indices->size());
  if (!target) return tl::unexpected(target.error());
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  const auto head = head_wanted(*line, options.head);
  if (!head) return tl::unexpected(head.error());
  auto done = for_each_receipt(*line, *head, *indices,
                               [&](const verify::Receipt& one) { return target->take(one); });
  if (!done && done.error().remedy.empty()) {
    done.error().remedy = "`rapporteur tail` shows what is there";
  }
  return done;
}

struct ConsistencyOptions {
  std::string first;
  std::string second;  // empty: the newest
};

// A size, or a file that holds a checkpoint.
Result<SignedHead> head_named(OperatorLine& line, const std::string& word) {
  if (word.empty()) return head_of_size(line, 0);
  const auto size = parse_whole_number(word);
  if (!size) return head_in_file(line, word);
  if (*size == 0) {
    return fail(ErrorKind::kUsage, "every log begins with the empty one", "size 0",
                "name a size from 1 on");
  }
  return head_of_size(line, *size);
}

Status show_consistency(const Session& session, const ConsistencyOptions& options) {
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  const auto first = head_named(*line, options.first);
  if (!first) return tl::unexpected(first.error());
  const auto second = head_named(*line, options.second);
  if (!second) return tl::unexpected(second.error());
  // Of two that were named, the order is the asker's; that the newest is smaller is the hub's.
  if (!options.second.empty() && first->checkpoint.size > second->checkpoint.size) {
    return fail(
        ErrorKind::kUsage,
        fmt::format("the first is of {}, the second of {}",
                    counted(first->checkpoint.size.value, "entry"), second->checkpoint.size.value),
        "FIRST and SECOND", "give the smaller first");
  }
  const auto proof = consistency(*line, first->checkpoint, second->checkpoint);
  if (!proof) return tl::unexpected(proof.error());
  if (!session.json) {
    print(fmt::format("consistent: the log of {} begins with that of {}\n",
                      counted(second->checkpoint.size.value, "entry"),
                      counted(first->checkpoint.size.value, "entry")));
    return {};
  }
  nlohmann::json hashes = nlohmann::json::array();
  for (const Digest& hash : *proof) hashes.push_back(crypto::base64(hash.span()));
  const auto head_json = [](const notes::Checkpoint& head) {
    return nlohmann::json{{"size", head.size.value}, {"root", crypto::base64(head.root.span())}};
  };
  print(json_line({{"consistent", true},
                   {"origin", second->checkpoint.origin},
                   {"first", head_json(first->checkpoint)},
                   {"second", head_json(second->checkpoint)},
                   {"proof", hashes}}));
  return {};
}

Status show_checkpoint(const Session& session, const HeadOptions& options) {
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  const auto head = head_wanted(*line, options);
  if (!head) return tl::unexpected(head.error());
  print(session.json ? json_line({{"origin", head->checkpoint.origin},
                                  {"size", head->checkpoint.size.value},
                                  {"root", crypto::base64(head->checkpoint.root.span())},
                                  {"note", head->note}})
                     : head->note);
  return {};
}

void add_head(CLI::App& command, HeadOptions& head) {
  auto* size = whole_number(
      command.add_option("--size", head.size,
                         "Of the tree, one that the log signed; the newest without it"),
      1);
  command.add_flag("--cosigned", head.cosigned, "The newest tree that the witnesses have cosigned")
      ->excludes(size);
}

}  // namespace

void add_proof_get(CLI::App& group, Session& session) {
  auto* command = group.add_subcommand("get", "Proofs of entries, from the hub, verified");
  auto options = std::make_shared<GetOptions>();
  command->add_option("INDEX", options->wanted, "Of the entries, from 0: 7, or 10-20")->required();
  command->add_option("-o,--out", options->out,
                      "File, or folder for several; standard output without it");
  add_head(*command, options->head);
  command->callback([&session, options] { session.finish(get(session, *options)); });
}

void add_proof_consistency(CLI::App& group, Session& session) {
  auto* command = group.add_subcommand(
      "consistency", "That one log continues the other: asks the hub for the proof, and checks it");
  auto options = std::make_shared<ConsistencyOptions>();
  command
      ->add_option("FIRST", options->first,
                   "A size that the log signed, or a file with a checkpoint or receipt of it")
      ->required();
  command->add_option("SECOND", options->second, "The same, later; the newest without it");
  command->callback([&session, options] { session.finish(show_consistency(session, *options)); });
}

void add_checkpoint(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("checkpoint", "The signed note over the log, verified");
  auto options = std::make_shared<HeadOptions>();
  add_head(*command, *options);
  command->callback([&session, options] { session.finish(show_checkpoint(session, *options)); });
}

}  // namespace rapporteur::cli
