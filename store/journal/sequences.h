// The next sequence number of every signing key, kept as named state of the journal.
//
// Units and shapes: a state "seq/<key id in hexadecimal>" holds the next number in 8 bytes,
// big-endian; a key without one begins with 1.
// Threads: Sequences one at a time; free functions any.
#pragma once

#include <unordered_map>

#include "store/journal/sequencer.h"
#include "store/journal/states.h"

namespace rapporteur::journal {

[[nodiscard]] std::string sequence_state_name(const KeyId& key);
// `value` as JournalReader::state gives it. Error: kStorage when it is damaged.
[[nodiscard]] Result<Sequence> next_sequence(std::string_view value);

class Sequences {
 public:
  [[nodiscard]] Status load(const JournalReader& reader);
  [[nodiscard]] Sequence next(const KeyId& key) const;
  // Uses up the next number: what the entry that does so writes.
  [[nodiscard]] StateWrite use(const KeyId& key);

 private:
  std::unordered_map<KeyId, Sequence> next_;
};

}  // namespace rapporteur::journal
