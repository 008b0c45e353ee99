// Who works here: the person whom the outbox knows as the one that pushed or released.
//
// The login uid of the session where the kernel has one: it stays what it was at the login over su
// and sudo, so that two people who log in as themselves and act with the rights of the agency's
// account are two. Else, as for a service, the uid.
//
// It is a control among colleagues, not against one who means harm: whoever may write the agency's
// files, which is everybody that acts with the rights of its account, and root, can always get
// round it.
//
// Threads: any.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace rapporteur::client {

// What /proc/self/loginuid holds; empty where it is no uid, or the one that stands for none.
[[nodiscard]] std::optional<uid_t> parse_login_uid(std::string_view text);

// The name of the account, or "uid 1234" for one that has none.
[[nodiscard]] std::string login(const std::filesystem::path& login_uid = "/proc/self/loginuid");

}  // namespace rapporteur::client
