// fanout: deliveries to subscribers that keep up; catch-up: from disk to subscribers that begin at
// the beginning.
#include <atomic>
#include <memory>
#include <numeric>
#include <thread>

#include "ops/bench/load.h"
#include "ops/bench/raw_subscriber.h"
#include "ops/bench/runs.h"

namespace rapporteur::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct FanoutOptions {
  std::size_t senders = 16;
  std::size_t outstanding = 16;
  std::size_t subscribers = 30;
  std::size_t count = 100'000;
};

struct Parties {
  std::vector<SenderIdentity> all;
  std::span<const SenderIdentity> senders;
  std::span<const SenderIdentity> receivers;
};

Result<std::unique_ptr<Parties>> enrol(BenchHub& hub, const FanoutOptions& options) {
  auto enrolled = hub.enrol(options.senders + options.subscribers);
  if (!enrolled) return tl::unexpected(enrolled.error());
  auto parties = std::make_unique<Parties>();
  parties->all = std::move(*enrolled);
  parties->senders = std::span(parties->all).first(options.senders);
  parties->receivers = std::span(parties->all).subspan(options.senders);
  return parties;
}

struct Subscribers {
  std::vector<RawSubscriber> each;
  std::vector<client::Connection*> lines;

  [[nodiscard]] std::uint64_t received() const {
    return std::accumulate(each.begin(), each.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const auto& s) { return sum + s.received(); });
  }
  [[nodiscard]] std::uint64_t slowest() const {
    return std::min_element(
               each.begin(), each.end(),
               [](const auto& a, const auto& b) { return a.received() < b.received(); })
        ->received();
  }
};

Result<Subscribers> subscribe(const BenchHub& hub, std::span<const SenderIdentity> receivers,
                              bool from_beginning) {
  Subscribers subscribers;
  for (const auto& receiver : receivers) {
    RawSubscriberOptions options;
    options.from_beginning = from_beginning;
    auto opened = RawSubscriber::open(hub.address(), receiver, std::move(options));
    if (!opened) return tl::unexpected(opened.error());
    subscribers.each.push_back(std::move(*opened));
  }
  for (auto& subscriber : subscribers.each) subscribers.lines.push_back(&subscriber.line());
  return subscribers;
}

// Until every subscriber has `expected`, or nothing comes for 30 s.
Status receive_until(Subscribers& subscribers, std::uint64_t expected,
                     const std::atomic<std::uint64_t>& sent, std::uint64_t& worst_lag,
                     const std::atomic<bool>& give_up) {
  auto last_progress = SteadyClock::now();
  std::uint64_t before = 0;
  while (subscribers.received() < expected * subscribers.each.size() && !give_up) {
    const auto ready =
        client::Connection::wait_any(subscribers.lines, std::chrono::milliseconds(100));
    if (!ready) return tl::unexpected(ready.error());
    for (const std::size_t i : *ready) {
      if (auto taken = subscribers.each[i].take([](const v1::Header&) {}); !taken) {
        return taken;
      }
    }
    const std::uint64_t under_way = sent;
    const std::uint64_t slowest = subscribers.slowest();
    if (under_way > slowest) worst_lag = std::max(worst_lag, under_way - slowest);
    const auto now = SteadyClock::now();
    if (subscribers.received() > before) last_progress = now;
    before = subscribers.received();
    if (now - last_progress > std::chrono::seconds(30)) {
      return fail(ErrorKind::kUnreachable, "no delivery for 30 s");
    }
  }
  return {};
}

Result<Report> measure_fanout(const Session& session, const FanoutOptions& options) {
  auto hub = BenchHub::start(session.hub_options());
  if (!hub) return tl::unexpected(hub.error());
  const auto parties = enrol(**hub, options);
  if (!parties) return tl::unexpected(parties.error());
  auto load = Load::open((*hub)->address(), (*parties)->senders, 1);
  if (!load) return tl::unexpected(load.error());
  load->prepare(options.count);
  auto subscribers = subscribe(**hub, (*parties)->receivers, false);
  if (!subscribers) return tl::unexpected(subscribers.error());

  std::atomic<std::uint64_t> sent = 0;
  std::atomic<bool> give_up = false;
  std::uint64_t worst_lag = 0;
  Status received;
  const auto began = SteadyClock::now();
  std::jthread receiving(
      [&] { received = receive_until(*subscribers, options.count, sent, worst_lag, give_up); });
  load->count_into(&sent);
  const auto sending = load->run(options.outstanding);
  if (!sending) give_up = true;
  receiving.join();
  const double seconds = std::chrono::duration<double>(SteadyClock::now() - began).count();
  if (!sending) return tl::unexpected(sending.error());
  if (!received) return tl::unexpected(received.error());

  Report report("fanout");
  report.add("subscribers", static_cast<double>(options.subscribers), "");
  report.add("deliveries", static_cast<double>(subscribers->received()) / seconds, "/s",
             ">= 200,000/s");
  report.add("receipts meanwhile", static_cast<double>(options.count) / *sending, "/s");
  report.add("worst lag of the slowest subscriber", static_cast<double>(worst_lag), "entries");
  report.add("time the slowest needed after the last receipt", (seconds - *sending) * 1000, "ms");
  report.add("broker peak memory", static_cast<double>((*hub)->peak_memory()) / 1048576, "MiB",
             "<= 256 MiB");
  return report;
}

Result<Report> measure_catch_up(const Session& session, const FanoutOptions& options) {
  auto hub = BenchHub::start(session.hub_options());
  if (!hub) return tl::unexpected(hub.error());
  const auto parties = enrol(**hub, options);
  if (!parties) return tl::unexpected(parties.error());
  {
    auto load = Load::open((*hub)->address(), (*parties)->senders, 1);
    if (!load) return tl::unexpected(load.error());
    load->prepare(options.count);
    if (const auto sent = load->run(options.outstanding); !sent) {
      return tl::unexpected(sent.error());
    }
  }
  // A broker that has just started has nothing of it in memory.
  if (const auto restarted = (*hub)->restart(); !restarted) {
    return tl::unexpected(restarted.error());
  }
  const auto began = SteadyClock::now();
  auto subscribers = subscribe(**hub, (*parties)->receivers, true);
  if (!subscribers) return tl::unexpected(subscribers.error());
  std::uint64_t worst_lag = 0;
  const std::atomic<bool> give_up = false;
  if (const auto received = receive_until(*subscribers, options.count, 0, worst_lag, give_up);
      !received) {
    return tl::unexpected(received.error());
  }
  const double seconds = std::chrono::duration<double>(SteadyClock::now() - began).count();
  Report report("catch-up");
  report.add("subscribers", static_cast<double>(options.subscribers), "");
  report.add("submissions in the log", static_cast<double>(options.count), "");
  report.add("deliveries from disk", static_cast<double>(subscribers->received()) / seconds, "/s",
             ">= 300,000/s");
  report.add("broker peak memory", static_cast<double>((*hub)->peak_memory()) / 1048576, "MiB",
             "<= 256 MiB");
  return report;
}

using Measure = Result<Report> (*)(const Session&, const FanoutOptions&);

void add_run(CLI::App& app, Session& session, const std::string& name, const std::string& sentence,
             Measure measure) {
  auto* command = app.add_subcommand(name, sentence);
  auto options = std::make_shared<FanoutOptions>();
  command->add_option("--subscribers", options->subscribers, "Each receives everything")
      ->capture_default_str()
      ->check(CLI::Range(1, 500));
  command->add_option("--senders", options->senders, "One party each")
      ->capture_default_str()
      ->check(CLI::Range(1, 500));
  command->add_option("--outstanding", options->outstanding, "Submissions under way on each")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  command->add_option("--count", options->count, "Submissions in all")
      ->capture_default_str()
      ->check(CLI::Range(1, 5'000'000));
  command->callback([&session, options, measure] { session.finish(measure(session, *options)); });
}

}  // namespace

void add_fanout(CLI::App& app, Session& session) {
  add_run(app, session, "fanout", "Deliveries to subscribers that keep up", measure_fanout);
}

void add_catch_up(CLI::App& app, Session& session) {
  add_run(app, session, "catch-up", "Deliveries from disk, from the beginning", measure_catch_up);
}

}  // namespace rapporteur::bench
