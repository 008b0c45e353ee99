#include "tests/sim/sim_hub.h"

#include <algorithm>

#include "broker/admission/opening.h"
#include "broker/core/entries.h"
#include "proto/base/check.h"

namespace rapporteur::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kChunkBytes = 2'000;

v1::Started founding(const fakes::Party& op) {
  v1::Started started;
  started.set_hub("hub");
  started.set_operator_id(op.id);
  started.set_operator_curve_key(op.curve.string());
  started.set_operator_signing_key(op.signing.public_key().string());
  return started;
}

core::ItemPtr item_of(const journal::StoredEntry& entry) {
  return core::make_item({entry.index, entry.nonce, entry.record, entry.salt, entry.body}).value();
}

}  // namespace

SimHub::SimHub(Chance& chance) : chance_(chance) {
  options.hub = "hub";
  // Small, so that they are reached.
  options.budgets.requests = 12;
  options.budgets.bytes = 4'000;
  options.budgets.bytes_per_participant = 2'000;
  options.budgets.requests_per_connection = 6;
  options.feed = {2'000, 4'000};
  now_ = {MonotonicTime(1h), UnixMillis(1'700'000'000'000ms)};
  journal::Draft draft = core::started_draft(founding(op));
  RAPPORTEUR_CHECK(journal_.append(std::span(&draft, 1)).has_value());
  open();
  directories_.push_back(directory_);
}

void SimHub::open() {
  for (const auto& line : lines_) line->open = false;
  lines_.clear();
  lanes_.clear();
  jobs_.clear();
  told_.clear();
  core::Opening opening;
  opening.size = journal_.size();
  opening.checkpoint = journal_.checkpoint();
  opening.directory = directory_ = admission::open_directory(journal_).value();
  opening.subscriptions = admission::open_subscriptions(journal_).value();
  core_ = std::make_unique<core::Core>(options, std::move(opening), now_);
  take(core::Start{core::started_draft({})});
}

void SimHub::crash() {
  open();
}

void SimHub::complain(const std::string& what) {
  if (wrong_.empty()) wrong_ = what;
}

std::shared_ptr<Line> SimHub::connect(const fakes::Party& party) {
  auto line = std::make_shared<Line>();
  line->party = &party;
  line->routing = std::string(1, '\0');
  for (unsigned shift = 0; shift < 32; shift += 8) {
    line->routing += static_cast<char>(routings_ >> shift);
  }
  ++routings_;
  lines_.push_back(line);
  return line;
}

std::shared_ptr<Line> SimHub::line_of(const core::RoutingId& routing) const {
  const auto found =
      std::ranges::find_if(lines_, [&](const auto& line) { return line->routing == routing; });
  return found == lines_.end() ? nullptr : *found;
}

const core::ItemPtr& SimHub::item(LogIndex index) {
  while (items_.size() <= index.value) {
    items_.push_back(item_of(journal_.entry(LogIndex{items_.size()}).value()));
  }
  return items_[index.value];
}

void SimHub::take(core::Event event) {
  core::Actions actions;
  core_->step(std::move(event), now_, actions);
  if (core_->in_flight() > options.budgets.requests ||
      core_->in_flight_bytes() > options.budgets.bytes) {
    complain("more is under way than the budgets allow");
  }
  for (core::Action& action : actions) obey(std::move(action));
}

void SimHub::obey(core::Action action) {
  if (auto* send = std::get_if<core::Send>(&action)) {
    const auto line = line_of(send->to);
    if (line == nullptr || !line->open) return jobs_.push_back(std::move(action));
    check_send(*send, *line);
    line->known = true;
    if (!line->to_client.emplace_back().ParseFromString(send->frame)) complain("a frame is broken");
    if (line->to_client.back().has_fault()) ++faults_;
  } else if (const auto* forget = std::get_if<core::Forget>(&action)) {
    if (const auto line = line_of(forget->peer)) line->known = line->blocked = false;
  } else if (auto* judge = std::get_if<core::Judge>(&action)) {
    auto& lane = lanes_[judge->asker.participant];
    lane.push_back({std::move(*judge), {}});
  } else if (auto* propose = std::get_if<core::Propose>(&action)) {
    lanes_[""].push_back({{}, std::move(*propose)});
  } else if (std::holds_alternative<core::BackedUpTo>(action)) {
    // Only operators make backups, and this simulation has none that do.
  } else if (std::holds_alternative<core::Drained>(action)) {
    drained_ = true;
  } else {
    jobs_.push_back(std::move(action));
  }
}

// Nobody gets what it has no right to, nor more than it has asked for.
void SimHub::check_send(const core::Send& send, Line& line) {
  v1::Frame frame;
  if (!frame.ParseFromString(send.frame) || !frame.has_deliver()) return;
  if (line.blocked) complain("a delivery goes to a line that takes nothing");
  for (const std::string& bytes : frame.deliver().deliveries()) {
    ++deliveries_;
    v1::Delivery delivery;
    if (!delivery.ParseFromString(bytes)) return complain("a delivery cannot be read");
    const core::ItemPtr& item = this->item(LogIndex{delivery.index()});
    if (item == nullptr || !core::entitled(*directory_, line.party->id, *item)) {
      complain(line.party->id + " is sent entry " + std::to_string(delivery.index()) +
               " without a right to it");
      return;
    }
    std::int64_t& left = line.credit[frame.deliver().subscription()];
    std::int64_t& left_bytes = line.credit_bytes[frame.deliver().subscription()];
    if (left <= 0 || left_bytes <= 0) complain("a delivery without credit");
    --left;
    left_bytes -= static_cast<std::int64_t>(item->field.size());
  }
}

bool SimHub::frame_arrives() {
  std::vector<Line*> speaking;
  for (const auto& line : lines_) {
    if (!line->to_hub.empty()) speaking.push_back(line.get());
  }
  if (speaking.empty()) return false;
  Line& line = *speaking[chance_.below(speaking.size())];
  std::string bytes = std::move(line.to_hub.front());
  line.to_hub.pop_front();
  v1::Frame frame;
  if (frame.ParseFromString(bytes) && frame.has_credit()) {
    line.credit[frame.credit().subscription()] += frame.credit().deliveries();
    line.credit_bytes[frame.credit().subscription()] +=
        static_cast<std::int64_t>(frame.credit().bytes());
  }
  take(core::Received{line.routing, core::user_id({line.party->id, line.party->curve}),
                      std::move(bytes)});
  return true;
}

bool SimHub::job_is_done() {
  if (jobs_.empty()) return false;
  const std::size_t at = chance_.below(jobs_.size());
  core::Action job = std::move(jobs_[at]);
  jobs_.erase(jobs_.begin() + static_cast<std::ptrdiff_t>(at));
  do_job(std::move(job));
  return true;
}

void SimHub::do_job(core::Action job) {
  if (auto* lost = std::get_if<core::Send>(&job)) return take(core::Unreachable{lost->to});
  if (auto* read = std::get_if<core::ReadChunk>(&job)) {
    if (chance_.percent(5)) {
      return take(core::ChunkFailed{read->first, {ErrorKind::kStorage, "by chance", {}, {}}});
    }
    core::Chunk chunk{read->first, read->first, {}, 0};
    while (chunk.end < read->end && chunk.bytes < kChunkBytes) {
      if (const auto& item = this->item(chunk.end)) core::add(chunk, item);
      ++chunk.end.value;
    }
    return take(core::ChunkRead{std::move(chunk)});
  }
  if (auto* verify = std::get_if<core::VerifyAcknowledgement>(&job)) {
    core::AcknowledgementVerified verified;
    v1::AcknowledgementStatement statement;
    RAPPORTEUR_CHECK(verified.signed_acknowledgement.ParseFromString(verify->bytes) &&
                     statement.ParseFromString(verified.signed_acknowledgement.statement()));
    verified.asker = std::move(verify->asker);
    verified.subscription = statement.subscription();
    verified.number = DeliveryNumber{statement.delivery_number()};
    verified.delivered = *Digest::from(statement.delivered_sha256());
    return take(std::move(verified));
  }
  if (auto* ask = std::get_if<core::Ask>(&job)) {
    v1::Welcome welcome;
    welcome.set_participant(ask->asker.participant);
    core::Answered answered;
    answered.frame = core::make_frame(ask->asker.correlation, v1::Frame::kWelcome, welcome);
    answered.asker = std::move(ask->asker);
    answered.to_ask = true;
    return take(std::move(answered));
  }
  complain("a job that nobody in this simulation gives");
}

// Some of what waits, in the order of each lane, becomes a group. It is told in one piece or more.
bool SimHub::group_is_written() {
  std::vector<core::LogGrew> parts(1);
  parts.back().added.first = parts.back().added.end = LogIndex{journal_.size().value};
  const std::uint64_t most = 1 + chance_.below(8);
  std::uint64_t taken = 0;
  for (; taken < most; ++taken) {
    std::vector<std::deque<Waiting>*> ready;
    for (auto& [name, lane] : lanes_) {
      if (!lane.empty()) ready.push_back(&lane);
    }
    if (ready.empty()) break;
    auto& lane = *ready[chance_.below(ready.size())];
    Waiting next = std::move(lane.front());
    lane.pop_front();
    core::LogGrew& part = parts.back();
    journal::Draft draft = next.propose ? std::move(next.propose->draft) : judged(*next.judge);
    const bool has_record = !draft.record.empty();
    if (has_record || next.propose) {
      RAPPORTEUR_CHECK(journal_.append(std::span(&draft, 1)).has_value());
    }
    part.added.end = LogIndex{journal_.size().value};
    if (has_record) {
      if (const auto& item = this->item(LogIndex{part.added.end.value - 1})) {
        core::add(part.added, item);
      }
    }
    if (next.propose) {
      part.own.push_back(next.propose->token);
    } else {
      v1::Outcome outcome;
      core::Answered answered;
      answered.kind = has_record ? core::AnswerKind::kAccepted : core::AnswerKind::kRepeated;
      answered.frame =
          core::make_frame(next.judge->asker.correlation, v1::Frame::kOutcome, outcome);
      answered.asker = std::move(next.judge->asker);
      part.answers.push_back(std::move(answered));
    }
    if (chance_.percent(20)) {
      const LogIndex end = part.added.end;
      parts.emplace_back();
      parts.back().added.first = parts.back().added.end = end;
    }
  }
  if (taken == 0) return false;
  for (core::LogGrew& part : parts) told_.push_back(std::move(part));
  return true;
}

journal::Draft SimHub::judged(const core::Judge& job) const {
  v1::Header header;
  RAPPORTEUR_CHECK(header.ParseFromString(job.frame.substr(job.offset, job.size)));
  journal::Draft draft;
  draft.message = journal::MessageKey{header.sender(), *MessageId::from(header.message_id())};
  if (journal_.find(*draft.message).value()) return {};
  v1::Record record;
  record.set_header(header.SerializeAsString());
  record.mutable_accepted();
  draft.record = record.SerializeAsString();
  draft.salt = std::string(32, 's');
  draft.body = std::string(header.sequence() % 7 * 60, 'b');
  return draft;
}

bool SimHub::group_is_told() {
  if (told_.empty()) return false;
  core::LogGrew grown = std::move(told_.front());
  told_.pop_front();
  if (grown.directory != nullptr) directory_ = grown.directory;
  take(std::move(grown));
  return true;
}

void SimHub::administer(const v1::AdministrativeAction& action) {
  const LogIndex index{journal_.size().value};
  auto changed = admission::open_directory(journal_).value()->apply(action, op.id, index);
  if (!changed) return;  // say, a grant that there is already
  v1::Record record;
  record.mutable_administered();
  journal::Draft draft;
  draft.record = record.SerializeAsString();
  draft.state.push_back({std::string(directory::kStateName), (*changed)->serialized()});
  RAPPORTEUR_CHECK(journal_.append(std::span(&draft, 1)).has_value());
  core::LogGrew grown;
  grown.added.first = index;
  grown.added.end = LogIndex{index.value + 1};
  grown.directory = *changed;
  directories_.push_back(std::move(*changed));
  told_.push_back(std::move(grown));
}

void SimHub::step() {
  const std::uint64_t what = chance_.below(100);
  if (what < 45 && frame_arrives()) return;
  if (what < 65 && job_is_done()) return;
  if (what < 80 && group_is_written()) return;
  if (what < 95 && group_is_told()) return;
  if (what == 95 && !lines_.empty()) {
    Line& line = *lines_[chance_.below(lines_.size())];
    if (!line.known) return;
    line.blocked = !line.blocked;
    return line.blocked ? take(core::Blocked{line.routing}) : take(core::Unblocked{line.routing});
  }
  const std::chrono::milliseconds time(chance_.below(400));
  now_.steady += time;
  now_.wall += time;
  take(core::Tick{});
}

void SimHub::settle() {
  for (const auto& line : lines_) {
    if (std::exchange(line->blocked, false)) take(core::Unblocked{line->routing});
  }
  while (frame_arrives() || job_is_done() || group_is_written() || group_is_told()) {
    if (!wrong_.empty()) return;
  }
  now_.steady += 2s;
  now_.wall += 2s;
  take(core::Tick{});
}

bool SimHub::stop() {
  take(core::Stop{});
  for (int i = 0; i < 10 && !drained_; ++i) settle();
  return drained_;
}

}  // namespace rapporteur::sim
