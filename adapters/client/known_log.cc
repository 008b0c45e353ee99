#include "adapters/client/known_log.h"

#include <algorithm>

#include "proto/base/limits.h"
#include "proto/base/sabotage.h"
#include "store/merkle/tree.h"

namespace rapporteur::client {
namespace {

tl::unexpected<Error> rolled_back(TreeSize now, TreeSize seen) {
  return fail(ErrorKind::kNotVerified,
              "the hub's log has " + std::to_string(now.value) +
                  " entries, but this agency has seen " + std::to_string(seen.value),
              "checkpoint", "the log was rolled back: keep your receipts and ask the operator");
}

tl::unexpected<Error> forked(TreeSize size) {
  return fail(ErrorKind::kNotVerified,
              "the hub shows two different logs of " + std::to_string(size.value) + " entries",
              "checkpoint", "keep both checkpoints and ask the operator");
}

tl::unexpected<Error> not_continued(const std::string& why) {
  return fail(ErrorKind::kNotVerified, "the hub's log is a new one: " + why, "checkpoint",
              "keep your receipts and ask the operator which log it was restored from");
}

struct ContinuedLog {
  Digest first_leaf;
  std::vector<verify::Predecessor> logs;
};

Result<v1::Proof> ask_first(Connection& line, TreeSize size) {
  v1::Frame question;
  question.mutable_query()->mutable_proof()->set_tree_size(size.value);
  auto answer = line.ask(question);
  if (!answer) return tl::unexpected(answer.error());
  return answer->answer().proof();
}

// What the first entry of the hub's log says, proved to be its first entry.
Result<ContinuedLog> continued_log(Connection& line, const notes::Checkpoint& now) {
  const auto proof = ask_first(line, now.size);
  if (!proof) return tl::unexpected(proof.error());
  const auto path = merkle::unpack(proof->proof());
  if (!path) return tl::unexpected(path.error());
  if (proof->nonce().size() != limits::kNonceBytes) {
    return not_continued("the nonce of its first entry has not 32 bytes");
  }
  ContinuedLog out;
  out.first_leaf = merkle::record_leaf_hash(bytes_of(proof->nonce()), bytes_of(proof->record()));
  if (auto held = merkle::verify_inclusion(LogIndex{0}, now.size, out.first_leaf, *path, now.root);
      !held) {
    return not_continued(held.error().what);
  }
  v1::Record record;
  if (!record.ParseFromString(proof->record()) || !record.has_started()) {
    return not_continued("it does not begin with a founding entry");
  }
  auto logs = verify::predecessors(record.started());
  if (!logs) return not_continued(logs.error().what);
  out.logs = std::move(*logs);
  return out;
}

// The tree of `now` and that of the log before, whose head is `old`, differ in the first leaf
// alone.
Status verify_tie(Connection& line, const notes::Checkpoint& now, const ContinuedLog& log,
                  const verify::Predecessor& before, notes::Checkpoint old) {
  if (sabotaged("new-log-untied")) return {};
  // Of a larger tree only the operator's checkpoint is left.
  if (old.size > before.carried) old = before.checkpoint;
  if (old.size.value == 0) return {};
  const auto proof = ask_first(line, old.size);
  if (!proof) return tl::unexpected(proof.error());
  const auto path = merkle::unpack(proof->proof());
  if (!path) return tl::unexpected(path.error());
  if (!merkle::verify_inclusion(LogIndex{0}, old.size, before.first_leaf, *path, old.root)) {
    return not_continued("it does not hold the first " + std::to_string(old.size.value) +
                         " entries of " + before.log.name + " as they were");
  }
  const Digest root = verify::root_by_first(log.first_leaf, *path);
  v1::Frame question;
  v1::ConsistencyQuery& query = *question.mutable_query()->mutable_consistency();
  query.set_first_size(old.size.value);
  query.set_second_size(now.size.value);
  auto answer = line.ask(question);
  if (!answer) return tl::unexpected(answer.error());
  const auto grown = merkle::unpack(answer->answer().consistency().proof());
  if (!grown) return tl::unexpected(grown.error());
  if (auto held = merkle::verify_consistency(old.size, now.size, *grown, root, now.root); !held) {
    return not_continued(held.error().what);
  }
  return {};
}

}  // namespace

Result<std::optional<KnownLog::Head>> KnownLog::head() const {
  Statement select = state_.prepare("SELECT size, root FROM known_logs WHERE origin = ?");
  select.bind_text(reader_.log().name);
  auto row = select.step();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return std::nullopt;
  const auto root = Digest::from(select.bytes(1));
  if (!root) return fail(ErrorKind::kStorage, "the stored checkpoint is damaged", "state.db");
  return Head{TreeSize{select.number(0)}, *root};
}

Result<std::map<std::string, KnownLog::Head>> KnownLog::heads() const {
  Statement select = state_.prepare("SELECT origin, size, root FROM known_logs");
  std::map<std::string, Head> all;
  while (true) {
    auto row = select.step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return all;
    const auto root = Digest::from(select.bytes(2));
    if (!root) return fail(ErrorKind::kStorage, "the stored checkpoint is damaged", "state.db");
    all.emplace(select.bytes(0), Head{TreeSize{select.number(1)}, *root});
  }
}

Result<TreeSize> KnownLog::seen() const {
  return head().map(
      [](const std::optional<Head>& known) { return known ? known->size : TreeSize{}; });
}

Status KnownLog::remember(const notes::Checkpoint& checkpoint, std::string_view note) {
  return state_
      .prepare(
          "INSERT INTO known_logs (origin, size, root, note) VALUES (?, ?, ?, ?) "
          "ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root, "
          "note = excluded.note WHERE excluded.size > known_logs.size")
      .bind_text(reader_.log().name)
      .bind(checkpoint.size.value)
      .bind_blob(checkpoint.root.view())
      .bind_text(note)
      .run();
}

Status KnownLog::admit(const notes::Checkpoint& checkpoint, std::string_view note, TreeSize floor) {
  if (checkpoint.size < floor && !sabotaged("older-checkpoint-taken"))
    return rolled_back(checkpoint.size, floor);
  auto known = head();
  if (!known) return tl::unexpected(known.error());
  if (*known && (*known)->size == checkpoint.size) {
    if ((*known)->root != checkpoint.root) return forked(checkpoint.size);
    return {};
  }
  return remember(checkpoint, note);
}

Status KnownLog::begin_new_log(Connection& line, const notes::Checkpoint& now) {
  const auto others = heads();
  if (!others) return tl::unexpected(others.error());
  std::optional<NewLog> found;
  if (!others->empty()) {
    auto continued = continued_log(line, now);
    if (!continued) return tl::unexpected(continued.error());
    // Its operator's public file names the log, too: Agency::pin has compared.
    const auto& named = line.hub().previous_log_keys;
    const auto before = std::ranges::find_if(continued->logs, [&](const verify::Predecessor& log) {
      return others->contains(log.log.name) &&
             std::ranges::find(named, log.log.text()) != named.end();
    });
    if (before == continued->logs.end()) {
      return not_continued("it does not name the log that this agency has seen");
    }
    const Head& head = others->at(before->log.name);
    if (auto tied =
            verify_tie(line, now, *continued, *before, {before->log.name, head.size, head.root});
        !tied) {
      return tied;
    }
    found = NewLog{*before, head.size};
  }
  auto transaction = Transaction::begin(state_);
  if (!transaction) return tl::unexpected(transaction.error());
  // Another process of this agency may have come first.
  auto known = head();
  if (!known) return tl::unexpected(known.error());
  if (*known) return {};
  Status done = remember(now, line.welcome().checkpoint());
  if (done && found && on_new_log_) done = on_new_log_(line, *found);
  return done.and_then([&]() { return transaction->commit(); });
}

Status KnownLog::follow(Connection& line, TreeSize seen) {
  const auto now = reader_.open(line.welcome().checkpoint());
  if (!now) return tl::unexpected(now.error());
  if (now->size < seen) return rolled_back(now->size, seen);
  const auto known = head();
  if (!known) return tl::unexpected(known.error());
  if (!*known) return begin_new_log(line, *now);
  return tie(line, *now, line.welcome().checkpoint());
}

Status KnownLog::tie(Connection& line, const notes::Checkpoint& checkpoint, std::string_view note) {
  const auto known = head();
  if (!known) return tl::unexpected(known.error());
  const Head given{checkpoint.size, checkpoint.root};
  if (*known && (*known)->size != given.size) {
    const auto& [first, second] =
        std::minmax(given, **known, [](const Head& a, const Head& b) { return a.size < b.size; });
    if (auto proved = prove(line, first, second); !proved) return proved;
  }
  return admit(checkpoint, note, TreeSize{});
}

Status KnownLog::prove(Connection& line, const Head& first, const Head& second) {
  v1::Frame question;
  v1::ConsistencyQuery& query = *question.mutable_query()->mutable_consistency();
  query.set_first_size(first.size.value);
  query.set_second_size(second.size.value);
  const auto answer = line.ask(question);
  if (!answer) return tl::unexpected(answer.error());
  const auto proof = merkle::unpack(answer->answer().consistency().proof());
  if (!proof) return tl::unexpected(proof.error());
  const auto consistent =
      merkle::verify_consistency(first.size, second.size, *proof, first.root, second.root);
  if (consistent) return {};
  return fail(ErrorKind::kNotVerified,
              "the hub's log does not continue the one seen before: " + consistent.error().what,
              "checkpoint", "keep your receipts and ask the operator");
}

}  // namespace rapporteur::client
