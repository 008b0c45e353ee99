// The data officer of an agency, who signs, too, what no agency may send by itself.
//
// The officer's key is another one than the agency's, on whatever medium the officer keeps it.
// Threads: one.
#pragma once

#include <optional>
#include <string>

#include "adapters/agency/desk.h"
#include "adapters/client/envelope.h"

namespace rapporteur::agency {

struct OfficerOptions {
  std::string key_file;
  std::string reason;

  [[nodiscard]] bool given() const { return !key_file.empty() || !reason.empty(); }
};

// --officer-key and --officer-reason.
void add_officer_options(CLI::App& command, OfficerOptions& options);

// Empty without these options. Says who will see the reason.
// Errors: kUsage for one without the other, a reason that is none, or the agency's own key; those
// of read_key_file.
[[nodiscard]] Result<std::optional<client::SecondSigner>> open_officer(
    const OfficerOptions& options, const Desk& desk, const Program& program);

}  // namespace rapporteur::agency
