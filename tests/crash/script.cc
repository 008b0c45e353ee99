#include "tests/crash/script.h"

#include <random>
#include <set>

#include "store/merkle/tree.h"
#include "store/notes/checkpoint.h"
#include "store/verify/receipt.h"

namespace rapporteur::crash {
namespace {

using journal::Draft;
using journal::JournalReader;
using Random = std::mt19937_64;

std::size_t between(Random& random, std::size_t least, std::size_t most) {
  return std::uniform_int_distribution<std::size_t>(least, most)(random);
}

std::string bytes(Random& random, std::size_t size) {
  std::string out;
  while (out.size() < size) {
    for (std::uint64_t word = random(), i = 0; i < 8; ++i) out += static_cast<char>(word >> 8 * i);
  }
  out.resize(size);
  return out;
}

constexpr std::size_t kTables = 20;
constexpr std::size_t kStates = 10;

Draft random_draft(Random& random) {
  Draft draft;
  draft.record = "\x12" + bytes(random, between(random, 50, 400));
  draft.salt = bytes(random, 32);
  const bool large = between(random, 0, 9) == 0;
  draft.body = bytes(random, large ? between(random, 5'000, 20'000) : between(random, 0, 800));
  draft.message = journal::MessageKey{"at", *MessageId::from(bytes(random, 16))};
  const bool gone = between(random, 0, 5) == 0;
  const std::string table = "table " + std::to_string(between(random, 0, kTables - 1));
  draft.tables.push_back(
      {journal::resource_named(table), gone ? "" : bytes(random, between(random, 1, 300))});
  draft.state.push_back(
      {"state/" + std::to_string(between(random, 0, kStates - 1)), bytes(random, 8)});
  draft.state_at = [](LogIndex index) {
    return std::vector<journal::StateWrite>{{"last", std::to_string(index.value)}};
  };
  return draft;
}

// What the views hold after the first groups: of all tables of the script, empty ones included.
struct Views {
  std::map<journal::ResourceId, std::string> tables;
  std::map<std::string, std::string> states;
};

std::string stored_table(std::uint64_t index, const std::string& value) {
  if (value.empty()) return {};
  std::string stored;
  for (unsigned shift = 64; shift > 0; shift -= 8) {
    stored += static_cast<char>(index >> (shift - 8) & 0xFFU);
  }
  return stored + value;
}

Views views_after(const Script& script, std::size_t groups) {
  Views views;
  std::uint64_t index = 0;
  for (std::size_t number = 0; number < script.groups(); ++number) {
    for (const Draft& draft : script.group(number)) {
      for (const journal::TableWrite& table : draft.tables) {
        std::string& now = views.tables[table.table];
        if (number < groups) now = stored_table(index, table.value);
      }
      if (number >= groups) continue;
      for (const journal::StateWrite& state : draft.state) views.states[state.name] = state.value;
      if (draft.state_at) {
        for (const auto& state : draft.state_at(LogIndex{index})) {
          views.states[state.name] = state.value;
        }
      }
      ++index;
    }
  }
  return views;
}

std::string wrong_views(const JournalReader& reader, const Views& views) {
  for (const auto& [id, value] : views.tables) {
    const auto table = reader.table(id);
    if (!table || *table != value) return "a table does not follow from the entries";
  }
  const auto states = reader.states("");
  if (!states || states->size() != views.states.size()) return "other states than written";
  for (const journal::StateWrite& state : *states) {
    const auto found = views.states.find(state.name);
    if (found == views.states.end() || found->second != state.value) {
      return "state " + state.name + " does not follow from the entries";
    }
  }
  return {};
}

std::string wrong_entries(const JournalReader& reader, const Script& script, std::size_t groups) {
  const auto entries = reader.entries(LogIndex{0}, SIZE_MAX, SIZE_MAX, true);
  if (!entries) return "entries cannot be read: " + entries.error().line();
  std::set<LogIndex> erased;
  for (std::size_t number = 0; number < groups; ++number) {
    for (const Draft& draft : script.group(number)) {
      erased.insert(draft.erases.begin(), draft.erases.end());
    }
  }
  std::size_t index = 0;
  for (std::size_t number = 0; number < script.groups(); ++number) {
    for (const Draft& draft : script.group(number)) {
      const auto found = draft.message ? reader.find(*draft.message)
                                       : Result<std::optional<LogIndex>>(std::nullopt);
      if (!found) return "message cannot be looked up";
      if (number >= groups) {
        if (*found) return "a message is known whose entry is not there";
        continue;
      }
      const journal::StoredEntry& entry = (*entries)[index];
      if (draft.message && *found != LogIndex{index}) return "a message leads to another entry";
      const bool gone = erased.contains(entry.index);
      if (gone != (entry.state == journal::BodyState::kErased)) {
        return "entry " + std::to_string(index) + (gone ? " is not erased" : " is erased");
      }
      if (!entry.record.ends_with(draft.record) || entry.salt != (gone ? "" : draft.salt) ||
          entry.body != (gone ? "" : draft.body)) {
        return "entry " + std::to_string(index) + " is not what was written";
      }
      ++index;
    }
  }
  return index == entries->size() ? "" : "more entries than were written";
}

std::string wrong_acknowledged(const JournalReader& reader, const Acknowledged& group,
                               const notes::VerifierKey& key) {
  const auto checkpoint = notes::open_checkpoint(group.checkpoint, key);
  if (!checkpoint) return "an acknowledged checkpoint does not verify";
  const auto now = notes::open_checkpoint(*reader.checkpoint(), key);
  if (!now || now->size != reader.size()) return "the newest checkpoint is not that of the log";
  if (checkpoint->size.value != 0) {
    const auto steps = reader.consistency_proof(checkpoint->size, now->size);
    if (!steps || !merkle::verify_consistency(checkpoint->size, now->size, *steps, checkpoint->root,
                                              now->root)) {
      return "the log is not consistent with an acknowledged checkpoint";
    }
  }
  for (const journal::Appended& entry : group.entries) {
    const auto stored = reader.entry(entry.index);
    if (!stored || stored->record != entry.record || stored->nonce != entry.nonce) {
      return "entry " + std::to_string(entry.index.value) + " is not as acknowledged";
    }
    const verify::Receipt receipt{
        entry.index, entry.proof, group.checkpoint, entry.nonce, entry.record, {}, {}};
    if (const auto verified = verify::verify_receipt(receipt, key); !verified) {
      return "the receipt does not hold: " + verified.error().line();
    }
    const Digest leaf = merkle::record_leaf_hash(bytes_of(stored->nonce), bytes_of(stored->record));
    const auto proof = reader.inclusion_proof(entry.index, group.size);
    if (!proof ||
        !merkle::verify_inclusion(entry.index, group.size, leaf, *proof, checkpoint->root)) {
      return "entry " + std::to_string(entry.index.value) + " has no proof";
    }
  }
  return {};
}

}  // namespace

Script::Script(std::uint64_t seed, std::size_t entries) {
  Random random(seed);
  while (entries > 0) {
    std::vector<Draft> group(std::min(entries, between(random, 1, 12)));
    for (Draft& draft : group) draft = random_draft(random);
    entries -= group.size();
    groups_.push_back(std::move(group));
  }
}

std::size_t Script::groups_of(TreeSize size) const {
  std::uint64_t entries = 0;
  std::size_t number = 0;
  while (entries < size.value && number < groups_.size()) entries += groups_[number++].size();
  return entries == size.value ? number : groups_.size() + 1;
}

std::string wrong_with(const JournalReader& reader, const Script& script,
                       const std::vector<Acknowledged>& acknowledged,
                       const std::string& verifier_key) {
  const TreeSize size = reader.size();
  const std::size_t groups = script.groups_of(size);
  if (groups > script.groups()) return "half a group is in the log";
  if (!acknowledged.empty() && size < acknowledged.back().size) {
    return "what was acknowledged is not in the log";
  }
  if (std::string wrong = wrong_entries(reader, script, groups); !wrong.empty()) return wrong;
  std::string wrong = wrong_views(reader, views_after(script, groups));
  if (wrong.empty()) wrong = wrong_with_acknowledged(reader, acknowledged, verifier_key);
  if (!wrong.empty()) return wrong;
  std::size_t kept = 0;
  const auto read = reader.checkpoints([&](TreeSize, const std::string& note) {
    if (kept < acknowledged.size() && note == acknowledged[kept].checkpoint) ++kept;
    return true;
  });
  if (!read || kept != acknowledged.size()) return "an acknowledged checkpoint is not kept";
  return {};
}

std::string wrong_with_acknowledged(const JournalReader& reader,
                                    const std::vector<Acknowledged>& acknowledged,
                                    const std::string& verifier_key) {
  const auto key = notes::VerifierKey::parse(verifier_key);
  if (!key) return "no verifier key";
  for (const Acknowledged& group : acknowledged) {
    if (std::string wrong = wrong_acknowledged(reader, group, *key); !wrong.empty()) return wrong;
  }
  return {};
}

}  // namespace rapporteur::crash
