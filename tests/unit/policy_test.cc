#include "store/verify/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/base/limits.h"
#include "proto/crypto/encoding.h"
#include "proto/crypto/sha256.h"
#include "tests/support/cosigner.h"

namespace rapporteur::verify {
namespace {

using notes::KeyType;
using ::testing::HasSubstr;
using testing::seeded_key;
using testing::verifier;

constexpr std::string_view kLogName = "hub.example/log";
constexpr int kLogSeed = 1;

std::string witness_key(int number) {
  const std::string name = "w" + std::to_string(number) + ".example";
  return verifier(name, seeded_key(100 + number), KeyType::kCosignatureV1).text();
}

std::string log_line() {
  return "log " + verifier(kLogName, seeded_key(kLogSeed)).text() + "\n";
}

std::string witness_line(int number) {
  return "witness W" + std::to_string(number) + " " + witness_key(number) + "\n";
}

std::string witness_lines(int count) {
  std::string lines;
  for (int i = 1; i <= count; ++i) lines += witness_line(i);
  return lines;
}

std::string mldsa_key(std::size_t bytes = notes::kMlDsa44KeyBytes) {
  std::string typed("\x06");
  typed.append(bytes, 'k');
  const auto id = crypto::sha256("pq.example\n" + typed);
  return "pq.example+" + crypto::hex(id.span().first(4)) + "+" + crypto::base64(bytes_of(typed));
}

// Of size 7, signed by the log and cosigned by these witnesses, witness n at 1000 + n.
notes::Note cosigned_by(std::initializer_list<int> witnesses) {
  const notes::Checkpoint checkpoint{std::string(kLogName), TreeSize{7}, {}};
  notes::Note note{checkpoint.text(), {}};
  note.signatures.push_back(notes::sign(note.text, kLogName, seeded_key(kLogSeed)));
  for (const int number : witnesses) {
    note.signatures.push_back(testing::cosign(note.text, "w" + std::to_string(number) + ".example",
                                              1'000 + static_cast<std::uint64_t>(number),
                                              seeded_key(100 + number)));
  }
  return note;
}

Policy parsed(const std::string& text) {
  auto policy = Policy::parse(text);
  EXPECT_TRUE(policy.has_value()) << policy.error().line() << "\n" << text;
  return policy ? *policy : Policy();
}

bool takes(const Policy& policy, std::initializer_list<int> witnesses) {
  const auto head = policy.open(cosigned_by(witnesses).bytes());
  if (head) return true;
  EXPECT_EQ(head.error().kind, ErrorKind::kNotVerified) << head.error().line();
  return false;
}

// The example of the standard: two of three of one organisation, and any of another.
std::string two_levels() {
  return "# X and Y are run by different people\n\n" + log_line() + witness_lines(6) +
         "group X 2 W1 W2 W3\n"
         "group Y any W4 W5 W6\n"
         "group X-and-Y all X Y\n"
         "quorum X-and-Y\n";
}

TEST(Policy, TheQuorumDecidesOverEveryLevel) {
  const Policy policy = parsed(two_levels());
  EXPECT_TRUE(takes(policy, {1, 2, 4}));
  EXPECT_TRUE(takes(policy, {6, 3, 1}));
  EXPECT_TRUE(takes(policy, {1, 2, 3, 4, 5, 6}));
  EXPECT_FALSE(takes(policy, {1, 4}));
  EXPECT_FALSE(takes(policy, {1, 2, 3}));
  EXPECT_FALSE(takes(policy, {4, 5, 6}));
  EXPECT_FALSE(takes(policy, {}));
  // The same witness twice is one witness.
  EXPECT_FALSE(takes(policy, {1, 1, 4}));
}

TEST(Policy, SaysWhichWitnessesCountedAndWhen) {
  const Policy policy = parsed(log_line() + witness_lines(4) +
                               "group G 2 W3 W1\n"
                               "group unasked any W4\n"
                               "quorum G\n");
  const auto head = policy.open(cosigned_by({4, 3, 1}).bytes());
  ASSERT_TRUE(head.has_value()) << head.error().line();
  EXPECT_EQ(head->checkpoint.size, TreeSize{7});
  EXPECT_EQ(head->log, verifier(kLogName, seeded_key(kLogSeed)));
  ASSERT_EQ(head->witnesses.size(), 3U);
  for (const auto& [at, name, in_quorum] :
       {std::tuple(0U, "W1", true), std::tuple(1U, "W3", true), std::tuple(2U, "W4", false)}) {
    const Witnessed& one = head->witnesses[at];
    EXPECT_EQ(one.name, name);
    EXPECT_EQ(one.in_quorum, in_quorum) << name;
    EXPECT_EQ(one.time.time_since_epoch().count(), 1'000 + (name[1] - '0'));
  }
  const auto missed = policy.open(cosigned_by({4, 3}).bytes());
  ASSERT_FALSE(missed.has_value());
  EXPECT_EQ(missed.error().what, "the quorum G (2 of W3, W1) is not met: only W3 cosigned");
  EXPECT_THAT(policy.open(cosigned_by({4}).bytes()).error().what, HasSubstr("nobody cosigned"));
}

TEST(Policy, AQuorumMayBeOneWitnessOrNone) {
  const Policy one = parsed(log_line() + witness_lines(2) + "quorum W2\ngroup later any W1 W2\n");
  EXPECT_TRUE(takes(one, {2}));
  EXPECT_FALSE(takes(one, {1}));
  const Policy none = parsed("quorum none\n" + log_line());
  EXPECT_TRUE(takes(none, {}));
  EXPECT_TRUE(takes(none, {1}));
  EXPECT_TRUE(takes(Policy::of_log(verifier(kLogName, seeded_key(kLogSeed))), {}));
}

TEST(Policy, ALogSpeaksForItsOwnOriginOnly) {
  const auto other = seeded_key(2);
  const Policy policy = parsed(log_line() + "log " + verifier("other.example", other).text() +
                               " https://other.example/\n" + witness_lines(1) + "quorum none\n");
  notes::Note note = cosigned_by({1});
  note.signatures[0] = notes::sign(note.text, "other.example", other);
  EXPECT_EQ(policy.open(note.bytes()).error().kind, ErrorKind::kNotVerified);
  // A witness is no log either.
  note.signatures.erase(note.signatures.begin());
  EXPECT_EQ(policy.open(note.bytes()).error().kind, ErrorKind::kNotVerified);
  const notes::Checkpoint checkpoint{"other.example", TreeSize{3}, {}};
  const auto head = policy.open(notes::sign_checkpoint(checkpoint, other));
  ASSERT_TRUE(head.has_value()) << head.error().line();
  EXPECT_EQ(head->log.name, "other.example");
  ASSERT_EQ(policy.logs().size(), 2U);
  EXPECT_EQ(policy.logs()[1].url, "https://other.example/");
}

TEST(Policy, ABadCosignatureOfAKnownWitnessSpoilsTheCheckpoint) {
  const Policy policy = parsed(log_line() + witness_lines(2) + "group G any W1 W2\nquorum G\n");
  notes::Note note = cosigned_by({1, 2});
  note.signatures[2].blob.back() ^= 1;
  EXPECT_EQ(policy.open(note.bytes()).error().kind, ErrorKind::kNotVerified);
  note.signatures[2].name = "unknown.example";
  EXPECT_TRUE(policy.open(note.bytes()));
}

TEST(Policy, AWitnessOfATypeThatIsNotVerifiedNeverCounts) {
  const std::string lines = log_line() + witness_line(1) + "witness PQ " + mldsa_key() + "\n";
  EXPECT_TRUE(takes(parsed(lines + "group G any W1 PQ\nquorum G\n"), {1}));
  EXPECT_FALSE(takes(parsed(lines + "group G all W1 PQ\nquorum G\n"), {1}));
  EXPECT_FALSE(parsed(lines + "quorum PQ\n").witnesses()[1].key.has_value());
}

TEST(Policy, ALogMayBeLeftToTheCaller) {
  EXPECT_EQ(parsed("quorum none\n").open(cosigned_by({}).bytes()).error().kind,
            ErrorKind::kNotVerified);
}

TEST(Policy, WhiteSpaceCommentsAndOctetsAboveAsciiAreTaken) {
  const Policy policy =
      parsed(" \t# \xFF\n\t \n \t" + log_line() + "witness K\xE2\x84\xAA \t " + witness_key(1) +
             "\t https://w\xC3\xA9.example/ \n" + "witness K " + witness_key(2) + "\n" +
             "group\tG\t2\tK\xE2\x84\xAA K\nquorum  G \n");
  EXPECT_TRUE(takes(policy, {1, 2}));
  EXPECT_EQ(policy.witnesses()[0].url, "https://w\xC3\xA9.example/");
}

TEST(Policy, HoldsAsManyAsItsLimitsSay) {
  std::string text = log_line();
  for (std::size_t i = 1; i <= limits::kPolicyWitnesses; ++i) {
    text += witness_line(static_cast<int>(i));
  }
  std::string group = "W1";
  for (std::size_t i = 1; i <= limits::kPolicyGroups; ++i) {
    const std::string name = "G" + std::to_string(i);
    text += "group " + name + " any " + group + "\n";
    group = name;
  }
  EXPECT_TRUE(takes(parsed(text + "quorum " + group + "\n"), {1}));
  EXPECT_FALSE(Policy::parse(text + "group more any W2\nquorum none\n"));
  EXPECT_FALSE(Policy::parse(text + "witness more " + witness_key(99) + "\nquorum none\n"));
  std::string logs;
  for (std::size_t i = 0; i <= limits::kPolicyLogs; ++i) {
    logs += "log " + verifier("l", seeded_key(static_cast<int>(i))).text() + "\n";
  }
  EXPECT_THAT(Policy::parse(logs + "quorum none\n").error().where, HasSubstr("line 65"));
  EXPECT_FALSE(Policy::parse("#" + std::string(limits::kPolicyBytes, ' ') + "\nquorum none\n"));
}

struct Refused {
  const char* what;
  std::string text;
  int line;  // 0: no line is at fault
};

TEST(Policy, EveryFaultIsNamedWithItsLine) {
  const std::string two = log_line() + witness_lines(2);  // three lines
  const std::string log_as_witness = verifier("l", seeded_key(9)).text();
  const std::string same_key = verifier("again", seeded_key(101), KeyType::kCosignatureV1).text();
  const std::string same_log = verifier("again", seeded_key(kLogSeed)).text();
  const std::vector<Refused> cases = {
      {"nothing", "", 0},
      {"no quorum", two, 0},
      {"two quorums", two + "quorum W1\nquorum W1\n", 5},
      {"quorum of nobody", two + "quorum W3\n", 4},
      {"quorum before its name", log_line() + "quorum W1\n" + witness_lines(1), 2},
      {"quorum without name", two + "quorum\n", 4},
      {"quorum of two names", two + "quorum W1 W2\n", 4},
      {"last line cut off", two + "quorum W1", 4},
      {"unknown line", two + "monitor W1\nquorum none\n", 4},
      {"other case", two + "Quorum none\n", 4},
      {"carriage return", two + "quorum none\r\n", 4},
      {"form feed", two + "quorum\fnone\n", 4},
      {"NUL", two + std::string("quorum none\0\n", 13), 4},
      {"DEL", two + "# \x7F\nquorum none\n", 4},
      {"log without key", "log\nquorum none\n", 1},
      {"log with a bad key", "log hub+00000000+AAAA\nquorum none\n", 1},
      {"log with a word too many", "log " + same_log + " https://x y\nquorum none\n", 1},
      {"log with a key of a witness", "log " + witness_key(1) + "\nquorum none\n", 1},
      {"one key for two logs", two + "log " + same_log + "\nquorum none\n", 4},
      {"witness without key", two + "witness W3\nquorum none\n", 4},
      {"witness with a word too many", "witness W " + same_key + " u v\nquorum none\n", 1},
      {"witness with the key of a log", "witness W " + log_as_witness + "\nquorum none\n", 1},
      {"witness with a short key", "witness W " + mldsa_key(32) + "\nquorum none\n", 1},
      {"one key for two witnesses", two + "witness W3 " + same_key + "\nquorum none\n", 4},
      {"one key of a type not verified for two",
       "witness A " + mldsa_key() + "\nwitness B " + mldsa_key() + "\nquorum none\n", 2},
      {"one name for two witnesses", two + "witness W1 " + witness_key(3) + "\nquorum none\n", 4},
      {"witness called none", "witness none " + witness_key(3) + "\nquorum none\n", 1},
      {"group called none", two + "group none any W1\nquorum none\n", 4},
      {"group with the name of a witness", two + "group W1 any W2\nquorum none\n", 4},
      {"two groups of one name", two + "group G any W1\ngroup G any W2\nquorum none\n", 5},
      {"group without members", two + "group G any\nquorum none\n", 4},
      {"group of itself", two + "group G any G\nquorum none\n", 4},
      {"group of a later group", two + "group G any H\ngroup H any W1\nquorum G\n", 4},
      {"none as a member", two + "group G any none\nquorum G\n", 4},
      {"a member twice", two + "group G any W1 W1\nquorum G\n", 4},
      {"a member of two groups", two + "group G any W1\ngroup H all W2 W1\nquorum H\n", 5},
      {"threshold 0", two + "group G 0 W1 W2\nquorum G\n", 4},
      {"threshold above the members", two + "group G 3 W1 W2\nquorum G\n", 4},
      {"threshold -1", two + "group G -1 W1 W2\nquorum G\n", 4},
      {"threshold 01", two + "group G 01 W1 W2\nquorum G\n", 4},
      {"threshold most", two + "group G most W1 W2\nquorum G\n", 4},
      {"threshold of twenty digits", two + "group G 18446744073709551617 W1 W2\nquorum G\n", 4},
  };
  for (const Refused& one : cases) {
    const auto policy = Policy::parse(one.text);
    ASSERT_FALSE(policy.has_value()) << one.what;
    EXPECT_EQ(policy.error().kind, ErrorKind::kMalformed) << one.what;
    EXPECT_EQ(policy.error().where, one.line == 0 ? "" : "line " + std::to_string(one.line))
        << one.what << ": " << policy.error().line();
    EXPECT_FALSE(policy.error().remedy.empty()) << one.what;
    const auto in_file = Policy::parse(one.text, "w/policy");
    EXPECT_EQ(in_file.error().where,
              "w/policy" + (one.line == 0 ? "" : ":" + std::to_string(one.line)));
  }
}

}  // namespace
}  // namespace rapporteur::verify
