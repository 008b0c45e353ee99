#include "adapters/client/login.h"

#include <array>
#include <limits>

#include <pwd.h>
#include <unistd.h>

#include "adapters/client/files.h"
#include "proto/base/whole_number.h"

namespace rapporteur::client {
namespace {

constexpr std::size_t kLoginUidBytes = 32;

}  // namespace

std::optional<uid_t> parse_login_uid(std::string_view text) {
  // The largest stands for none.
  constexpr uid_t kNobodyLoggedIn = std::numeric_limits<uid_t>::max();
  if (text.ends_with('\n')) text.remove_suffix(1);
  const auto number = parse_whole_number(text);
  if (!number || *number >= kNobodyLoggedIn) return std::nullopt;
  return static_cast<uid_t>(*number);
}

std::string login(const std::filesystem::path& login_uid) {
  const auto text = read_small_file(login_uid, kLoginUidBytes);
  const auto logged_in = text ? parse_login_uid(*text) : std::nullopt;
  const uid_t uid = logged_in.value_or(::getuid());
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    return entry.pw_name;
  }
  return "uid " + std::to_string(uid);
}

}  // namespace rapporteur::client
