#include "store/rocks/snapshot.h"

#include <system_error>

#include "store/rocks/checkpoint_file.h"

namespace rapporteur::rocks {

Result<journal::Snapshot> make_snapshot(
    const std::filesystem::path& folder, journal::Snapshot wanted, const Clock& clock,
    const std::function<Status(const std::filesystem::path&)>& copy) {
  const std::filesystem::path place = std::filesystem::absolute(folder) / "snapshot";
  std::error_code error;
  std::filesystem::remove_all(place, error);
  if (error) {
    return fail(ErrorKind::kStorage, "cannot take the last snapshot away: " + error.message(),
                place.string(), "see who owns it");
  }
  rocksdb::Env& files = *rocksdb::Env::Default();
  auto made = make_log_folder(place)
                  .and_then([&] { return copy(database_folder(place)); })
                  .and_then([&]() -> Status {
                    auto file =
                        CheckpointFile::create(place, wanted.checkpoint, clock.monotonic(), files);
                    if (!file) return tl::unexpected(file.error());
                    return seal_log_folder(place, files);
                  });
  if (!made) return tl::unexpected(made.error());
  wanted.folder = place.string();
  return wanted;
}

}  // namespace rapporteur::rocks
