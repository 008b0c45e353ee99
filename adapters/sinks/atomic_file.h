// A file that appears whole under its name, or not at all.
//
// A symbolic link stays: what it leads to is written. Written beside its place as ".NAME.part",
// which a later attempt writes over. A file that is there keeps its mode.
// Threads: one at a time. Durability: when commit() returns, content and name survive a power
// cut, unless the options say otherwise.
// Errors: kUsage for what is there and must not be replaced: it is no regular file, or begins
// otherwise than the options say; kStorage (path and errno's words). The file that had the name
// before stays as it was.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "adapters/sinks/output.h"
#include "proto/base/result.h"

namespace rapporteur::sinks {

struct AtomicOptions {
  std::string_view beginning{};  // of a file that may be replaced; "": any, as an empty file always
  mode_t mode = 0644;            // of a file that is new
  bool durable = true;           // commit() waits for the disk
};

class AtomicFile final : public Output {
 public:
  [[nodiscard]] static Result<std::unique_ptr<AtomicFile>> create(
      const std::string& path, const AtomicOptions& options = {});
  // Takes away what was written unless it was committed.
  ~AtomicFile() override;
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  [[nodiscard]] Status append(std::string_view bytes) override;
  [[nodiscard]] Status commit() override;

 private:
  AtomicFile(std::string path, std::string part, int descriptor, bool durable);
  [[nodiscard]] static Result<std::unique_ptr<AtomicFile>> open_part(std::string path, mode_t mode,
                                                                     bool exact_mode, bool durable);
  [[nodiscard]] Status sync_folder() const;

  std::string path_;
  std::string part_;
  int descriptor_;
  bool durable_;
};

}  // namespace rapporteur::sinks
