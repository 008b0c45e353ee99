// What is written never takes the place of what is read, nor of each other.
//
// Threads: any.
#pragma once

#include <span>
#include <string>

#include "proto/base/result.h"

namespace rapporteur::agency {

// kUsage for a file that is named twice, under whatever name; "" and "-" are no files.
[[nodiscard]] Status check_places(std::span<const std::string> read,
                                  std::span<const std::string> written);

}  // namespace rapporteur::agency
