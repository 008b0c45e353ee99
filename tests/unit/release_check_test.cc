// What a release gives away, case by case.
#include "broker/disclosure/release_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/anonymise/certify.h"
#include "tests/support/figures_csv.h"

namespace rapporteur::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kHeader =
    "INDICATOR,REF_AREA,TIME_PERIOD,EXPL_FORM,SEX,AGE,CITIZEN,UNIT_MEASURE,OBS_VALUE,OBS_STATUS,"
    "VALUE_QUALIFIER\n";

// With a certificate made for it.
std::vector<rules::Finding> found_in(const std::string& rows, const std::string& policy = "k=10",
                                     const disclosure::ReleaseBound& bound = {}) {
  const FiguresFile file =
      parse_figures("# policy: " + policy + "\n" + std::string(kHeader) + rows);
  return disclosure::check_release(file.submission(0), file.policy, file.published, file.before,
                                   anonymise::certify, bound);
}

// "row code detail" of each finding.
std::vector<std::string> said(const std::vector<rules::Finding>& findings) {
  std::vector<std::string> out;
  for (const auto& finding : findings) {
    out.push_back(std::to_string(finding.row) + " " + finding.code + " " + finding.detail_en);
  }
  return out;
}

struct Row {
  std::string form = "_T";
  std::string sex = "_T";
  std::string age = "_T";
  std::string value{};
  std::string status = "A";
  std::string qualifier{};
  std::string citizen = "_T";
  std::string indicator = "VIC_REG";
};

std::string text(const Row& row) {
  return row.indicator + ",LV,2007," + row.form + "," + row.sex + "," + row.age + "," +
         row.citizen + ",PER," + row.value + "," + row.status + "," + row.qualifier + "\n";
}
// By sex alone; no value is hidden.
std::string sex(const std::string& code, const std::string& value) {
  return text({.sex = code, .value = value, .status = value.empty() ? "Q" : "A"});
}
std::string age(const std::string& code, const std::string& value) {
  return text({.age = code, .value = value, .status = value.empty() ? "Q" : "A"});
}

const std::string kPublished = "# published\n";
const std::string kReplaced = "# replaced\n";
const std::string kEnded = "# ended\n";
const std::string kSecondSignature = "# second_signature\n";

TEST(ReleaseCheck, TheHiddenPartOfAKnownTotal) {
  const auto found = found_in(sex("F", "16") + sex("M", "") + kPublished + sex("_T", "18"));
  EXPECT_THAT(said(found), ElementsAre("2 LINEAR_EXACT SEX=M: M = _T − F = 18 − 16 = 2"));
  EXPECT_EQ(found[0].detail_fr, "SEX=M : M = _T − F = 18 − 16 = 2");
  EXPECT_EQ(found[0].key, "A.LV._Z.VIC_REG._T.M._T._T._Z.PER.2007");
  EXPECT_EQ(found[0].field, "OBS_VALUE");
}

TEST(ReleaseCheck, ThePartThatNobodySent) {
  const auto found = found_in(sex("F", "16") + kPublished + sex("_T", "18"));
  EXPECT_THAT(said(found), ElementsAre("1 LINEAR_EXACT SEX=M: M = _T − F = 18 − 16 = 2"));
  EXPECT_EQ(found[0].key, "A.LV._T.VIC_REG._T.M._T._T._T.PER.2007");
  EXPECT_THAT(said(found_in(sex("_T", "18") + kPublished + sex("F", "16"))),
              ElementsAre("1 LINEAR_EXACT SEX=M: M = _T − F = 18 − 16 = 2"));
  // Ten and more, and none, are no secret where nobody hid them.
  EXPECT_THAT(found_in(sex("F", "16") + sex("_T", "26")), IsEmpty());
  EXPECT_THAT(found_in(sex("F", "16") + sex("_T", "16")), IsEmpty());
  EXPECT_THAT(said(found_in(sex("F", "16") + sex("_T", "16"), "zeros_sensitive=yes")),
              ElementsAre("1 LINEAR_EXACT SEX=M: M = _T − F = 16 − 16 = 0"));
}

TEST(ReleaseCheck, WhatIsHiddenStaysHiddenWhateverItIs) {
  EXPECT_THAT(said(found_in(sex("F", "16") + sex("M", "") + sex("_T", "36"))),
              ElementsAre("2 LINEAR_EXACT SEX=M: M = _T − F = 36 − 16 = 20"));
}

TEST(ReleaseCheck, TwoHiddenPartsProtectEachOther) {
  EXPECT_THAT(found_in(sex("F", "") + sex("M", "") + sex("_T", "18")), IsEmpty());
  EXPECT_THAT(found_in(sex("F", "") + sex("M", "") + sex("_U", "36") + sex("_T", "54")), IsEmpty());
}

TEST(ReleaseCheck, ResidualsCountWhenTheyAreSupplied) {
  EXPECT_THAT(said(found_in(sex("F", "16") + sex("M", "") + sex("_U", "11") + sex("_T", "30"))),
              ElementsAre("2 LINEAR_EXACT SEX=M: M = _T − F − _U = 30 − 16 − 11 = 3"));
}

TEST(ReleaseCheck, WhatCannotExistIsNothing) {
  const std::string rows = text({.sex = "M", .status = "M"}) + sex("F", "") + sex("_T", "18");
  EXPECT_THAT(said(found_in(rows)), ElementsAre("2 LINEAR_EXACT SEX=F: F = _T = 18"));
}

TEST(ReleaseCheck, AMissingFigureMayFollowToo) {
  const auto missing = [](const std::string& status, const std::string& total) {
    return said(found_in(text({.sex = "M", .status = status}) + sex("F", "16") + sex("_T", total)));
  };
  for (const std::string status : {"O", "L", "K"}) {
    EXPECT_THAT(missing(status, "18"),
                ElementsAre("1 LINEAR_EXACT SEX=M: M = _T − F = 18 − 16 = 2"));
    EXPECT_THAT(missing(status, "50"), IsEmpty());
  }
  const std::string below = text({.sex = "M", .value = "30", .qualifier = "<"});
  EXPECT_THAT(said(found_in(below + sex("F", "16") + sex("_T", "18"))),
              ElementsAre("1 LINEAR_EXACT SEX=M: M = _T − F = 18 − 16 = 2"));
}

TEST(ReleaseCheck, ATotalThatWasNotSentIsTheSumOfItsParts) {
  const std::string rows = text({.sex = "F", .age = "Y_LT18", .value = "20"}) +
                           text({.sex = "F", .age = "Y_GE18", .value = "30"}) + sex("M", "") +
                           sex("_T", "53");
  EXPECT_THAT(said(found_in(rows)),
              ElementsAre("3 LINEAR_EXACT SEX=M: [SEX=M] = [_T] − [SEX=F AGE=Y_GE18] − "
                          "[SEX=F AGE=Y_LT18] = 53 − 30 − 20 = 3"));
}

TEST(ReleaseCheck, AZeroUnderATotalThatFollowsToBeSmall) {
  const std::string both = sex("F", "1") + sex("M", "0");
  const auto found = found_in(both);
  EXPECT_THAT(said(found),
              ElementsAre("2 SMALL_CELL SEX=M: 0 under a total that adds up to 1, below k = 10"));
  EXPECT_EQ(found[0].detail_fr, "SEX=M : 0 sous un total qui fait 1, inférieur à k = 10");
  EXPECT_THAT(said(found_in(both + kReplaced + both)), ElementsAre(HasSubstr("ALREADY_PUBLIC")));
  // In whichever submission the other part came.
  EXPECT_THAT(said(found_in(sex("M", "0") + kPublished + sex("F", "1"))),
              ElementsAre(HasSubstr("1 SMALL_CELL")));
  // A part that is hidden or was not sent may be any number.
  EXPECT_THAT(found_in(both + sex("_U", "")), IsEmpty());
  EXPECT_THAT(found_in(sex("M", "0") + kPublished + sex("F", "")), IsEmpty());
  EXPECT_THAT(found_in(age("Y_LT18", "0") + age("Y18T24", "1")), IsEmpty());
  // Parts of parts are not counted twice.
  EXPECT_THAT(said(found_in(age("Y_LT12", "0") + age("Y_LT18", "6") + age("Y_GE18", "3") +
                            age("Y12T17", "6"))),
              ElementsAre(HasSubstr("1 SMALL_CELL AGE=Y_LT12: 0 under a total that adds up to 9")));
}

TEST(ReleaseCheck, PartsThatWereNotAllToldNoTotal) {
  const std::string labour = text({.form = "LAB", .value = "11", .citizen = "BG"});
  const std::string sexual = text({.form = "SEX", .value = "0", .citizen = "BG"});
  const std::string hidden = text({.status = "Q", .citizen = "BG"});
  EXPECT_THAT(said(found_in(sexual + hidden + kPublished + labour)),
              ElementsAre(HasSubstr("2 LINEAR_EXACT CITIZEN=BG: ")));
  EXPECT_THAT(said(found_in(hidden + kPublished + labour + sexual)),
              ElementsAre(HasSubstr("1 ALREADY_PUBLIC CITIZEN=BG: ")));
}

TEST(ReleaseCheck, AMarginOfSmallFiguresIsNoFindingHoweverElseItFollows) {
  for (const auto& [few, many] : {std::pair("F", "M"), std::pair("M", "F")}) {
    EXPECT_THAT(found_in(text({.form = "LAB", .sex = few, .value = "1"}) +
                         text({.form = "SEX", .sex = few, .value = "7"}) + sex(many, "30") +
                         sex("_T", "38")),
                IsEmpty());
  }
}

TEST(ReleaseCheck, AMarginOfSmallFiguresIsNoFindingBesideThem) {
  const std::string rows = text({.sex = "F", .age = "Y_LT18", .value = "2"}) +
                           text({.sex = "F", .age = "Y_GE18", .value = "3"});
  EXPECT_THAT(found_in(rows), IsEmpty());
  EXPECT_THAT(said(found_in(rows + sex("F", ""))),
              ElementsAre("3 LINEAR_EXACT SEX=F: _T = Y_GE18 + Y_LT18 = 3 + 2 = 5"));
}

TEST(ReleaseCheck, AgesBetweenTwoLimits) {
  EXPECT_THAT(said(found_in(age("Y_LT18", "20") + kPublished + age("Y_LT16", "18"))),
              ElementsAre("1 LINEAR_EXACT AGE=Y16T17: Y16T17 = Y_LT18 − Y_LT16 = 20 − 18 = 2"));
  EXPECT_THAT(said(found_in(age("Y_LT18", "16") + kPublished + age("_T", "18"))),
              ElementsAre("1 LINEAR_EXACT AGE=Y_GE18: Y_GE18 = _T − Y_LT18 = 18 − 16 = 2"));
}

TEST(ReleaseCheck, OneFormHiddenAmongThoseSupplied) {
  const auto form = [](const std::string& code, const std::string& value) {
    return text({.form = code, .value = value, .status = value.empty() ? "Q" : "A"});
  };
  const std::string rows = form("_T", "40") + form("SEX", "25") + form("LAB", "");
  EXPECT_THAT(said(found_in(rows + form("BEG", "12"))),
              ElementsAre("3 LINEAR_EXACT EXPL_FORM=LAB: LAB = _T − BEG − SEX = 40 − 12 − 25 = 3"));
  EXPECT_THAT(found_in(rows + form("BEG", "")), IsEmpty());
}

TEST(ReleaseCheck, PartsThatAreShownNotToBeAllGiveNothing) {
  const auto cell = [](const std::string& form, const std::string& sex, const std::string& value) {
    return text({.form = form, .sex = sex, .value = value, .status = value.empty() ? "Q" : "A"});
  };
  const std::string of_women =
      cell("_T", "F", "40") + cell("SEX", "F", "25") + cell("LAB", "F", "");
  EXPECT_THAT(said(found_in(of_women)), ElementsAre(HasSubstr("3 LINEAR_EXACT")));
  EXPECT_THAT(found_in(of_women + cell("_T", "_T", "90") + cell("SEX", "_T", "50") +
                       cell("LAB", "_T", "30")),
              IsEmpty());
}

TEST(ReleaseCheck, AcrossIndicatorsAsTheCatalogueSays) {
  const auto of = [](const std::string& indicator, const std::string& value) {
    return text(
        {.sex = "F", .value = value, .status = value.empty() ? "Q" : "A", .indicator = indicator});
  };
  EXPECT_THAT(
      said(found_in(of("VIC_REG", "30") + kPublished + of("VIC_IDENT", "27") + of("VIC_PRES", ""))),
      ElementsAre("1 LINEAR_EXACT SEX=F: VIC_PRES = VIC_REG − VIC_IDENT = 30 − 27 = 3"));
  EXPECT_THAT(said(found_in(of("VIC_REG", "30") + kPublished + of("VIC_IDENT", "27"))),
              ElementsAre("1 LINEAR_EXACT SEX=F: VIC_PRES = VIC_REG − VIC_IDENT = 30 − 27 = 3"));
}

TEST(ReleaseCheck, MarginsWithoutABreakdownCountAlike) {
  const std::string total = text({.value = "18", .citizen = "_Z"});
  EXPECT_THAT(said(found_in(sex("F", "16") + kPublished + total)),
              ElementsAre("1 LINEAR_EXACT SEX=M: M = _T − F = 18 − 16 = 2"));
}

TEST(ReleaseCheck, WhatFollowedBeforeIsAWarning) {
  const auto replaced = [](const std::string& now, const std::string& then) {
    return said(found_in(now + "# replaced\n" + then));
  };
  const std::string open = sex("F", "16") + sex("M", "") + sex("_T", "18");
  EXPECT_THAT(replaced(open, open),
              ElementsAre("2 ALREADY_PUBLIC SEX=M: M = _T − F = 18 − 16 = 2"));
  EXPECT_THAT(replaced(open, sex("F", "") + sex("M", "") + sex("_T", "18")),
              ElementsAre(HasSubstr("LINEAR_EXACT")));
  EXPECT_THAT(replaced(open, sex("F", "16") + sex("M", "2") + sex("_T", "18")),
              ElementsAre(HasSubstr("ALREADY_PUBLIC")));
}

TEST(ReleaseCheck, WhatOthersGaveAwayIsNoNews) {
  const std::string published = kPublished + sex("F", "16") + sex("M", "") + sex("_T", "18");
  EXPECT_THAT(found_in(age("Y_LT18", "") + age("Y_GE18", "") + published), IsEmpty());
}

TEST(ReleaseCheck, WhatWasPublicOnceIsStillKnown) {
  const auto found =
      found_in(sex("_T", "18") + sex("F", "") + sex("M", "") + kEnded + sex("F", "16"));
  EXPECT_THAT(said(found), ElementsAre("2 ALREADY_PUBLIC SEX=F = 16 was published before",
                                       "3 DIFFERENCE_WITH SEX=M: M = _T − F = 18 − 16 = 2"));
  // Neither has a newer count of the same figure a part in it, nor one that has a number now.
  EXPECT_THAT(found_in(sex("_T", "36") + sex("F", "20") + sex("M", "16") + kEnded + sex("F", "35")),
              IsEmpty());
}

TEST(ReleaseCheck, AgesBetweenTheLimitsOfTwoReleases) {
  EXPECT_THAT(said(found_in(age("Y0T9", "20") + kReplaced + age("Y0T11", "23"))),
              ElementsAre(HasSubstr("1 DIFFERENCE_WITH AGE=Y10T11: Y10T11 = Y0T11 − Y0T9")));
  EXPECT_THAT(found_in(age("Y0T9", "20") + kReplaced + age("Y0T11", "33")), IsEmpty());
}

TEST(ReleaseCheck, ACorrectionByAFewPersons) {
  const std::string before = kReplaced + sex("_T", "46") + sex("F", "16") + sex("M", "30");
  EXPECT_THAT(said(found_in(sex("_T", "48") + sex("F", "18") + sex("M", "30") + before)),
              ElementsAre("2 SMALL_CHANGE SEX=F: 16 before, 18 now"));
  EXPECT_THAT(
      said(found_in(kSecondSignature + sex("_T", "44") + sex("F", "14") + sex("M", "30") + before)),
      ElementsAre("2 SMALL_CHANGE_RELEASED SEX=F: 16 before, 14 now"));
  // Of ten and more, and of what is not protected.
  EXPECT_THAT(found_in(sex("_T", "56") + sex("F", "26") + sex("M", "30") + before), IsEmpty());
  EXPECT_THAT(found_in(sex("_T", "47") + kReplaced + sex("_T", "46")), IsEmpty());
  // What nobody had sent was known as well.
  EXPECT_THAT(said(found_in(sex("M", "32") + sex("_T", "48") + sex("F", "16") + kReplaced +
                            sex("_T", "46") + sex("F", "16"))),
              ElementsAre("1 SMALL_CHANGE SEX=M: 30 before, 32 now"));
}

TEST(ReleaseCheck, ACorrectionByAFewPersonsThatFollows) {
  // Of a figure that nobody sends.
  EXPECT_THAT(said(found_in(sex("_T", "48") + sex("F", "16") + kReplaced + sex("_T", "46") +
                            sex("F", "16"))),
              ElementsAre("2 SMALL_CHANGE SEX=M: 30 before, 32 now"));
  // Of a hidden one that was told before.
  EXPECT_THAT(said(found_in(sex("_T", "19") + sex("F", "16") + sex("M", "") + kReplaced +
                            sex("_T", "18") + sex("F", "16") + sex("M", ""))),
              ElementsAre("3 ALREADY_PUBLIC SEX=M: M = _T − F = 19 − 16 = 3",
                          "3 SMALL_CHANGE SEX=M: 2 before, 3 now"));
  EXPECT_THAT(
      found_in(sex("_T", "66") + sex("F", "16") + kReplaced + sex("_T", "46") + sex("F", "16")),
      IsEmpty());
}

TEST(ReleaseCheck, AChangeByAFewPersonsOfWhatIsNotKnown) {
  const std::string before =
      kPublished + sex("F", "") + kReplaced + sex("M", "") + sex("_T", "100");
  const auto found = found_in(sex("M", "") + sex("_T", "103") + before);
  ASSERT_THAT(said(found),
              ElementsAre("1 SMALL_CHANGE SEX=M: a change of +3 follows from the other "
                          "figures"));
  EXPECT_EQ(found[0].detail_fr, "SEX=M : une variation de +3 découle des autres chiffres");
  EXPECT_THAT(said(found_in(kSecondSignature + sex("M", "") + sex("_T", "98") + before)),
              ElementsAre("1 SMALL_CHANGE_RELEASED SEX=M: a change of −2 follows from the other "
                          "figures"));
  EXPECT_THAT(found_in(sex("M", "") + sex("_T", "110") + before), IsEmpty());
  // Where both are sent anew, nobody knows which of them changed.
  EXPECT_THAT(found_in(sex("M", "") + sex("F", "") + sex("_T", "103") + kReplaced + sex("M", "") +
                       sex("F", "") + sex("_T", "100")),
              IsEmpty());
  // A total that is corrected alone says nothing of its parts.
  EXPECT_THAT(found_in(sex("_T", "103") + kPublished + sex("M", "") + sex("F", "") + kReplaced +
                       sex("_T", "100")),
              IsEmpty());
}

TEST(ReleaseCheck, WhatWasCountedAnewTellsNothing) {
  const std::string corrected = sex("_T", "50") + sex("F", "") + sex("M", "");
  EXPECT_THAT(found_in(corrected + kReplaced + sex("_T", "46") + sex("F", "16") + sex("M", "30")),
              IsEmpty());
  // More of them than are given up one by one.
  std::string before = kReplaced;
  std::string after;
  for (const char* citizen : {"AL", "BG", "BR", "CN", "CO", "DO", "EG", "GE", "GH", "HU",
                              "IN", "MA", "MD", "NG", "PH", "RO", "RS", "TR", "UA", "VN"}) {
    after += text({.value = "50", .citizen = citizen});
    for (const char* code : {"F", "M"}) {
      after += text({.sex = code, .status = "Q", .citizen = citizen});
      before += text({.sex = code, .value = "30", .citizen = citizen});
    }
  }
  EXPECT_THAT(found_in(after + before), IsEmpty());
}

TEST(ReleaseCheck, AnEquationThatDoesNotHoldGivesNothing) {
  const std::string wrong = text({.sex = "F", .age = "Y_LT18", .value = "20"}) +
                            text({.sex = "M", .age = "Y_LT18", .value = "20"}) +
                            age("Y_LT18", "50");
  EXPECT_THAT(found_in(wrong + sex("F", "20") + sex("_T", "18")), IsEmpty());
}

TEST(ReleaseCheck, AContradictionOverSeveralEquationsIsNamed) {
  // By sex there are 50 under 18; by age 45.
  const std::string rows = text({.sex = "F", .age = "Y_LT18", .value = "20"}) +
                           text({.sex = "M", .age = "Y_LT18", .value = "30"}) +
                           age("Y_GE18", "55") + age("_T", "100");
  EXPECT_THAT(said(found_in(rows)), ElementsAre(HasSubstr("NON_ADDITIVE")));
}

TEST(ReleaseCheck, NationalTotalsAndUnprotectedIndicatorsPass) {
  EXPECT_THAT(found_in(text({.value = "18"})), IsEmpty());
  EXPECT_THAT(found_in(text({.form = "LAB", .value = "", .status = "Q", .indicator = "CJ_INV"}) +
                       text({.value = "18", .indicator = "CJ_INV"})),
              IsEmpty());
}

TEST(ReleaseCheck, TooMuchIsRefusedWithAdvice) {
  std::string rows;
  for (const std::string citizen : {"RO", "BG", "MD"}) {
    rows += text({.sex = "F", .status = "Q", .citizen = citizen});
    rows += text({.sex = "M", .status = "Q", .citizen = citizen});
  }
  EXPECT_THAT(found_in(rows), IsEmpty());
  for (const disclosure::ReleaseBound& bound :
       {disclosure::ReleaseBound{.cells = 8}, disclosure::ReleaseBound{.multiplications = 5}}) {
    const auto found = found_in(rows, "k=10", bound);
    EXPECT_THAT(said(found), ElementsAre(HasSubstr("0 TOO_COMPLEX")));
    EXPECT_THAT(found[0].detail_en, HasSubstr("one area and one period at a time"));
  }
}

}  // namespace
}  // namespace rapporteur::testing
