// tail: the newest entries of the log, and those that come.
#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include <spdlog/fmt/fmt.h>

#include "ops/cli/commands.h"
#include "ops/cli/operator_line.h"
#include "ops/cli/record_view.h"

namespace rapporteur::cli {
namespace {

// So long a hub keeps a question for entries that are still to come.
constexpr std::chrono::milliseconds kHubWaits{10'000};
constexpr std::chrono::milliseconds kBetweenTries{1'000};
constexpr std::uint32_t kPageEntries = 500;

struct TailOptions {
  std::uint32_t count = 20;
  bool follow = false;
};

Status print_entry_line(const Session& session, const v1::Entry& entry) {
  const auto record = record_of(entry);
  if (!record) return tl::unexpected(record.error());
  const LogIndex index{entry.index()};
  if (session.json) {
    print(json_line(record_json(index, *record)));
    return {};
  }
  std::string text = fmt::format("{:>8}  {}  {:<16}  {}", index.value, time_text(record->time_ms()),
                                 event_name(*record), record_summary(*record));
  text.erase(text.find_last_not_of(' ') + 1);  // of an event that says no more than its name
  print(printable(text, 500) + "\n");
  return {};
}

Result<v1::Entries> entries_from(OperatorLine& line, std::uint64_t from, std::uint32_t count,
                                 bool wait) {
  v1::Query query;
  query.mutable_entries()->set_from(from);
  query.mutable_entries()->set_count(count);
  query.mutable_entries()->set_wait(wait);
  const auto answer = line.query(query, wait ? kHubWaits : std::chrono::milliseconds(0));
  if (!answer) return tl::unexpected(answer.error());
  return answer->entries();
}

bool may_pass(const Error& error) {
  return error.kind == ErrorKind::kUnreachable || error.kind == ErrorKind::kOverloaded;
}

// Until the hub answers again, which is said, as it was said that it does not.
Status wait_for_hub(const Session& session, OperatorLine& line, Error lost) {
  lost.remedy = "waiting until it answers again";
  session.warn(lost.line());
  while (true) {
    std::this_thread::sleep_for(kBetweenTries);
    auto again = line.renew();
    if (again) break;
    if (!may_pass(again.error())) return again;
  }
  session.warn(line.hub().endpoint + ": the hub answers again");
  return {};
}

Status tail(const Session& session, const TailOptions& options) {
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  const auto head = entries_from(*line, 0, 1, false);
  if (!head) return tl::unexpected(head.error());
  const std::uint64_t size = head->log_size();
  std::uint64_t next = size > options.count ? size - options.count : 0;
  while (options.follow || next < size) {
    const auto entries = entries_from(*line, next, kPageEntries, options.follow && next >= size);
    if (!entries && options.follow && may_pass(entries.error())) {
      if (auto back = wait_for_hub(session, *line, entries.error()); !back) return back;
      continue;
    }
    if (!entries) return tl::unexpected(entries.error());
    for (const auto& entry : entries->entries()) {
      if (auto printed = print_entry_line(session, entry); !printed) return printed;
    }
    if (!all_printed()) return {};  // said at the end of every command
    if (entries->next() <= next && !options.follow) break;
    next = std::max(next, entries->next());
  }
  return {};
}

}  // namespace

void add_tail(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("tail", "The newest entries of the log");
  auto options = std::make_shared<TailOptions>();
  whole_number(command->add_option("-n,--count", options->count, "How many"), 0, UINT32_MAX)
      ->capture_default_str();
  command->add_flag("-f,--follow", options->follow, "Go on until interrupted");
  command->callback([&session, options] { session.finish(tail(session, *options)); });
}

}  // namespace rapporteur::cli
