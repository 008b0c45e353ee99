// receive: one subscription into a destination.
#include <vector>

#include <CLI/CLI.hpp>

#include "adapters/agency/desk.h"
#include "adapters/agency/destination.h"
#include "adapters/agency/receiving.h"
#include "adapters/agency/under_quorum.h"
#include "adapters/client/subscriber.h"

namespace rapporteur::agency {
namespace {

using namespace std::chrono_literals;

constexpr auto kQuiet = 100ms;

struct ReceiveOptions {
  std::string destination;
  std::string format;
  std::string subscription = "default";
  bool follow = false;
  int patience_s = 30;
};

Outcome receive(Program& program, const ReceiveOptions& options) {
  if (program.json && options.destination == "-") {
    return fail(ErrorKind::kUsage, "the figures would stand where the answer of --json stands", {},
                "name a file or a folder with --to");
  }
  auto desk = Desk::open(program);
  if (!desk) return tl::unexpected(desk.error());
  client::Received& received = (*desk)->received;
  auto lock = take_subscription(**desk, options.subscription);
  if (!lock) return tl::unexpected(lock.error());
  auto destination = Destination::open({.format = options.format,
                                        .destination = options.destination,
                                        .colours = stdout_is_terminal()},
                                       received, options.subscription);
  if (!destination) return tl::unexpected(destination.error());
  StopSignals stop;
  client::SubscriberOptions subscribing;
  subscribing.ask_when_quiet = kQuiet;
  client::Subscriber subscriber((*desk)->participant(), options.subscription, received,
                                (*desk)->signing, subscribing,
                                [&](std::size_t) { return destination->update(false, program); });
  client::Session session = (*desk)->session(program);
  std::optional<client::QuorumWatch> quorum = watch_quorum(program, **desk);
  std::vector<client::Conversation*> talks{&subscriber};
  if (quorum) talks.push_back(&*quorum);
  Status written;
  const auto enough = [&]() {
    if (subscriber.caught_up() && options.follow) written = destination->update(true, program);
    return !written || stop.requested() || (subscriber.caught_up() && !options.follow);
  };
  const auto patience = options.follow ? std::chrono::seconds(std::chrono::hours(24 * 365))
                                       : std::chrono::seconds(options.patience_s);
  const auto received_all = session.run(talks, {patience, enough}, [&](const Error& error) {
    if (options.follow) program.warn_of_retry(error, session.next_try());
  });
  // What came is written also when the line broke after it.
  if (written) written = destination->update(true, program);
  if (!written) return tl::unexpected(written.error());
  if (!received_all) return tl::unexpected(received_all.error());
  if (options.destination != "-") {
    const std::size_t deliveries = destination->deliveries();
    program.say((deliveries == 1 ? "1 delivery, " : std::to_string(deliveries) + " deliveries, ") +
                counted(destination->observations(), "observation") + " written to " +
                options.destination);
    program.answer({{"subscription", options.subscription},
                    {"deliveries", deliveries},
                    {"observations", destination->observations()},
                    {"destination", options.destination}});
  }
  return 0;
}

}  // namespace

void add_receive(CLI::App& app, Command& chosen) {
  CLI::App* command =
      app.add_subcommand("receive", "Receive what this agency is entitled to, exactly once");
  auto options = std::make_shared<ReceiveOptions>();
  command
      ->add_option("--to", options->destination,
                   "A folder/ (one file a submission), a file (the figures that hold), or -")
      ->required();
  command->add_option("--format", options->format, "sdmx-csv-2.0 or table");
  command->add_option("--subscription", options->subscription, "Which subscription")
      ->capture_default_str();
  command->add_flag("--follow", options->follow, "Go on receiving until SIGINT or SIGTERM");
  command->add_option("--wait", options->patience_s, "Seconds without the hub before giving up")
      ->check(CLI::Range(0, 86'400))
      ->capture_default_str();
  command->callback([&chosen, options]() {
    chosen = [options](Program& program) { return receive(program, *options); };
  });
}

}  // namespace rapporteur::agency
