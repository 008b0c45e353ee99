// Work that is the same for every item of a row, on every core.
//
// Threads: starts one a core and joins them before it returns. `run` is called once for every
// number below `count`, in any order.
#pragma once

#include <cstddef>
#include <functional>

namespace rapporteur::cli {

void on_all_cores(std::size_t count, const std::function<void(std::size_t)>& run);

}  // namespace rapporteur::cli
