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

}  // namespace
}  // namespace rapporteur::cli
