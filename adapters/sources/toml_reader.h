// Reads TOML tables key by key: what a reader does not know is an error with the nearest known key.
//
// Errors: kConfiguration with file:line. Threads: one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <toml++/toml.h>

#include "proto/base/result.h"

namespace rapporteur::sources {

class TomlReader {
 public:
  [[nodiscard]] static Result<toml::table> parse(std::string_view toml, const std::string& file);
  TomlReader& operator=(const TomlReader&) = delete;

 protected:
  struct Key {
    std::string_view name;
    std::function<Status(const toml::node&)> use;
  };

  explicit TomlReader(std::string file) : file_(std::move(file)) {}
  ~TomlReader() = default;
  TomlReader(const TomlReader&) = default;

  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] tl::unexpected<Error> wrong(const toml::source_region& at, std::string what,
                                            std::string remedy = {}) const;
  [[nodiscard]] tl::unexpected<Error> wrong(const toml::node& node, std::string what,
                                            std::string remedy = {}) const {
    return wrong(node.source(), std::move(what), std::move(remedy));
  }
  // Hands each key of the table to who uses it.
  [[nodiscard]] Status each(const toml::table& table, std::string_view where,
                            const std::vector<Key>& keys) const;
  [[nodiscard]] Status as_table(const toml::node& node, const toml::table*& out) const;
  [[nodiscard]] Status text(const toml::node& node, std::string& out) const;
  [[nodiscard]] Status truth(const toml::node& node, bool& out) const;
  // Both ends in.
  struct Ends {
    std::int64_t least;
    std::int64_t most;
  };
  [[nodiscard]] Status whole(const toml::node& node, const Ends& ends, std::int64_t& out) const;
  [[nodiscard]] Status texts(const toml::node& node, std::vector<std::string>& out) const;

 private:
  std::string file_;
};

}  // namespace rapporteur::sources
