// What a program makes of an exception that no part of it awaited.
#pragma once

#include <functional>
#include <string_view>

namespace rapporteur {

// Of a program that ends by a fault of its own (EX_SOFTWARE of sysexits.h).
inline constexpr int kInternalErrorExit = 70;

// What `run` returns. An exception becomes one line on standard error, under the program's name,
// and the exit code above.
[[nodiscard]] int within_last_net(std::string_view program, const std::function<int()>& run);

}  // namespace rapporteur
