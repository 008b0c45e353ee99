// run: carries the outbox, sends what comes into the watched folder and receives, until told to
// stop.
#include <vector>

#include <CLI/CLI.hpp>

#include "adapters/agency/desk.h"
#include "adapters/agency/destination.h"
#include "adapters/agency/receiving.h"
#include "adapters/agency/under_quorum.h"
#include "adapters/agency/watch_folder.h"
#include "adapters/client/subscriber.h"
#include "adapters/witness/service.h"

namespace rapporteur::agency {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kAskWhenQuiet{1'000};
constexpr std::size_t kShownAtOnce = 256;

// What happens, one line each: text for a person at a terminal, else a JSON object.
class Events {
 public:
  explicit Events(const Program& program)
      : program_(program), json_(program.json || !stdout_is_terminal()) {}

  void say(const char* what, const nlohmann::ordered_json& fields) const {
    if (json_) {
      nlohmann::ordered_json line{{"time", time_text(program_.clock.now())}, {"event", what}};
      line.update(fields);
      program_.print(line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
      return;
    }
    std::string text = what;
    for (const auto& [name, value] : fields.items()) {
      text += "  " + name + " " + (value.is_string() ? value.get<std::string>() : value.dump());
    }
    program_.print(text);
  }

 private:
  const Program& program_;
  bool json_;
};

void say_settled(const Events& events, const Desk& desk, const client::Settled& settled) {
  nlohmann::ordered_json fields{{"message", uuid_text(settled.message_id)},
                                {"entry", settled.index.value}};
  if (const auto item = desk.outbox.find(settled.message_id)) {
    fields["indicator"] = item->indicator;
    fields["file"] = item->source;
  }
  events.say(settled.accepted ? "accepted" : "refused", fields);
}

// What was stored since `last`, which goes on to the newest.
Status say_received(const Events& events, const client::Received& received,
                    const std::string& subscription, const Destination& destination,
                    client::Arrival& last) {
  while (true) {
    auto page = received.arrivals(subscription, last, kShownAtOnce);
    if (!page) return tl::unexpected(page.error());
    if (page->empty()) return {};
    for (const client::StoredDelivery& delivery : *page) {
      events.say("received", {{"sender", delivery.content.header.sender()},
                              {"indicator", delivery.content.header.indicator()},
                              {"entry", delivery.content.index.value},
                              {"file", destination.file_of(delivery.content)}});
    }
    last = page->back().arrival;
  }
}

class Runner {
 public:
  Runner(Program& program, Desk& desk)
      : program_(program), desk_(desk), settings_(desk.agency.settings()), events_(program) {}

  Outcome run() {
    auto outbox_lock = client::FileLock::try_take(desk_.agency.lock_file("outbox"));
    if (!outbox_lock) return tl::unexpected(outbox_lock.error());
    if (!*outbox_lock) return in_use("carries the outbox");
    auto lock = take_subscription(desk_, settings_.run_subscription);
    if (!lock) return tl::unexpected(lock.error());
    auto destination = open_destination();
    if (!destination) return tl::unexpected(destination.error());
    std::optional<WatchFolder> watch;
    if (!settings_.run_watch.empty()) {
      auto opened = open_watch();
      if (!opened) return tl::unexpected(opened.error());
      watch.emplace(std::move(*opened));
    }
    return talk(*destination, watch);
  }

 private:
  Result<Destination> open_destination() {
    const std::string to = settings_.run_destination.empty()
                               ? desk_.agency.received().string() + "/"
                               : settings_.run_destination;
    auto destination = Destination::open({.format = settings_.run_format, .destination = to},
                                         desk_.received, settings_.run_subscription);
    if (destination || destination.error().kind != ErrorKind::kUsage) return destination;
    Error error = destination.error();
    error.kind = ErrorKind::kConfiguration;  // the settings name it, not the command line
    if (error.where.empty()) error.where = (desk_.agency.folder() / "adapter.toml").string();
    return tl::unexpected(error);
  }

  Result<WatchFolder> open_watch() {
    return WatchFolder::open(desk_, program_, settings_.run_watch,
                             [this](const WatchFolder::Moved& moved) {
                               events_.say(moved.accepted ? "done" : "not sent",
                                           {{"file", moved.file}, {"report", moved.report}});
                             });
  }

  // Empty if this agency is no witness.
  Result<std::unique_ptr<witness::Service>> open_witness() {
    if (settings_.witness.empty()) return std::unique_ptr<witness::Service>();
    auto service = witness::Service::start({.name = desk_.witness_name(),
                                            .key_file = desk_.witness_key(),
                                            .state = desk_.witness_state(),
                                            .logs = {client::log_key(desk_.hub)},
                                            .listen = settings_.witness,
                                            .setting = desk_.witness_setting()},
                                           program_.clock);
    if (service) {
      events_.say("witness",
                  {{"url", (*service)->url()}, {"verifier_key", (*service)->key().text()}});
    }
    return service;
  }

  Outcome talk(Destination& destination, std::optional<WatchFolder>& watch) {
    StopSignals stop;
    auto witness = open_witness();
    if (!witness) return tl::unexpected(witness.error());
    client::Courier courier(
        desk_.agency.state(), desk_.outbox, desk_.log, desk_.receipts, desk_.signing.key_id(),
        desk_.courier_options(),
        [&](const client::Settled& settled) { say_settled(events_, desk_, settled); });
    auto known = desk_.received.find(settings_.run_subscription);
    if (!known) return tl::unexpected(known.error());
    client::Arrival shown = known->written;
    client::SubscriberOptions subscribing;
    subscribing.ask_when_quiet = kAskWhenQuiet;
    client::Subscriber subscriber(desk_.participant(), settings_.run_subscription, desk_.received,
                                  desk_.signing, subscribing, [&](std::size_t) {
                                    return destination.update(false, program_).and_then([&]() {
                                      return say_received(events_, desk_.received,
                                                          settings_.run_subscription, destination,
                                                          shown);
                                    });
                                  });
    client::Session session = desk_.session(program_);
    std::optional<client::QuorumWatch> quorum = watch_quorum(program_, desk_);
    std::vector<client::Conversation*> talks{&courier, &subscriber};
    if (quorum) talks.push_back(&*quorum);
    Status worked;
    const auto enough = [&]() {
      if (watch) worked = watch->look(program_.clock.monotonic());
      if (worked && subscriber.caught_up()) worked = destination.update(true, program_);
      if (worked && *witness != nullptr) worked = (*witness)->check();
      return !worked || stop.requested();
    };
    const auto ran =
        session.run(talks, {std::chrono::hours(24 * 365), enough},
                    [&](const Error& error) { program_.warn_of_retry(error, session.next_try()); });
    if (!worked) return tl::unexpected(worked.error());
    if (!ran) return tl::unexpected(ran.error());
    return 0;
  }

  Program& program_;
  Desk& desk_;
  const client::AgencySettings& settings_;
  Events events_;
};

Outcome run(Program& program) {
  auto desk = Desk::open(program);
  if (!desk) return tl::unexpected(desk.error());
  return Runner(program, **desk).run();
}

}  // namespace

void add_run(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "run",
      "Carry the outbox, send the files of the watched folder and receive, until SIGINT or SIGTERM "
      "(see [run] in adapter.toml); one JSON object a line where no person reads");
  command->callback([&chosen]() { chosen = run; });
}

}  // namespace rapporteur::agency
