#include "ops/publisher/publisher.h"

#include <algorithm>
#include <thread>

#include <spdlog/logger.h>

#include "adapters/client/hub_file.h"
#include "proto/base/counted.h"
#include "store/merkle/tree.h"

namespace rapporteur::publisher {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTick{100};
constexpr milliseconds kRoundTick{10};
constexpr milliseconds kReconnectFirst{500};
constexpr milliseconds kReconnectMost{10'000};

bool passes_by_itself(const Error& error) {
  return error.kind == ErrorKind::kUnreachable || error.kind == ErrorKind::kOverloaded;
}

}  // namespace

Publisher::Publisher(const PublisherParts& parts, const PublisherOptions& options,
                     std::function<void(const std::string&)> cosigned)
    : parts_(parts),
      options_(options),
      cosigned_(std::move(cosigned)),
      book_(parts.policy, [this](const std::string& witness, const std::string& problem) {
        if (problem.empty()) {
          parts_.logger.info("witness {}: cosigns", witness);
        } else {
          parts_.logger.warn("witness {}: {}", witness, problem);
        }
      }) {}

Publisher::~Publisher() = default;

Result<std::unique_ptr<Publisher>> Publisher::make(
    const PublisherParts& parts, const PublisherOptions& options,
    std::function<void(const std::string& note)> cosigned) {
  const notes::VerifierKey log = client::log_key(parts.hub);
  if (std::ranges::none_of(parts.policy.logs(), [&](const auto& one) { return one.key == log; })) {
    return fail(ErrorKind::kConfiguration, "the policy does not name the hub's log", "policy",
                "add the line: log " + log.text());
  }
  std::unique_ptr<Publisher> out(new Publisher(parts, options, std::move(cosigned)));
  for (const auto& witness : parts.policy.witnesses()) {
    auto& line = out->lines_.emplace_back();
    if (!witness.key) {
      parts.logger.warn("witness {}: its key is of a type that is not supported", witness.name);
      continue;
    }
    auto caller = HttpCaller::to(witness.url, options.witness_timeout, limits::kNoteBytes);
    if (!caller) {
      Error error = caller.error();
      error.where = "policy, witness " + printable(witness.name, 80);
      return tl::unexpected(error);
    }
    line = std::make_unique<WitnessLine>(out->lines_.size() - 1, std::move(*caller), out->mailbox_);
  }
  return out;
}

Status Publisher::run(const std::function<bool()>& stop) {
  milliseconds back_off = kReconnectFirst;
  bool said = false;
  while (!stop()) {
    auto served = serve([&] {
      back_off = kReconnectFirst;
      if (std::exchange(said, false)) parts_.logger.info("the hub answers again");
      return stop();
    });
    if (served || !passes_by_itself(served.error())) return served;
    if (!std::exchange(said, true)) parts_.logger.warn("{}", served.error().line());
    const auto again = parts_.clock.monotonic() + back_off;
    while (parts_.clock.monotonic() < again && !stop()) std::this_thread::sleep_for(kTick);
    back_off = std::min(back_off * 2, kReconnectMost);
  }
  return {};
}

Status Publisher::serve(const std::function<bool()>& stop) {
  const auto seen = parts_.log.seen();
  if (!seen) return tl::unexpected(seen.error());
  auto line = client::Connection::open(parts_.hub, parts_.keys, parts_.line);
  if (!line) return tl::unexpected(line.error());
  hub_ = std::move(*line);
  if (auto welcome = hub_->hello(); !welcome) return tl::unexpected(welcome.error());
  if (auto followed = parts_.log.follow(*hub_, *seen); !followed) return followed;
  round_.reset();
  growth_question_ = 0;
  grown_ = true;
  while (!stop()) {
    Status done = listen();
    if (done && !round_ && round_is_due()) done = begin_round();
    if (done) done = collect(round_ ? kRoundTick : milliseconds(0));
    if (done && round_) done = go_on();
    if (!done) return done;
  }
  return {};
}

// Learns that the log has grown, without asking over and over.
Status Publisher::listen() {
  if (growth_question_ == 0 && !grown_) {
    v1::Frame question;
    v1::EntriesQuery& query = *question.mutable_query()->mutable_entries();
    query.set_from(size_.value);
    query.set_count(1);
    query.set_wait(true);
    const auto sent = hub_->send(question);
    if (!sent) return tl::unexpected(sent.error());
    growth_question_ = *sent;
  }
  const auto frame = hub_->receive(round_ ? milliseconds(0) : kTick);
  if (!frame) return tl::unexpected(frame.error());
  if (!*frame) return {};
  if ((*frame)->has_fault()) {
    return tl::unexpected(client::error_of((*frame)->fault(), parts_.hub));
  }
  if ((*frame)->correlation() == growth_question_) {
    growth_question_ = 0;
    grown_ = grown_ || (*frame)->answer().entries().log_size() > size_.value;
  }
  return {};
}

bool Publisher::round_is_due() const {
  const MonotonicTime now = parts_.clock.monotonic();
  if (now < next_round_) return false;
  if (grown_ || now >= refresh_due_) return true;
  if (!without_quorum_) return false;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (book_.free(i, now)) return true;
  }
  return false;
}

Status Publisher::begin_round() {
  v1::Frame question;
  question.mutable_query()->mutable_status();
  const auto answer = hub_->ask(question);
  if (!answer) return tl::unexpected(answer.error());
  const std::string& newest = answer->answer().status().checkpoint();
  const auto seen = parts_.log.seen();
  if (!seen) return tl::unexpected(seen.error());
  const auto checkpoint = parts_.log.reader().open(newest);
  if (!checkpoint) return tl::unexpected(checkpoint.error());
  if (checkpoint->size < *seen) return parts_.log.admit(*checkpoint, newest, *seen);
  if (auto tied = parts_.log.tie(*hub_, *checkpoint, newest); !tied) return tied;
  auto note = notes::Note::parse(newest);
  if (!note) return tl::unexpected(note.error());
  const MonotonicTime now = parts_.clock.monotonic();
  next_round_ = now + options_.interval;
  refresh_due_ = now + options_.refresh;
  grown_ = false;
  size_ = checkpoint->size;
  round_ = Round{};
  round_->checkpoint = newest;
  round_->handed_in = note->signatures.size();
  round_->note = std::move(*note);
  round_->size = checkpoint->size;
  round_->deadline = now + options_.witness_timeout;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (lines_[i] == nullptr || !book_.free(i, now)) continue;
    if (auto asked = ask(i); !asked) return asked;
  }
  return {};
}

Status Publisher::ask(std::size_t witness) {
  const TreeSize from = book_.size(witness);
  const MonotonicTime now = parts_.clock.monotonic();
  if (from > round_->size) {
    book_.contradicted(witness,
                       "it has seen a log of " + std::to_string(from.value) +
                           " entries, the hub shows " + std::to_string(round_->size.value),
                       now);
    return {};
  }
  witness::AddCheckpoint request{from, {}, round_->checkpoint};
  if (from.value > 0 && from < round_->size) {
    v1::Frame question;
    v1::ConsistencyQuery& query = *question.mutable_query()->mutable_consistency();
    query.set_first_size(from.value);
    query.set_second_size(round_->size.value);
    const auto answer = hub_->ask(question);
    if (!answer) return tl::unexpected(answer.error());
    auto proof = merkle::unpack(answer->answer().consistency().proof());
    if (!proof) return tl::unexpected(proof.error());
    request.proof = std::move(*proof);
  }
  book_.asked(witness);
  round_->waited_for.insert(witness);
  lines_[witness]->ask(std::move(request));
  return {};
}

Status Publisher::collect(milliseconds wait) {
  for (const WitnessReply& reply : mailbox_.take(wait)) {
    if (auto taken = take(reply); !taken) return taken;
  }
  return {};
}

Status Publisher::take(const WitnessReply& reply) {
  const auto taken = book_.take(reply, parts_.clock.monotonic());
  // A late reply to an earlier round says how far the witness is, and no more.
  if (!round_ || reply.request.checkpoint != round_->checkpoint) return {};
  round_->waited_for.erase(reply.witness);
  if (taken.ask_again && round_->asked_again.insert(reply.witness).second) {
    return ask(reply.witness);
  }
  if (taken.cosignature) {
    round_->note.signatures.push_back(*taken.cosignature);
    round_->changed = true;
  }
  return {};
}

Status Publisher::go_on() {
  if (std::exchange(round_->changed, false) && !round_->quorum) {
    round_->quorum = parts_.policy.open(round_->note.bytes()).has_value();
    if (round_->quorum) {
      if (auto handed = hand_in(); !handed) return handed;
    }
  }
  const MonotonicTime now = parts_.clock.monotonic();
  const bool enough = round_->quorum && grown_ && now >= next_round_;
  if (!enough && !round_->waited_for.empty() && now < round_->deadline) return {};
  if (auto handed = hand_in(); !handed) return handed;
  close_round();
  return {};
}

Status Publisher::hand_in() {
  if (round_->note.signatures.size() == round_->handed_in) return {};
  round_->handed_in = round_->note.signatures.size();
  v1::Frame frame;
  frame.mutable_cosignatures()->set_note(round_->note.bytes());
  const auto answer = hub_->ask(frame);
  if (!answer) return tl::unexpected(answer.error());
  const v1::Cosigned& kept = answer->answer().cosigned();
  if (round_->quorum && kept.tree_size() >= round_->size.value) cosigned_(kept.checkpoint());
  return {};
}

void Publisher::close_round() {
  if (round_->quorum) {
    refresh_due_ = parts_.clock.monotonic() + options_.refresh;
    if (std::exchange(without_quorum_, false)) {
      parts_.logger.info("a checkpoint of {} has its quorum", counted(round_->size.value, "entry"));
    }
  } else if (!std::exchange(without_quorum_, true)) {
    const auto missed = parts_.policy.open(round_->note.bytes());
    parts_.logger.warn("no quorum for a checkpoint of {}{}", counted(round_->size.value, "entry"),
                       missed ? "" : ": " + missed.error().what);
  }
  round_.reset();
}

}  // namespace rapporteur::publisher
