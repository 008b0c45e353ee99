#include "adapters/anonymise/certify.h"

#include <utility>

#include "adapters/anonymise/attack.h"
#include "broker/disclosure/certificate.h"

namespace rapporteur::anonymise {

Result<disclosure::GivenCertificate> certify(const disclosure::CertificateTask& task) {
  auto found = attack(task.system, task.targets, task.rule);
  if (!found) return tl::unexpected(found.error());
  disclosure::Certificate certificate;
  certificate.rule = task.rule;
  certificate.zeros_sensitive = task.zeros_sensitive;
  certificate.system_sha256 = disclosure::system_sha256(task.system);
  certificate.variables = static_cast<std::uint32_t>(task.system.bounds.size());
  certificate.hidden_cells = static_cast<std::uint32_t>(task.targets.size());
  certificate.witnesses = std::move(found->witnesses);
  certificate.narrowest =
      disclosure::narrowest_of(disclosure::ranges_of(task.targets, certificate.witnesses));
  auto bytes = disclosure::encode(certificate);
  if (!bytes) return tl::unexpected(bytes.error());
  disclosure::GivenCertificate given{std::move(*bytes), {}};
  auto ends = ends_of(task.system, found->narrow);
  if (!ends) return tl::unexpected(ends.error());
  for (std::size_t i = 0; i < found->narrow.size(); ++i) {
    given.held.push_back({found->narrow[i], std::move((*ends)[i].equations)});
  }
  return given;
}

}  // namespace rapporteur::anonymise
