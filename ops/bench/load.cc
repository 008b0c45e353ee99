#include "ops/bench/load.h"

#include <algorithm>
#include <random>
#include <thread>

#include <spdlog/fmt/fmt.h>

#include "proto/base/limits.h"

namespace rapporteur::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::chrono::seconds kNothingComes{30};
constexpr std::chrono::microseconds kLookEvery{200};

std::string message_id_of(const std::string& envelope_bytes) {
  v1::Envelope envelope;
  v1::Header header;
  if (!envelope.ParseFromString(envelope_bytes)) return {};
  if (!header.ParseFromString(envelope.header())) return {};
  return header.message_id();
}

Error refusal_of(const v1::Outcome& outcome) {
  const std::string why =
      outcome.findings_size() > 0 ? outcome.findings(0).code() : std::string("no finding");
  return Error{ErrorKind::kRefused, "a submission of the load was refused: " + why, {}, {}};
}

}  // namespace

Result<Load> Load::open(const client::HubAddress& hub, std::span<const SenderIdentity> parties,
                        std::uint32_t observations) {
  Load load;
  for (const auto& party : parties) {
    auto line = client::Connection::open(hub, party.curve_keys);
    if (!line) return tl::unexpected(line.error());
    if (auto welcome = (*line)->hello(); !welcome) return tl::unexpected(welcome.error());
    Lane lane;
    lane.line = std::move(*line);
    lane.factory = std::make_unique<SubmissionFactory>(hub.hub, party, observations);
    load.lines_.push_back(lane.line.get());
    load.lanes_.push_back(std::move(lane));
  }
  return load;
}

void Load::prepare(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    Lane& lane = lanes_[i % lanes_.size()];
    lane.prepared.push_back(lane.factory->next());
  }
}

Status Load::send_next(Lane& lane, TimePoint counted_from) {
  v1::Frame frame;
  frame.set_submit(std::move(lane.prepared[lane.next++]));
  const auto correlation = lane.line->send(frame);
  if (!correlation) return tl::unexpected(correlation.error());
  lane.under_way.emplace(*correlation, counted_from);
  return {};
}

Status Load::take_receipts(Lane& lane) {
  while (true) {
    auto frame = lane.line->receive(std::chrono::milliseconds(0));
    if (!frame) return tl::unexpected(frame.error());
    if (!frame->has_value()) return {};
    if ((*frame)->has_fault())
      return tl::unexpected(client::error_of((*frame)->fault(), lane.line->hub()));
    if (!(*frame)->has_outcome()) continue;
    if (!(*frame)->outcome().accepted()) return tl::unexpected(refusal_of((*frame)->outcome()));
    const auto sent = lane.under_way.find((*frame)->correlation());
    if (sent == lane.under_way.end()) {
      return fail(ErrorKind::kMalformed, "a receipt for nothing that is under way");
    }
    latency_.add(SteadyClock::now() - sent->second);
    lane.under_way.erase(sent);
    ++receipts_;
    if (counter_ != nullptr) *counter_ = receipts_;
  }
}

Status Load::wait_and_take(std::chrono::milliseconds most) {
  const auto ready = client::Connection::wait_any(lines_, most);
  if (!ready) return tl::unexpected(ready.error());
  for (const std::size_t i : *ready) {
    if (auto taken = take_receipts(lanes_[i]); !taken) return taken;
  }
  return {};
}

Result<double> Load::run(std::size_t outstanding) {
  std::uint64_t expected = receipts_;
  for (const auto& lane : lanes_) expected += lane.prepared.size() - lane.next;
  const auto began = SteadyClock::now();
  auto last_receipt = began;
  while (receipts_ < expected) {
    for (auto& lane : lanes_) {
      while (lane.under_way.size() < outstanding && lane.next < lane.prepared.size()) {
        if (const auto sent = send_next(lane, SteadyClock::now()); !sent) {
          return tl::unexpected(sent.error());
        }
      }
    }
    const std::uint64_t before = receipts_;
    if (const auto taken = wait_and_take(std::chrono::milliseconds(100)); !taken) {
      return tl::unexpected(taken.error());
    }
    const auto now = SteadyClock::now();
    if (receipts_ > before) last_receipt = now;
    if (now - last_receipt > kNothingComes) {
      return fail(ErrorKind::kUnreachable,
                  fmt::format("no receipt for 30 s, {} of {} came", receipts_, expected));
    }
  }
  return std::chrono::duration<double>(last_receipt - began).count();
}

void Load::plan(double per_second, TimePoint begin) {
  // The same schedule in every run.
  std::mt19937_64 random(20081017);  // NOLINT(cert-msc32-c,cert-msc51-cpp)
  std::exponential_distribution<double> interval(per_second);
  double at = 0;
  std::size_t total = 0;
  for (const auto& lane : lanes_) total += lane.prepared.size();
  for (std::size_t i = 0; i < total; ++i) {
    at += interval(random);
    Planned planned{begin + std::chrono::duration_cast<SteadyClock::duration>(
                                std::chrono::duration<double>(at)),
                    i % lanes_.size()};
    intended_.emplace(message_id_of(lanes_[planned.lane].prepared[i / lanes_.size()]), planned.at);
    plan_.push_back(planned);
  }
}

Status Load::run_open(double per_second, TimePoint begin) {
  if (plan_.empty()) plan(per_second, begin);
  std::size_t next = 0;
  const auto deadline = plan_.back().at + kNothingComes;
  while (receipts_ < plan_.size()) {
    while (next < plan_.size() && plan_[next].at <= SteadyClock::now()) {
      const Planned& planned = plan_[next];
      Lane& lane = lanes_[planned.lane];
      if (lane.under_way.size() >= limits::kInFlightPerConnection) break;
      if (auto sent = send_next(lane, planned.at); !sent) return sent;
      ++next;
    }
    // ZeroMQ waits in whole milliseconds, which would be part of what is measured.
    if (auto taken = wait_and_take(std::chrono::milliseconds(0)); !taken) return taken;
    const auto now = SteadyClock::now();
    const auto planned = next < plan_.size() ? plan_[next].at : TimePoint::max();
    std::this_thread::sleep_until(std::min(planned, now + kLookEvery));
    if (now > deadline) {
      return fail(ErrorKind::kUnreachable,
                  fmt::format("{} of {} receipts came", receipts_, plan_.size()));
    }
  }
  return {};
}

}  // namespace rapporteur::bench
