#include <algorithm>

#include "broker/directory/change_parts.h"
#include "broker/directory/refusal.h"
#include "proto/base/limits.h"
#include "proto/crypto/ed25519.h"

namespace rapporteur::directory {
namespace {

using Keys = google::protobuf::RepeatedPtrField<v1::PublicKey>;

bool holds(const Keys& keys, const PublicKeyBytes& key) {
  return std::any_of(keys.begin(), keys.end(),
                     [&](const v1::PublicKey& held) { return held.key() == key.view(); });
}

bool valid(const v1::PublicKey& key) {
  return key.ended_index() == 0;
}

tl::unexpected<Error> no_key(const std::string& where) {
  return refuse(refusal::kBadKey, "not a public key of 32 bytes that can be used", where,
                "make a new key pair");
}

tl::unexpected<Error> key_in_use(const std::string& where) {
  return refuse(refusal::kKeyInUse, "the key, or its id, is or was used in this hub", where,
                "make a new key pair");
}

Status append(Keys& keys, const PublicKeyBytes& key, LogIndex index, const std::string& where) {
  const auto now = static_cast<std::size_t>(std::count_if(keys.begin(), keys.end(), valid));
  if (now >= limits::kKeysPerParticipant ||
      static_cast<std::size_t>(keys.size()) >= limits::kKeysEverPerParticipant) {
    return refuse(refusal::kLimit,
                  "a participant has at most " + std::to_string(limits::kKeysPerParticipant) +
                      " valid keys of a kind, and " +
                      std::to_string(limits::kKeysEverPerParticipant) + " with those that ended",
                  where, "end a key first");
  }
  v1::PublicKey& added = *keys.Add();
  added.set_key(key.string());
  added.set_added_index(index.value);
  return {};
}

Status end(Keys& keys, const std::string& key, LogIndex index, const std::string& where) {
  const auto held = std::find_if(keys.begin(), keys.end(), [&](const v1::PublicKey& candidate) {
    return candidate.key() == key && valid(candidate);
  });
  if (held == keys.end()) {
    return refuse(refusal::kUnknownKey, "the participant holds no such valid key", where,
                  "see `rapporteur participant show`");
  }
  held->set_ended_index(index.value);
  return {};
}

}  // namespace

bool KeyRing::in_use(const PublicKeyBytes& key) const {
  return directory_.key_known(key) || holds(holder_.curve_keys(), key) ||
         holds(holder_.signing_keys(), key);
}

// A key id is eight bytes of a hash: two keys with one id would make a signer ambiguous.
bool KeyRing::id_in_use(const KeyId& id) const {
  const Keys& own = holder_.signing_keys();
  return directory_.signing_key_id_known(id) ||
         std::any_of(own.begin(), own.end(), [&](const v1::PublicKey& held) {
           const auto key = PublicKeyBytes::from(held.key());
           return key && crypto::key_id_of(*key) == id;
         });
}

Status KeyRing::add_curve(const std::string& key, const std::string& where) {
  const auto bytes = PublicKeyBytes::from(key);
  if (!bytes || !crypto::valid_curve_key(*bytes)) return no_key(where);
  if (in_use(*bytes)) return key_in_use(where);
  return append(*holder_.mutable_curve_keys(), *bytes, index_, where);
}

Status KeyRing::add_signing(const std::string& key, const std::string& where) {
  const auto bytes = PublicKeyBytes::from(key);
  if (!bytes || !crypto::valid_signing_key(*bytes)) return no_key(where);
  if (in_use(*bytes) || id_in_use(crypto::key_id_of(*bytes))) return key_in_use(where);
  return append(*holder_.mutable_signing_keys(), *bytes, index_, where);
}

Status KeyRing::end_curve(const std::string& key, const std::string& where) {
  return end(*holder_.mutable_curve_keys(), key, index_, where);
}

Status KeyRing::end_signing(const std::string& key, const std::string& where) {
  return end(*holder_.mutable_signing_keys(), key, index_, where);
}

bool holds_valid_key(const Keys& keys) {
  return std::any_of(keys.begin(), keys.end(), valid);
}

}  // namespace rapporteur::directory
