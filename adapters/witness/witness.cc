#include "adapters/witness/witness.h"

#include <algorithm>
#include <array>

#include "proto/base/sabotage.h"
#include "proto/crypto/encoding.h"
#include "proto/crypto/sha256.h"
#include "store/merkle/tree.h"

namespace rapporteur::witness {
namespace {

constexpr int kBadRequest = 400;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kConflict = 409;
constexpr int kUnprocessable = 422;
constexpr int kInternal = 500;

Answer refuse_request(int status, const std::string& why) {
  return {status, printable(why) + "\n", kTextType};
}

Answer conflict(TreeSize known) {
  return {kConflict, std::to_string(known.value) + "\n", kSizeType};
}

std::string origin_sha256(std::string_view origin) {
  return crypto::hex(crypto::sha256(origin).span());
}

std::chrono::sys_seconds seconds_of(const Clock& clock) {
  const auto now = std::chrono::floor<std::chrono::seconds>(clock.now());
  return std::max(now, std::chrono::sys_seconds(std::chrono::seconds(1)));
}

// Whether `next` continues what was cosigned, whose size the request has named.
Status continues(const std::optional<notes::Checkpoint>& newest, const AddCheckpoint& request,
                 const notes::Checkpoint& next) {
  if (request.old_size.value == 0) {
    if (request.proof.empty()) return {};
    return fail(ErrorKind::kNotVerified, "from size 0 there is nothing to prove");
  }
  if (sabotaged("witness-checks-nothing")) return {};
  return merkle::verify_consistency(newest->size, next.size, request.proof, newest->root,
                                    next.root);
}

}  // namespace

Witness::Witness(Identity identity, client::FileLock lock, const Clock& clock)
    : identity_(std::move(identity)),
      verifier_{identity_.name, notes::KeyType::kCosignatureV1, identity_.key.public_key()},
      lock_(std::move(lock)),
      clock_(clock) {}

Result<std::unique_ptr<Witness>> Witness::open(const std::filesystem::path& folder,
                                               Identity identity,
                                               std::span<const notes::VerifierKey> logs,
                                               const Clock& clock) {
  auto lock = client::FileLock::try_take(folder / "lock");
  if (!lock) return tl::unexpected(lock.error());
  if (!*lock) {
    return fail(ErrorKind::kOverloaded, "another process runs this witness", folder.string(),
                "two would cosign two histories: stop the other one");
  }
  std::unique_ptr<Witness> witness(new Witness(std::move(identity), std::move(**lock), clock));
  for (const notes::VerifierKey& key : logs) {
    Log log{key, folder / (origin_sha256(key.name) + ".checkpoint"), std::nullopt, {}};
    if (auto done = witness->read(log); !done) return tl::unexpected(done.error());
    witness->logs_.emplace(key.name, std::move(log));
  }
  return witness;
}

Status Witness::read(Log& log) const {
  const auto there = client::is_there(log.file);
  if (!there) return tl::unexpected(there.error());
  if (!*there) return {};
  auto content = client::read_small_file(log.file, limits::kNoteBytes);
  if (!content) return tl::unexpected(content.error());
  const auto checkpoint = notes::open_checkpoint(*content, log.key);
  const auto note = notes::Note::parse(*content);
  if (!checkpoint || !note || !notes::verify(*note, std::span(&verifier_, 1))) {
    return fail(ErrorKind::kStorage, "this is not what the witness wrote", log.file.string(),
                "put the file back from a backup that is newer than the last cosignature; without "
                "it, make a witness with a new key");
  }
  log.newest = *checkpoint;
  log.note = std::move(*content);
  return {};
}

Answer Witness::add_checkpoint(std::string_view body) {
  const auto request = AddCheckpoint::parse(body);
  if (!request) return refuse_request(kBadRequest, request.error().line());
  const auto note = notes::Note::parse(request->checkpoint);
  if (!note) return refuse_request(kBadRequest, note.error().line());
  const auto checkpoint = notes::Checkpoint::parse(note->text);
  if (!checkpoint) return refuse_request(kBadRequest, checkpoint.error().line());
  const std::lock_guard lock(mutex_);
  const auto log = logs_.find(checkpoint->origin);
  if (log == logs_.end()) return refuse_request(kNotFound, "this witness does not know the log");
  return judge(log->second, *request, *note);
}

Answer Witness::judge(Log& log, const AddCheckpoint& request, const notes::Note& note) {
  const auto next = notes::open_checkpoint(request.checkpoint, log.key);
  if (!next) return refuse_request(kForbidden, next.error().line());
  if (request.old_size > next->size) {
    return refuse_request(kBadRequest, "the old size is larger than the checkpoint's");
  }
  const TreeSize known = log.newest ? log.newest->size : TreeSize{};
  if (request.old_size != known) {
    return conflict(known);
  }
  // Where there is nothing to prove, it is the root that may be another one.
  const Digest root = log.newest ? log.newest->root : merkle::empty_root();
  if (next->size == known && request.proof.empty() && next->root != root) return conflict(known);
  if (const auto continued = continues(log.newest, request, *next); !continued) {
    return refuse_request(kUnprocessable, continued.error().line());
  }
  if (failed_) return refuse_request(kInternal, "a write has failed: the operator is needed");
  const notes::NoteSignature cosignature =
      notes::cosign(note.text, identity_.name, seconds_of(clock_), identity_.key);
  notes::Note kept{note.text, {}};
  std::copy_if(note.signatures.begin(), note.signatures.end(), std::back_inserter(kept.signatures),
               [&](const notes::NoteSignature& one) {
                 return one.name == log.key.name && one.key_id == log.key.id();
               });
  kept.signatures.resize(1);  // it may stand there more than once
  kept.signatures.push_back(cosignature);
  std::string bytes = kept.bytes();
  if (!notes::Note::parse(bytes)) {
    return refuse_request(kBadRequest, "with its cosignature the checkpoint is too long to keep");
  }
  if (!sabotaged("witness-forgets")) {
    if (const auto written = client::write_file_atomically(log.file, bytes); !written) {
      failed_ = true;
      return refuse_request(kInternal, "the checkpoint could not be kept");
    }
  }
  log.newest = *next;
  log.note = std::move(bytes);
  return {200, cosignature.line(), kTextType};
}

Answer Witness::newest(std::string_view origin) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, log] : logs_) {
    if (log.newest && origin_sha256(name) == origin) return {200, log.note, kTextType};
  }
  return refuse_request(kNotFound, "no checkpoint of such a log was cosigned here");
}

}  // namespace rapporteur::witness
