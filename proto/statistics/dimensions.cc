#include "proto/statistics/dimensions.h"

#include <algorithm>

namespace rapporteur {
namespace {

template <typename Component, std::size_t N>
std::optional<Component> position_of(const std::array<std::string_view, N>& names,
                                     std::string_view name) {
  const auto* const found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Component>(found - names.begin());
}

}  // namespace

std::optional<Dimension> dimension_named(std::string_view name) {
  return position_of<Dimension>(kDimensionNames, name);
}

std::optional<Attribute> attribute_named(std::string_view name) {
  return position_of<Attribute>(kAttributeNames, name);
}

}  // namespace rapporteur
