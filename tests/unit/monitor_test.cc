#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <httplib.h>
#include <nlohmann/json.hpp>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "broker/monitor/logging.h"
#include "broker/monitor/report.h"
#include "broker/monitor/server.h"
#include "tests/fakes/fake_log.h"
#include "tests/fakes/fake_witness.h"
#include "tests/fakes/fixed_clock.h"
#include "tests/support/listener.h"
#include "tests/support/paths.h"

namespace rapporteur::monitor {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

Snapshot ready_at(const Clock& clock) {
  Snapshot snapshot;
  snapshot.taken = clock.monotonic();
  snapshot.status.set_ready(true);
  snapshot.status.set_log_size(42);
  snapshot.counters.accepted = 7;
  snapshot.counters.administered = 2;
  snapshot.counters.faults["SIGNATURE"] = 3;
  snapshot.counters.received[v1::Frame::kSubmit] = 9;
  snapshot.counters.lines_ended = 4;
  snapshot.counters.sweeps_failed = 1;
  snapshot.counters.sweep_failure = "RAPPORTEUR:THB(1.0): storage: entry 3 cannot be read";
  return snapshot;
}

TEST(Metrics, ShowWhatTheHubDoes) {
  const fakes::FixedClock clock;
  Metrics metrics(clock);
  Snapshot snapshot = ready_at(clock);
  auto& subscription = *snapshot.status.add_subscriptions();
  subscription.set_participant("no");
  subscription.set_subscription("all");
  subscription.set_lag_entries(5);
  metrics.publish(std::move(snapshot));
  metrics.receipt(3ms);
  metrics.group(12, 2ms);
  metrics.refused_by("SMALL_CELL", 2);
  metrics.waived("SMALL_CELL", 3);
  metrics.stale_verdict();
  const std::string text = metrics.text();
  EXPECT_THAT(text, HasSubstr("rapporteur_outcomes_total{outcome=\"accepted\"} 7"));
  EXPECT_THAT(text, HasSubstr("rapporteur_outcomes_total{outcome=\"administered\"} 2"));
  EXPECT_THAT(text, HasSubstr("rapporteur_faults_total{code=\"SIGNATURE\"} 3"));
  EXPECT_THAT(text, HasSubstr("rapporteur_messages_total{kind=\"submit\"} 9"));
  EXPECT_THAT(text, HasSubstr("rapporteur_lines_ended_total 4"));
  EXPECT_THAT(text, HasSubstr("rapporteur_sweeps_failed_total 1"));
  EXPECT_THAT(text, HasSubstr("rapporteur_refusal_findings_total{rule=\"SMALL_CELL\"} 2"));
  EXPECT_THAT(text, HasSubstr("rapporteur_waived_findings_total{rule=\"SMALL_CELL\"} 3"));
  EXPECT_THAT(
      text,
      HasSubstr("rapporteur_subscription_lag_entries{participant=\"no\",subscription=\"all\"} 5"));
  EXPECT_THAT(text, HasSubstr("rapporteur_group_write_seconds_count 1"));
  EXPECT_THAT(text, HasSubstr("rapporteur_receipt_seconds_bucket{le=\"0.003\"} 1"));
  EXPECT_THAT(text, HasSubstr("rapporteur_resident_bytes "));
}

// Also when the others are a quorum without it.
TEST(Metrics, ASilentWitnessIsSeen) {
  constexpr std::int64_t kBegin = 1'700'000'000;
  fakes::FixedClock clock{kBegin * 1'000};
  testing::FakeLog log;
  const testing::FakeWitness one("one");
  const testing::FakeWitness two("two");
  const testing::FakeWitness three("three");
  const auto policy = std::make_shared<const verify::Policy>(
      verify::Policy::parse(testing::policy_of(log.verifier_key(), {&one, &two, &three}, 1))
          .value());
  Metrics metrics(clock, policy);
  const auto show = [&](const std::vector<const testing::FakeWitness*>& by, std::int64_t at) {
    log.append({{}, "record", {}, {}, {}});
    Snapshot snapshot = ready_at(clock);
    snapshot.handed_in = log.checkpoint(log.entries().size());
    for (const auto* witness : by) witness->cosign(snapshot.handed_in, at);
    metrics.publish(std::move(snapshot));
  };
  show({&one, &two}, kBegin + 100);
  show({&one}, kBegin + 190);
  clock.set((kBegin + 200) * 1'000);
  const std::string text = metrics.text();
  EXPECT_THAT(text, HasSubstr("rapporteur_witness_silent_seconds{witness=\"one\"} 10\n"));
  EXPECT_THAT(text, HasSubstr("rapporteur_witness_silent_seconds{witness=\"two\"} 100\n"));
  EXPECT_THAT(text, HasSubstr("rapporteur_witness_silent_seconds{witness=\"three\"} 200\n"));
  // A clock that is behind.
  clock.set(kBegin * 1'000);
  EXPECT_THAT(metrics.text(), HasSubstr("silent_seconds{witness=\"one\"} 0\n"));
}

TEST(Metrics, SubscriptionSeriesAreBounded) {
  const fakes::FixedClock clock;
  Metrics metrics(clock);
  Snapshot snapshot = ready_at(clock);
  for (std::size_t i = 0; i < kSubscriptionSeries + 10; ++i) {
    auto& subscription = *snapshot.status.add_subscriptions();
    subscription.set_participant("p");
    subscription.set_subscription(std::to_string(i));
  }
  metrics.publish(std::move(snapshot));
  const std::string text = metrics.text();
  std::size_t lines = 0;
  for (auto at = text.find("subscription_connected{"); at != std::string::npos;
       at = text.find("subscription_connected{", at + 1)) {
    ++lines;
  }
  EXPECT_EQ(lines, kSubscriptionSeries);
}

TEST(Server, SaysWhetherItIsAliveAndReadyAndWhyNot) {
  fakes::FixedClock clock;
  Metrics metrics(clock);
  const auto server = serve({"127.0.0.1", 0}, metrics);
  ASSERT_TRUE(server) << server.error().line();
  httplib::Client client("127.0.0.1", (*server)->port());
  auto ready = client.Get("/readyz");
  ASSERT_TRUE(ready);
  EXPECT_EQ(ready->status, 503);
  EXPECT_EQ(ready->body, "starting\n");
  metrics.publish(ready_at(clock));
  EXPECT_EQ(client.Get("/readyz")->status, 200);
  EXPECT_EQ(client.Get("/healthz")->status, 200);
  EXPECT_THAT(client.Get("/metrics")->body, HasSubstr("rapporteur_log_size_entries 42"));
  EXPECT_EQ(client.Get("/other")->status, 404);
  clock.set(1'000'000 + 60'000);
  EXPECT_EQ(client.Get("/healthz")->status, 503) << "no word from the router for a minute";
  Snapshot failed = ready_at(clock);
  failed.status.set_not_ready_because("storage failed: no space left");
  metrics.publish(std::move(failed));
  EXPECT_EQ(client.Get("/readyz")->status, 503);
  EXPECT_THAT(client.Get("/readyz")->body, HasSubstr("no space left"));
}

TEST(Server, APortInUseIsOneClearLine) {
  const fakes::FixedClock clock;
  const Metrics metrics(clock);
  const auto first = serve({"127.0.0.1", 0}, metrics);
  ASSERT_TRUE(first);
  const auto second = serve({"127.0.0.1", (*first)->port()}, metrics);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::kConfiguration);
  EXPECT_THAT(second.error().what, HasSubstr("in use"));
}

TEST(Server, IsKnownToHaveEndedByItself) {
  const fakes::FixedClock clock;
  const Metrics metrics(clock);
  const auto server = serve({"127.0.0.1", 0}, metrics);
  ASSERT_TRUE(server);
  httplib::Client client("127.0.0.1", (*server)->port());
  ASSERT_TRUE(client.Get("/metrics"));
  EXPECT_TRUE((*server)->serving());
  ASSERT_TRUE(testing::end_listener((*server)->port()));
  const auto patience = std::chrono::steady_clock::now() + 30s;
  while ((*server)->serving() && std::chrono::steady_clock::now() < patience) {
    std::this_thread::yield();
  }
  EXPECT_FALSE((*server)->serving());
}

// What a service manager would receive.
class NotifySocket {
 public:
  NotifySocket() : path_((folder_ / "notify").string()) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    descriptor_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    EXPECT_EQ(::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~NotifySocket() { ::close(descriptor_); }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string next() const {
    std::array<char, 512> bytes{};
    const auto size = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
    return size < 0 ? std::string() : std::string(bytes.data(), static_cast<std::size_t>(size));
  }

 private:
  testing::TempDir folder_;
  std::string path_;
  int descriptor_ = -1;
};

class ReporterTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string said() const { return lines_.str(); }

  NotifySocket manager_;
  ServiceNotify notify_{manager_.path(), 30s};
  std::ostringstream lines_;
  std::shared_ptr<spdlog::logger> log_ =
      make_log("info", LogFormat::kText, std::make_shared<spdlog::sinks::ostream_sink_mt>(lines_));
  fakes::FixedClock clock_;
  Metrics metrics_{clock_};
  Reporter reporter_{metrics_, notify_, *log_};
};

TEST_F(ReporterTest, TellsTheServiceManagerAndTheLogOnceWhenTheHubIsReady) {
  reporter_.report(ready_at(clock_));
  EXPECT_EQ(manager_.next(), "WATCHDOG=1");
  EXPECT_THAT(manager_.next(), HasSubstr("READY=1\n"));
  reporter_.report(ready_at(clock_));
  EXPECT_EQ(manager_.next(), "WATCHDOG=1");
  EXPECT_EQ(manager_.next(), "") << "ready is said once";
  EXPECT_THAT(said(), HasSubstr("ready: log of 42 entries"));
  notify_.stopping();
  EXPECT_EQ(manager_.next(), "STOPPING=1");
  Snapshot failed = ready_at(clock_);
  failed.status.set_not_ready_because("storage failed");
  reporter_.report(std::move(failed));
  EXPECT_THAT(said(), HasSubstr("not ready: storage failed"));
}

TEST_F(ReporterTest, SaysOnceThatASweepFailedAndWhy) {
  reporter_.report(ready_at(clock_));
  const std::string once = said();
  EXPECT_THAT(once, HasSubstr("RAPPORTEUR:THB(1.0): storage: entry 3 cannot be read"));
  reporter_.report(ready_at(clock_));
  EXPECT_EQ(said(), once);
}

TEST_F(ReporterTest, SaysOnceThatTheMonitorHasEnded) {
  Snapshot snapshot = ready_at(clock_);
  reporter_.report(snapshot);
  EXPECT_THAT(said(), Not(HasSubstr("monitor")));
  snapshot.monitor_ended = true;
  reporter_.report(snapshot);
  const std::string once = said();
  EXPECT_THAT(once, HasSubstr("the monitor takes no connections any more"));
  reporter_.report(snapshot);
  EXPECT_EQ(said(), once);
}

TEST(Log, OneJsonObjectALineWhateverTheMessageHolds) {
  std::ostringstream lines;
  const auto log =
      make_log("info", LogFormat::kJson, std::make_shared<spdlog::sinks::ostream_sink_mt>(lines));
  log->info("a \"quoted\"\nsecond line \xFF");
  log->debug("not shown");
  const std::string text = lines.str();
  ASSERT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  const auto line = nlohmann::json::parse(text);
  EXPECT_EQ(line["level"], "info");
  EXPECT_THAT(line["message"].get<std::string>(), HasSubstr("a \"quoted\"\nsecond line"));
}

TEST(Log, OneTextLineWhateverTheMessageHolds) {
  std::ostringstream lines;
  const auto log =
      make_log("info", LogFormat::kText, std::make_shared<spdlog::sinks::ostream_sink_mt>(lines));
  log->info("first\nforged \x1B[31m");
  const std::string text = lines.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_THAT(text, Not(HasSubstr("\x1B")));
}

}  // namespace
}  // namespace rapporteur::monitor
