#include "adapters/agency/carry.h"

#include <algorithm>
#include <array>
#include <thread>

#include "proto/crypto/encoding.h"

namespace rapporteur::agency {
namespace {

using client::Item;
using client::ItemState;
using std::chrono::milliseconds;

constexpr milliseconds kTick{100};

bool under_way(ItemState state) {
  return state == ItemState::kReady || state == ItemState::kSent;
}

std::string_view kind_name(v1::Kind kind) {
  switch (kind) {
    case v1::KIND_REVISION:
      return "revision";
    case v1::KIND_WITHDRAWAL:
      return "withdrawal";
    case v1::KIND_SKIP:
      return "skip";
    default:
      return "new";
  }
}

Tone tone_of(ItemState state) {
  switch (state) {
    case ItemState::kReceipted:
      return Tone::kGood;
    case ItemState::kRefused:
    case ItemState::kDoubtful:
      return Tone::kBad;
    default:
      return Tone::kWarning;
  }
}

v1::Outcome outcome_of(const Item& item) {
  v1::Outcome outcome;
  // Verified when it was stored; an item that is not settled has none.
  static_cast<void>(outcome.ParseFromString(item.outcome));
  return outcome;
}

Result<std::vector<Item>> items_of(const Desk& desk, std::span<const MessageId> ids) {
  std::vector<Item> items;
  for (const MessageId& id : ids) {
    auto item = desk.outbox.find(id);
    if (!item) return tl::unexpected(item.error());
    items.push_back(std::move(*item));
  }
  return items;
}

bool any_under_way(const std::vector<Item>& items) {
  return std::any_of(items.begin(), items.end(),
                     [](const Item& item) { return under_way(item.state); });
}

Outcome report(const Program& program, const std::vector<Item>& items) {
  nlohmann::ordered_json document;
  document["items"] = nlohmann::ordered_json::array();
  int code = 0;
  for (const Item& item : items) {
    program.say(item_text(item));
    for (const std::string& line : finding_lines(item)) program.say("  " + line);
    document["items"].push_back(item_json(item));
    if (item.state == ItemState::kRefused || item.state == ItemState::kDoubtful) code = 1;
  }
  program.answer(document);
  return code;
}

// Waits while another process carries; takes over when that ends.
Result<std::optional<client::FileLock>> take_outbox(Desk& desk, std::span<const MessageId> ids,
                                                    StopSignals& stop, milliseconds patience,
                                                    const Program& program) {
  const auto give_up = program.clock.monotonic() + patience;
  return wait_for_lock(desk.agency.lock_file("outbox"), [&]() {
    auto items = items_of(desk, ids);
    return !items || !any_under_way(*items) || stop.requested() ||
           program.clock.monotonic() > give_up;
  });
}

}  // namespace

std::string item_text(const Item& item) {
  std::string out = toned(client::name(item.state), tone_of(item.state));
  out += "  " + uuid_text(item.message_id) + "  " + std::string(kind_name(item.kind));
  if (!item.indicator.empty()) out += "  " + printable(item.indicator, 64);
  if (item.rows > 0) out += "  " + std::to_string(item.rows) + " observations";
  if (item.log_index) out += "  entry " + std::to_string(item.log_index->value);
  if (!item.source.empty()) out += "  " + printable(item.source, 200);
  if (!item.note.empty()) out += "  " + printable(item.note, 400);
  return out;
}

nlohmann::ordered_json item_json(const Item& item) {
  nlohmann::ordered_json out{{"message_id", uuid_text(item.message_id)},
                             {"state", client::name(item.state)},
                             {"kind", kind_name(item.kind)},
                             {"dataflow", item.dataflow},
                             {"indicator", item.indicator},
                             {"observations", item.rows},
                             {"source", item.source},
                             {"created", time_text(item.created)},
                             {"created_by", item.created_by},
                             {"attempts", item.attempts}};
  if (item.sequence) out["sequence"] = item.sequence->value;
  if (item.log_index) out["index"] = item.log_index->value;
  if (!item.note.empty()) out["note"] = item.note;
  if (item.released) {
    out["released"] = time_text(*item.released);
    out["released_by"] = item.released_by;
    out["release_reason"] = item.release_reason;
  }
  out["findings"] = nlohmann::ordered_json::array();
  const v1::Outcome outcome = outcome_of(item);
  for (const v1::Finding& finding : outcome.findings()) {
    out["findings"].push_back(
        {{"code", finding.code()},
         {"severity", finding.severity() == v1::Finding::ERROR ? "error" : "warning"},
         {"row", finding.row()},
         {"field", finding.field()},
         {"key", finding.key()},
         {"message", finding.message()},
         {"message_fr", finding.message_fr()},
         {"remedy", finding.remedy()}});
  }
  return out;
}

std::vector<std::string> finding_lines(const Item& item) {
  std::vector<std::string> lines;
  const v1::Outcome outcome = outcome_of(item);
  for (const v1::Finding& finding : outcome.findings()) {
    const bool error = finding.severity() == v1::Finding::ERROR;
    std::string line = toned(error ? "error" : "warning", error ? Tone::kBad : Tone::kWarning);
    line += " " + printable(finding.code(), 64);
    if (finding.row() > 0) line += " row " + std::to_string(finding.row());
    if (!finding.field().empty()) line += " " + printable(finding.field(), 64);
    if (!finding.key().empty()) line += " " + printable(finding.key(), 200);
    line += ": " + printable(finding.message(), 600);
    if (!finding.remedy().empty()) line += " (" + printable(finding.remedy(), 300) + ")";
    lines.push_back(std::move(line));
  }
  return lines;
}

Outcome carry(Program& program, Desk& desk, std::span<const MessageId> ids,
              std::chrono::seconds patience) {
  StopSignals stop;
  auto before = items_of(desk, ids);
  if (!before) return tl::unexpected(before.error());
  if (!any_under_way(*before)) return report(program, *before);
  auto lock = take_outbox(desk, ids, stop, patience, program);
  if (!lock) return tl::unexpected(lock.error());
  Status carried;
  std::string waiting_because;
  if (*lock) {
    Progress progress(ids.size());
    auto give_up = program.clock.monotonic() + patience;
    client::Courier courier(desk.agency.state(), desk.outbox, desk.log, desk.receipts,
                            desk.signing.key_id(), desk.courier_options(),
                            [&](const client::Settled&) {
                              progress.advance();
                              give_up = program.clock.monotonic() + patience;
                            });
    client::Session session = desk.session(program);
    const std::array<client::Conversation*, 1> talks{&courier};
    carried = session.run(talks, {patience, [&]() {
                                    return courier.idle() || stop.requested() ||
                                           program.clock.monotonic() > give_up;
                                  }});
    waiting_because = courier.waiting_because();
  }
  auto after = items_of(desk, ids);
  if (!after) return tl::unexpected(after.error());
  auto code = report(program, *after);
  if (!carried) return tl::unexpected(carried.error());
  if (!any_under_way(*after)) return code;
  return fail(ErrorKind::kOverloaded,
              "not everything was answered" +
                  (waiting_because.empty() ? std::string() : ": " + waiting_because),
              "outbox", "the next 'push' or 'run' goes on");
}

Outcome add_and_carry(Program& program, Desk& desk, std::span<const client::NewItem> items,
                      std::chrono::seconds patience) {
  auto ids = desk.outbox.add(items, login());
  if (!ids) return tl::unexpected(ids.error());
  if (desk.agency.settings().approval_required) {
    program.say("held until a second person releases them: rapporteur-adapter outbox release");
  }
  return carry(program, desk, *ids, patience);
}

}  // namespace rapporteur::agency
