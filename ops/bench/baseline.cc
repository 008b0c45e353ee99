#include "ops/bench/baseline.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "proto/crypto/domain.h"
#include "proto/crypto/ed25519.h"

namespace rapporteur::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::chrono::seconds kBaselineTime{2};
constexpr std::size_t kHeaderSize = 220;

double seconds_since(SteadyClock::time_point began) {
  return std::chrono::duration<double>(SteadyClock::now() - began).count();
}

}  // namespace

double ed25519_verifications_per_second() {
  const auto key = crypto::SigningKey::generate();
  std::array<std::byte, kHeaderSize> message{};
  crypto::fill_random(message);
  const auto signature = key.sign(crypto::domain::kHeader, message);
  std::uint64_t done = 0;
  const auto began = SteadyClock::now();
  while (SteadyClock::now() - began < kBaselineTime) {
    for (int i = 0; i < 64; ++i, ++done) {
      if (!crypto::verify(key.public_key(), crypto::domain::kHeader, message, signature)) return 0;
    }
  }
  return static_cast<double>(done) / seconds_since(began);
}

Result<SyncBaseline> bare_fdatasync(const std::filesystem::path& folder) {
  const auto file = folder / "fdatasync.probe";
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return fail(ErrorKind::kStorage, std::strerror(errno), file.string());
  }
  std::array<char, 4096> block{};
  SyncBaseline baseline;
  bool good = true;
  const auto began = SteadyClock::now();
  while (good && SteadyClock::now() - began < kBaselineTime) {
    const auto before = SteadyClock::now();
    good = ::write(descriptor, block.data(), block.size()) == static_cast<ssize_t>(block.size()) &&
           ::fdatasync(descriptor) == 0;
    baseline.latency.add(SteadyClock::now() - before);
  }
  baseline.per_second = static_cast<double>(baseline.latency.count()) / seconds_since(began);
  ::close(descriptor);
  ::unlink(file.c_str());
  if (!good) return fail(ErrorKind::kStorage, "write or fdatasync failed", file.string());
  return baseline;
}

}  // namespace rapporteur::bench
