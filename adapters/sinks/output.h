// Where the bytes of a written format go.
//
// Threads: one at a time. Errors: kStorage (path and errno's words).
#pragma once

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

class StandardOutput final : public Output {
 public:
  [[nodiscard]] Status append(std::string_view bytes) override;
  [[nodiscard]] Status commit() override;
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
