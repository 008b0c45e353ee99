#include "proto/base/last_net.h"

#include <stdexcept>

#include <gtest/gtest.h>

namespace rapporteur {
namespace {

TEST(LastNet, LetsAnExitCodeThrough) {
  EXPECT_EQ(within_last_net("program", [] { return 3; }), 3);
}

TEST(LastNet, AnExceptionBecomesOneLine) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(within_last_net("program", []() -> int { throw std::runtime_error("a\nb"); }),
            kInternalErrorExit);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "program: internal error: a\\x0Ab (a fault of the program: report it with this "
            "line)\n");
}

}  // namespace
}  // namespace rapporteur
