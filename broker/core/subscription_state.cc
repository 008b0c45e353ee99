// A subscription as the value of a named state, and back.
#include "broker/core/subscription.h"

namespace rapporteur::core {
namespace {

constexpr std::size_t kBackfillsKept = 1'000;

Result<Digest> digest_of(const std::string& bytes) {
  const auto digest = Digest::from(bytes);
  if (!digest) return fail(ErrorKind::kMalformed, "running hash has not 32 bytes", "cursor");
  return *digest;
}

}  // namespace

std::string Subscription::state() const {
  cursor::CursorState out;
  out.set_participant(name_.participant);
  out.set_subscription(name_.subscription);
  *out.mutable_filter() = filter_;
  out.set_acknowledged(acknowledged_.number.value);
  out.set_next_index(acknowledged_.next.value);
  out.set_delivered_sha256(acknowledged_.delivered.string());
  *out.mutable_newest() = newest_;
  out.set_journalled(journalled_);
  out.mutable_rights()->Add(rights_.begin(), rights_.end());
  for (const auto& backfill : acknowledged_.backfills) {
    auto* kept = out.add_backfills();
    kept->set_next_index(backfill.next.value);
    kept->set_end_index(backfill.end.value);
    kept->mutable_had()->Add(backfill.had.begin(), backfill.had.end());
  }
  for (const auto& milestone : milestones_) {
    auto* kept = out.add_milestones();
    kept->set_number(milestone.number.value);
    kept->set_next_index(milestone.next.value);
  }
  out.set_milestone_spacing(milestone_spacing_);
  return out.SerializeAsString();
}

Result<Subscription> Subscription::restore(std::string_view state) {
  cursor::CursorState kept;
  if (!kept.ParseFromArray(state.data(), static_cast<int>(state.size())) ||
      !valid_participant_id(kept.participant()) || !valid_subscription_name(kept.subscription()) ||
      kept.milestone_spacing() == 0 ||
      static_cast<std::size_t>(kept.backfills_size()) > kBackfillsKept) {
    return fail(ErrorKind::kMalformed, "the state of a subscription cannot be read", "cursor");
  }
  const auto delivered = digest_of(kept.delivered_sha256());
  if (!delivered) return tl::unexpected(delivered.error());
  Subscription out;
  out.name_ = {kept.participant(), kept.subscription()};
  out.filter_ = kept.filter();
  out.rights_.assign(kept.rights().begin(), kept.rights().end());
  out.acknowledged_.number = DeliveryNumber{kept.acknowledged()};
  out.acknowledged_.next = LogIndex{kept.next_index()};
  out.acknowledged_.delivered = *delivered;
  for (const auto& backfill : kept.backfills()) {
    if (backfill.next_index() >= backfill.end_index()) continue;
    out.acknowledged_.backfills.push_back(
        {LogIndex{backfill.next_index()}, LogIndex{backfill.end_index()},
         std::vector(backfill.had().begin(), backfill.had().end())});
  }
  for (const auto& milestone : kept.milestones()) {
    out.milestones_.push_back(
        {DeliveryNumber{milestone.number()}, LogIndex{milestone.next_index()}});
  }
  out.milestone_spacing_ = kept.milestone_spacing();
  out.sent_ = out.acknowledged_;
  out.newest_ = kept.newest();
  out.journalled_ = kept.journalled();
  out.durable_next = out.acknowledged_.next;
  return out;
}

}  // namespace rapporteur::core
