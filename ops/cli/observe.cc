// status, show, table: what can be seen of a running hub.
#include <memory>

#include <spdlog/fmt/fmt.h>

#include "ops/cli/commands.h"
#include "ops/cli/operator_line.h"
#include "ops/cli/record_view.h"
#include "proto/base/counted.h"
#include "proto/statistics/body_codec.h"
#include "store/notes/checkpoint.h"

namespace rapporteur::cli {
namespace {

nlohmann::json subscription_json(const v1::SubscriptionState& state) {
  return {{"participant", state.participant()},
          {"subscription", state.subscription()},
          {"filter", filter_text(state.filter())},
          {"acknowledged", state.acknowledged()},
          {"sent", state.sent()},
          {"lag_entries", state.lag_entries()},
          {"connected", state.connected()},
          {"credit", state.credit()}};
}

// Of the newest checkpoint that a quorum of witnesses cosigned, by the hub's word; 0: none.
std::uint64_t cosigned_size(const v1::Status& status) {
  const auto checkpoint =
      notes::Note::parse(status.cosigned_checkpoint()).and_then([](const notes::Note& note) {
        return notes::Checkpoint::parse(note.text);
      });
  return checkpoint ? checkpoint->size.value : 0;
}

void print_status(const v1::Status& status, bool as_json) {
  // The hub tells counts to operators alone, who have a line themselves.
  const bool shown = status.connections() != 0;
  const auto count = [&](std::uint64_t number) {
    return shown ? nlohmann::json(number) : nlohmann::json(nullptr);
  };
  nlohmann::json out{{"hub", status.hub()},
                     {"origin", status.origin()},
                     {"software_version", status.software_version()},
                     {"started", time_text(status.started_ms())},
                     {"log_size", status.log_size()},
                     {"backed_up_to", status.backed_up_to()},
                     {"ready", status.ready()},
                     {"not_ready_because", status.not_ready_because()},
                     {"accepted", count(status.accepted())},
                     {"refused", count(status.refused())},
                     {"delivered", count(status.delivered())},
                     {"faults", count(status.faults())},
                     {"connections", count(status.connections())},
                     {"cosigned_size", cosigned_size(status)}};
  if (as_json) {
    out["subscriptions"] = nlohmann::json::array();
    for (const auto& state : status.subscriptions()) {
      out["subscriptions"].push_back(subscription_json(state));
    }
    print(json_line(out));
    return;
  }
  TextTable table({"HUB", printable(status.hub())});
  table.add({"ready", status.ready() ? "yes" : "no: " + status.not_ready_because()});
  table.add({"running since", time_text(status.started_ms())});
  table.add({"version", status.software_version()});
  table.add({"log", counted(status.log_size(), "entry") + " of " + status.origin()});
  table.add({"backed up",
             status.backed_up_to() == 0 ? "nothing" : counted(status.backed_up_to(), "entry")});
  table.add(
      {"since the start",
       shown ? fmt::format("{} accepted, {} refused; {}; {} delivered", status.accepted(),
                           status.refused(), counted(status.faults(), "fault"), status.delivered())
             : "shown to operators"});
  table.add({"connections", shown ? std::to_string(status.connections()) : "shown to operators"});
  table.add({"cosigned", status.cosigned_checkpoint().empty()
                             ? "nothing yet"
                             : "the first " + counted(cosigned_size(status), "entry")});
  print(table.text());
  if (status.subscriptions_size() == 0) return;
  print("\n");
  TextTable subscriptions(
      {"SUBSCRIPTION", "OF", "LINE", "ACKNOWLEDGED", "ENTRIES BEHIND", "FILTER"});
  for (const auto& state : status.subscriptions()) {
    subscriptions.add({state.subscription(), state.participant(),
                       state.connected() ? "open" : "absent", std::to_string(state.acknowledged()),
                       std::to_string(state.lag_entries()), filter_text(state.filter())});
  }
  print(subscriptions.text());
}

Status status(Session& session) {
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  v1::Query query;
  query.mutable_status();
  const auto answer = line->query(query);
  if (!answer) return tl::unexpected(answer.error());
  print_status(answer->status(), session.json);
  return {};
}

Status show(Session& session, std::uint64_t index) {
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  v1::Query query;
  query.mutable_entries()->set_from(index);
  query.mutable_entries()->set_count(1);
  query.mutable_entries()->set_erasures(true);
  const auto answer = line->query(query);
  if (!answer) return tl::unexpected(answer.error());
  const v1::Entries& entries = answer->entries();
  if (entries.entries_size() == 0 || entries.entries(0).index() != index) {
    return fail(ErrorKind::kNotFound,
                fmt::format("no entry {} in a log of {}", index, entries.log_size()), "INDEX",
                "entries are counted from 0; you see those that you may");
  }
  const auto record = record_of(entries.entries(0));
  if (!record) return tl::unexpected(record.error());
  nlohmann::json shown = record_json(LogIndex{index}, *record);
  if (const std::uint64_t by = entries.entries(0).erased_by(); by != 0) {
    shown["erased_by"] = by;
    shown["summary"] =
        shown["summary"].get<std::string>() + fmt::format("; erased by entry {}", by);
  }
  print(session.json ? json_line(shown) : shown.dump(2) + "\n");
  return {};
}

Status print_submission(Session& session, const v1::PublishedSubmission& submission,
                        TextTable& table) {
  v1::Header header;
  if (!header.ParseFromString(submission.header())) {
    return fail(ErrorKind::kMalformed, "the header cannot be read",
                "log entry " + std::to_string(submission.index()),
                "update this program: the hub may be a newer one");
  }
  if (submission.erased()) {
    if (session.json) {
      print(json_line({{"index", submission.index()},
                       {"sender", header.sender()},
                       {"dataflow", header.dataflow()},
                       {"erased", true}}));
    } else {
      table.add(
          {std::to_string(submission.index()), header.sender(), header.indicator(), "erased", ""});
    }
    return {};
  }
  const auto body = BodyCodec::decode(bytes_of(submission.body()));
  if (!body) return tl::unexpected(body.error());
  for (std::size_t row = 0; row < body->observations.rows(); ++row) {
    const Observation observation = body->observations.observation(row);
    const std::string value = observation.value ? observation.value->text() : "";
    if (session.json) {
      nlohmann::json out{{"index", submission.index()},
                         {"sender", header.sender()},
                         {"dataflow", header.dataflow()}};
      for (std::size_t i = 0; i < kDimensions; ++i)
        out[std::string(kDimensionNames[i])] = observation.key[i];
      for (std::size_t i = 0; i < kAttributes; ++i)
        out[std::string(kAttributeNames[i])] = observation.attributes[i];
      out["OBS_VALUE"] = observation.value ? nlohmann::json(value) : nlohmann::json(nullptr);
      print(json_line(out));
    } else {
      const std::string& qualifier = observation[Attribute::kValueQualifier];
      table.add({std::to_string(submission.index()), header.sender(), observation.key_text(),
                 (qualifier == "=" ? "" : qualifier) + value, observation[Attribute::kObsStatus]});
    }
  }
  return {};
}

Status print_table(Session& session, const v1::SubscriptionFilter& filter) {
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  TextTable table({"ENTRY", "SENDER", "KEY", "VALUE", "STATUS"});
  bool any = false;
  std::string after;
  do {
    v1::Query query;
    *query.mutable_table()->mutable_filter() = filter;
    query.mutable_table()->set_after(after);
    query.mutable_table()->set_most(500);
    const auto answer = line->query(query);
    if (!answer) return tl::unexpected(answer.error());
    any = any || answer->table().submissions_size() > 0;
    for (const auto& submission : answer->table().submissions()) {
      if (auto printed = print_submission(session, submission, table); !printed) {
        return printed;
      }
    }
    after = answer->table().next();
  } while (!after.empty());
  if (session.json) return {};
  print(any ? table.text() : "no live figure that you have a right to receive fits\n");
  return {};
}

}  // namespace

void add_status(CLI::App& app, Session& session) {
  app.add_subcommand("status", "Whether the hub is ready, and how far each subscription is")
      ->callback([&session] { session.finish(status(session)); });
}

void add_show(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("show", "One entry of the log, whole");
  auto index = std::make_shared<std::uint64_t>(0);
  add_index(*command, *index);
  command->callback([&session, index] { session.finish(show(session, *index)); });
}

void add_table(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("table", "Live figures you are entitled to receive");
  auto filter = std::make_shared<v1::SubscriptionFilter>();
  const auto pattern = [&](const char* flag,
                           void (v1::SubscriptionFilter::*set)(const std::string&),
                           const char* sentence) {
    command->add_option_function<std::string>(
        flag, [filter, set](const std::string& value) { ((*filter).*set)(value); }, sentence);
  };
  pattern("--dataflow", &v1::SubscriptionFilter::set_dataflow<const std::string&>, "Pattern");
  pattern("--indicator", &v1::SubscriptionFilter::set_indicator<const std::string&>, "Pattern");
  pattern("--sender", &v1::SubscriptionFilter::set_sender<const std::string&>, "Pattern");
  pattern("--area", &v1::SubscriptionFilter::set_area<const std::string&>, "Pattern");
  command->callback([&session, filter] { session.finish(print_table(session, *filter)); });
}

}  // namespace rapporteur::cli
