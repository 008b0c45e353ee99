#include "adapters/sinks/output.h"

#include <cstdio>

namespace rapporteur::sinks {

Status StandardOutput::append(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size()) return {};
  return fail(ErrorKind::kStorage, "cannot be written", "standard output");
}

Status StandardOutput::commit() {
  if (std::fflush(stdout) == 0) return {};
  return fail(ErrorKind::kStorage, "cannot be written", "standard output");
}

}  // namespace rapporteur::sinks
