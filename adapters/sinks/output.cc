#include "adapters/sinks/output.h"

#include <array>

namespace rapporteur::sinks {
namespace {

tl::unexpected<Error> cannot(const char* what) {
  return fail(ErrorKind::kStorage, what, "standard output", "check the disk, or name a file");
}

}  // namespace

Status StandardOutput::append(std::string_view bytes) {
  if (!waiting_) waiting_.reset(std::tmpfile());
  if (!waiting_) return cannot("no file for what waits can be made");
  if (std::fwrite(bytes.data(), 1, bytes.size(), waiting_.get()) == bytes.size()) return {};
  return cannot("what waits cannot be kept");
}

Status StandardOutput::commit() {
  std::array<char, 1UL << 16U> piece{};
  if (waiting_) std::rewind(waiting_.get());
  while (waiting_) {
    const std::size_t got = std::fread(piece.data(), 1, piece.size(), waiting_.get());
    if (std::fwrite(piece.data(), 1, got, stdout) != got) return cannot("cannot be written");
    if (got == piece.size()) continue;
    if (std::ferror(waiting_.get()) != 0) return cannot("what waits cannot be read");
    waiting_.reset();
  }
  return std::fflush(stdout) == 0 ? Status() : Status(cannot("cannot be written"));
}

}  // namespace rapporteur::sinks
