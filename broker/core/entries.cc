#include "broker/core/entries.h"

#include "store/journal/snapshots.h"

namespace rapporteur::core {
namespace {

journal::Draft draft_of(const v1::Record& record) {
  journal::Draft draft;
  draft.record = record.SerializeAsString();
  return draft;
}

}  // namespace

journal::Draft subscribed_draft(const Subscription& subscription, bool removed) {
  v1::Record record;
  auto* event = record.mutable_subscribed();
  event->set_participant(subscription.name().participant);
  event->set_subscription(subscription.name().subscription);
  *event->mutable_filter() = subscription.filter();
  event->set_from_index(subscription.acknowledged().next.value);
  event->set_removed(removed);
  journal::Draft draft = draft_of(record);
  draft.state.push_back({state_name(subscription.name()), removed ? "" : subscription.state()});
  return draft;
}

journal::Draft cursor_draft(const Subscription& subscription) {
  journal::Draft draft;
  draft.state.push_back({state_name(subscription.name()), subscription.state()});
  return draft;
}

journal::Draft cursors_moved_draft(const v1::CursorsMoved& moved) {
  v1::Record record;
  *record.mutable_cursors_moved() = moved;
  return draft_of(record);
}

journal::Draft unauthenticated_draft(
    const std::map<std::pair<std::string, std::string>, std::uint64_t>& faults, UnixMillis from,
    UnixMillis until) {
  v1::Record record;
  auto* event = record.mutable_unauthenticated();
  event->set_from_ms(unix_millis(from));
  event->set_until_ms(unix_millis(until));
  for (const auto& [name, count] : faults) {
    auto* fault = event->add_faults();
    fault->set_participant(name.first);
    fault->set_code(name.second);
    fault->set_count(count);
  }
  return draft_of(record);
}

journal::Draft backed_up_draft(const notes::Checkpoint& covered, const std::string& operator_id) {
  v1::Record record;
  auto* event = record.mutable_backed_up();
  event->set_size(covered.size.value);
  event->set_root_sha256(covered.root.string());
  event->set_operator_id(operator_id);
  journal::Draft draft = draft_of(record);
  draft.state.push_back(
      {std::string(journal::kBackedUpState), journal::backed_up_state(covered.size)});
  return draft;
}

journal::Draft cosigned_draft(std::string note) {
  journal::Draft draft;
  draft.state.push_back({std::string(journal::kCosignedState), std::move(note)});
  return draft;
}

journal::Draft expired_draft(const Expiry& rule, const ExpiredPiece& found) {
  v1::Record record;
  auto* event = record.mutable_expired();
  event->set_dataflow(rule.dataflow);
  event->set_superseded(rule.superseded);
  event->set_days(rule.days);
  for (const LogIndex index : found.indices) event->add_indices(index.value);
  journal::Draft draft = draft_of(record);
  draft.tables = found.tables;
  draft.erases = found.indices;
  // What is judged beside it may have read a body that is gone then.
  draft.resources.push_back(journal::resource_named(directory::kStateName));
  return draft;
}

journal::Draft started_draft(const v1::Started& started) {
  v1::Record record;
  *record.mutable_started() = started;
  return draft_of(record);
}

journal::Draft stopped_draft() {
  v1::Record record;
  record.mutable_stopped();
  return draft_of(record);
}

}  // namespace rapporteur::core
