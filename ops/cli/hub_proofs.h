// Checkpoints and proofs as the hub gives them, each verified under the log key that is pinned in
// the operator's folder before anybody sees it.
//
// Threads: one. Errors: those of the line; kNotFound where the log signed no checkpoint of a size;
// kNotVerified for an answer that does not hold, or a hub that has less than what is held.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "ops/cli/operator_line.h"
#include "store/notes/checkpoint.h"
#include "store/verify/receipt.h"

namespace rapporteur::cli {

struct SignedHead {
  notes::Checkpoint checkpoint;
  std::string note;
};

// Of exactly `size` entries; 0: the newest.
[[nodiscard]] Result<SignedHead> head_of_size(OperatorLine& line, std::uint64_t size);
// The newest that a quorum of witnesses cosigned, by the hub's word; kNotFound where there is none.
[[nodiscard]] Result<SignedHead> cosigned_head(OperatorLine& line);
// The checkpoint in a file: a note, or that of a receipt.
[[nodiscard]] Result<SignedHead> head_in_file(const OperatorLine& line,
                                              const std::filesystem::path& file);

// Asks for the entries, in as many questions as it needs, and gives each receipt to `use` in their
// order, until it fails.
[[nodiscard]] Status for_each_receipt(OperatorLine& line, const SignedHead& head,
                                      std::span<const std::uint64_t> indices,
                                      const std::function<Status(const verify::Receipt&)>& use);

// That the tree of `second` begins with that of `first`: the proof.
[[nodiscard]] Result<std::vector<Digest>> consistency(OperatorLine& line,
                                                      const notes::Checkpoint& first,
                                                      const notes::Checkpoint& second);

}  // namespace rapporteur::cli
