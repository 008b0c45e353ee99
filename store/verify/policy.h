// Whom a verifier trusts: which logs, and which witnesses must have cosigned a checkpoint.
//
// The text is a C2SP tlog-policy: lines `log <vkey> [<url>]`, `witness <name> <vkey> [<url>]`,
// `group <name> <all|any|k> <name>...` and exactly one `quorum <name|none>`; names refer to lines
// above, a name is a member at most once, and no public key is two logs' or two witnesses'.
// Logs have keys of type 01, witnesses of 04; a witness of type 06 is read, and never counts.
// Threads: any. Errors: parse: kMalformed with the number of the line; read: kConfiguration, since
// somebody wrote the file as a setting. open: kMalformed for what is
// no checkpoint; kNotVerified when no log of the policy signed it, a known key's signature is bad,
// or the quorum is not met.
// Source: C2SP tlog-policy.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/notes/checkpoint.h"

namespace rapporteur::verify {

// A witness whose cosignature holds.
struct Witnessed {
  std::string name;  // in the policy
  std::chrono::sys_seconds time;
  bool in_quorum = false;  // else it is known, and nobody asked for it
};

// A checkpoint that a policy takes.
struct TrustedHead {
  notes::Checkpoint checkpoint;
  notes::VerifierKey log;            // that signed it
  std::vector<Witnessed> witnesses;  // in the order of the policy
};

class Policy {
 public:
  struct Log {
    notes::VerifierKey key;
    std::string url;  // may be empty
  };
  struct Witness {
    std::string name;
    std::optional<notes::VerifierKey> key;  // empty: of a type that is not verified here
    std::string url;                        // may be empty
  };

  // `file` is for messages.
  [[nodiscard]] static Result<Policy> parse(std::string_view text, const std::string& file = {});
  [[nodiscard]] static Result<Policy> read(const std::filesystem::path& file);
  // One log, and no witness is asked for.
  [[nodiscard]] static Policy of_log(notes::VerifierKey log);

  [[nodiscard]] std::span<const Log> logs() const { return logs_; }
  [[nodiscard]] std::span<const Witness> witnesses() const { return witnesses_; }

  [[nodiscard]] Result<TrustedHead> open(std::string_view note) const;

 private:
  // What a name stands for. Members come before their groups.
  struct Voter {
    std::string name;
    std::optional<std::size_t> witness;  // else it is a group
    std::size_t threshold = 0;           // of the members
    std::vector<std::size_t> members;    // positions in voters_
    bool taken = false;                  // is a member of some group
  };
  class Reader;

  [[nodiscard]] std::vector<Witnessed> cosigned(
      std::span<const notes::VerifiedSignature> signatures) const;
  [[nodiscard]] Status check_quorum(std::span<const Witnessed> witnesses) const;

  std::vector<Log> logs_;
  std::vector<Witness> witnesses_;
  std::vector<Voter> voters_;
  std::optional<std::size_t> quorum_;  // position in voters_; empty: none
};

}  // namespace rapporteur::verify
