// A file that appears whole under its name, or not at all.
//
// Written beside its place as ".NAME.part", which a later attempt writes over.
// Threads: one at a time. Durability: when commit() returns, content and name survive a power cut.
// Errors: kStorage (path and errno's words); the file that had the name before stays as it was.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "proto/base/result.h"

namespace rapporteur::sinks {

class AtomicFile {
 public:
  [[nodiscard]] static Result<std::unique_ptr<AtomicFile>> create(std::string path);
  // Takes away what was written unless it was committed.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  [[nodiscard]] Status append(std::string_view bytes);
  [[nodiscard]] Status commit();

 private:
  AtomicFile(std::string path, std::string part, int descriptor);
  [[nodiscard]] Status sync_folder() const;

  std::string path_;
  std::string part_;
  int descriptor_;
};

}  // namespace rapporteur::sinks
