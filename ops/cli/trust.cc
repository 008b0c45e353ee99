#include "ops/cli/trust.h"

#include <cerrno>
#include <fstream>
#include <system_error>

#include <unistd.h>

#include "adapters/client/hub_file.h"
#include "proto/base/limits.h"

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
  if (!hub) {
    Error error = hub.error();
    error.kind = ErrorKind::kMalformed;
    error.what = "this is no hub's public file: " + error.what;
    error.remedy = "name the hub-public.toml that the hub's operator gives to everybody";
    return tl::unexpected(std::move(error));
  }
  return client::log_key(*hub);
}

Result<verify::Policy> Trust::policy() const {
  if (policy_file.empty()) {
    auto key = log_key();
    if (key) return verify::Policy::of_log(*key);
    if (verifier_key.empty() && hub_public.empty()) key.error().where += " or --policy";
    return tl::unexpected(key.error());
  }
  if (!verifier_key.empty() || !hub_public.empty()) {
    return fail(ErrorKind::kUsage, "a policy names its logs itself", "--policy",
                "leave --vkey and --public out");
  }
  if (auto there = readable(policy_file, "name a C2SP tlog-policy"); !there) {
    return tl::unexpected(there.error());
  }
  auto policy = verify::Policy::read(policy_file);
  if (policy && policy->logs().empty()) {
    return fail(ErrorKind::kConfiguration, "the policy names no log", policy_file.string(),
                "add a line: log <verifier key>");
  }
  return policy;
}

Status readable(const std::filesystem::path& named, const std::string& remedy) {
  if (::access(named.c_str(), R_OK) == 0) return {};
  return fail(ErrorKind::kUsage, "cannot read: " + std::generic_category().message(errno),
              named.string(), remedy);
}

Status named_keys(const std::filesystem::path& body_keys) {
  if (body_keys.empty()) return {};
  return readable(body_keys, "--body-keys names the hub's keys of the bodies, or their copy");
}

Result<std::string> read_named(const std::filesystem::path& named, std::size_t most_bytes,
                               const std::string& remedy) {
  if (auto there = readable(named, remedy); !there) return tl::unexpected(there.error());
  std::ifstream stream(named, std::ios::binary);
  std::string bytes(most_bytes + 1, '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  if (bytes.size() > most_bytes) {
    return fail(ErrorKind::kMalformed, "longer than it can be", named.string(), remedy);
  }
  return bytes;
}

void add_trust_options(CLI::App& command, Trust& trust) {
  command.add_option("--vkey", trust.verifier_key, "The log's verifier key: name+hash+key");
  command.add_option("--public", trust.hub_public, "The hub's public file, which holds it");
}

void add_policy_option(CLI::App& command, Trust& trust) {
  command.add_option("--policy", trust.policy_file,
                     "A C2SP tlog-policy: logs, and the witnesses that must have cosigned");
}

}  // namespace rapporteur::cli
