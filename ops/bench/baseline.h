// What this machine can do at all, measured in the same run as what is claimed.
#pragma once

#include <filesystem>

#include "ops/bench/percentiles.h"
#include "proto/base/result.h"

namespace rapporteur::bench {

// Ed25519 verifications a second of one thread, over messages of the size of a header.
[[nodiscard]] double ed25519_verifications_per_second();

struct SyncBaseline {
  double per_second = 0;
  Percentiles latency;
};
// Writes 4 KiB and calls fdatasync, over and over, in a file of `folder`.
[[nodiscard]] Result<SyncBaseline> bare_fdatasync(const std::filesystem::path& folder);

}  // namespace rapporteur::bench
