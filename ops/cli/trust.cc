#include "ops/cli/trust.h"

#include "adapters/client/hub_file.h"

namespace rapporteur::cli {

Result<notes::VerifierKey> Trust::log_key() const {
  if (verifier_key.empty() == hub_public.empty()) {
    return fail(ErrorKind::kUsage, "give the log's key, once", "--vkey or --public",
                "without a key of your own nothing is verified");
  }
  if (!verifier_key.empty()) return notes::VerifierKey::parse(verifier_key);
  const auto hub = client::read_hub_file(hub_public);
  if (!hub) return tl::unexpected(hub.error());
  return client::log_key(*hub);
}

void add_trust_options(CLI::App& command, Trust& trust) {
  command.add_option("--vkey", trust.verifier_key, "The log's verifier key: name+hash+key");
  command.add_option("--public", trust.hub_public, "The hub's public file, which holds it");
}

}  // namespace rapporteur::cli
