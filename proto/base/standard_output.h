// The last step of a program that answers on standard output.
#pragma once

#include <string_view>

namespace rapporteur {

// `code`, the program's exit code, if everything that was written got there. Else says so in one
// line on standard error, under the program's name, and gives the exit code of kStorage: an answer
// that was cut short must not pass for a whole one.
[[nodiscard]] int with_whole_output(std::string_view program, int code);

}  // namespace rapporteur
