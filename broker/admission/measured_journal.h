// A journal that tells an observer how long each group took to write.
#pragma once

#include "broker/admission/observer.h"
#include "proto/base/clock.h"
#include "store/journal/journal.h"

namespace rapporteur::admission {

class MeasuredJournal final : public journal::Journal {
 public:
  // All outlive it.
  MeasuredJournal(journal::Journal& journal, Observer& observer, const Clock& clock)
      : journal_(journal), observer_(observer), clock_(clock) {}

  [[nodiscard]] Result<journal::Group> append(std::span<journal::Draft> drafts) override {
    const MonotonicTime begun = clock_.monotonic();
    auto group = journal_.append(drafts);
    if (group) observer_.group(group->entries.size(), clock_.monotonic() - begun);
    return group;
  }
  [[nodiscard]] const journal::JournalReader& reader() const override { return journal_.reader(); }
  [[nodiscard]] std::optional<Error> poisoned() const override { return journal_.poisoned(); }

 private:
  journal::Journal& journal_;
  Observer& observer_;
  const Clock& clock_;
};

}  // namespace rapporteur::admission
