#include "store/notes/checkpoint.h"

#include <array>

#include "proto/base/whole_number.h"
#include "proto/crypto/encoding.h"

namespace rapporteur::notes {
namespace {

tl::unexpected<Error> malformed(const char* why) {
  return fail(ErrorKind::kMalformed, std::string("not a checkpoint: ") + why);
}

}  // namespace

std::string Checkpoint::text() const {
  return origin + "\n" + std::to_string(size.value) + "\n" + crypto::base64(root.span()) + "\n";
}

Result<Checkpoint> Checkpoint::parse(std::string_view text) {
  std::array<std::string_view, 3> lines;
  for (std::size_t count = 0; count < lines.size() || !text.empty(); ++count) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return malformed("fewer than three lines");
    if (end == 0) return malformed("a line is empty");
    if (count < lines.size()) lines[count] = text.substr(0, end);
    text.remove_prefix(end + 1);
  }
  const auto size = parse_whole_number(lines[1]);
  if (!size) return malformed("the size is not a whole number");
  const auto root = crypto::parse_base64(lines[2]);
  const auto digest = root ? Digest::from(*root) : std::nullopt;
  if (!digest) return malformed("the root is not 32 bytes in base64");
  return Checkpoint{std::string(lines[0]), TreeSize{*size}, *digest};
}

Result<Checkpoint> open_checkpoint(std::string_view note_bytes, const VerifierKey& log) {
  const auto note = Note::parse(note_bytes);
  if (!note) return tl::unexpected(note.error());
  const auto holds = verify(*note, std::span(&log, 1));
  if (!holds) return tl::unexpected(holds.error());
  auto checkpoint = Checkpoint::parse(note->text);
  if (checkpoint && checkpoint->origin != log.name) {
    return fail(ErrorKind::kNotVerified,
                "checkpoint of " + checkpoint->origin + ", not of " + log.name);
  }
  return checkpoint;
}

std::string sign_checkpoint(const Checkpoint& checkpoint, const crypto::SigningKey& key) {
  Note note{checkpoint.text(), {}};
  note.signatures.push_back(sign(note.text, checkpoint.origin, key));
  return note.bytes();
}

}  // namespace rapporteur::notes
