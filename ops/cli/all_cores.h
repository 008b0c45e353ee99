// Work that is the same for every item of a row, on every core.
//
// Threads: starts one a core. `run` is called once for every number below `count`, in any order.
#pragma once

#include <cstddef>
#include <functional>

namespace rapporteur::cli {

// Returns when all of it is done.
void on_all_cores(std::size_t count, const std::function<void(std::size_t)>& run);
// Returns at once. What is given back waits until all of it is done; so does destroying it.
[[nodiscard]] std::function<void()> start_on_all_cores(std::size_t count,
                                                       std::function<void(std::size_t)> run);

}  // namespace rapporteur::cli
