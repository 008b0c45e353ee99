// Who the outbox takes for the person that works.
#include <gtest/gtest.h>
#include <unistd.h>

#include "adapters/client/login.h"
#include "tests/support/paths.h"

namespace rapporteur::client {
namespace {

using rapporteur::testing::TempDir;
using rapporteur::testing::write_file;

TEST(Login, AUidIsReadAsTheKernelWritesIt) {
  EXPECT_EQ(parse_login_uid("0"), uid_t{0});
  EXPECT_EQ(parse_login_uid("1000"), uid_t{1000});
  EXPECT_EQ(parse_login_uid("1000\n"), uid_t{1000});
  EXPECT_EQ(parse_login_uid("4294967294"), uid_t{4'294'967'294U});
}

TEST(Login, NobodyLoggedInIsNoUid) {
  for (const char* none : {"4294967295", "4294967295\n", "", "\n", "-1", "4294967296", "1000 1000",
                           "01000", "root", "18446744073709551616"}) {
    EXPECT_EQ(parse_login_uid(none), std::nullopt) << none;
  }
}

TEST(Login, TwoSessionsOfOneUidAreTwoPeople) {
  const TempDir folder;
  write_file(folder / "one", "4000000001");
  write_file(folder / "other", "4000000002");
  EXPECT_EQ(login(folder / "one"), "uid 4000000001");
  EXPECT_EQ(login(folder / "other"), "uid 4000000002");
}

TEST(Login, WithoutASessionItIsTheUid) {
  const TempDir folder;
  write_file(folder / "none", "4294967295");
  const std::string by_uid = login(folder / "absent");
  EXPECT_EQ(login(folder / "none"), by_uid);
  write_file(folder / "own", std::to_string(::getuid()));
  EXPECT_EQ(login(folder / "own"), by_uid);
}

}  // namespace
}  // namespace rapporteur::client
