#include "adapters/agency/officer.h"

#include <CLI/CLI.hpp>

#include "proto/base/limits.h"
#include "proto/base/reason.h"
#include "proto/crypto/key_file.h"

namespace rapporteur::agency {
namespace {

Status check_reason_text(const std::string& reason) {
  if (reason.empty()) {
    return fail(ErrorKind::kUsage, "the data officer gives a reason", "--officer-reason",
                "say in one line, without anything personal, why the correction must go out now");
  }
  if (is_reason(reason)) return {};
  return fail(ErrorKind::kUsage,
              "no reason: " + std::to_string(reason.size()) + " bytes, or not one printable line",
              "--officer-reason",
              "one line of at most " + std::to_string(limits::kReasonBytes) + " bytes");
}

}  // namespace

void add_officer_options(CLI::App& command, OfficerOptions& options) {
  command.add_option(
      "--officer-key", options.key_file,
      "Key file of the data officer, who signs, too: a small correction then passes");
  command.add_option("--officer-reason", options.reason,
                     "Why; every receiver sees it and the log keeps it for good: nothing personal");
}

Result<std::optional<client::SecondSigner>> open_officer(const OfficerOptions& options,
                                                         const Desk& desk, const Program& program) {
  if (!options.given()) return std::optional<client::SecondSigner>();
  if (options.key_file.empty()) {
    return fail(ErrorKind::kUsage, "a reason without the key of the data officer",
                "--officer-reason", "name the key with --officer-key");
  }
  if (auto reason = check_reason_text(options.reason); !reason) {
    return tl::unexpected(reason.error());
  }
  auto seed = crypto::read_key_file(options.key_file, crypto::KeyPurpose::kSigning);
  if (!seed) return tl::unexpected(seed.error());
  client::SecondSigner officer{crypto::SigningKey::from_seed(*seed), options.reason};
  if (officer.key.key_id() == desk.signing.key_id()) {
    return fail(ErrorKind::kUsage, "this is the agency's own key, which signs already",
                options.key_file, "a second signature takes a key that the data officer alone has");
  }
  program.say(
      "the data officer signs, too: every receiver sees the reason, and the log keeps it "
      "for good");
  return std::optional(std::move(officer));
}

}  // namespace rapporteur::agency
