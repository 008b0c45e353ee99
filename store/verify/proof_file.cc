#include "store/verify/proof_file.h"

#include "proto/base/limits.h"
#include "proto/base/whole_number.h"
#include "proto/crypto/encoding.h"

namespace rapporteur::verify {
namespace {

constexpr std::string_view kFirstLine = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";
constexpr std::size_t kLongestProof = 64;

// The lines of a file, each with its newline.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  // Without the newline; empty when there is no whole line left.
  std::optional<std::string_view> next() {
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    ++number_;
    return line;
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] tl::unexpected<Error> malformed(const char* why) const {
    return fail(ErrorKind::kMalformed, std::string("not a proof file: ") + why,
                "line " + std::to_string(number_));
  }

 private:
  std::string_view rest_;
  int number_ = 0;
};

}  // namespace

Result<ProofFile> ProofFile::parse(std::string_view bytes) {
  Lines lines(bytes);
  if (bytes.size() > limits::kProofFileBytes) return lines.malformed("it is too long");
  if (lines.next() != kFirstLine) return lines.malformed("it does not begin as one");
  ProofFile file;
  auto line = lines.next();
  if (line && line->starts_with(kExtra)) {
    auto extra = crypto::parse_base64(line->substr(kExtra.size()));
    if (!extra) return lines.malformed("the extra data is not base64");
    file.extra = std::move(*extra);
    line = lines.next();
  }
  if (!line || !line->starts_with(kIndex)) return lines.malformed("the index is missing");
  const auto index = parse_whole_number(line->substr(kIndex.size()));
  if (!index) return lines.malformed("the index is not a whole number");
  file.index = LogIndex{*index};
  for (line = lines.next(); line && !line->empty(); line = lines.next()) {
    const auto decoded = crypto::parse_base64(*line);
    const auto hash = decoded ? Digest::from(*decoded) : std::nullopt;
    if (!hash) return lines.malformed("a hash is not 32 bytes in base64");
    if (file.proof.size() == kLongestProof) return lines.malformed("no proof has so many hashes");
    file.proof.push_back(*hash);
  }
  if (!line) return lines.malformed("the empty line before the checkpoint is missing");
  if (lines.rest().empty()) return lines.malformed("the checkpoint is missing");
  file.checkpoint = lines.rest();
  return file;
}

std::string ProofFile::bytes() const {
  std::string out(kFirstLine);
  out += '\n';
  if (extra) out.append(kExtra).append(crypto::base64(bytes_of(*extra))).append("\n");
  out.append(kIndex).append(std::to_string(index.value)).append("\n");
  for (const Digest& hash : proof) out.append(crypto::base64(hash.span())).append("\n");
  return out.append("\n").append(checkpoint);
}

}  // namespace rapporteur::verify
