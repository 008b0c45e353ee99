#include "proto/statistics/time_period.h"

#include <gtest/gtest.h>

namespace rapporteur {
namespace {

struct Case {
  const char* text;
  std::optional<int> first;
  std::optional<int> last;
  const char* freq;
};

TEST(TimePeriod, FirstAndLastDayAndFrequencyFollowFromTheText) {
  for (const Case& wanted : {
           Case{"1970", 0, 364, "A"},
           Case{"2000-S1", 10957, 11138, "S"},
           Case{"1970-Q3", 181, 272, "Q"},
           Case{"1972-02", 761, 789, "M"},
           Case{"1969-12-31", -1, -1, "D"},
           Case{"1970/1971", 0, 729, "_U"},
           Case{"1970-01/1970-01-31", 0, 30, "_U"},
           Case{"from 1970-Q2", 90, std::nullopt, "_U"},
           Case{"_U", std::nullopt, std::nullopt, "_U"},
       }) {
    const auto period = TimePeriod::parse(wanted.text);
    ASSERT_TRUE(period.has_value()) << wanted.text;
    EXPECT_EQ(period->first_day, wanted.first) << wanted.text;
    EXPECT_EQ(period->last_day, wanted.last) << wanted.text;
    EXPECT_EQ(period->freq, wanted.freq) << wanted.text;
  }
}

TEST(TimePeriod, RefusesEverythingElse) {
  for (const char* text : {"",
                           "_Z",
                           "_T",
                           "06",
                           "206",
                           "20066",
                           "0000",
                           "2006-",
                           "2006-S0",
                           "2006-S3",
                           "2006-Q0",
                           "2006-Q5",
                           "2006-q1",
                           "2006-W01",
                           "2006-13",
                           "2006-00",
                           "2006-1",
                           "2006-001",
                           "2007-02-29",
                           "2006-04-31",
                           "2006-04-00",
                           "2006-04-1",
                           "2006-04-011",
                           "2006-04/",
                           "/2006",
                           "2007/2006",
                           "2006/2007/2008",
                           "from",
                           "from ",
                           "from  2006",
                           "From 2006",
                           "from _U",
                           "from 2006/2007",
                           "from from 2006",
                           "2006 ",
                           " 2006",
                           "+006",
                           "2006-+1",
                           "2006-0 ",
                           "2006/_U",
                           "2006\n"}) {
    EXPECT_FALSE(TimePeriod::parse(text).has_value()) << text;
  }
  EXPECT_FALSE(TimePeriod::parse(std::string("2006\0", 5)).has_value());
}

TEST(TimePeriod, OneYearBeforeKeepsTheShape) {
  EXPECT_EQ(one_year_before("2006"), "2005");
  EXPECT_EQ(one_year_before("2006-Q3"), "2005-Q3");
  EXPECT_EQ(one_year_before("2006-S1"), "2005-S1");
  EXPECT_EQ(one_year_before("2006-05"), "2005-05");
  EXPECT_EQ(one_year_before("2007-10-18"), "2006-10-18");
  EXPECT_EQ(one_year_before("1000"), "0999");
  for (const char* none : {"0001", "2008-02-29", "2006/2007", "from 2006", "_U", "x"}) {
    EXPECT_FALSE(one_year_before(none).has_value()) << none;
  }
}

}  // namespace
}  // namespace rapporteur
