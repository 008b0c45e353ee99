#include <xxhash.h>

#include "store/journal/journal.h"

namespace rapporteur::journal {

ResourceId resource_named(std::string_view name) {
  const XXH128_hash_t hash = XXH3_128bits(name.data(), name.size());
  return {hash.high64, hash.low64};
}

ResourceId MessageKey::resource() const {
  std::string name = "message/";
  name.append(id.view()).append(sender);
  return resource_named(name);
}

}  // namespace rapporteur::journal
