// A deterministic script of entries, what the log must hold after any part of it, and the check
// that a reopened log holds just that.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "store/journal/journal.h"

namespace rapporteur::crash {

// What a group of the script was answered with.
struct Acknowledged {
  std::vector<journal::Appended> entries;
  TreeSize size;
  std::string checkpoint;
};

class Script {
 public:
  // Any bytes: `entries` in groups of 1 to 12, all that follows from `seed`.
  Script(std::uint64_t seed, std::size_t entries);
  explicit Script(std::vector<std::vector<journal::Draft>> groups) : groups_(std::move(groups)) {}

  [[nodiscard]] std::size_t groups() const { return groups_.size(); }
  [[nodiscard]] std::vector<journal::Draft> group(std::size_t number) const {
    return groups_[number];
  }
  // The group after which the log has `size` entries: 0 for an empty log; groups() + 1 when there
  // is none, so that the log holds half of a group.
  [[nodiscard]] std::size_t groups_of(TreeSize size) const;

 private:
  std::vector<std::vector<journal::Draft>> groups_;
};

// Empty when the log behind `reader` is the first groups of the script, whole groups, at least all
// that was acknowledged; all it gives out agrees with that; and every acknowledged entry is there
// as acknowledged, with a proof that holds against its acknowledged checkpoint. Else what is wrong.
[[nodiscard]] std::string wrong_with(const journal::JournalReader& reader, const Script& script,
                                     const std::vector<Acknowledged>& acknowledged,
                                     const std::string& verifier_key);
// The same of what was acknowledged alone, of a log whose last append has failed.
[[nodiscard]] std::string wrong_with_acknowledged(const journal::JournalReader& reader,
                                                  const std::vector<Acknowledged>& acknowledged,
                                                  const std::string& verifier_key);

}  // namespace rapporteur::crash
