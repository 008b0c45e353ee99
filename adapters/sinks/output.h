// Where the bytes of a written format go.
//
// Threads: one at a time. Errors: kStorage (path and errno's words).
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "proto/base/result.h"

namespace rapporteur::sinks {

class Output {
 public:
  virtual ~Output() = default;
  [[nodiscard]] virtual Status append(std::string_view bytes) = 0;
  // All is there: it may be put in its place.
  [[nodiscard]] virtual Status commit() = 0;
};

// Nothing is seen before all of it is: until then it stands in a file without a name.
class StandardOutput final : public Output {
 public:
  [[nodiscard]] Status append(std::string_view bytes) override;
  [[nodiscard]] Status commit() override;

 private:
  struct Close {
    void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
  };
  std::unique_ptr<std::FILE, Close> waiting_;
};

class TextOutput final : public Output {
 public:
  [[nodiscard]] Status append(std::string_view bytes) override {
    text_ += bytes;
    return {};
  }
  [[nodiscard]] Status commit() override { return {}; }
  [[nodiscard]] std::string& text() { return text_; }

 private:
  std::string text_;
};

}  // namespace rapporteur::sinks
