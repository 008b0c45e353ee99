// outbox list, release, discard.
#include <algorithm>

#include <CLI/CLI.hpp>

#include "adapters/agency/desk.h"
#include "adapters/agency/item_view.h"
#include "adapters/agency/officer.h"
#include "adapters/client/login.h"

namespace rapporteur::agency {
namespace {

constexpr std::size_t kFinishedShown = 10;

bool finished(const client::Item& item) {
  return item.state == client::ItemState::kReceipted || item.state == client::ItemState::kRefused ||
         item.state == client::ItemState::kDiscarded;
}

// Leaves the newest of those that are finished; returns how many it took away.
std::size_t leave_newest(std::vector<client::Item>& items) {
  const auto all = static_cast<std::size_t>(std::count_if(items.begin(), items.end(), finished));
  const std::size_t old = all - std::min(all, kFinishedShown);
  std::size_t passed = 0;
  std::erase_if(items, [&](const client::Item& item) { return finished(item) && ++passed <= old; });
  return old;
}

void show_items(const Program& program, std::vector<client::Item> items, bool all) {
  const std::size_t left_out = all ? 0 : leave_newest(items);
  std::string table = items_table(items);
  table.pop_back();  // the line end, which say() adds
  program.say(table);
  if (left_out > 0)
    program.say("and " + counted(left_out, "older one") + ", finished: --all shows all");
}

Outcome list_items(Program& program, const std::string& wanted, bool all) {
  std::optional<client::ItemState> state;
  if (!wanted.empty()) {
    state = client::item_state_named(wanted);
    if (!state) {
      return fail(ErrorKind::kUsage, "no such state: " + printable(wanted, 40), {},
                  "held ready sent receipted refused discarded doubtful");
    }
  }
  auto desk = Desk::open(program);
  if (!desk) return tl::unexpected(desk.error());
  auto items = (*desk)->outbox.list(state);
  if (!items) return tl::unexpected(items.error());
  nlohmann::ordered_json document;
  document["items"] = nlohmann::ordered_json::array();
  for (const client::Item& item : *items) {
    document["items"].push_back(item_json(item));
  }
  if (!items->empty()) {
    show_items(program, *items, all || state);
  } else if (state) {
    program.say("no item is in the state " + wanted);
  } else {
    program.say("the outbox is empty");
  }
  program.answer(document);
  return 0;
}

// Applies `act` to each id; the ids that were done before one fails stay done.
Outcome for_each(Program& program, const std::vector<std::string>& ids, std::string_view next,
                 const std::function<Status(Desk&, const MessageId&)>& act) {
  auto desk = Desk::open(program);
  if (!desk) return tl::unexpected(desk.error());
  nlohmann::ordered_json document;
  document["items"] = nlohmann::ordered_json::array();
  for (const std::string& text : ids) {
    auto id = named_message(text);
    if (!id) return tl::unexpected(id.error());
    if (auto done = act(**desk, *id); !done) return tl::unexpected(done.error());
    auto item = (*desk)->outbox.find(*id);
    if (!item) return tl::unexpected(item.error());
    program.say(item_text(*item));
    document["items"].push_back(item_json(*item));
  }
  if (!next.empty()) program.say(next);
  program.answer(document);
  return 0;
}

constexpr std::string_view kAfterRelease = "next: rapporteur-adapter push, or a running 'run'";

struct Decision {
  std::vector<std::string> ids;
  std::string approver;
  std::string reason;
  OfficerOptions officer;
};

Outcome release_items(Program& program, const Decision& decision) {
  std::optional<client::SecondSigner> officer;
  bool asked = false;
  return for_each(
      program, decision.ids, kAfterRelease, [&](Desk& desk, const MessageId& id) -> Status {
        if (!std::exchange(asked, true)) {
          auto opened = open_officer(decision.officer, desk, program);
          if (!opened) return tl::unexpected(opened.error());
          officer = std::move(*opened);
        }
        return desk.outbox.release(id, {client::login(), decision.approver, decision.reason},
                                   officer ? &*officer : nullptr);
      });
}

}  // namespace

void add_outbox(CLI::App& app, Command& chosen) {
  CLI::App* outbox = app.add_subcommand("outbox", "What waits to be sent, and what became of it");
  outbox->require_subcommand(1);

  CLI::App* listing =
      outbox->add_subcommand("list", "Show what waits, and the newest of what is finished");
  struct Listing {
    std::string state;
    bool all = false;
  };
  auto wanted = std::make_shared<Listing>();
  listing->add_option("--state", wanted->state, "Only items in this state, all of them");
  listing->add_flag("--all", wanted->all,
                    "Also those that were finished long ago; --json has them always");
  listing->callback([&chosen, wanted]() {
    chosen = [wanted](Program& program) { return list_items(program, wanted->state, wanted->all); };
  });

  auto decision = std::make_shared<Decision>();
  CLI::App* release =
      outbox->add_subcommand("release", "Let held items go: under another login than pushed them");
  release->add_option("ID", decision->ids, "Message ids")->required();
  release->add_option("--approver", decision->approver, "One of the approvers of adapter.toml");
  release->add_option("--reason", decision->reason, "Why an approver releases");
  add_officer_options(*release, decision->officer);
  release->callback([&chosen, decision]() {
    chosen = [decision](Program& program) { return release_items(program, *decision); };
  });

  CLI::App* discard =
      outbox->add_subcommand("discard", "Take items back that never went to the hub");
  discard->add_option("ID", decision->ids, "Message ids")->required();
  discard->callback([&chosen, decision]() {
    chosen = [decision](Program& program) {
      return for_each(program, decision->ids, {}, [&](Desk& desk, const MessageId& id) {
        return desk.outbox.discard(id, client::login());
      });
    };
  });
}

}  // namespace rapporteur::agency
