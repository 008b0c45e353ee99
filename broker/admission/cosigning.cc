#include "broker/admission/cosigning.h"

#include <algorithm>
#include <vector>

#include "broker/admission/answers.h"
#include "proto/base/fault_codes.h"

namespace rapporteur::admission {
namespace {

using notes::KeyType;
using notes::NoteSignature;
using notes::VerifierKey;

core::Event refuse_note(core::Asker asker, std::string_view code, const Error& why) {
  v1::Fault fault;
  fault.set_code(std::string(code));
  fault.set_message(why.line());
  return Answers::fault(std::move(asker), fault);
}

bool is_by(const NoteSignature& signature, const VerifierKey& key) {
  return signature.name == key.name && signature.key_id == key.id();
}

// Those of the keys, each once. A cosignature begins with its time, so of two the larger is newer.
void add_signatures(const notes::Note& from, std::span<const VerifierKey> keys,
                    std::vector<NoteSignature>& to) {
  for (const NoteSignature& signature : from.signatures) {
    const bool known =
        std::ranges::any_of(keys, [&](const VerifierKey& key) { return is_by(signature, key); });
    if (!known) continue;
    const auto same = std::ranges::find_if(to, [&](const NoteSignature& other) {
      return other.name == signature.name && other.key_id == signature.key_id;
    });
    if (same == to.end()) {
      to.push_back(signature);
    } else if (signature.blob > same->blob) {
      *same = signature;
    }
  }
}

}  // namespace

core::Event verify_cosignatures(core::VerifyCosignatures job) {
  std::vector<VerifierKey> keys;
  for (const auto& log : job.policy->logs()) keys.push_back(log.key);
  const std::size_t logs = keys.size();
  for (const auto& witness : job.policy->witnesses()) {
    if (witness.key) keys.push_back(*witness.key);
  }
  auto note = notes::Note::parse(job.note);
  if (!note) return refuse_note(std::move(job.asker), faults::kMalformed, note.error());
  const auto checkpoint = notes::Checkpoint::parse(note->text);
  if (!checkpoint) return refuse_note(std::move(job.asker), faults::kMalformed, checkpoint.error());
  const auto signed_by_log = notes::verify(*note, std::span(keys).first(logs));
  const auto holds = notes::verify(*note, keys);
  if (!signed_by_log || !holds) {
    return refuse_note(std::move(job.asker), faults::kSignature,
                       signed_by_log ? holds.error() : signed_by_log.error());
  }
  notes::Note merged{std::move(note->text), {}};
  add_signatures(*note, keys, merged.signatures);
  if (merged.signatures.size() == signed_by_log->size()) {
    return refuse_note(std::move(job.asker), faults::kSignature,
                       {ErrorKind::kNotVerified, "no witness of this hub's policy", {}, {}});
  }
  if (const auto held = notes::Note::parse(job.held); held && held->text == merged.text) {
    add_signatures(*held, keys, merged.signatures);
  }
  core::CosignaturesVerified out;
  out.note = merged.bytes();
  out.size = checkpoint->size;
  out.quorum = job.policy->open(out.note).has_value();
  out.asker = std::move(job.asker);
  out.held = std::move(job.held);
  return out;
}

}  // namespace rapporteur::admission
