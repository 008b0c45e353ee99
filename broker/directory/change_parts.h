// The parts of a change, one kind of action each; shared within this folder alone.
#pragma once

#include <string>
#include <string_view>

#include "broker/directory/directory.h"

namespace rapporteur::directory {

using State = Result<v1::DirectoryState>;

[[nodiscard]] tl::unexpected<Error> refuse(std::string_view code, const std::string& what,
                                           std::string where = {}, std::string remedy = {});
// Text from outside as it may stand in a message.
[[nodiscard]] std::string quoted(std::string_view text);
// One printable line of at most `most` bytes.
[[nodiscard]] Status check_text(const std::string& text, std::size_t most,
                                const std::string& where);

[[nodiscard]] Result<v1::Participant*> find(v1::DirectoryState& state, const std::string& id);
// A participant that may still change: not one that was revoked.
[[nodiscard]] Result<v1::Participant*> find_changeable(v1::DirectoryState& state,
                                                       const std::string& id);

// Adds keys to and ends keys of one participant, at one index.
class KeyRing {
 public:
  KeyRing(const Directory& directory, LogIndex index, v1::Participant& holder)
      : directory_(directory), index_(index), holder_(holder) {}
  [[nodiscard]] Status add_curve(const std::string& key, const std::string& where);
  [[nodiscard]] Status add_signing(const std::string& key, const std::string& where);
  [[nodiscard]] Status end_curve(const std::string& key, const std::string& where);
  [[nodiscard]] Status end_signing(const std::string& key, const std::string& where);

 private:
  [[nodiscard]] bool in_use(const PublicKeyBytes& key) const;
  [[nodiscard]] bool id_in_use(const KeyId& id) const;

  const Directory& directory_;
  LogIndex index_;
  v1::Participant& holder_;
};
[[nodiscard]] bool holds_valid_key(const google::protobuf::RepeatedPtrField<v1::PublicKey>& keys);

[[nodiscard]] State add_grant(const Directory& directory, const v1::Grant& asked, LogIndex index);
[[nodiscard]] State remove_grant(const Directory& directory, const v1::Grant& asked);
[[nodiscard]] State change_policy(const Directory& directory, const v1::Policy& asked);

// change_erasure.cc. What can be said of an erasure without the log: it changes nothing here.
[[nodiscard]] State erase(const Directory& directory, const v1::Erasure& asked,
                          const std::string& reason, LogIndex index);
[[nodiscard]] State set_retention(const Directory& directory, const v1::Retention& asked);
[[nodiscard]] State place_hold(const Directory& directory, const v1::LegalHold& asked,
                               LogIndex index);
[[nodiscard]] State lift_hold(const Directory& directory, const std::string& name);

// change_waivers.cc
[[nodiscard]] State add_waiver(const Directory& directory, const v1::WaiverAdd& asked,
                               std::string_view actor, LogIndex index);
[[nodiscard]] State remove_waiver(const Directory& directory,
                                  const v1::AdministrativeAction& asked);

}  // namespace rapporteur::directory
