#include "proto/base/last_net.h"

#include <cstdio>
#include <exception>
#include <string>

#include "proto/base/result.h"

namespace rapporteur {

int within_last_net(std::string_view program, const std::function<int()>& run) {
  try {
    return run();
  } catch (const std::exception& error) {
    const std::string line = std::string(program) +
                             ": internal error: " + printable(error.what(), 1'000) +
                             " (a fault of the program: report it with this line)\n";
    std::fputs(line.c_str(), stderr);
    return kInternalErrorExit;
  }
}

}  // namespace rapporteur
