// Defects that somebody could make, each behind a switch (proto/base/sabotage.h): the independent
// attacker finds every one of them in the tables of an ordinary run, 1,000 at the most.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace rapporteur::testing {
namespace {

struct Defect {
  const char* name;
  const char* test;
  const char* found_by;
};

constexpr const char* kTables = "property_protected_tables";
constexpr const char* kTablesCase = "ProtectedTables.TellNobodyWhatIsHidden";
constexpr const char* kReleases = "property_release_patterns";
constexpr const char* kReleasesCase = "ReleasePatterns.TheHubFindsWhatAnAttackerFinds";
constexpr const char* kForged = "property_forged_certificates";
constexpr const char* kForgedCase = "ForgedCertificates.AreRefused";

// The agency's method, then the hub's check.
constexpr Defect kDefects[] = {
    {"primary-below-k-less-one", kTables, kTablesCase},
    {"sensitive-zeros-left-out", kTables, kTablesCase},
    {"equation-dropped", kTables, kTablesCase},
    {"total-of-all-forgotten", kTables, kTablesCase},
    {"zeros-policy-forgotten", kTables, kTablesCase},
    {"repair-left-out", kTables, kTablesCase},
    {"width-less-one", kTables, kTablesCase},
    {"small-range-taken", kTables, kTablesCase},
    {"small-cell-off", kReleases, kReleasesCase},
    {"sent-below-k-less-one", kReleases, kReleasesCase},
    {"derived-below-k-less-one", kReleases, kReleasesCase},
    {"linear-exact-off", kReleases, kReleasesCase},
    {"elimination-left-out", kReleases, kReleasesCase},
    {"margin-missing", kReleases, kReleasesCase},
    {"bands-missing", kReleases, kReleasesCase},
    {"dimension-not-added-up", kReleases, kReleasesCase},
    {"linked-tables-forgotten", kReleases, kReleasesCase},
    {"ledger-forgotten", kReleases, kReleasesCase},
    {"hidden-may-be-zero", kReleases, kReleasesCase},
    {"published-cells-not-asked", kReleases, kReleasesCase},
    {"small-total-taken-alone", kReleases, kReleasesCase},
    {"certificate-unchecked", kForged, kForgedCase},
    {"witness-sums-unchecked", kForged, kForgedCase},
    {"witness-bounds-unchecked", kForged, kForgedCase},
    {"width-compared-in-floating-point", kForged, kForgedCase},
    {"foreign-certificate-taken", kForged, kForgedCase},
};

TEST(PlantedDefects, AreFoundByTheAttacker) {
  for (const Defect& defect : kDefects) {
    SCOPED_TRACE(defect.name);
    const std::string test = RAPPORTEUR_BINARY_DIR "/tests/test_" + std::string(defect.test);
    std::string said;
    EXPECT_NO_THROW(
        said = run_program({"/usr/bin/env", "-u", "RAPPORTEUR_FULL", "-u", "RAPPORTEUR_SEED",
                            "RAPPORTEUR_SABOTAGE=" + std::string(defect.name), test,
                            "--gtest_filter=" + std::string(defect.found_by)},
                           1));
    EXPECT_NE(said.find("[  FAILED  ] " + std::string(defect.found_by)), std::string::npos) << said;
  }
}

}  // namespace
}  // namespace rapporteur::testing
