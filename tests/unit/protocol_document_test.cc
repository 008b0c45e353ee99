// PROTOCOL.md says what the code does: names and numbers of both are compared.
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/base/fault_codes.h"
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

// On each line that begins with `start`, what stands between the first two `quote`s.
std::vector<std::string> quoted_on_lines(const std::string& text, std::string_view start,
                                         char quote) {
  std::vector<std::string> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(start)) continue;
    const std::size_t first = line.find(quote);
    const std::size_t second = line.find(quote, first + 1);
    if (second != std::string::npos) out.push_back(line.substr(first + 1, second - first - 1));
  }
  return out;
}

// The string constants of a header.
std::vector<std::string> constants_of(const char* path) {
  auto constants = quoted_on_lines(source(path), "inline constexpr std::string_view k", '"');
  EXPECT_GE(constants.size(), 10U) << path;
  return constants;
}

TEST(ProtocolDocument, HasARowForEachFaultAndNoOther) {
  const std::size_t begin = document().find("## Faults");
  const std::size_t end = document().find("## Signatures");
  EXPECT_THAT(quoted_on_lines(document().substr(begin, end - begin), "| `", '`'),
              ::testing::UnorderedElementsAreArray(constants_of("proto/base/fault_codes.h")));
}

TEST(ProtocolDocument, SaysOfEachFaultWhatItsRemedyIs) {
  const std::size_t begin = document().find("## Faults");
  std::string table = document().substr(begin, document().find("## Signatures") - begin);
  for (const auto& code : constants_of("proto/base/fault_codes.h")) {
    const std::string remedy(faults::remedy_of(code));
    EXPECT_FALSE(remedy.empty()) << code << " says nothing of what to do";
    const std::size_t row = table.find("| `" + code + "` |");
    ASSERT_NE(row, std::string::npos) << code;
    std::string line = table.substr(row, table.find('\n', row) - row);
    std::erase(line, '`');
    EXPECT_TRUE(line.ends_with("| " + remedy + " |")) << line;
  }
}

TEST(ProtocolDocument, NamesEachDomainSeparator) {
  for (const auto& domain : constants_of("proto/crypto/domain.h")) {
    EXPECT_THAT(document(), HasSubstr("| `\"" + domain + "\"` |"));
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

TEST(ProtocolDocument, NamesCodeListsThatExist) {
  const auto folder = std::filesystem::path(RAPPORTEUR_SOURCE_DIR) / "proto/codelists";
  for (const char* name : {"area", "conf_status", "expl_form", "freq", "indicators", "obs_status",
                           "sex", "unit_measure", "unit_mult", "value_qualifier"}) {
    EXPECT_THAT(document(), HasSubstr("`" + std::string(name) + ".csv`"));
    EXPECT_TRUE(std::filesystem::exists(folder / (std::string(name) + ".csv"))) << name;
  }
}

TEST(ProtocolDocument, NamesEachCodeOfTheDirectory) {
  for (const auto& code : constants_of("broker/directory/refusal.h")) {
    EXPECT_THAT(document(), HasSubstr("`" + code + "`"));
  }
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
      {"variables of a certificate", l::kDisclosureCells},
      {"numerators of a certificate", l::kCertificateNumerators},
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
      {"waivers", l::kWaivers},
      {"cells of a waiver", l::kWaivedCells},
      {"connections of a participant", l::kConnectionsPerParticipant},
      {"unanswered frames of a connection", l::kInFlightPerConnection},
      {"unanswered bytes of a participant", l::kInFlightBytesPerParticipant},
      {"deliveries in one message", l::kDeliverBatchCount},
      {"bytes of deliveries in one message", l::kDeliverBatchBytes},
      {"unacknowledged deliveries of a subscription", l::kUnacknowledgedPerSubscription},
      {"entries of one answer", l::kEntriesPerAnswer},
      {"inclusion proofs of one answer", l::kProofsPerAnswer},
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
