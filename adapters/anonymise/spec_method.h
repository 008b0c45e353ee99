// The keys of a spec that choose a method: method, [cell_key], [round], [optimal].
//
// Errors: kConfiguration with file:line; keys that the method has no use for, or that contradict
// each other, are one of them. Threads: one at a time. Lifetime: borrows the spec.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "adapters/anonymise/spec.h"
#include "adapters/sources/toml_reader.h"

namespace rapporteur::anonymise {

class MethodReader : private sources::TomlReader {
 public:
  MethodReader(std::string file, Spec& spec) : TomlReader(std::move(file)), spec_(spec) {}

  [[nodiscard]] Status method(const toml::node& node);
  [[nodiscard]] Status cell_key(const toml::node& node);
  [[nodiscard]] Status round(const toml::node& node);
  [[nodiscard]] Status optimal(const toml::node& node);
  // Once all else was read.
  [[nodiscard]] Status finish(const toml::table& root);

 private:
  [[nodiscard]] Status foreign_keys(const toml::table& root) const;
  [[nodiscard]] Status finish_cell_key(const toml::table& root);
  [[nodiscard]] Status finish_round(const toml::table& root) const;
  [[nodiscard]] Status weight(const toml::node& node);

  Spec& spec_;
};

}  // namespace rapporteur::anonymise
