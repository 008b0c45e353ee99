#include "proto/base/standard_output.h"

#include <cstdio>

#include "proto/base/result.h"

namespace rapporteur {

int with_whole_output(std::string_view program, int code) {
  // An error of an earlier write stays set; what is still buffered may fail only now.
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  const Error error{ErrorKind::kStorage, "cannot be written: the answer is not whole",
                    "standard output", "make room, or send it elsewhere"};
  std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(program.size()), program.data(),
               error.line().c_str());
  return exit_code(error.kind);
}

}  // namespace rapporteur
