// A receipt: the proof, for anybody and offline, that a record is an entry of the log.
//
// What a receipt that verifies proves: the log's key signed a tree that holds exactly this record
// at this index, and under a policy that the witnesses it asks for have seen that tree. What the
// hub says in the record it says under that signature; what the sender said is proved by
// verify_sender() with the sender's key. FORMAT.md, "What a receipt proves".
//
// Threads: any. Errors: kMalformed for what is no receipt, kNotVerified with the reason for one
// that does not hold. Source: FORMAT.md, "Receipt file"; C2SP tlog-proof.
#pragma once

#include "rapporteur/v1/audit.pb.h"
#include "rapporteur/v1/exchange.pb.h"
#include "store/verify/policy.h"
#include "store/verify/proof_file.h"

namespace rapporteur::verify {

struct Receipt {
  LogIndex index;
  std::vector<Digest> proof;  // leaf to root
  std::string checkpoint;     // signed note
  std::string nonce;          // 32 bytes
  std::string record;         // a serialized v1::Record, as logged
  // Of a refusal, if given to its sender: each a serialized v1::Finding, and the hub's signature
  // over them. Empty when the refusal was looked up in the log, which does not keep them.
  std::vector<std::string> findings;
  std::string refusal_signature;
  // What the hub said with it: entries below are in a verified backup. Nothing vouches for it.
  std::uint64_t backed_up_to = 0;

  // Fields of the extra data that this version does not know are dropped.
  [[nodiscard]] static Result<Receipt> parse(std::string_view file);
  [[nodiscard]] std::string file() const;
};

struct VerifiedReceipt {
  LogIndex index;
  TrustedHead head;
  v1::Record record;
  std::vector<v1::Finding> findings;  // signed by the log's key
};

[[nodiscard]] Result<VerifiedReceipt> verify_receipt(const Receipt& receipt, const Policy& policy);
[[nodiscard]] Result<VerifiedReceipt> verify_receipt(std::string_view file, const Policy& policy);
// Under the policy of one log and no witness.
[[nodiscard]] Result<VerifiedReceipt> verify_receipt(const Receipt& receipt,
                                                     const notes::VerifierKey& log);
[[nodiscard]] Result<VerifiedReceipt> verify_receipt(std::string_view file,
                                                     const notes::VerifierKey& log);

// The header of the record, signed by that key. The caller knows whose key it is.
[[nodiscard]] Result<v1::Header> verify_sender(const v1::Record& record, const PublicKeyBytes& key);

// The second signature of the record, by that key, which is not the one of the first.
[[nodiscard]] Status verify_second(const v1::Record& record, const PublicKeyBytes& key);

// That `salt` and `body` are those the header's commitment was made of.
[[nodiscard]] Status verify_commitment(const v1::Header& header, ByteSpan salt, ByteSpan body);

}  // namespace rapporteur::verify
