// The page of findings: all of them, with nothing in it that a browser would take for its own.
#include <gtest/gtest.h>

#include "adapters/agency/file_finding.h"

namespace rapporteur::agency {
namespace {

TEST(FindingsReport, EveryFindingStandsWithItsPlaceAndRemedy) {
  const std::vector<FileFinding> findings{{.code = "BAD_NUMBER",
                                           .line = 7,
                                           .column = 12,
                                           .field = "OBS_VALUE",
                                           .key = {},
                                           .what = "is no number",
                                           .remedy = "write digits",
                                           .text = "1.2.3"},
                                          {.error = false,
                                           .code = "BREAKDOWN_MISSING",
                                           .field = "SEX",
                                           .key = "AT 2006",
                                           .what = "no breakdown",
                                           .remedy = {}}};
  const std::vector<FileReport> files{
      {"mine.csv", "does not pass, 2 observations", false, &findings, 3}};
  const std::string page = findings_html(files, "checked against the policy");
  for (const char* part :
       {"mine.csv", "does not pass", "checked against the policy", "<code>BAD_NUMBER</code>",
        "<td class=\"n\">7</td>", "<td class=\"n\">12</td>", "<code>1.2.3</code>", "write digits",
        "<td class=\"warning\">warning</td>", "AT 2006", "and 3 more"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part;
  }
}

TEST(FindingsReport, TextFromTheFileIsTextOnThePage) {
  const std::vector<FileFinding> findings{{.code = "X",
                                           .field = "<b>",
                                           .key = "\"&",
                                           .what = "<script>alert(1)</script>",
                                           .remedy = {},
                                           .text = "<img src=x>"}};
  const std::vector<FileReport> files{{"<i>.csv", "", false, &findings, 0}};
  const std::string page = findings_html(files, "");
  for (const char* part : {"<script", "<img", "<b>", "<i>", "\"&<"}) {
    EXPECT_EQ(page.find(part), std::string::npos) << part;
  }
  for (const char* part : {"src=\"", "href=", "url("}) {
    EXPECT_EQ(page.find(part), std::string::npos) << "the page calls nobody: " << part;
  }
}

}  // namespace
}  // namespace rapporteur::agency
