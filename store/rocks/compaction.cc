#include "store/rocks/compaction.h"

#include "store/rocks/database.h"
#include "store/rocks/folder.h"

namespace rapporteur::rocks {

Result<std::vector<FamilyBytes>> compact(const std::filesystem::path& folder) {
  if (auto checked = check_log_folder(folder); !checked) return tl::unexpected(checked.error());
  const auto lock = lock_log_folder(folder);
  if (!lock) return tl::unexpected(lock.error());
  auto database = Database::open(database_folder(folder), Database::Mode::kWrite, {});
  if (!database) return tl::unexpected(database.error());
  std::vector<FamilyBytes> out;
  for (std::size_t i = 0; i < kFamilies; ++i) {
    const auto which = static_cast<Family>(i);
    const auto bytes = (*database)->compact(which);
    if (!bytes) return tl::unexpected(bytes.error());
    if (*bytes != 0) out.push_back({(*database)->family(which)->GetName(), *bytes});
  }
  if (auto closed = (*database)->close(); !closed) return tl::unexpected(closed.error());
  return out;
}

}  // namespace rapporteur::rocks
