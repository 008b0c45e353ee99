#include "ops/cli/trust.h"

#include <cerrno>
#include <system_error>

#include <unistd.h>

#include "adapters/client/hub_file.h"

namespace rapporteur::cli {

Result<notes::VerifierKey> Trust::log_key() const {
  if (verifier_key.empty() == hub_public.empty()) {
    return fail(ErrorKind::kUsage, "give the log's key, once", "--vkey or --public",
                "without a key of your own nothing is verified");
  }
  if (!verifier_key.empty()) {
    auto key = notes::VerifierKey::parse(verifier_key);
    if (key) return key;
    return fail(ErrorKind::kUsage, key.error().what, "--vkey", key.error().remedy);
  }
  if (auto there = readable(hub_public, "the hub's operator gives it to everybody"); !there) {
    return tl::unexpected(there.error());
  }
  const auto hub = client::read_hub_file(hub_public);
  if (!hub) return tl::unexpected(hub.error());
  return client::log_key(*hub);
}

Status readable(const std::filesystem::path& named, const std::string& remedy) {
  if (::access(named.c_str(), R_OK) == 0) return {};
  return fail(ErrorKind::kUsage, "cannot read: " + std::generic_category().message(errno),
              named.string(), remedy);
}

void add_trust_options(CLI::App& command, Trust& trust) {
  command.add_option("--vkey", trust.verifier_key, "The log's verifier key: name+hash+key");
  command.add_option("--public", trust.hub_public, "The hub's public file, which holds it");
}

}  // namespace rapporteur::cli
