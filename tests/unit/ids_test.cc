#include "proto/base/ids.h"

#include <chrono>

#include <gtest/gtest.h>

#include "proto/base/host_and_port.h"
#include "proto/base/limits.h"

namespace rapporteur {
namespace {

std::array<std::byte, 10> all(std::byte value) {
  std::array<std::byte, 10> bytes{};
  bytes.fill(value);
  return bytes;
}

TEST(ParticipantId, LowerCaseDigitsAndDashFromALetterOn) {
  for (const char* id : {"at", "no", "europol", "a1", "a-b", "be-2"}) {
    EXPECT_TRUE(valid_participant_id(id)) << id;
  }
  for (const char* id : {"", "a", "AT", "1a", "-a", "a_b", "a b", "a.b", "a\n", "\xC3\xA9t"}) {
    EXPECT_FALSE(valid_participant_id(id)) << id;
  }
  EXPECT_TRUE(valid_participant_id(std::string(limits::kIdBytes, 'a')));
  EXPECT_FALSE(valid_participant_id(std::string(limits::kIdBytes + 1, 'a')));
}

TEST(MessageIds, TimeVersionAndVariantStandInTheirPlaces) {
  // RFC 9562, appendix A.6: the time of its example; all random bits set or none.
  const UnixMillis time{std::chrono::milliseconds(0x017F22E279B0)};
  EXPECT_EQ(uuid_text(make_message_id(time, all(std::byte{0x00}))),
            "017f22e2-79b0-7000-8000-000000000000");
  EXPECT_EQ(uuid_text(make_message_id(time, all(std::byte{0xFF}))),
            "017f22e2-79b0-7fff-bfff-ffffffffffff");
}

TEST(MessageIds, TextIsReadBackAndOnlyInItsOneForm) {
  const std::string text = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
  const auto id = parse_uuid(text);
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(uuid_text(*id), text);
  EXPECT_TRUE(is_uuid_v7(*id));
  for (const char* none :
       {"", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff",
        "017F22E2-79b0-7cc3-98c4-dc0c0c07398f", "017f22e2079b0-7cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
        "017f22e279b07cc398c4dc0c0c07398f----"}) {
    EXPECT_FALSE(parse_uuid(none).has_value()) << none;
  }
}

TEST(MessageIds, OtherVersionsAndVariantsAreNotTaken) {
  EXPECT_FALSE(is_uuid_v7(*parse_uuid("017f22e2-79b0-4cc3-98c4-dc0c0c07398f")));
  EXPECT_FALSE(is_uuid_v7(*parse_uuid("017f22e2-79b0-7cc3-58c4-dc0c0c07398f")));
  EXPECT_FALSE(is_uuid_v7(*parse_uuid("017f22e2-79b0-7cc3-c8c4-dc0c0c07398f")));
}

TEST(FixedBytes, TakesExactlyItsLength) {
  EXPECT_TRUE(KeyId::from("12345678").has_value());
  EXPECT_FALSE(KeyId::from("1234567").has_value());
  EXPECT_FALSE(KeyId::from("123456789").has_value());
  EXPECT_EQ(KeyId::from("\xFF"
                        "1234567")
                ->view()
                .front(),
            '\xFF');
}

TEST(Pattern, StarIsAnyRunAndBarSeparatesAlternatives) {
  for (const auto& [pattern, text] : std::initializer_list<std::pair<const char*, const char*>>{
           {"", ""},
           {"", "AT"},
           {"*", ""},
           {"*", "AT"},
           {"AT", "AT"},
           {"CJ_*", "CJ_INV"},
           {"CJ_*", "CJ_"},
           {"*_N", "POL_NRAP_N"},
           {"A*B*C", "AC_BB_C"},
           {"AT|BE", "BE"},
           {"EU|EU27_2007*", "EU27_2007_X_ES_LU"},
           {"**", "x"},
           {"a**b", "ab"}}) {
    EXPECT_TRUE(matches_pattern(pattern, text)) << pattern << ' ' << text;
  }
  for (const auto& [pattern, text] :
       std::initializer_list<std::pair<const char*, const char*>>{{"AT", "at"},
                                                                  {"AT", "ATX"},
                                                                  {"AT", ""},
                                                                  {"CJ_*", "VIC_REG"},
                                                                  {"*_N", "N"},
                                                                  {"A*B*C", "AC"},
                                                                  {"AT|BE", "AT|BE"},
                                                                  {"AT|", "BE"},
                                                                  {"|", "x"},
                                                                  {"A?", "AT"},
                                                                  {"[A]", "A"},
                                                                  {"A.", "AT"}}) {
    EXPECT_FALSE(matches_pattern(pattern, text)) << pattern << ' ' << text;
  }
}

TEST(Pattern, APathologicalOneTakesNoLongerThanItsLengthTimesTheText) {
  std::string pattern;
  while (pattern.size() < limits::kPatternBytes - 2) pattern += "*a";
  const std::string text(100'000, 'a');
  const auto before = std::chrono::steady_clock::now();
  EXPECT_FALSE(matches_pattern(pattern + "*b", text));
  // Backtracking over every star would not end within the life of the machine.
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(20));
}

TEST(HostAndPort, IsReadWithAndWithoutBrackets) {
  const auto v6 = parse_host_and_port("[::1]:9570");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->host, "::1");
  EXPECT_EQ(v6->port, 9570);
  EXPECT_EQ(parse_host_and_port("witness.example:0")->host, "witness.example");
  for (const char* text :
       {"", ":", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:-1", "host", ":80", "127.0.0.1:1x"}) {
    EXPECT_FALSE(parse_host_and_port(text)) << text;
  }
  EXPECT_TRUE(is_loopback("127.0.0.7") && is_loopback("::1") && is_loopback("localhost"));
  EXPECT_FALSE(is_loopback("0.0.0.0") || is_loopback("192.0.2.1"));
}

}  // namespace
}  // namespace rapporteur
