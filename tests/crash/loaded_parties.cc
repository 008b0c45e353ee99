#include "tests/crash/loaded_parties.h"

#include <array>
#include <chrono>
#include <stdexcept>

#include "adapters/client/subscriber.h"
#include "proto/base/check.h"
#include "proto/statistics/body_codec.h"
#include "tests/fakes/enrolled_agency.h"
#include "tests/fakes/sender.h"

namespace rapporteur::crash {
namespace {

using namespace std::chrono_literals;

constexpr const char* kIndicator = "VIC_REG";
constexpr const char* kSubscription = "all";
// As many as the line carries, and some that wait.
constexpr std::size_t kOutstanding = 48;
constexpr std::size_t kAtOnce = 16;
constexpr auto kWithoutHub = 60s;
constexpr std::size_t kDays = 20'000;

std::unique_ptr<agency::Desk> opened(const agency::Program& program) {
  auto desk = agency::Desk::open(program);
  if (!desk) throw std::runtime_error(desk.error().line());
  return std::move(*desk);
}

agency::Program program_in(std::filesystem::path folder) {
  agency::Program program;
  program.folder = std::move(folder);
  return program;
}

std::string two_digits(unsigned number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

std::string day(std::size_t number) {
  const auto at = std::chrono::sys_days(std::chrono::days(number));
  const std::chrono::year_month_day date(at);
  return std::to_string(static_cast<int>(date.year())) + "-" +
         two_digits(static_cast<unsigned>(date.month())) + "-" +
         two_digits(static_cast<unsigned>(date.day()));
}

}  // namespace

void Trouble::say(const std::string& what) {
  const std::lock_guard lock(mutex_);
  if (what_.empty()) what_ = what;
}

std::string Trouble::line() const {
  const std::lock_guard lock(mutex_);
  return what_;
}

LoadedSender::LoadedSender(std::filesystem::path folder, std::string area)
    : area_(std::move(area)),
      program_(program_in(std::move(folder))),
      desk_(opened(program_)),
      other_(opened(program_)) {
  thread_ = std::jthread([this] { run(); });
}

client::NewItem LoadedSender::next_item() const {
  RAPPORTEUR_CHECK(sent_.size() < kDays);
  Observation figure = fakes::figure(kIndicator, area_, day(sent_.size()),
                                     1'000 + static_cast<std::int64_t>(sent_.size()));
  figure[Dimension::kFreq] = "D";
  client::NewItem item = testing::item_with(BodyCodec::encode(fakes::set_of({figure}), 0));
  item.indicator = kIndicator;
  item.ref_areas = {area_};
  return item;
}

Status LoadedSender::feed() {
  if (finishing_ || sent_.size() + kAtOnce > receipts_ + kOutstanding) return {};
  std::vector<client::NewItem> items;
  for (std::size_t i = 0; i < kAtOnce; ++i) {
    items.push_back(next_item());
    sent_.push_back({{}, items.back().body});
  }
  auto ids = desk_->outbox.add(items, "test");
  if (!ids) return tl::unexpected(ids.error());
  for (std::size_t i = 0; i < kAtOnce; ++i) sent_[sent_.size() - kAtOnce + i].id = (*ids)[i];
  if (auto kept = desk_->outbox.find(ids->front()); !kept) return tl::unexpected(kept.error());
  return {};
}

void LoadedSender::run() {
  client::Courier courier(desk_->agency.state(), desk_->outbox, desk_->log, desk_->receipts,
                          desk_->signing.key_id(), testing::quick_courier(),
                          [this](const client::Settled& settled) {
                            const std::lock_guard lock(mutex_);
                            settled_.push_back(settled);
                            ++receipts_;
                          });
  client::Session session(desk_->hub, desk_->curve, testing::quick_line(), desk_->log,
                          program_.clock);
  const std::array<client::Conversation*, 1> talks{&courier};
  Status fed;
  const auto carried = session.run(talks,
                                   {kWithoutHub,
                                    [&] {
                                      if (fed) fed = feed();
                                      return !fed || (finishing_ && receipts_ == sent_.size());
                                    }},
                                   [this](const Error&) { ++breaks_; });
  if (!fed) trouble_.say(area_ + " adds: " + fed.error().line());
  if (!carried) trouble_.say(area_ + " carries: " + carried.error().line());
  done_ = true;
}

std::vector<MessageId> LoadedSender::unanswered() const {
  std::vector<MessageId> ids;
  const auto sent = other_->outbox.list(client::ItemState::kSent).value();
  for (const client::Item& item : sent) ids.push_back(item.message_id);
  return ids;
}

std::vector<client::Settled> LoadedSender::settled() const {
  const std::lock_guard lock(mutex_);
  return settled_;
}

std::vector<client::Item> LoadedSender::left_over() const {
  auto items = other_->outbox.list().value();
  std::erase_if(
      items, [](const client::Item& item) { return item.state == client::ItemState::kReceipted; });
  return items;
}

std::filesystem::path LoadedSender::receipt_of(const MessageId& id) const {
  return other_->receipts.file_of(id);
}

LoadedReceiver::LoadedReceiver(std::filesystem::path folder)
    : program_(program_in(std::move(folder))), desk_(opened(program_)) {
  client::LocalSubscription subscription;
  subscription.name = kSubscription;
  subscription.start = v1::Subscribe::BEGINNING;
  if (auto added = desk_->received.add(subscription); !added) {
    throw std::runtime_error(added.error().line());
  }
  thread_ = std::jthread([this] { run(); });
}

Status LoadedReceiver::receive(bool to_the_end) {
  client::SubscriberOptions options;
  options.ask_when_quiet = 20ms;
  client::Subscriber subscriber(desk_->participant(), kSubscription, desk_->received,
                                desk_->signing, options, [](std::size_t) { return Status(); });
  client::Session session(desk_->hub, desk_->curve, testing::quick_line(), desk_->log,
                          program_.clock);
  const std::array<client::Conversation*, 1> talks{&subscriber};
  return session.run(
      talks, {kWithoutHub, [&] { return to_the_end ? subscriber.caught_up() : finishing_.load(); }},
      [this](const Error&) { ++breaks_; });
}

void LoadedReceiver::run() {
  auto received = receive(false);
  if (received) received = receive(true);
  if (!received) trouble_.say("receives: " + received.error().line());
  done_ = true;
}

std::vector<client::StoredDelivery> LoadedReceiver::arrivals() const {
  return desk_->received.arrivals(kSubscription, {}, SIZE_MAX / 2).value();
}

}  // namespace rapporteur::crash
