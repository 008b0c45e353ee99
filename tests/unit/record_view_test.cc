#include "ops/cli/record_view.h"

#include <gtest/gtest.h>

namespace rapporteur::cli {
namespace {

TEST(RecordView, NamesEachEventAsPeopleDo) {
  v1::Record record;
  record.mutable_accepted();
  EXPECT_EQ(event_name(record), "ACCEPTED");
  record.mutable_cursors_moved();
  EXPECT_EQ(event_name(record), "CURSORS MOVED");
}

TEST(RecordView, FaultsOfKnownPartiesAreNotCalledUnauthenticated) {
  v1::Record record;
  auto& known = *record.mutable_unauthenticated()->add_faults();
  known.set_participant("at");
  known.set_code("MALFORMED");
  known.set_count(2);
  auto& unknown = *record.mutable_unauthenticated()->add_faults();
  unknown.set_code("IDENTITY");
  unknown.set_count(5);
  EXPECT_EQ(event_name(record), "FAULTS");
  EXPECT_EQ(record_summary(record), "at MALFORMED x2, (unknown) IDENTITY x5");
}

TEST(RecordView, AWaivedFindingNamesItsWaivers) {
  v1::Record record;
  auto& waived = *record.mutable_accepted()->add_warnings();
  waived.set_code("SMALL_CELL");
  waived.set_count(3);
  waived.add_waived_by(12);
  waived.add_waived_by(40);
  record.mutable_accepted()->add_warnings()->set_code("SILENT_YEARS");
  record.mutable_accepted()->mutable_warnings(1)->set_count(1);
  EXPECT_EQ(record_summary(record), "; warnings: SMALL_CELL x3 WAIVED by 12 and 40, SILENT_YEARS");
}

}  // namespace
}  // namespace rapporteur::cli
