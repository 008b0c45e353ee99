// Participants, keys, rights and policies at one point of the log: an immutable value.
//
// A fold over the journal: `apply` gives the directory after one more entry and reads neither clock
// nor randomness. Default deny: what no grant allows is not allowed.
//
// Threads: a Directory is immutable; share it by shared_ptr<const Directory>.
// Errors: kRefused; `what` begins with a code of refusal.h and ": "; the directory is unchanged.
// kStorage for a stored state that cannot be read. Source: PROTOCOL.md, "Directory".
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "broker/rules/rule_book.h"
#include "proto/base/ids.h"
#include "proto/base/result.h"
#include "proto/directory/rights.h"
#include "rapporteur/v1/directory.pb.h"
#include "rapporteur/v1/envelope.pb.h"

namespace rapporteur::directory {

// Name of the state under which the journal keeps the serialized DirectoryState, and the resource
// that verdicts read and changes write.
inline constexpr std::string_view kStateName = "directory";

// Valid as long as the directory it came from.
struct SigningKeyRef {
  const v1::Participant* participant = nullptr;
  PublicKeyBytes key;
};

class Directory {
 public:
  [[nodiscard]] static Result<std::shared_ptr<const Directory>> from_state(std::string_view bytes);
  // The directory of a log that begins: one operator, nothing granted.
  [[nodiscard]] static std::shared_ptr<const Directory> founded_by(
      const std::string& operator_id, const PublicKeyBytes& curve_key,
      const PublicKeyBytes& signing_key);

  // `index` is the entry that carries the action. `actor` is who signed it.
  [[nodiscard]] Result<std::shared_ptr<const Directory>> apply(
      const v1::AdministrativeAction& action, std::string_view actor, LogIndex index) const;

  [[nodiscard]] const v1::DirectoryState& state() const { return state_; }
  [[nodiscard]] std::uint64_t version() const { return state_.version(); }
  [[nodiscard]] std::string serialized() const;

  [[nodiscard]] const v1::Participant* participant(std::string_view id) const;
  [[nodiscard]] bool active(std::string_view id) const;
  // Only active participants and keys that have not ended.
  [[nodiscard]] const v1::Participant* by_curve_key(const PublicKeyBytes& key) const;
  [[nodiscard]] std::optional<SigningKeyRef> by_signing_key(const KeyId& key) const;

  [[nodiscard]] bool may_submit(std::string_view participant, std::string_view dataflow,
                                std::string_view indicator, std::string_view area) const;
  // The area patterns for which it may submit the indicator in the dataflow; for a hint.
  [[nodiscard]] std::vector<std::string> submit_areas(std::string_view participant,
                                                      std::string_view dataflow,
                                                      std::string_view indicator) const;
  // The lowest log index from which the participant may receive such submissions; empty: never.
  [[nodiscard]] std::optional<LogIndex> may_receive_from(std::string_view participant,
                                                         std::string_view dataflow,
                                                         std::string_view indicator,
                                                         std::string_view sender) const;
  [[nodiscard]] bool may_administer(std::string_view participant) const;
  [[nodiscard]] rules::Policy policy(std::string_view dataflow) const;
  // The name of a legal hold that keeps the body of that entry; empty: none does.
  [[nodiscard]] std::string held_by(LogIndex index, std::string_view sender,
                                    std::string_view dataflow) const;

  // Every signing key the participant holds now or ever held, and every CURVE key: a key that was
  // used once is not taken again, by nobody.
  [[nodiscard]] bool key_known(const PublicKeyBytes& key) const;
  [[nodiscard]] bool signing_key_id_known(const KeyId& key) const;
  [[nodiscard]] std::size_t grants_of(std::string_view participant) const;

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  // Positions within `state_`.
  struct KeyPlace {
    int participant = 0;
    int key = 0;
  };
  template <typename T>
  using ByText = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

  explicit Directory(v1::DirectoryState state);
  // Empty, or what is wrong with it.
  [[nodiscard]] std::string index();
  [[nodiscard]] std::string index_keys(int participant);

  v1::DirectoryState state_;
  ByText<int> by_id_;
  std::unordered_map<PublicKeyBytes, KeyPlace> by_curve_key_;
  std::unordered_map<PublicKeyBytes, KeyPlace> by_signing_key_;
  std::unordered_map<KeyId, KeyPlace> by_signing_key_id_;
  ByText<std::vector<int>> grants_of_;
  ByText<int> policies_;
};

using rapporteur::released_to;

}  // namespace rapporteur::directory
