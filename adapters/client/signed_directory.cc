#include "adapters/client/signed_directory.h"

#include "adapters/client/hub_file.h"
#include "proto/crypto/domain.h"
#include "proto/crypto/ed25519.h"

namespace rapporteur::client {

Result<SignedDirectory> SignedDirectory::open(const v1::Directory& exported,
                                              const PublicKeyBytes& log_key) {
  const auto signature = SignatureBytes::from(exported.signature());
  if (!signature || !crypto::verify(log_key, crypto::domain::kDirectory, bytes_of(exported.state()),
                                    *signature)) {
    return fail(ErrorKind::kNotVerified, "the signature of the hub's directory does not hold",
                "directory", "ask the hub's operator: an honest hub does not send this");
  }
  SignedDirectory directory;
  directory.exported_ = exported;
  if (!directory.state_.ParseFromString(exported.state())) {
    return fail(ErrorKind::kMalformed, "the hub's directory cannot be read", "directory");
  }
  return directory;
}

Result<SignedDirectory> SignedDirectory::ask(Connection& line) {
  v1::Frame question;
  question.mutable_query()->mutable_directory();
  auto answer = line.ask(question);
  if (!answer) return tl::unexpected(answer.error());
  return open(answer->answer().directory(), log_key(line.hub()).key);
}

std::optional<PublicKeyBytes> SignedDirectory::signing_key(std::string_view participant,
                                                           std::string_view key_id,
                                                           LogIndex at) const {
  for (const v1::Participant& known : state_.participants()) {
    if (known.id() != participant) continue;
    for (const v1::PublicKey& key : known.signing_keys()) {
      const auto bytes = PublicKeyBytes::from(key.key());
      const bool began = key.added_index() <= at.value;
      const bool lasted = key.ended_index() == 0 || key.ended_index() > at.value;
      if (bytes && began && lasted && crypto::key_id_of(*bytes).view() == key_id) return bytes;
    }
  }
  return std::nullopt;
}

}  // namespace rapporteur::client
