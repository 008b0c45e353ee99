#include "broker/disclosure/certificate.h"

#include <cstddef>
#include <limits>
#include <utility>

#include "proto/base/limits.h"
#include "proto/crypto/sha256.h"
#include "rapporteur/v1/certificate.pb.h"

namespace rapporteur::disclosure {
namespace {

constexpr std::uint32_t kVersion = 1;
constexpr std::string_view kSystemDomain("rapporteur/v1/system\0", 21);

template <typename Number>
void append_big_endian(std::string& to, Number number) {
  const auto bits = static_cast<std::make_unsigned_t<Number>>(number);
  for (std::size_t byte = sizeof(Number); byte-- > 0;) {
    to.push_back(static_cast<char>(bits >> (8 * byte) & 0xffU));
  }
}

tl::unexpected<Error> unreadable(const char* what) {
  return fail(ErrorKind::kMalformed, what, "certificate", "make it with the adapter");
}
tl::unexpected<Error> too_large(const char* what) {
  return fail(ErrorKind::kRefused, what, "certificate", "split the table, or make it coarser");
}

// Of the others what is to be added to the first's.
std::optional<Witness> decode_witness(const v1::CertificateWitness& in, std::uint32_t variables,
                                      const Witness* first) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (static_cast<std::uint32_t>(in.numerators_size()) != variables || in.denominator() < 1 ||
      in.denominator() > static_cast<std::uint64_t>(kMaxDenominator)) {
    return std::nullopt;
  }
  Witness out;
  out.denominator = static_cast<std::int64_t>(in.denominator());
  out.numerators.reserve(variables);
  for (std::uint32_t v = 0; v < variables; ++v) {
    const std::int64_t written = in.numerators(static_cast<int>(v));
    const std::int64_t base = first == nullptr ? 0 : first->numerators[v];
    if (written > kMost - base || written < -base) return std::nullopt;
    out.numerators.push_back(base + written);
  }
  return out;
}

bool within_limits(std::size_t variables, std::size_t witnesses) {
  return variables <= limits::kDisclosureCells && witnesses <= limits::kCertificateNumerators &&
         variables * witnesses <= limits::kCertificateNumerators;
}

}  // namespace

Result<std::string> encode(const Certificate& certificate) {
  if (!within_limits(certificate.variables, certificate.witnesses.size())) {
    return too_large("it would hold too many numbers");
  }
  v1::Certificate out;
  out.set_version(kVersion);
  out.set_k(static_cast<std::uint32_t>(certificate.rule.k));
  out.set_interval_width(static_cast<std::uint32_t>(certificate.rule.width));
  out.set_zeros_sensitive(certificate.zeros_sensitive);
  out.set_system_sha256(certificate.system_sha256.string());
  out.set_variables(certificate.variables);
  out.set_hidden_cells(certificate.hidden_cells);
  out.set_narrowest(static_cast<std::uint64_t>(certificate.narrowest));
  for (const Witness& witness : certificate.witnesses) {
    v1::CertificateWitness& written = *out.add_witnesses();
    written.set_denominator(static_cast<std::uint64_t>(witness.denominator));
    const bool first = out.witnesses_size() == 1;
    for (std::size_t v = 0; v < witness.numerators.size(); ++v) {
      const std::int64_t base = first ? 0 : certificate.witnesses.front().numerators[v];
      written.add_numerators(witness.numerators[v] - base);
    }
  }
  std::string bytes = out.SerializeAsString();
  if (bytes.size() > limits::kCertificateBytes) return too_large("it would be too large");
  return bytes;
}

Result<Certificate> decode_certificate(std::string_view bytes) {
  if (bytes.size() > limits::kCertificateBytes) return unreadable("too large");
  v1::Certificate in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return unreadable("no certificate");
  }
  if (in.version() != kVersion) return unreadable("of a version that is not known here");
  const auto digest = Digest::from(in.system_sha256());
  if (!digest) return unreadable("system_sha256 has no 32 bytes");
  if (in.k() > limits::kPolicyK || in.interval_width() > limits::kPolicyIntervalWidth) {
    return unreadable("k or interval_width above what a policy may say");
  }
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (in.hidden_cells() > in.variables() || in.narrowest() > kMost ||
      !within_limits(in.variables(), static_cast<std::size_t>(in.witnesses_size()))) {
    return unreadable("counts that no table has");
  }
  Certificate out;
  out.rule = {in.interval_width(), in.k()};
  out.zeros_sensitive = in.zeros_sensitive();
  out.system_sha256 = *digest;
  out.variables = in.variables();
  out.hidden_cells = in.hidden_cells();
  out.narrowest = static_cast<std::int64_t>(in.narrowest());
  out.witnesses.reserve(static_cast<std::size_t>(in.witnesses_size()));
  for (const v1::CertificateWitness& written : in.witnesses()) {
    auto witness = decode_witness(written, out.variables,
                                  out.witnesses.empty() ? nullptr : &out.witnesses.front());
    if (!witness) return unreadable("a witness that is no table of counts");
    out.witnesses.push_back(std::move(*witness));
  }
  // Unknown fields survive in the message, so that only what was taken from it is compared.
  const auto again = encode(out);
  if (!again || *again != bytes) return unreadable("not in canonical form");
  return out;
}

Digest system_sha256(const LinearSystem& system) {
  std::string bytes(kSystemDomain);
  append_big_endian(bytes, static_cast<std::uint32_t>(system.bounds.size()));
  for (const Bounds& bounds : system.bounds) {
    append_big_endian(bytes, bounds.least);
    bytes.push_back(bounds.most ? '\1' : '\0');
    if (bounds.most) append_big_endian(bytes, *bounds.most);
  }
  append_big_endian(bytes, static_cast<std::uint32_t>(system.equations.size()));
  for (const Equation& equation : system.equations) {
    append_big_endian(bytes, equation.constant);
    append_big_endian(bytes, static_cast<std::uint32_t>(equation.terms.size()));
    for (const LinearTerm& term : equation.terms) {
      append_big_endian(bytes, term.variable);
      append_big_endian(bytes, term.factor);
    }
  }
  return crypto::sha256(bytes);
}

}  // namespace rapporteur::disclosure
