#include "adapters/witness/request.h"

#include "proto/base/whole_number.h"
#include "proto/crypto/encoding.h"

namespace rapporteur::witness {
namespace {

constexpr std::string_view kOld = "old ";

tl::unexpected<Error> refuse_line(std::size_t line, const char* why) {
  return fail(ErrorKind::kMalformed, why, "line " + std::to_string(line));
}

// Without its newline; empty when the text ends before one.
std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

Result<AddCheckpoint> AddCheckpoint::parse(std::string_view body) {
  if (body.size() > kRequestBytes) return fail(ErrorKind::kMalformed, "the request is too long");
  AddCheckpoint out;
  std::size_t number = 1;
  auto line = take_line(body);
  if (!line || !line->starts_with(kOld)) return refuse_line(number, "it begins with the old size");
  const auto size = parse_whole_number(line->substr(kOld.size()));
  if (!size) return refuse_line(number, "the old size is not a whole number");
  out.old_size = TreeSize{*size};
  while (true) {
    ++number;
    line = take_line(body);
    if (!line) return refuse_line(number, "no empty line before the checkpoint");
    if (line->empty()) break;
    if (out.proof.size() == kProofLines) return refuse_line(number, "the proof is too long");
    const auto decoded = crypto::parse_base64(*line);
    const auto hash = decoded ? Digest::from(*decoded) : std::nullopt;
    if (!hash) return refuse_line(number, "a hash of the proof is not 32 bytes in base64");
    out.proof.push_back(*hash);
  }
  out.checkpoint = body;
  return out;
}

std::string AddCheckpoint::body() const {
  std::string out = std::string(kOld) + std::to_string(old_size.value) + "\n";
  for (const Digest& hash : proof) out += crypto::base64(hash.span()) + "\n";
  return out + "\n" + checkpoint;
}

}  // namespace rapporteur::witness
