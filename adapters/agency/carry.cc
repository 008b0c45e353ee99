#include "adapters/agency/carry.h"

#include <algorithm>
#include <array>
#include <set>
#include <thread>

#include "adapters/agency/under_quorum.h"
#include "adapters/client/login.h"

namespace rapporteur::agency {
namespace {

using client::Item;
using client::ItemState;
using std::chrono::milliseconds;

bool under_way(ItemState state) {
  return state == ItemState::kReady || state == ItemState::kSent;
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

std::size_t count_under_way(const std::vector<Item>& items) {
  return static_cast<std::size_t>(std::count_if(
      items.begin(), items.end(), [](const Item& item) { return under_way(item.state); }));
}

// Those of the first `asked_for` that the hub has accepted.
std::vector<client::Receipted> receipted(const std::vector<Item>& items, std::size_t asked_for) {
  std::vector<client::Receipted> out;
  for (std::size_t i = 0; i < asked_for; ++i) {
    if (items[i].state == ItemState::kReceipted && items[i].log_index) {
      out.push_back({items[i].message_id, *items[i].log_index});
    }
  }
  return out;
}

// What waits beside `ids`, in the order in which it is sent.
Result<std::vector<MessageId>> waiting_beside(const Desk& desk, std::span<const MessageId> ids) {
  std::vector<MessageId> others;
  auto all = desk.outbox.list();
  if (!all) return tl::unexpected(all.error());
  for (const Item& item : *all) {
    const bool asked_for = std::find(ids.begin(), ids.end(), item.message_id) != ids.end();
    if (under_way(item.state) && !asked_for) others.push_back(item.message_id);
  }
  return others;
}

// Waits while another process carries; takes over when that ends.
Result<std::optional<client::FileLock>> take_outbox(Desk& desk, std::span<const MessageId> ids,
                                                    StopSignals& stop, milliseconds patience,
                                                    const Program& program) {
  const auto give_up = program.clock.monotonic() + patience;
  return wait_for_lock(desk.agency.lock_file("outbox"), [&]() {
    auto items = items_of(desk, ids);
    return !items || count_under_way(*items) == 0 || stop.requested() ||
           program.clock.monotonic() > give_up;
  });
}

class Carriage {
 public:
  Carriage(Program& program, Desk& desk, const CarryOptions& options)
      : program_(program), desk_(desk), options_(options) {}

  Outcome carry(std::span<const MessageId> asked_for) {
    auto beside = waiting_beside(desk_, asked_for);
    if (!beside) return tl::unexpected(beside.error());
    std::vector<MessageId> ids(asked_for.begin(), asked_for.end());
    ids.insert(ids.end(), beside->begin(), beside->end());
    const auto before = items_of(desk_, ids);
    if (!before) return tl::unexpected(before.error());
    for (const Item& item : *before) {
      if (!under_way(item.state)) settled_before_.insert(item.message_id);
    }
    Status carried;
    if (settled_before_.size() < before->size()) carried = bring(ids);
    auto after = items_of(desk_, ids);
    if (!after) return tl::unexpected(after.error());
    if (options_.require_quorum && carried) {
      const auto accepted = receipted(*after, asked_for.size());
      under_ = bring_under_quorum(program_, desk_, accepted, options_.patience, stop_);
    }
    const int code = report(*after, asked_for.size());
    const std::size_t waiting = count_under_way(*after);
    if (!carried) return tl::unexpected(kept(carried.error(), waiting));
    if (waiting > 0) return tl::unexpected(kept(why_unanswered(), waiting));
    if (!under_.all) return tl::unexpected(under_.all.error());
    return code;
  }

 private:
  Status bring(std::span<const MessageId> ids) {
    auto lock = take_outbox(desk_, ids, stop_, options_.patience, program_);
    if (!lock) return tl::unexpected(lock.error());
    if (!*lock) {
      trouble_ = Error{ErrorKind::kOverloaded, "another process of this folder carries the outbox",
                       "outbox", "wait until it has ended"};
      return {};
    }
    Progress progress(ids.size());
    auto give_up = program_.clock.monotonic() + options_.patience;
    client::CourierOptions courier_options = desk_.courier_options();
    courier_options.answer_timeout =
        std::min(courier_options.answer_timeout,
                 std::max<milliseconds>(options_.patience, client::Session::kLeastHello));
    client::Courier courier(desk_.agency.state(), desk_.outbox, desk_.log, desk_.receipts,
                            desk_.signing.key_id(), courier_options, [&](const client::Settled&) {
                              progress.advance();
                              give_up = program_.clock.monotonic() + options_.patience;
                            });
    client::Session session = desk_.session(program_);
    std::optional<client::QuorumWatch> watch = watch_quorum(program_, desk_);
    std::vector<client::Conversation*> talks{&courier};
    if (watch) talks.push_back(&*watch);
    const auto enough = [&]() {
      return courier.idle() || stop_.requested() || program_.clock.monotonic() > give_up;
    };
    auto carried = session.run(talks, {options_.patience, enough},
                               [&](const Error& error) { trouble_ = error; });
    if (courier.waiting_because()) trouble_ = courier.waiting_because();
    return carried;
  }

  // Why the hub has not answered everything: what it said, or that it said nothing.
  [[nodiscard]] Error why_unanswered() {
    if (stop_.requested()) {
      return {
          ErrorKind::kUnreachable, "stopped before the hub had answered everything", "outbox", {}};
    }
    return trouble_.value_or(Error{ErrorKind::kUnreachable,
                                   "the hub did not answer everything within " +
                                       std::to_string(options_.patience.count()) + " s",
                                   desk_.hub.endpoint, "wait longer with --wait"});
  }

  [[nodiscard]] static Error kept(Error error, std::size_t waiting) {
    if (waiting == 0) return error;
    if (!error.remedy.empty()) error.remedy += "; ";
    error.remedy += counted(waiting, "submission") + " kept in the outbox: 'push' or 'run' sends " +
                    (waiting == 1 ? "it" : "them");
    return error;
  }

  // Null: no quorum has seen it yet.
  [[nodiscard]] nlohmann::ordered_json quorum_json(const Item& item) const {
    const auto head = under_.heads.find(item.message_id);
    if (head == under_.heads.end()) return nullptr;
    nlohmann::ordered_json witnesses = nlohmann::ordered_json::array();
    for (const verify::Witnessed& one : head->second.witnesses) {
      if (one.in_quorum) witnesses.push_back(one.name);
    }
    return {{"witnesses", std::move(witnesses)}, {"tree_size", head->second.checkpoint.size.value}};
  }

  // What no push sends before somebody has decided.
  void say_waiting_for_a_person(bool nothing_else) const {
    const auto held = desk_.outbox.list(ItemState::kHeld);
    const auto doubtful = desk_.outbox.list(ItemState::kDoubtful);
    const std::size_t holds = held ? held->size() : 0;
    const std::size_t doubts = doubtful ? doubtful->size() : 0;
    if (holds > 0) {
      program_.say(counted(holds, "submission") + " held until a second person releases " +
                   (holds == 1 ? "it" : "them") + ": rapporteur-adapter outbox release ID");
    }
    if (doubts > 0) {
      program_.say(
          counted(doubts, "submission") +
          " doubtful: 'outbox list' says why, 'outbox release' or 'outbox discard' decides");
    }
    if (nothing_else && holds + doubts == 0) program_.say("nothing waits in the outbox");
  }

  // The first `asked_for` items are those the command is about.
  int report(const std::vector<Item>& items, std::size_t asked_for) const {
    nlohmann::ordered_json document;
    document["items"] = nlohmann::ordered_json::array();
    document["carried_along"] = nlohmann::ordered_json::array();
    int code = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const Item& item = items[i];
      if (i == asked_for) program_.say("waited in the outbox before:");
      const std::string where = item.source.empty() ? uuid_text(item.message_id) : item.source;
      program_.say(item_text(item));
      for (const FileFinding& finding : hub_findings(item)) {
        const bool said =
            settled_before_.contains(item.message_id) || options_.said.holds(item.source, finding);
        if (!said) program_.say(finding.sentence(where));
      }
      auto entry = item_json(item);
      if (options_.require_quorum && i < asked_for) entry["quorum"] = quorum_json(item);
      document[i < asked_for ? "items" : "carried_along"].push_back(std::move(entry));
      if (item.state == ItemState::kRefused || item.state == ItemState::kDoubtful) code = 1;
    }
    if (asked_for == 0) say_waiting_for_a_person(items.empty());
    program_.answer(document);
    return code;
  }

  Program& program_;
  Desk& desk_;
  const CarryOptions& options_;
  StopSignals stop_;
  std::optional<Error> trouble_;
  std::set<MessageId> settled_before_;  // or held: the hub has said nothing of them now
  UnderQuorum under_;
};

}  // namespace

Outcome carry(Program& program, Desk& desk, std::span<const MessageId> ids,
              const CarryOptions& options) {
  return Carriage(program, desk, options).carry(ids);
}

Outcome add_and_carry(Program& program, Desk& desk, std::span<const client::NewItem> items,
                      const CarryOptions& options,
                      const std::optional<client::SecondSigner>& officer) {
  auto ids = desk.outbox.add(items, client::login(), {}, officer ? &*officer : nullptr);
  if (!ids) return tl::unexpected(ids.error());
  if (desk.agency.settings().approval_required) {
    program.say("held until a second person releases them: rapporteur-adapter outbox release");
  }
  return carry(program, desk, *ids, options);
}

}  // namespace rapporteur::agency
