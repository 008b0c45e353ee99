#include "proto/base/result.h"

#include <gtest/gtest.h>

#include "proto/base/counted.h"

namespace rapporteur {
namespace {

TEST(Printable, ShowsWhatCouldDisturbALine) {
  EXPECT_EQ(printable("plain, caf\xC3\xA9"), "plain, caf\xC3\xA9");
  EXPECT_EQ(printable("a\nb\r\t\x1B[31m\x7F"), "a\\x0Ab\\x0D\\x09\\x1B[31m\\x7F");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(printable("\xC2\x85"), "\\u{0085}");
  EXPECT_EQ(printable(std::string("\xE2\x80") + '\xAE'), "\\u{202E}");
  EXPECT_EQ(printable("\xE2\x80\xA8"), "\\u{2028}");
  EXPECT_EQ(printable("\xEF\xBB\xBF"), "\\u{FEFF}");
  EXPECT_EQ(printable("\xF0\x9F\x98\x80"), "\xF0\x9F\x98\x80");
}

TEST(Printable, ShowsEveryByteThatIsNoUtf8) {
  EXPECT_EQ(printable("\xFF"), "\\xFF");
  EXPECT_EQ(printable("\xC3"), "\\xC3");                             // cut off
  EXPECT_EQ(printable("\xC0\xAF"), "\\xC0\\xAF");                    // not the shortest form
  EXPECT_EQ(printable("\xE0\x80\xAF"), "\\xE0\\x80\\xAF");           // likewise
  EXPECT_EQ(printable("\xED\xA0\x80"), "\\xED\\xA0\\x80");           // surrogate
  EXPECT_EQ(printable("\xF4\x90\x80\x80"), "\\xF4\\x90\\x80\\x80");  // above U+10FFFF
  EXPECT_EQ(printable("\x80"), "\\x80");
}

TEST(Printable, IsNeverLongerThanAsked) {
  EXPECT_EQ(printable("12345", 5), "12345");
  EXPECT_EQ(printable("123456", 5), "12...");
  EXPECT_EQ(printable("\n\n", 5), "...");
  EXPECT_EQ(printable("a\xC3\xA9\xC3\xA9\xC3\xA9", 6), "a\xC3\xA9...");
  EXPECT_EQ(printable("1234", 3), "...");
}

TEST(Errors, OneLineWithPlaceAndRemedy) {
  const Error error{ErrorKind::kUsage, "no such\nfile", "hub.toml:3", "create it"};
  EXPECT_EQ(error.line(), "hub.toml:3: no such\\x0Afile (create it)");
  EXPECT_EQ((Error{ErrorKind::kUsage, "what", {}, {}}.line()), "what");
}

TEST(Errors, EachKindHasItsExitCode) {
  EXPECT_EQ(exit_code(ErrorKind::kRefused), 1);
  EXPECT_EQ(exit_code(ErrorKind::kNotVerified), 1);
  EXPECT_EQ(exit_code(ErrorKind::kMalformed), 1);
  EXPECT_EQ(exit_code(ErrorKind::kNotFound), 1);
  EXPECT_EQ(exit_code(ErrorKind::kUsage), 2);
  EXPECT_EQ(exit_code(ErrorKind::kConfiguration), 3);
  EXPECT_EQ(exit_code(ErrorKind::kUnreachable), 4);
  EXPECT_EQ(exit_code(ErrorKind::kOverloaded), 5);
  EXPECT_EQ(exit_code(ErrorKind::kStorage), 6);
}

TEST(Counted, OneIsNotSeveral) {
  EXPECT_EQ(counted(0, "tile"), "0 tiles");
  EXPECT_EQ(counted(1, "body"), "1 body");
  EXPECT_EQ(counted(2, "body"), "2 bodies");
  EXPECT_EQ(counted(2, "day"), "2 days");
  EXPECT_EQ(counted(2, "witness"), "2 witnesses");
}

}  // namespace
}  // namespace rapporteur
