#include "adapters/client/known_log.h"

#include <algorithm>

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

Status KnownLog::follow(Connection& line, TreeSize seen) {
  const auto now = reader_.open(line.welcome().checkpoint());
  if (!now) return tl::unexpected(now.error());
  if (now->size < seen) return rolled_back(now->size, seen);
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
