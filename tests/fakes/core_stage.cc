#include "tests/fakes/core_stage.h"

#include "proto/base/check.h"

namespace rapporteur::fakes {

using namespace std::chrono_literals;

CoreStage::CoreStage(core::CoreOptions options) {
  now.steady = MonotonicTime(1h);
  now.wall = UnixMillis(1'700'000'000'000ms);
  directory = founded_by(op);
  for (const auto& action :
       {at.enrolment(), no.enrolment(), europol.enrolment(v1::EUROPOL),
        receive_grant("no", "*", "*", "*"), receive_grant("europol", "*", "CJ_*", "*")}) {
    directory = directory->apply(action, "op", LogIndex{directory->version()}).value();
  }
  options.hub = "hub";
  log.resize(directory->version());
  items.resize(log.size());
  core::Opening opening;
  opening.size = TreeSize{log.size()};
  opening.directory = directory;
  core = std::make_unique<core::Core>(std::move(options), std::move(opening), now);
}

std::string CoreStage::routing(int line) const {
  std::string id(5, '\0');
  id[4] = static_cast<char>(line + 1);
  return id;
}

std::vector<v1::Frame> CoreStage::sent(int line) {
  std::vector<v1::Frame> out;
  std::erase_if(actions_, [&](const core::Action& action) {
    const auto* send = std::get_if<core::Send>(&action);
    if (send == nullptr || send->to != routing(line)) return false;
    RAPPORTEUR_CHECK(out.emplace_back().ParseFromString(send->frame));
    return true;
  });
  return out;
}

v1::Frame CoreStage::only(int line) {
  auto frames = sent(line);
  RAPPORTEUR_CHECK(frames.size() == 1);
  return std::move(frames.front());
}

void CoreStage::step(core::Event event) {
  core->step(std::move(event), now, actions_);
  if (disk_answers) read_chunks();
}

void CoreStage::receive(int line, const Party& party, const v1::Frame& frame) {
  step(core::Received{routing(line), core::user_id({party.id, party.curve}),
                      frame.SerializeAsString()});
}

void CoreStage::greet(int line, const Party& party) {
  v1::Frame frame;
  frame.set_correlation(++correlations_);
  frame.mutable_hello()->set_lowest_version(1);
  frame.mutable_hello()->set_highest_version(1);
  receive(line, party, frame);
  for (auto& job : take<core::Ask>()) {
    v1::Welcome welcome;
    welcome.set_participant(job.asker.participant);
    core::Answered answered;
    answered.frame = core::make_frame(job.asker.correlation, v1::Frame::kWelcome, welcome);
    answered.asker = std::move(job.asker);
    answered.to_ask = true;
    step(std::move(answered));
  }
  static_cast<void>(only(line));
}

void CoreStage::pass(std::chrono::milliseconds time) {
  now.steady += time;
  now.wall += time;
  step(core::Tick{});
}

void CoreStage::commit(std::vector<journal::Draft> accepted) {
  core::LogGrew grown;
  for (auto& proposal : take<core::Propose>()) {
    grown.own.push_back(proposal.token);
    accepted.push_back(std::move(proposal.draft));
  }
  grown.added.first = LogIndex{log.size()};
  for (auto& draft : accepted) {
    for (const auto& state : draft.state) states[state.name] = state.value;
    if (draft.record.empty()) continue;
    const auto item = core::make_item(
        {LogIndex{log.size()}, std::string(32, 'n'), draft.record, draft.salt, draft.body});
    items.push_back(item.value());
    if (*item != nullptr) add(grown.added, *item);
    log.push_back(std::move(draft));
  }
  grown.added.end = LogIndex{log.size()};
  now.steady += between_groups;
  step(std::move(grown));
}

journal::Draft CoreStage::submission(const std::string& sender, const std::string& indicator,
                                     const std::string& area, v1::Audience audience,
                                     std::size_t body_bytes) const {
  v1::Header header;
  header.set_sender(sender);
  header.set_dataflow("RAPPORTEUR:THB(1.0)");
  header.set_indicator(indicator);
  header.add_ref_areas(area);
  header.set_kind(v1::KIND_NEW);
  header.mutable_releasability()->set_audience(audience);
  v1::Record record;
  record.set_header(header.SerializeAsString());
  record.mutable_accepted();
  journal::Draft draft;
  draft.record = record.SerializeAsString();
  draft.salt = std::string(32, 's');
  draft.body = std::string(body_bytes, 'b');
  return draft;
}

void CoreStage::read_chunks() {
  for (auto jobs = take<core::ReadChunk>(); !jobs.empty(); jobs = take<core::ReadChunk>()) {
    for (const auto& job : jobs) {
      core::Chunk chunk{job.first, job.end, {}, 0};
      for (auto i = job.first.value; i < job.end.value; ++i) {
        if (items[i] != nullptr) add(chunk, items[i]);
      }
      core->step(core::ChunkRead{std::move(chunk)}, now, actions_);
    }
  }
}

void CoreStage::administer(const v1::AdministrativeAction& action) {
  v1::Record record;
  record.mutable_administered()->set_action(action.SerializeAsString());
  directory = directory->apply(action, "op", LogIndex{log.size()}).value();
  log.push_back({});
  log.back().record = record.SerializeAsString();
  items.push_back(nullptr);
  core::LogGrew grown;
  grown.added = {LogIndex{log.size() - 1}, LogIndex{log.size()}, {}, 0};
  grown.directory = directory;
  now.steady += between_groups;
  step(std::move(grown));
}

void CoreStage::acknowledge(int line, const Party& party, const std::string& subscription,
                            std::uint64_t number, const Digest& delivered) {
  v1::Frame frame;
  frame.set_correlation(++correlations_);
  frame.mutable_acknowledge()->set_statement("statement " + std::to_string(number));
  receive(line, party, frame);
  for (auto& job : take<core::VerifyAcknowledgement>()) {
    core::AcknowledgementVerified verified;
    verified.asker = std::move(job.asker);
    verified.subscription = subscription;
    verified.number = DeliveryNumber{number};
    verified.delivered = delivered;
    RAPPORTEUR_CHECK(verified.signed_acknowledgement.ParseFromString(job.bytes));
    step(std::move(verified));
  }
}

v1::Frame CoreStage::subscribe_frame(const std::string& name) const {
  v1::Frame frame;
  frame.set_correlation(7);
  frame.mutable_subscribe()->set_subscription(name);
  frame.mutable_subscribe()->set_start(v1::Subscribe::BEGINNING);
  return frame;
}

v1::Frame CoreStage::credit_frame(const std::string& name, std::uint32_t deliveries,
                                  std::uint64_t bytes) const {
  v1::Frame frame;
  frame.mutable_credit()->set_subscription(name);
  frame.mutable_credit()->set_deliveries(deliveries);
  frame.mutable_credit()->set_bytes(bytes);
  return frame;
}

}  // namespace rapporteur::fakes
