// latency: a paced load, timed from when each submission was meant to be sent.
#include <atomic>
#include <memory>
#include <thread>

#include "ops/bench/baseline.h"
#include "ops/bench/load.h"
#include "ops/bench/raw_subscriber.h"
#include "ops/bench/runs.h"

namespace rapporteur::bench {
namespace {

struct LatencyOptions {
  std::size_t senders = 8;
  std::size_t subscribers = 30;
  double per_second = 1000;
  double seconds = 20;
};

struct Received {
  Percentiles plain;
  Percentiles verifying;
  std::string error;
};

// Takes deliveries on all lines until every subscriber has `expected`; the first one verifies.
Received receive_all(std::vector<RawSubscriber>& subscribers, std::uint64_t expected,
                     const Load& load, const std::atomic<bool>& give_up) {
  Received result;
  std::vector<client::Connection*> lines;
  lines.reserve(subscribers.size());
  for (auto& subscriber : subscribers) lines.push_back(&subscriber.line());
  std::uint64_t missing = expected * subscribers.size();
  while (missing > 0 && !give_up) {
    const auto ready = client::Connection::wait_any(lines, std::chrono::milliseconds(100));
    if (!ready) {
      result.error = ready.error().line();
      return result;
    }
    for (const std::size_t i : *ready) {
      Percentiles& latency = i == 0 ? result.verifying : result.plain;
      const auto taken = subscribers[i].take([&](const v1::Header& header) {
        const auto intended = load.intended().find(header.message_id());
        if (intended == load.intended().end()) return;
        latency.add(std::chrono::steady_clock::now() - intended->second);
        --missing;
      });
      if (!taken) {
        result.error = taken.error().line();
        return result;
      }
    }
  }
  return result;
}

Result<std::vector<RawSubscriber>> open_subscribers(const BenchHub& hub,
                                                    std::span<const SenderIdentity> receivers,
                                                    std::span<const SenderIdentity> senders) {
  std::vector<RawSubscriber> subscribers;
  for (const auto& receiver : receivers) {
    RawSubscriberOptions options;
    if (subscribers.empty()) {
      for (const auto& sender : senders) {
        options.verify_with.emplace(sender.participant, sender.signing_key.public_key());
      }
    }
    auto subscriber = RawSubscriber::open(hub.address(), receiver, std::move(options));
    if (!subscriber) return tl::unexpected(subscriber.error());
    subscribers.push_back(std::move(*subscriber));
  }
  return subscribers;
}

Result<Report> measure(const Session& session, const LatencyOptions& options) {
  auto hub = BenchHub::start(session.hub_options());
  if (!hub) return tl::unexpected(hub.error());
  const auto parties = (*hub)->enrol(options.senders + options.subscribers);
  if (!parties) return tl::unexpected(parties.error());
  const std::span<const SenderIdentity> senders(parties->data(), options.senders);
  const std::span<const SenderIdentity> receivers(parties->data() + options.senders,
                                                  options.subscribers);
  auto load = Load::open((*hub)->address(), senders, 1);
  if (!load) return tl::unexpected(load.error());
  const auto count = static_cast<std::size_t>(options.per_second * options.seconds);
  load->prepare(count);
  auto subscribers = open_subscribers(**hub, receivers, senders);
  if (!subscribers) return tl::unexpected(subscribers.error());
  auto syncs = bare_fdatasync((*hub)->folder());
  if (!syncs) return tl::unexpected(syncs.error());

  const auto begin = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
  load->plan(options.per_second, begin);
  std::atomic<bool> give_up = false;
  Received received;
  std::jthread receiving([&] { received = receive_all(*subscribers, count, *load, give_up); });
  const auto sent = load->run_open(options.per_second, begin);
  if (!sent) give_up = true;
  receiving.join();
  if (!sent) return tl::unexpected(sent.error());
  if (!received.error.empty()) return fail(ErrorKind::kUnreachable, received.error);

  const double sync_p99 = syncs->latency.milliseconds(0.99);
  Report report("latency");
  report.add("submissions, Poisson", options.per_second, "/s");
  report.add("bare fdatasync p99", sync_p99, "ms");
  report.add("receipt p50", load->latency().milliseconds(0.50), "ms");
  report.add("receipt p99", load->latency().milliseconds(0.99), "ms",
             "<= " + std::to_string(3 + 2 * sync_p99) + " ms");
  report.add("receipt p99.9", load->latency().milliseconds(0.999), "ms");
  report.add("receipt max", load->latency().milliseconds(1.0), "ms", "<= 250 ms");
  report.add("subscribers", static_cast<double>(options.subscribers), "");
  report.add("delivery p50", received.plain.milliseconds(0.50), "ms");
  report.add("delivery p99", received.plain.milliseconds(0.99), "ms", "<= 10 ms");
  report.add("delivery p99, verifying subscriber", received.verifying.milliseconds(0.99), "ms");
  report.add("delivery max", received.plain.milliseconds(1.0), "ms");
  report.add("broker peak memory", static_cast<double>((*hub)->peak_memory()) / 1048576, "MiB",
             "<= 256 MiB");
  return report;
}

}  // namespace

void add_latency(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("latency", "Receipts and deliveries under a paced load");
  auto options = std::make_shared<LatencyOptions>();
  command->add_option("--rate", options->per_second, "Submissions a second")
      ->capture_default_str()
      ->check(CLI::Range(1, 50'000));
  command->add_option("--seconds", options->seconds, "How long")
      ->capture_default_str()
      ->check(CLI::Range(1, 3600));
  command->add_option("--subscribers", options->subscribers, "Each receives everything")
      ->capture_default_str()
      ->check(CLI::Range(1, 500));
  command->callback([&session, options] { session.finish(measure(session, *options)); });
}

}  // namespace rapporteur::bench
