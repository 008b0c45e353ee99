// What went wrong in the world, as a value.
//
// A bug of ours aborts (`check.h`). Everything else that can go wrong (a bad message, a full disk,
// an absent peer, overload) is an `Error` in a `Result`. Libraries that throw are caught in the
// file that wraps them.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace rapporteur {

// The kind decides the exit code of a command (`exit_code`) and whether a caller may retry.
enum class ErrorKind {
  kRefused,        // the other side, or a rule, said no
  kNotVerified,    // a signature, hash or proof does not hold
  kUsage,          // the command line
  kConfiguration,  // a file the operator wrote
  kUnreachable,    // nobody answers
  kOverloaded,     // try again later
  kStorage,        // disk or database
  kMalformed,      // bytes that are not what they claim to be
  kNotFound,
};

struct Error {
  ErrorKind kind;
  std::string what;    // one line: what happened
  std::string where;   // file:line, cell, field, endpoint; may be empty
  std::string remedy;  // what to do; may be empty

  // "where: what (remedy)", with control characters and line breaks made visible.
  [[nodiscard]] std::string line() const;
};

template <typename T>
using Result = tl::expected<T, Error>;
using Status = tl::expected<void, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorKind kind, std::string what,
                                                std::string where = {}, std::string remedy = {}) {
  return tl::unexpected<Error>(Error{kind, std::move(what), std::move(where), std::move(remedy)});
}

// 0 done, 1 refused or not verified, 2 usage, 3 configuration, 4 unreachable, 5 overloaded,
// 6 storage.
[[nodiscard]] int exit_code(ErrorKind kind);

// Text from outside as one printable line: ASCII control characters, line breaks and bytes that are
// not UTF-8 become \xNN, other control, bidirectional and invisible characters \u{NNNN}; longer
// text ends in "..." within `most_bytes` (at least 3). Nothing is cut in the middle of a character.
[[nodiscard]] std::string printable(std::string_view text, std::size_t most_bytes = 400);

}  // namespace rapporteur
