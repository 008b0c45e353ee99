// A source in the normal form that every writer takes, whatever its format did to the cells.
//
// * one cell a component, in the order of Dataset::components, codes without their names: names go
//   to Component::code_labels, columns of names and of keys said twice are no components;
// * the decimal mark of measures is a point;
// * an apostrophe before what looks like a formula is taken off where the file put it there.
// * rows of a format that names no structure belong to `dataflow`, if one is given.
// A name that differs from the one the file gave a code before is kept with its code, as it stands.
#pragma once

#include <memory>
#include <string_view>

#include "adapters/sources/source.h"

namespace rapporteur::sources {

[[nodiscard]] std::unique_ptr<Source> make_plain(std::unique_ptr<Source> source,
                                                 std::string_view dataflow = {});

}  // namespace rapporteur::sources
