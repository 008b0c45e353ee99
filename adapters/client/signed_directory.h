// The hub's directory as its log key signed it: who takes part, with which keys and rights.
//
// Threads: immutable once opened. Errors: kNotVerified (the signature does not hold), kMalformed.
// Source: PROTOCOL.md, "Directory".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/client/connection.h"
#include "proto/base/result.h"
#include "rapporteur/v1/directory.pb.h"
#include "rapporteur/v1/exchange.pb.h"

namespace rapporteur::client {

class SignedDirectory {
 public:
  [[nodiscard]] static Result<SignedDirectory> open(const v1::Directory& exported,
                                                    const PublicKeyBytes& log_key);
  // Asks the hub.
  [[nodiscard]] static Result<SignedDirectory> ask(Connection& line);

  [[nodiscard]] const v1::DirectoryState& state() const { return state_; }
  // As it was signed, to be kept and opened again.
  [[nodiscard]] const v1::Directory& exported() const { return exported_; }

  // The participant's key of that id, if it was valid when the entry of that index was written.
  [[nodiscard]] std::optional<PublicKeyBytes> signing_key(std::string_view participant,
                                                          std::string_view key_id,
                                                          LogIndex at) const;

 private:
  v1::Directory exported_;
  v1::DirectoryState state_;
};

}  // namespace rapporteur::client
