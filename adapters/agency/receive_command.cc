// receive: one subscription into a destination. run: that and the outbox, until told to stop.
#include <array>

#include <CLI/CLI.hpp>

#include "adapters/agency/desk.h"
#include "adapters/agency/destination.h"
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

// A subscription of this folder; one that is not there yet receives everything from the beginning.
Status ensure_subscription(client::Received& received, const std::string& name) {
  if (!valid_subscription_name(name)) {
    return fail(ErrorKind::kUsage, "'" + printable(name, 64) + "' is no name of a subscription", {},
                "1 to 64 lower-case letters, digits, '-', '_' and '.'");
  }
  auto known = received.find(name);
  if (known || known.error().kind != ErrorKind::kNotFound) {
    return known ? Status() : Status(tl::unexpected(known.error()));
  }
  client::LocalSubscription fresh;
  fresh.name = name;
  return received.add(fresh);
}

tl::unexpected<Error> in_use(const std::string& what) {
  return fail(ErrorKind::kOverloaded, "another process of this folder " + what, {},
              "wait until it has ended");
}

Outcome receive(Program& program, const ReceiveOptions& options) {
  auto desk = Desk::open(program);
  if (!desk) return tl::unexpected(desk.error());
  client::Received& received = (*desk)->received;
  if (auto there = ensure_subscription(received, options.subscription); !there) {
    return tl::unexpected(there.error());
  }
  auto lock =
      client::FileLock::try_take((*desk)->agency.lock_file("subscription-" + options.subscription));
  if (!lock) return tl::unexpected(lock.error());
  if (!*lock) return in_use("receives this subscription");
  auto destination = Destination::open({.format = options.format,
                                        .destination = options.destination,
                                        .colours = stdout_is_terminal()},
                                       received, options.subscription);
  if (!destination) return tl::unexpected(destination.error());
  StopSignals stop;
  std::size_t deliveries = 0;
  client::SubscriberOptions subscribing;
  subscribing.ask_when_quiet = kQuiet;
  client::Subscriber subscriber((*desk)->participant(), options.subscription, received,
                                (*desk)->signing, subscribing, [&](std::size_t count) {
                                  deliveries += count;
                                  return destination->update(false, program);
                                });
  client::Session session = (*desk)->session(program);
  const std::array<client::Conversation*, 1> talks{&subscriber};
  Status written;
  const auto enough = [&]() {
    if (subscriber.caught_up() && options.follow) written = destination->update(true, program);
    return !written || stop.requested() || (subscriber.caught_up() && !options.follow);
  };
  const auto patience = options.follow ? std::chrono::seconds(std::chrono::hours(24 * 365))
                                       : std::chrono::seconds(options.patience_s);
  const auto received_all = session.run(talks, {patience, enough}, [&](const Error& error) {
    if (options.follow) program.warn(error.line());
  });
  // What came is written also when the line broke after it.
  if (written) written = destination->update(true, program);
  if (!written) return tl::unexpected(written.error());
  if (!received_all) return tl::unexpected(received_all.error());
  if (options.destination != "-") {
    program.say(std::to_string(deliveries) + " deliveries, " +
                std::to_string(destination->observations()) + " observations written to " +
                options.destination);
    program.answer({{"subscription", options.subscription},
                    {"deliveries", deliveries},
                    {"observations", destination->observations()},
                    {"destination", options.destination}});
  }
  return 0;
}

Outcome run(Program& program) {
  auto desk = Desk::open(program);
  if (!desk) return tl::unexpected(desk.error());
  const client::AgencySettings& settings = (*desk)->agency.settings();
  client::Received& received = (*desk)->received;
  if (auto there = ensure_subscription(received, settings.run_subscription); !there) {
    return tl::unexpected(there.error());
  }
  auto outbox_lock = client::FileLock::try_take((*desk)->agency.lock_file("outbox"));
  if (!outbox_lock) return tl::unexpected(outbox_lock.error());
  if (!*outbox_lock) return in_use("carries the outbox");
  auto lock = client::FileLock::try_take(
      (*desk)->agency.lock_file("subscription-" + settings.run_subscription));
  if (!lock) return tl::unexpected(lock.error());
  if (!*lock) return in_use("receives this subscription");
  const std::string to = settings.run_destination.empty()
                             ? (*desk)->agency.received().string() + "/"
                             : settings.run_destination;
  auto destination = Destination::open({.format = settings.run_format, .destination = to}, received,
                                       settings.run_subscription);
  if (!destination) return tl::unexpected(destination.error());
  StopSignals stop;
  client::Courier courier((*desk)->agency.state(), (*desk)->outbox, (*desk)->log, (*desk)->receipts,
                          (*desk)->signing.key_id(), (*desk)->courier_options(),
                          [&](const client::Settled& settled) {
                            program.say((settled.accepted ? "accepted  " : "refused  ") +
                                        uuid_text(settled.message_id) + "  entry " +
                                        std::to_string(settled.index.value));
                          });
  client::SubscriberOptions subscribing;
  subscribing.ask_when_quiet = 1s;
  client::Subscriber subscriber((*desk)->participant(), settings.run_subscription, received,
                                (*desk)->signing, subscribing, [&](std::size_t count) {
                                  program.say("received  " + std::to_string(count));
                                  return destination->update(false, program);
                                });
  client::Session session = (*desk)->session(program);
  const std::array<client::Conversation*, 2> talks{&courier, &subscriber};
  Status written;
  const auto ran = session.run(talks,
                               {std::chrono::hours(24 * 365),
                                [&]() {
                                  if (subscriber.caught_up()) {
                                    written = destination->update(true, program);
                                  }
                                  return !written || stop.requested();
                                }},
                               [&](const Error& error) { program.warn(error.line()); });
  if (!written) return tl::unexpected(written.error());
  if (!ran) return tl::unexpected(ran.error());
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

void add_run(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "run", "Carry the outbox and receive, until SIGINT or SIGTERM (see [run] in adapter.toml)");
  command->callback([&chosen]() { chosen = run; });
}

}  // namespace rapporteur::agency
