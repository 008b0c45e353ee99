// PROTOCOL.md says what the code does: names and numbers of both are compared.
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/base/limits.h"
#include "proto/statistics/dimensions.h"
#include "tests/support/paths.h"

namespace rapporteur {
namespace {

using ::testing::HasSubstr;

std::string source(const char* path) {
  return testing::read_file(std::filesystem::path(RAPPORTEUR_SOURCE_DIR) / path);
}

const std::string& document() {
  static const std::string text = source("proto/PROTOCOL.md");
  return text;
}

std::vector<std::string> captures(const std::string& text, const char* pattern) {
  const std::regex expression(pattern);
  std::vector<std::string> out;
  for (std::sregex_iterator it(text.begin(), text.end(), expression), end; it != end; ++it) {
    out.push_back((*it)[1]);
  }
  return out;
}

TEST(ProtocolDocument, HasARowForEachFaultAndNoOther) {
  const auto known = captures(source("proto/base/fault_codes.h"), "k\\w+ = \"([A-Z_]+)\"");
  ASSERT_GT(known.size(), 10U);
  const std::size_t begin = document().find("## Faults");
  const std::size_t end = document().find("## Signatures");
  const std::string section = document().substr(begin, end - begin);
  EXPECT_THAT(captures(section, "\\n\\| `([A-Z_]+)` \\|"),
              ::testing::UnorderedElementsAreArray(known));
}

TEST(ProtocolDocument, NamesEachDomainSeparator) {
  const auto known = captures(source("proto/crypto/domain.h"), "\"(rapporteur/v1/\\w+)\\\\0\"sv");
  ASSERT_EQ(known.size(), 10U);
  for (const auto& domain : known) {
    EXPECT_THAT(document(), HasSubstr("| `\"" + domain + "\\0\"` |"));
  }
}

TEST(ProtocolDocument, ListsDimensionsAndAttributesInTheirOrder) {
  std::size_t at = document().find("## Observation");
  const auto follows = [&](std::string_view name) {
    at = document().find("\n| `" + std::string(name) + "` |", at);
    EXPECT_NE(at, std::string::npos) << name;
  };
  for (const auto name : kDimensionNames) follows(name);
  for (const auto name : kAttributeNames) follows(name);
}

TEST(ProtocolDocument, NamesEachCodeListThatExists) {
  const auto folder = std::filesystem::path(RAPPORTEUR_SOURCE_DIR) / "proto/codelists";
  for (const auto& name : captures(document(), "`(\\w+\\.csv)`")) {
    EXPECT_TRUE(std::filesystem::exists(folder / name)) << name;
  }
}

TEST(ProtocolDocument, NamesEachCodeOfTheDirectory) {
  const auto known = captures(source("broker/directory/refusal.h"), "k\\w+ = \"([A-Z_]+)\"");
  ASSERT_GT(known.size(), 10U);
  for (const auto& code : known) EXPECT_THAT(document(), HasSubstr("`" + code + "`"));
}

TEST(ProtocolDocument, StatesTheLimitsOfTheCode) {
  namespace l = limits;
  const std::pair<const char*, std::uint64_t> rows[] = {
      {"bytes of a frame", l::kFrameBytes},
      {"bytes of a message other than a submission", l::kDialogueBytes},
      {"parts of a message", l::kPartsPerMessage},
      {"bytes of a header", l::kHeaderBytes},
      {"bytes of a body", l::kBodyBytes},
      {"bytes of a certificate", l::kCertificateBytes},
      {"observations of a submission", l::kObservations},
      {"bytes of a code", l::kCodeBytes},
      {"characters of a free text", l::kFreeTextCharacters},
      {"bytes of a free text", l::kFreeTextBytes},
      {"areas of a submission", l::kAreasPerSubmission},
      {"entries of a releasability list", l::kReleasabilityEntries},
      {"findings reported at once", l::kFindings},
      {"cells kept of a refusal", l::kRefusedCellsKept},
      {"minutes that `created_ms` may be ahead",
       static_cast<std::uint64_t>(l::kCreatedAheadOfClock.count())},
      {"cells of one sender, dataflow, indicator, area and period", l::kCellsPerTable},
      {"bytes of a participant id", l::kIdBytes},
      {"bytes of a pattern", l::kPatternBytes},
      {"bytes of a name or contact", l::kNameBytes},
      {"bytes of a reason", l::kReasonBytes},
      {"participants", l::kParticipants},
      {"valid keys of a participant, of each kind", l::kKeysPerParticipant},
      {"contacts of a participant", l::kContactsPerParticipant},
      {"grants of a participant", l::kGrantsPerParticipant},
      {"subscriptions of a participant", l::kSubscriptionsPerParticipant},
      {"connections of a participant", l::kConnectionsPerParticipant},
      {"unanswered frames of a connection", l::kInFlightPerConnection},
      {"unanswered bytes of a participant", l::kInFlightBytesPerParticipant},
      {"deliveries in one message", l::kDeliverBatchCount},
      {"bytes of deliveries in one message", l::kDeliverBatchBytes},
      {"unacknowledged deliveries of a subscription", l::kUnacknowledgedPerSubscription},
      {"entries of one answer", l::kEntriesPerAnswer},
      {"bytes of an answer", l::kAnswerBytes},
      {"bytes of a signed note", l::kNoteBytes},
      {"signatures of a note", l::kNoteSignatures},
      {"bytes of a tlog-proof file", l::kProofFileBytes},
  };
  for (const auto& [sentence, value] : rows) {
    EXPECT_THAT(document(),
                HasSubstr(std::string("| ") + sentence + " | " + std::to_string(value) + " |"));
  }
}

TEST(ProtocolDocument, LeavesRoomForTheRules) {
  const std::size_t begin = document().find("<!-- rules:begin -->");
  const std::size_t end = document().find("<!-- rules:end -->");
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  EXPECT_LT(begin, end);
}

}  // namespace
}  // namespace rapporteur
