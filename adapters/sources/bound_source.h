// Bound figures as a source again: the hub's components, whatever the file called its own.
#pragma once

#include <memory>
#include <string_view>

#include "adapters/sources/binding.h"
#include "adapters/sources/source.h"

namespace rapporteur::sources {

// The hub's dimensions, OBS_VALUE and attributes, in this order; no structure yet.
[[nodiscard]] Dataset hub_dataset();
// One more cell a row.
void add_component(Dataset& dataset, std::string_view id, ComponentRole role);

enum class CodesNamed : std::uint8_t { kNo, kYes };
// The figures in the order of the file, then its deletions; RELEASABILITY is a custom column. Named
// codes have the names of the hub's lists, in English.
[[nodiscard]] std::unique_ptr<Source> make_bound(BoundFigures figures, CodesNamed named);

}  // namespace rapporteur::sources
