// revise, withdraw: a submission of this agency that the hub holds, replaced or taken back.
#include <map>

#include <CLI/CLI.hpp>

#include "adapters/agency/carry.h"
#include "adapters/agency/officer.h"
#include "adapters/agency/planned_file.h"
#include "adapters/agency/waiting_keys.h"
#include "adapters/client/ledger.h"
#include "proto/statistics/body_codec.h"

namespace rapporteur::agency {
namespace {

struct ReviseOptions {
  std::string id;
  std::string file;
  FileOptions reading;
  bool as_is = false;
  int patience_s = 30;
  OfficerOptions officer;
};

// Of an item that the hub has accepted.
std::optional<v1::Header> accepted_header(const client::Item& item) {
  v1::Outcome outcome;
  v1::Record record;
  v1::Header header;
  const bool read =
      item.state == client::ItemState::kReceipted && outcome.ParseFromString(item.outcome) &&
      record.ParseFromString(outcome.record()) && header.ParseFromString(record.header());
  return read ? std::optional(std::move(header)) : std::nullopt;
}

// What replaced or withdrew each submission, as far as receipts and the last sync tell.
Result<std::map<std::string, v1::Header>> successors(
    const Desk& desk, std::span<const client::OwnSubmission> ledger) {
  std::map<std::string, v1::Header> by_replaced;
  for (const client::OwnSubmission& own : ledger) {
    if (!own.header.revises().empty()) by_replaced[own.header.revises()] = own.header;
  }
  const auto items = desk.outbox.list(client::ItemState::kReceipted);
  if (!items) return tl::unexpected(items.error());
  for (const client::Item& item : *items) {
    const auto header = accepted_header(item);
    if (header && !header->revises().empty()) by_replaced[header->revises()] = *header;
  }
  return by_replaced;
}

// A message that names another than the newest would be refused, and the refusal logged for good.
Status check_newest(const Desk& desk, const MessageId& id,
                    std::span<const client::OwnSubmission> ledger) {
  const auto by_replaced = successors(desk, ledger);
  if (!by_replaced) return tl::unexpected(by_replaced.error());
  MessageId newest = id;
  for (auto next = by_replaced->find(newest.string()); next != by_replaced->end();
       next = by_replaced->find(newest.string())) {
    if (next->second.kind() == v1::KIND_WITHDRAWAL) {
      return fail(ErrorKind::kRefused, "it was withdrawn: nothing is left to replace",
                  uuid_text(id), "'push' sends figures anew");
    }
    const auto successor = MessageId::from(next->second.message_id());
    if (!successor) break;
    newest = *successor;
  }
  if (newest == id) return {};
  return fail(ErrorKind::kRefused,
              uuid_text(id) + " is not the newest; the newest is " + uuid_text(newest), {},
              "name that");
}

// The header of an own submission that may be replaced: from the outbox, else from the last sync.
Result<v1::Header> own_header(Desk& desk, const MessageId& id) {
  const client::Ledger ledger(desk.agency.state(), client::log_key(desk.hub).key);
  auto submissions = ledger.submissions();
  if (!submissions) return tl::unexpected(submissions.error());
  if (auto newest = check_newest(desk, id, *submissions); !newest) {
    return tl::unexpected(newest.error());
  }
  for (const client::OwnSubmission& own : *submissions) {
    if (own.message_id == id) return own.header;
  }
  if (const auto item = desk.outbox.find(id)) {
    if (auto header = accepted_header(*item)) return std::move(*header);
  }
  return fail(ErrorKind::kNotFound, "this agency knows no accepted submission " + uuid_text(id), {},
              "'sync' fetches the hub's list; 'outbox list' shows what was sent from here");
}

Result<client::NewItem> revision(Desk& desk, const MessageId& id, const ReviseOptions& options,
                                 const std::optional<client::SecondSigner>& officer,
                                 const Program& program, SaidFindings& said) {
  auto revised = own_header(desk, id);
  if (!revised) return tl::unexpected(revised.error());
  const client::Ledger ledger(desk.agency.state(), client::log_key(desk.hub).key);
  auto check = LocalCheck::open(desk.participant(), ledger);
  if (!check) return tl::unexpected(check.error());
  if (officer) check->sign_second(officer->key.key_id(), officer->reason);
  if (auto expected = expect_waiting(desk, *check); !expected) {
    return tl::unexpected(expected.error());
  }
  const FileOptions reading = options.reading.with_default(desk.agency.settings().mapping);
  const auto all_of_it = [&](const std::vector<sources::PlannedSubmission>& submissions)
      -> Result<std::vector<std::optional<MessageId>>> {
    return std::vector<std::optional<MessageId>>(submissions.size(), id);
  };
  auto planned = plan_file(options.file, reading, *check, all_of_it);
  if (!planned) return tl::unexpected(planned.error());
  planned->show(program);
  if (planned->readable) program.say(check->basis());
  said.add(*planned);
  if (!planned->readable || !(planned->rules_hold || options.as_is)) {
    return fail(ErrorKind::kRefused, "nothing was sent", options.file,
                "correct what is an error above");
  }
  if (planned->submissions.size() != 1 ||
      planned->submissions.front().dataflow != revised->dataflow() ||
      planned->submissions.front().indicator != revised->indicator()) {
    return fail(ErrorKind::kRefused,
                "the file does not make one submission of " + printable(revised->indicator(), 64) +
                    " in " + printable(revised->dataflow(), 100),
                options.file, "a revision replaces the whole submission, and nothing else");
  }
  return std::move(items_of(*planned).front());
}

Outcome revise(Program& program, const ReviseOptions& options) {
  auto id = named_message(options.id);
  if (!id) return tl::unexpected(id.error());
  auto desk = Desk::open(program);
  if (!desk) return tl::unexpected(desk.error());
  CarryOptions carrying{std::chrono::seconds(options.patience_s), {}};
  const auto officer = open_officer(options.officer, **desk, program);
  if (!officer) return tl::unexpected(officer.error());
  auto item = revision(**desk, *id, options, *officer, program, carrying.said);
  if (!item) return tl::unexpected(item.error());
  return add_and_carry(program, **desk, {&*item, 1}, carrying, *officer);
}

Outcome withdraw(Program& program, const ReviseOptions& options) {
  auto id = named_message(options.id);
  if (!id) return tl::unexpected(id.error());
  auto desk = Desk::open(program);
  if (!desk) return tl::unexpected(desk.error());
  auto header = own_header(**desk, *id);
  if (!header) return tl::unexpected(header.error());
  client::NewItem item;
  item.kind = v1::KIND_WITHDRAWAL;
  item.dataflow = header->dataflow();
  item.indicator = header->indicator();
  item.revises = *id;
  item.releasability = header->releasability();
  item.body = BodyCodec::encode(ObservationSet(), 0);
  return add_and_carry(program, **desk, {&item, 1}, {std::chrono::seconds(options.patience_s), {}});
}

}  // namespace

void add_revise(CLI::App& app, Command& chosen) {
  CLI::App* command =
      app.add_subcommand("revise", "Replace a whole submission; keys left out are deleted");
  auto options = std::make_shared<ReviseOptions>();
  command->add_option("ID", options->id, "Message id of the submission")->required();
  command->add_option("FILE", options->file, "File with all its figures")->required();
  command->add_option("--mapping", options->reading.mapping, "Mapping file");
  command->add_flag("--as-is", options->as_is, "Send what the local rules object to");
  add_officer_options(*command, options->officer);
  command->add_option("--wait", options->patience_s, "Seconds without the hub before giving up")
      ->check(CLI::Range(0, 86'400))
      ->capture_default_str();
  command->callback([&chosen, options]() {
    options->reading.keep_unknown_codes = options->as_is;
    chosen = [options](Program& program) { return revise(program, *options); };
  });
}

void add_withdraw(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand("withdraw", "Take a submission back");
  auto options = std::make_shared<ReviseOptions>();
  command->add_option("ID", options->id, "Message id of the submission")->required();
  command->add_option("--wait", options->patience_s, "Seconds without the hub before giving up")
      ->check(CLI::Range(0, 86'400))
      ->capture_default_str();
  command->callback([&chosen, options]() {
    chosen = [options](Program& program) { return withdraw(program, *options); };
  });
}

}  // namespace rapporteur::agency
