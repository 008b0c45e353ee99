#include "store/notes/checkpoint.h"

#include <gtest/gtest.h>

namespace rapporteur::notes {
namespace {

constexpr const char* kRoot = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

std::string with(std::string_view origin, std::string_view size, std::string_view root) {
  return std::string(origin).append("\n").append(size).append("\n").append(root).append("\n");
}

TEST(Checkpoint, ReadsAndWritesTheExampleOfTheStandard) {
  const std::string text = with("example.com/behind-the-sofa", "20852163", kRoot);
  const auto checkpoint = Checkpoint::parse(text);
  ASSERT_TRUE(checkpoint.has_value());
  EXPECT_EQ(checkpoint->origin, "example.com/behind-the-sofa");
  EXPECT_EQ(checkpoint->size, TreeSize{20'852'163});
  EXPECT_EQ(checkpoint->text(), text);
}

TEST(Checkpoint, DropsExtensionLines) {
  const std::string text = with("o", "1", kRoot);
  EXPECT_EQ(Checkpoint::parse(text + "an extension\nanother\n")->text(), text);
}

TEST(Checkpoint, RefusesWhatIsNone) {
  const std::string good = with("o", "1", kRoot);
  for (const std::string& text :
       {std::string(), std::string("\n"), good.substr(0, good.size() - 1), with("", "1", kRoot),
        with("o", "", kRoot), with("o", "01", kRoot), with("o", "-1", kRoot),
        with("o", "+1", kRoot), with("o", " 1", kRoot), with("o", "0x1", kRoot),
        with("o", "18446744073709551616", kRoot), with("o", "1", ""), with("o", "1", "AAAA"),
        with("o", "1", "CsUYapGGPo4dkMgIAUqom/Xajj7h2"),
        with("o", "1", std::string(kRoot).substr(0, 43)), good + "\n", good + "extension",
        good + "\nextension\n", std::string("o\n1\n")}) {
    const auto checkpoint = Checkpoint::parse(text);
    ASSERT_FALSE(checkpoint.has_value()) << text;
    EXPECT_EQ(checkpoint.error().kind, ErrorKind::kMalformed);
  }
  EXPECT_TRUE(Checkpoint::parse(with("o", "18446744073709551615", kRoot)));
  EXPECT_TRUE(Checkpoint::parse(with("o", "0", kRoot)));
}

TEST(Checkpoint, OpensOnlyWhatTheLogSignedUnderItsOwnName) {
  const auto key = crypto::SigningKey::generate();
  const auto other = crypto::SigningKey::generate();
  const VerifierKey log{"hub.example/log", KeyType::kEd25519, key.public_key()};
  const Checkpoint checkpoint{"hub.example/log", TreeSize{7}, {}};
  EXPECT_EQ(open_checkpoint(sign_checkpoint(checkpoint, key), log).value(), checkpoint);
  EXPECT_EQ(open_checkpoint(sign_checkpoint(checkpoint, other), log).error().kind,
            ErrorKind::kNotVerified);
  const Checkpoint foreign{"other.example/log", TreeSize{7}, {}};
  Note note{foreign.text(), {}};
  note.signatures.push_back(sign(note.text, log.name, key));
  EXPECT_EQ(open_checkpoint(note.bytes(), log).error().kind, ErrorKind::kNotVerified);
  Note prose{"not a checkpoint\n", {}};
  prose.signatures.push_back(sign(prose.text, log.name, key));
  EXPECT_EQ(open_checkpoint(prose.bytes(), log).error().kind, ErrorKind::kMalformed);
}

}  // namespace
}  // namespace rapporteur::notes
