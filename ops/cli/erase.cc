// erase, retention, hold: what is destroyed of the log, when, and what must not be.
#include <memory>
#include <optional>

#include <spdlog/fmt/fmt.h>

#include "ops/cli/commands.h"
#include "ops/cli/operator_line.h"
#include "proto/base/counted.h"

namespace rapporteur::cli {
namespace {

struct RetentionOptions {
  std::string dataflow;
  std::optional<std::uint32_t> live_days;
  std::optional<std::uint32_t> superseded_days;
  std::string reason;
};

struct HoldOptions {
  v1::LegalHold hold;
  std::string reason;
};

// The entry that says it.
Result<LogIndex> act(const Session& session, const v1::AdministrativeAction& action) {
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  return line->administer(action);
}

Status erase(Session& session, std::uint64_t index, const std::string& reason) {
  v1::AdministrativeAction action;
  action.mutable_erase()->set_index(index);
  action.set_reason(reason);
  const auto entry = act(session, action);
  if (!entry) return tl::unexpected(entry.error());
  if (session.json) {
    print(json_line({{"erased", index}, {"entry", entry->value}}));
  } else {
    print(fmt::format(
        "salt and body of entry {} are destroyed; entry {} says so\n"
        "whoever received the figures still has them: the hub tells nobody, a withdrawal does\n",
        index, entry->value));
  }
  return {};
}

std::string days_text(std::uint32_t days) {
  return days == 0 ? "for good" : counted(days, "day");
}

void print_retention(const Session& session, const v1::Retention& retention) {
  if (session.json) {
    print(json_line({{"dataflow", retention.dataflow()},
                     {"live_days", retention.live_days()},
                     {"superseded_days", retention.superseded_days()}}));
    return;
  }
  print(fmt::format("{}: bodies of live submissions are kept {}, of superseded ones {}\n",
                    retention.dataflow(), days_text(retention.live_days()),
                    days_text(retention.superseded_days())));
}

Status show_retention(Session& session) {
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  const auto state = line->directory();
  if (!state) return tl::unexpected(state.error());
  for (const auto& retention : state->retentions()) print_retention(session, retention);
  if (state->retentions().empty() && !session.json) print("all bodies are kept for good\n");
  return {};
}

Status set_retention(Session& session, const RetentionOptions& options) {
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  const auto state = line->directory();
  if (!state) return tl::unexpected(state.error());
  v1::Retention retention;
  for (const auto& one : state->retentions()) {
    if (one.dataflow() == options.dataflow) retention = one;
  }
  retention.set_dataflow(options.dataflow);
  retention.set_live_days(options.live_days.value_or(retention.live_days()));
  retention.set_superseded_days(options.superseded_days.value_or(retention.superseded_days()));
  v1::AdministrativeAction action;
  *action.mutable_set_retention() = retention;
  action.set_reason(options.reason);
  const auto entry = line->administer(action);
  if (!entry) return tl::unexpected(entry.error());
  print_retention(session, retention);
  return {};
}

std::string hold_text(const v1::LegalHold& hold) {
  const auto pattern = [](const std::string& text) { return text.empty() ? "*" : text; };
  return fmt::format("entries {} to {} of {} by {}", hold.first_index(),
                     hold.last_index() == 0 ? "the end" : std::to_string(hold.last_index()),
                     pattern(hold.dataflow()), pattern(hold.sender()));
}

Status list_holds(Session& session) {
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  const auto state = line->directory();
  if (!state) return tl::unexpected(state.error());
  TextTable table({"HOLD", "KEEPS", "SINCE ENTRY"});
  for (const auto& hold : state->holds()) {
    if (session.json) {
      print(json_line({{"name", hold.name()},
                       {"first_index", hold.first_index()},
                       {"last_index", hold.last_index()},
                       {"sender", hold.sender()},
                       {"dataflow", hold.dataflow()},
                       {"placed_index", hold.placed_index()}}));
    } else {
      table.add({hold.name(), hold_text(hold), std::to_string(hold.placed_index())});
    }
  }
  if (!session.json) print(table.text());
  return {};
}

Status place_hold(Session& session, const HoldOptions& options) {
  v1::AdministrativeAction action;
  if (options.hold.last_index() != 0 && options.hold.last_index() < options.hold.first_index()) {
    return fail(ErrorKind::kUsage, "the last entry comes before the first", "--from and --to",
                "give the first entry first");
  }
  *action.mutable_place_hold() = options.hold;
  action.set_reason(options.reason);
  const auto entry = act(session, action);
  if (!entry) return tl::unexpected(entry.error());
  if (session.json) {
    print(json_line({{"name", options.hold.name()}, {"entry", entry->value}}));
  } else {
    print(fmt::format("{} keeps {} from entry {} on\n", options.hold.name(),
                      hold_text(options.hold), entry->value));
  }
  return {};
}

Status lift_hold(Session& session, const std::string& name, const std::string& reason) {
  v1::AdministrativeAction action;
  action.mutable_lift_hold()->set_name(name);
  action.set_reason(reason);
  const auto entry = act(session, action);
  if (!entry) return tl::unexpected(entry.error());
  if (session.json) {
    print(json_line({{"name", name}, {"entry", entry->value}}));
  } else {
    print(fmt::format("{} is lifted by entry {}\n", name, entry->value));
  }
  return {};
}

void add_reason(CLI::App& command, std::string& reason) {
  command.add_option("--reason", reason, "Why; kept in the log")
      ->required()
      ->check([](const std::string& text) {
        return std::string(text.empty() ? "a reason has at least one character" : "");
      });
}

}  // namespace

void add_erase(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand(
      "erase", "Destroy salt and body of an accepted submission; its record stays");
  auto index = std::make_shared<std::uint64_t>(0);
  auto reason = std::make_shared<std::string>();
  add_index(*command, *index);
  add_reason(*command, *reason);
  command->callback([&session, index, reason] { session.finish(erase(session, *index, *reason)); });
}

void add_retention(CLI::App& app, Session& session) {
  auto* group = app.add_subcommand("retention", "How long bodies are kept");
  group->require_subcommand(1);
  group->add_subcommand("show", "What holds now")->callback([&session] {
    session.finish(show_retention(session));
  });
  auto* set = group->add_subcommand("set", "Change it; what is over then is erased");
  auto options = std::make_shared<RetentionOptions>();
  set->add_option("DATAFLOW", options->dataflow, "AGENCY:ID(VERSION)")->required();
  whole_number(set->add_option("--live-days", options->live_days,
                               "Of live submissions, since they were accepted; 0: for good"),
               0, UINT32_MAX);
  whole_number(set->add_option("--superseded-days", options->superseded_days,
                               "Of replaced or withdrawn ones, since then; 0: for good"),
               0, UINT32_MAX);
  add_reason(*set, options->reason);
  set->callback([&session, options] { session.finish(set_retention(session, *options)); });
}

void add_hold(CLI::App& app, Session& session) {
  auto* group = app.add_subcommand("hold", "Legal holds: what must not be erased");
  group->require_subcommand(1);
  group->add_subcommand("list", "Those in force")->callback([&session] {
    session.finish(list_holds(session));
  });
  auto* place = group->add_subcommand("place", "Keep what fits all that is given");
  auto options = std::make_shared<HoldOptions>();
  auto& hold = options->hold;
  const auto number = [&](const char* flag, void (v1::LegalHold::*set)(std::uint64_t),
                          const char* sentence) {
    whole_number(place->add_option_function<std::uint64_t>(
        flag, [&hold, set](const std::uint64_t& value) { (hold.*set)(value); }, sentence));
  };
  const auto text = [&](const char* flag, void (v1::LegalHold::*set)(const std::string&),
                        const char* sentence) {
    return place->add_option_function<std::string>(
        flag, [&hold, set](const std::string& value) { (hold.*set)(value); }, sentence);
  };
  text("NAME", &v1::LegalHold::set_name<const std::string&>, "Of the hold")->required();
  number("--from", &v1::LegalHold::set_first_index, "First entry");
  number("--to", &v1::LegalHold::set_last_index, "Last entry; without it, also those to come");
  text("--sender", &v1::LegalHold::set_sender<const std::string&>, "Pattern");
  text("--dataflow", &v1::LegalHold::set_dataflow<const std::string&>, "Pattern");
  add_reason(*place, options->reason);
  place->callback([&session, options] { session.finish(place_hold(session, *options)); });

  auto* lift = group->add_subcommand("lift", "End a hold");
  auto name = std::make_shared<std::string>();
  auto reason = std::make_shared<std::string>();
  lift->add_option("NAME", *name, "Of the hold")->required();
  add_reason(*lift, *reason);
  lift->callback([&session, name, reason] { session.finish(lift_hold(session, *name, *reason)); });
}

}  // namespace rapporteur::cli
