// The bytes of a source, from a file or from memory, read once from front to back.
//
// Threads: one at a time.
// Errors: kUsage (a file that cannot be opened, or is none), kStorage (errno's words).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "proto/base/result.h"

namespace rapporteur::sources {

class Input {
 public:
  virtual ~Input() = default;
  // Fills as much of `into` as there is; 0 at the end.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<char> into) = 0;
  // The first bytes, up to limits::kReadBytes, which read() will give again. Lifetime: until the
  // first read.
  [[nodiscard]] virtual Result<std::string_view> head() = 0;
  // Path, or the name given to a text in memory.
  [[nodiscard]] virtual const std::string& name() const = 0;
};

[[nodiscard]] Result<std::unique_ptr<Input>> open_file_input(const std::string& path);
[[nodiscard]] std::unique_ptr<Input> make_text_input(std::string name, std::string content);

}  // namespace rapporteur::sources
