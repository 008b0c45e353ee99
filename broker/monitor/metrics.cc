#include "broker/monitor/metrics.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <mutex>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include "broker/monitor/witness_times.h"

namespace rapporteur::monitor {
namespace {

using namespace std::chrono_literals;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr auto kSilentMost = 10s;

const prometheus::Histogram::BucketBoundaries kSeconds{
    0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5};
const prometheus::Histogram::BucketBoundaries kGroupSizes{1,  2,   4,   8,   16,  32,
                                                          64, 128, 256, 512, 1024};

double seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double total = 0;
  double resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

using Labels = std::vector<ClientMetric::Label>;

// One family of the snapshot's figures.
class Family {
 public:
  Family(std::string name, std::string help, MetricType type) {
    family_.name = std::move(name);
    family_.help = std::move(help);
    family_.type = type;
  }
  Family& add(double value, Labels labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    (family_.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
    family_.metric.push_back(std::move(metric));
    return *this;
  }
  [[nodiscard]] MetricFamily take() { return std::move(family_); }

 private:
  MetricFamily family_;
};

Family counter(std::string name, std::string help) {
  return {"rapporteur_" + std::move(name), std::move(help), MetricType::Counter};
}
Family gauge(std::string name, std::string help) {
  return {"rapporteur_" + std::move(name), std::move(help), MetricType::Gauge};
}

double number(std::uint64_t value) {
  return static_cast<double>(value);
}

MetricFamily messages(const core::Counters& counters) {
  Family family = counter("messages_total", "Messages received, by kind.");
  const auto* descriptor = v1::Frame::descriptor();
  for (std::size_t field = 0; field < counters.received.size(); ++field) {
    const auto* kind = descriptor->FindFieldByNumber(static_cast<int>(field));
    if (counters.received[field] == 0 || kind == nullptr) continue;
    family.add(number(counters.received[field]), {{"kind", kind->name()}});
  }
  return family.take();
}

void add_subscriptions(const v1::Status& status, std::vector<MetricFamily>& out) {
  Family lag = gauge("subscription_lag_entries", "Log entries a subscription has not looked at.");
  Family credit = gauge("subscription_credit_deliveries", "Credit a subscriber has given.");
  Family connected = gauge("subscription_connected", "1 while a line holds the subscription.");
  Family acknowledged = gauge("subscription_acknowledged", "Delivery number acknowledged.");
  const auto shown = std::min<std::size_t>(static_cast<std::size_t>(status.subscriptions_size()),
                                           kSubscriptionSeries);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& subscription = status.subscriptions(static_cast<int>(i));
    const Labels labels{{"participant", subscription.participant()},
                        {"subscription", subscription.subscription()}};
    lag.add(number(subscription.lag_entries()), labels);
    credit.add(number(subscription.credit()), labels);
    connected.add(subscription.connected() ? 1 : 0, labels);
    acknowledged.add(number(subscription.acknowledged()), labels);
  }
  for (Family* family : {&lag, &credit, &connected, &acknowledged}) out.push_back(family->take());
  out.push_back(
      gauge("subscriptions", "Durable subscriptions.").add(status.subscriptions_size()).take());
}

std::vector<MetricFamily> families(const Snapshot& snapshot) {
  const core::Counters& counters = snapshot.counters;
  std::vector<MetricFamily> out;
  out.push_back(messages(counters));
  out.push_back(counter("outcomes_total", "Signed messages answered, by outcome.")
                    .add(number(counters.accepted), {{"outcome", "accepted"}})
                    .add(number(counters.administered), {{"outcome", "administered"}})
                    .add(number(counters.refused), {{"outcome", "refused"}})
                    .add(number(counters.repeated), {{"outcome", "repeated"}})
                    .take());
  Family faults = counter("faults_total", "Messages answered with a fault, by code.");
  for (const auto& [code, count] : counters.faults) faults.add(number(count), {{"code", code}});
  out.push_back(faults.take());
  out.push_back(counter("handshakes_refused_total", "Lines that were turned away.")
                    .add(number(counters.handshakes_refused))
                    .take());
  out.push_back(counter("lines_ended_total", "TCP lines that ended, by whichever side.")
                    .add(number(counters.lines_ended))
                    .take());
  out.push_back(
      counter("deliveries_total", "Deliveries sent.").add(number(counters.delivered)).take());
  out.push_back(counter("delivered_bytes_total", "Bytes of deliveries sent.")
                    .add(number(counters.delivered_bytes))
                    .take());
  out.push_back(counter("acknowledgements_total", "Acknowledgements taken.")
                    .add(number(counters.acknowledgements))
                    .take());
  out.push_back(counter("sweeps_failed_total", "Retention rules whose bodies could not be found.")
                    .add(number(counters.sweeps_failed))
                    .take());
  out.push_back(gauge("log_size_entries", "Entries in the log.")
                    .add(number(snapshot.status.log_size()))
                    .take());
  out.push_back(gauge("connections", "Lines that have said something.")
                    .add(snapshot.status.connections())
                    .take());
  out.push_back(gauge("open_lines", "TCP lines to the server socket.")
                    .add(number(snapshot.open_lines))
                    .take());
  out.push_back(gauge("requests_in_flight", "Requests not yet answered.")
                    .add(number(snapshot.in_flight))
                    .take());
  out.push_back(gauge("in_flight_bytes", "Bytes of requests not yet answered.")
                    .add(number(snapshot.in_flight_bytes))
                    .take());
  out.push_back(gauge("judgement_queue", "Messages that wait for a worker.")
                    .add(number(snapshot.judgement_queue))
                    .take());
  out.push_back(gauge("ready", "1 while the hub takes messages.")
                    .add(snapshot.status.ready() ? 1 : 0)
                    .take());
  add_subscriptions(snapshot.status, out);
  return out;
}

// By the witnesses' times and this machine's clock, which may be behind.
MetricFamily silences(const WitnessTimes& witnesses, UnixMillis now) {
  Family silent = gauge("witness_silent_seconds",
                        "Since the newest cosignature of each witness, or since the hub began.");
  for (const WitnessTimes::One& one : witnesses.all()) {
    const std::chrono::nanoseconds since = now - one.last;
    silent.add(std::max(0.0, seconds(since)), {{"witness", one.name}});
  }
  return silent.take();
}

}  // namespace

struct Metrics::Impl {
  Impl(const Clock& with, std::shared_ptr<const verify::Policy> policy)
      : clock(with),
        witnesses(std::move(policy), with.now()),
        receipt_seconds(prometheus::BuildHistogram()
                            .Name("rapporteur_receipt_seconds")
                            .Help("From a message's arrival to its entry, on disk and signed.")
                            .Register(registry)
                            .Add({}, kSeconds)),
        write_seconds(prometheus::BuildHistogram()
                          .Name("rapporteur_group_write_seconds")
                          .Help("Writing a group of entries, sync included.")
                          .Register(registry)
                          .Add({}, kSeconds)),
        group_entries(prometheus::BuildHistogram()
                          .Name("rapporteur_group_entries")
                          .Help("Entries written in one synced group.")
                          .Register(registry)
                          .Add({}, kGroupSizes)),
        refusals(prometheus::BuildCounter()
                     .Name("rapporteur_refusal_findings_total")
                     .Help("Findings of refused messages, by rule.")
                     .Register(registry)),
        waived(prometheus::BuildCounter()
                   .Name("rapporteur_waived_findings_total")
                   .Help("Findings that a waiver kept from refusing a message, by rule.")
                   .Register(registry)),
        stale_verdicts(prometheus::BuildCounter()
                           .Name("rapporteur_stale_verdicts_total")
                           .Help("Verdicts that had to be judged again.")
                           .Register(registry)
                           .Add({})) {}

  const Clock& clock;
  WitnessTimes witnesses;  // with the snapshot
  prometheus::Registry registry;
  prometheus::Histogram& receipt_seconds;
  prometheus::Histogram& write_seconds;
  prometheus::Histogram& group_entries;
  prometheus::Family<prometheus::Counter>& refusals;
  prometheus::Family<prometheus::Counter>& waived;
  prometheus::Counter& stale_verdicts;
  mutable std::mutex mutex;
  Snapshot snapshot;
};

Metrics::Metrics(const Clock& clock, std::shared_ptr<const verify::Policy> policy)
    : impl_(std::make_unique<Impl>(clock, std::move(policy))) {
  impl_->snapshot.taken = clock.monotonic();
  impl_->snapshot.status.set_not_ready_because("starting");
}

Metrics::~Metrics() = default;

void Metrics::receipt(std::chrono::nanoseconds waited) {
  impl_->receipt_seconds.Observe(seconds(waited));
}

void Metrics::refused_by(std::string_view rule, std::size_t count) {
  impl_->refusals.Add({{"rule", std::string(rule)}}).Increment(static_cast<double>(count));
}

void Metrics::waived(std::string_view rule, std::size_t count) {
  impl_->waived.Add({{"rule", std::string(rule)}}).Increment(static_cast<double>(count));
}

void Metrics::stale_verdict() {
  impl_->stale_verdicts.Increment();
}

void Metrics::group(std::size_t entries, std::chrono::nanoseconds wrote) {
  impl_->group_entries.Observe(static_cast<double>(entries));
  impl_->write_seconds.Observe(seconds(wrote));
}

void Metrics::publish(Snapshot snapshot) {
  const std::lock_guard lock(impl_->mutex);
  impl_->witnesses.look_at(snapshot.handed_in);
  impl_->snapshot = std::move(snapshot);
}

std::string Metrics::text() const {
  std::vector<MetricFamily> all = impl_->registry.Collect();
  {
    const std::lock_guard lock(impl_->mutex);
    auto known = families(impl_->snapshot);
    all.insert(all.end(), std::make_move_iterator(known.begin()),
               std::make_move_iterator(known.end()));
    all.push_back(silences(impl_->witnesses, impl_->clock.now()));
  }
  all.push_back(gauge("resident_bytes", "Memory of the process.").add(resident_bytes()).take());
  return prometheus::TextSerializer().Serialize(all);
}

std::string Metrics::not_ready_because() const {
  if (!alive()) return "the router's thread does not answer";
  const std::lock_guard lock(impl_->mutex);
  return impl_->snapshot.status.not_ready_because();
}

bool Metrics::alive() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->clock.monotonic() - impl_->snapshot.taken < kSilentMost;
}

}  // namespace rapporteur::monitor
