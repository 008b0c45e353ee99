#include "adapters/agency/under_quorum.h"

#include <array>

namespace rapporteur::agency {
namespace {

// Those whose receipt can be read, and what is wrong with the first of the others.
struct Readable {
  std::vector<client::Receipted> receipts;
  std::optional<Error> trouble;
};

Readable readable(const Program& program, const Desk& desk,
                  std::span<const client::Receipted> accepted) {
  Readable out;
  for (const client::Receipted& one : accepted) {
    const auto receipt = desk.receipts.read(one.message_id);
    if (receipt) {
      out.receipts.push_back(one);
      continue;
    }
    program.warn(receipt.error().line());
    if (!out.trouble) out.trouble = receipt.error();
  }
  return out;
}

}  // namespace

std::optional<client::QuorumWatch> watch_quorum(const Program& program, Desk& desk) {
  if (!desk.quorum) return std::nullopt;
  return std::optional<client::QuorumWatch>(
      std::in_place, *desk.quorum, desk.log, program.clock, [&program](const std::string& wrong) {
        program.warn(wrong.empty() ? "a quorum of witnesses sees the hub's log again" : wrong);
      });
}

UnderQuorum bring_under_quorum(const Program& program, Desk& desk,
                               std::span<const client::Receipted> accepted,
                               std::chrono::seconds patience, StopSignals& stop) {
  const Readable found = readable(program, desk, accepted);
  UnderQuorum out;
  if (found.trouble) out.all = tl::unexpected(*found.trouble);
  if (found.receipts.empty()) return out;
  client::QuorumWait wait(
      *desk.quorum, desk.log, desk.receipts, found.receipts,
      [&](const client::Receipted& one, const verify::TrustedHead& head) {
        program.say(uuid_text(one.message_id) + " is entry " + std::to_string(one.index.value) +
                    " under a quorum: " + std::to_string(head.witnesses.size()) +
                    " cosigned the first " + std::to_string(head.checkpoint.size.value) +
                    " entries");
        out.heads.emplace(one.message_id, head);
      });
  client::Session session = desk.session(program);
  const std::array<client::Conversation*, 1> talks{&wait};
  const auto give_up = program.clock.monotonic() + patience;
  const auto enough = [&] {
    return wait.waiting().empty() || stop.requested() || program.clock.monotonic() >= give_up;
  };
  std::string trouble;
  auto talked =
      session.run(talks, {patience, enough}, [&](const Error& error) { trouble = error.line(); });
  if (!talked && talked.error().kind != ErrorKind::kUnreachable) {
    out.all = talked;
  } else if (!wait.waiting().empty()) {
    const std::string why = wait.because().empty() ? trouble : wait.because();
    out.all = fail(ErrorKind::kNotVerified,
                   "accepted, but of " + counted(wait.waiting().size(), "submission") +
                       " no quorum of witnesses has seen the entry within " +
                       std::to_string(patience.count()) + " s" + (why.empty() ? "" : ": " + why),
                   desk.hub.endpoint,
                   "the receipts are kept; 'push --require-quorum' without a FILE asks again");
  }
  return out;
}

Result<std::vector<MessageId>> without_quorum(const Desk& desk) {
  const auto items = desk.outbox.list(client::ItemState::kReceipted);
  if (!items) return tl::unexpected(items.error());
  std::vector<MessageId> out;
  for (const client::Item& item : *items) {
    const auto receipt = desk.receipts.read(item.message_id);
    if (!receipt || !desk.quorum->takes(receipt->checkpoint)) out.push_back(item.message_id);
  }
  return out;
}

}  // namespace rapporteur::agency
