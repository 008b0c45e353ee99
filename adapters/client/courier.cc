#include "adapters/client/courier.h"

#include <algorithm>

#include "adapters/client/ledger.h"
#include "proto/base/fault_codes.h"

namespace rapporteur::client {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kStoragePause{5'000};
constexpr milliseconds kClockPause{30'000};

// Faults that say something of who sends, not of what is sent: nothing else would fare better.
bool concerns_the_sender(const std::string& code) {
  return code == faults::kNotActive || code == faults::kUnknownKey || code == faults::kIdentity ||
         code == faults::kHub || code == faults::kVersion || code == faults::kUnexpected;
}

}  // namespace

Courier::Courier(Database& state, Outbox& outbox, KnownLog& log, const Receipts& receipts,
                 const KeyId& key, const CourierOptions& options,
                 std::function<void(const Settled&)> settled)
    : state_(state),
      outbox_(outbox),
      log_(log),
      receipts_(receipts),
      key_(key),
      options_(options),
      settled_(std::move(settled)),
      next_pause_(options.pause_first) {}

Status Courier::begin(Connection& line) {
  under_way_.clear();
  under_way_bytes_ = 0;
  draining_ = false;
  idle_ = false;
  next_ = Sequence{};
  missing_.reset();
  if (auto noted = note_backup(TreeSize{line.welcome().backed_up_to()}); !noted) return noted;
  for (const v1::KeySequence& next : line.welcome().next_sequences()) {
    if (next.key_id() == key_.view()) return outbox_.learn_next(Sequence{next.next()});
  }
  return {};
}

Status Courier::note_backup(TreeSize size) {
  if (size <= backed_up_to_) return {};
  return outbox_.backed_up_to(size).map([&]() { backed_up_to_ = size; });
}

Status Courier::step(Connection& line, MonotonicTime now) {
  now_ = now;
  for (const auto& [correlation, under_way] : under_way_) {
    if (now >= under_way.overdue) {
      return fail(ErrorKind::kUnreachable, "the hub does not answer a submission",
                  line.hub().endpoint, "it is sent again");
    }
  }
  if (draining_ && under_way_.empty()) {
    draining_ = false;
    next_ = Sequence{};
  }
  if (draining_ || now < paused_until_) return {};
  return fill(line, now);
}

Status Courier::fill(Connection& line, MonotonicTime now) {
  if (under_way_.size() >= options_.window || under_way_bytes_ >= options_.window_bytes) return {};
  auto items = outbox_.to_send(next_, options_.window - under_way_.size(),
                               options_.window_bytes - under_way_bytes_);
  if (!items) return tl::unexpected(items.error());
  if (missing_ && !items->empty() && items->front().sequence > *missing_) {
    return explain_missing(*missing_);
  }
  idle_ = items->empty() && under_way_.empty();
  if (items->empty()) return {};
  auto seen = log_.seen();
  if (!seen) return tl::unexpected(seen.error());
  if (auto marked = outbox_.mark_sent(*items); !marked) return marked;
  for (Sendable& item : *items) {
    v1::Frame frame;
    frame.set_submit(item.envelope);
    auto correlation = line.send(frame);
    if (!correlation) {
      // The socket is full: the rest goes when there is room.
      if (correlation.error().kind == ErrorKind::kOverloaded) return {};
      return tl::unexpected(correlation.error());
    }
    next_ = Sequence{item.sequence.value + 1};
    under_way_bytes_ += item.envelope.size();
    under_way_.emplace(*correlation,
                       UnderWay{std::move(item), *seen, now + options_.answer_timeout});
  }
  return {};
}

Result<bool> Courier::take(Connection& line, const v1::Frame& frame) {
  if (frame.has_heartbeat()) {
    return note_backup(TreeSize{frame.heartbeat().backed_up_to()}).map([]() { return true; });
  }
  const auto found = under_way_.find(frame.correlation());
  if (found == under_way_.end()) return false;
  const UnderWay under_way = std::move(found->second);
  under_way_.erase(found);
  under_way_bytes_ -= under_way.item.envelope.size();
  Status taken;
  if (frame.has_outcome()) {
    taken = settle(under_way, frame.outcome());
  } else if (frame.has_fault()) {
    taken = handle_fault(under_way, frame.fault(), line.hub());
  } else {
    taken = fail(ErrorKind::kMalformed, "the hub answered a submission with something else");
  }
  if (!taken) return tl::unexpected(taken.error());
  return true;
}

Status Courier::settle(const UnderWay& under_way, const v1::Outcome& outcome) {
  v1::Envelope sent;
  if (!sent.ParseFromString(under_way.item.envelope)) {
    return fail(ErrorKind::kStorage, "an outbox item is damaged", "state.db");
  }
  auto verified = verify_outcome(outcome, sent, log_.reader());
  if (!verified) {
    Error error = verified.error();
    error.where = "answer to " + uuid_text(under_way.item.message_id);
    return tl::unexpected(error);
  }
  auto transaction = Transaction::begin(state_);
  if (!transaction) return tl::unexpected(transaction.error());
  auto stored =
      log_.admit(verified->checkpoint, outcome.checkpoint(), under_way.floor)
          .and_then([&]() { return receipts_.store(under_way.item.message_id, outcome); })
          .and_then([&]() { return outbox_.settle(under_way.item.id, outcome); })
          .and_then([&]() {
            return verified->accepted ? note_accepted(state_, sent, verified->index) : Status();
          })
          .and_then([&]() { return transaction->commit(); });
  if (!stored) return stored;
  next_pause_ = options_.pause_first;
  missing_.reset();
  waiting_because_.reset();
  if (auto noted = note_backup(TreeSize{outcome.backed_up_to()}); !noted) return noted;
  settled_({under_way.item.message_id, verified->accepted, verified->index, outcome});
  return {};
}

void Courier::begin_again() {
  draining_ = true;
}

void Courier::pause(milliseconds at_least, Error why) {
  const milliseconds duration = std::max(at_least, next_pause_);
  paused_until_ = std::max(paused_until_, now_ + duration);
  next_pause_ = std::min(next_pause_ * 2, options_.pause_most);
  waiting_because_ = std::move(why);
  begin_again();
}

Status Courier::handle_fault(const UnderWay& under_way, const v1::Fault& fault,
                             const HubAddress& hub) {
  Error error = error_of(fault, hub);
  if (fault.code() == faults::kOverloaded) {
    const milliseconds asked_for(std::min<std::uint64_t>(
        fault.retry_after_ms(), static_cast<std::uint64_t>(options_.pause_most.count())));
    pause(asked_for, std::move(error));
    return {};
  }
  if (fault.code() == faults::kStorage) {
    pause(kStoragePause, std::move(error));
    return {};
  }
  if (fault.code() == faults::kInFuture) {
    error.remedy = "check this machine's clock";
    pause(kClockPause, std::move(error));
    return {};
  }
  if (fault.code() == faults::kSequence) {
    return handle_sequence(under_way, Sequence{fault.expected_sequence()}, error.what);
  }
  if (concerns_the_sender(fault.code())) return tl::unexpected(error);
  begin_again();
  return outbox_.doubt(under_way.item.id, error.what, false);
}

Status Courier::handle_sequence(const UnderWay& under_way, Sequence expected,
                                const std::string& why) {
  begin_again();
  const Sequence ours = under_way.item.sequence;
  if (expected < ours) {
    missing_ = expected;
    return {};
  }
  if (asked_again_.insert(ours.value).second) return {};  // the same message once more
  asked_again_.erase(ours.value);
  if (under_way.item.skip) return outbox_.close_skip(under_way.item.id);
  return outbox_.doubt(under_way.item.id,
                       why + "; its number " + std::to_string(ours.value) +
                           " went to another message: release gives it a new one",
                       true);
}

// The hub waits for a number below all that wait here.
Status Courier::explain_missing(Sequence expected) const {
  auto item = outbox_.with_number(expected);
  if (!item) return tl::unexpected(item.error());
  const std::string number = std::to_string(expected.value);
  if (*item && (*item)->state == ItemState::kDoubtful) {
    return fail(ErrorKind::kRefused, "the hub waits for number " + number + ": " + (*item)->note,
                uuid_text((*item)->message_id), "'outbox release' or 'outbox discard' it");
  }
  if (*item) {
    return fail(ErrorKind::kNotVerified,
                "the hub waits for number " + number + ", which it has answered before",
                uuid_text((*item)->message_id),
                "the hub lost entries: keep the receipt and ask its operator");
  }
  return fail(ErrorKind::kRefused,
              "the hub waits for number " + number + ", which this outbox never gave away",
              "outbox", "was the agency's folder copied or restored? ask the hub's operator");
}

}  // namespace rapporteur::client
