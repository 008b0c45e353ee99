#include "adapters/agency/places.h"

#include <filesystem>
#include <vector>

namespace rapporteur::agency {
namespace {

bool same_file(const std::string& a, const std::string& b) {
  std::error_code ignored;
  return a == b || std::filesystem::equivalent(a, b, ignored);
}

}  // namespace

Status check_places(std::span<const std::string> read, std::span<const std::string> written) {
  std::vector<std::string> taken(read.begin(), read.end());
  for (const std::string& place : written) {
    if (place.empty() || place == "-") continue;
    for (const std::string& other : taken) {
      if (!same_file(place, other)) continue;
      return fail(ErrorKind::kUsage, "would be written over: it is named twice", place,
                  "name another file");
    }
    taken.push_back(place);
  }
  return {};
}

}  // namespace rapporteur::agency
