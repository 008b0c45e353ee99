#include "broker/monitor/witness_times.h"

#include <algorithm>

namespace rapporteur::monitor {

WitnessTimes::WitnessTimes(std::shared_ptr<const verify::Policy> policy, UnixMillis begin)
    : policy_(std::move(policy)) {
  if (policy_ == nullptr) return;
  for (const verify::Policy::Witness& witness : policy_->witnesses()) {
    times_.push_back({witness.name, std::chrono::floor<std::chrono::seconds>(begin)});
  }
}

void WitnessTimes::look_at(const std::string& note) {
  if (policy_ == nullptr || note == seen_) return;
  seen_ = note;
  const auto parsed = notes::Note::parse(note);
  if (!parsed) return;
  for (std::size_t i = 0; i < times_.size(); ++i) {
    const auto& key = policy_->witnesses()[i].key;
    if (!key) continue;
    const auto holds = notes::verify(*parsed, std::span(&*key, 1));
    if (holds) times_[i].last = std::max(times_[i].last, *holds->front().time);
  }
}

}  // namespace rapporteur::monitor
