#include "store/notes/signed_note.h"

#include <gtest/gtest.h>

#include "proto/base/limits.h"
#include "proto/crypto/encoding.h"
#include "proto/crypto/sha256.h"
#include "tests/support/cosigner.h"

namespace rapporteur::notes {
namespace {

using testing::cosign;
using testing::seeded_key;
using testing::verifier;

constexpr std::string_view kName = "hub.example/log";
constexpr std::string_view kText = "a text\n";

std::string line(std::string_view name, std::string_view signature) {
  return std::string("\u2014 ").append(name).append(" ").append(signature).append("\n");
}

std::string some_signature() {
  return crypto::base64(bytes_of(std::string(68, 's')));
}

// The example of the signed-note standard, whose text has a blank line.
constexpr std::string_view kPoem =
    "Ognuno sta solo sul cuor della terra\n"
    "trafitto da un raggio di sole:\n"
    "\n"
    "\u00e8 subito sera.\n"
    "\n"
    "\u2014 quasimodo.example/salvatore "
    "NnugSzTjtVAewIS+Z/iJhUPeFDkO/"
    "5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";

TEST(Note, SplitsAtTheLastBlankLine) {
  const auto note = Note::parse(kPoem);
  ASSERT_TRUE(note.has_value());
  EXPECT_TRUE(note->text.ends_with("sera.\n"));
  ASSERT_EQ(note->signatures.size(), 1U);
  EXPECT_EQ(note->signatures[0].name, "quasimodo.example/salvatore");
  EXPECT_EQ(note->signatures[0].key_id, 0x367ba04bU);
  EXPECT_EQ(note->signatures[0].blob.size(), 64U);
  EXPECT_EQ(note->bytes(), kPoem);
}

TEST(Note, RefusesWhatIsMalformed) {
  const std::string good = line("n", some_signature());
  const std::string text = "a text\n\n";
  struct Case {
    const char* what;
    std::string bytes;
  };
  const std::vector<Case> cases = {
      {"nothing", ""},
      {"no blank line", "a text\n" + good},
      {"no text", "\n" + good},
      {"no signatures", text},
      {"no final newline", text + good.substr(0, good.size() - 1)},
      {"blank line between signatures", text + good + "\n"},
      {"carriage return", "a text\r\n\n" + good},
      {"carriage return in a signature line", text + good.substr(0, good.size() - 1) + "\r\n"},
      {"tab", "a\ttext\n\n" + good},
      {"NUL", std::string("a\0text\n\n", 8) + good},
      {"not UTF-8", "a \xC3 text\n\n" + good},
      {"overlong UTF-8", "a \xC0\x80 text\n\n" + good},
      {"surrogate", "a \xED\xA0\x80 text\n\n" + good},
      {"no em dash", text + "- n " + some_signature() + "\n"},
      {"no space after the dash", text + "\u2014n " + some_signature() + "\n"},
      {"empty name", text + line("", some_signature())},
      {"plus in the name", text + line("a+b", some_signature())},
      {"no-break space in the name", text + line("a\u00a0b", some_signature())},
      {"space in the name", text + line("a b", some_signature())},
      {"no signature", text + "\u2014 n\n"},
      {"empty signature", text + line("n", "")},
      {"no padding", text + line("n", "AAAAAAA")},
      {"too much padding", text + line("n", "AAAAAAA==")},
      {"bits beyond the end", text + line("n", "AAAAAAB=")},
      {"URL alphabet", text + line("n", "AAAA-_AA")},
      {"space behind", text + line("n", some_signature() + " ")},
      {"key id alone", text + line("n", "AAAAAA==")},
      {"too long", std::string(limits::kNoteBytes, 'x') + "\n\n" + good},
  };
  for (const Case& one : cases) {
    const auto note = Note::parse(one.bytes);
    ASSERT_FALSE(note.has_value()) << one.what;
    EXPECT_EQ(note.error().kind, ErrorKind::kMalformed) << one.what;
  }
  EXPECT_TRUE(Note::parse(text + good));
}

TEST(Note, TakesUpToItsLimitOfSignatures) {
  std::string bytes = "a text\n\n";
  for (std::size_t i = 0; i < limits::kNoteSignatures; ++i) bytes += line("n", some_signature());
  static_assert(limits::kNoteSignatures >= 16);
  EXPECT_EQ(Note::parse(bytes)->signatures.size(), limits::kNoteSignatures);
  EXPECT_FALSE(Note::parse(bytes + line("n", some_signature())));
}

TEST(Note, ASignatureHoldsForItsTextNameAndKey) {
  const auto key = seeded_key(1);
  const auto other = seeded_key(2);
  Note note{std::string(kText), {sign(kText, kName, key)}};
  const VerifierKey known = verifier(kName, key);
  const auto holds = verify(note, std::span(&known, 1));
  ASSERT_TRUE(holds.has_value());
  ASSERT_EQ(holds->size(), 1U);
  EXPECT_EQ(holds->front().key, known);
  EXPECT_FALSE(holds->front().time.has_value());
  for (const VerifierKey& wrong : {verifier(kName, other), verifier("other.example", key),
                                   verifier(kName, key, KeyType::kCosignatureV1)}) {
    EXPECT_EQ(verify(note, std::span(&wrong, 1)).error().kind, ErrorKind::kNotVerified);
  }
  note.text = "another text\n";
  EXPECT_EQ(verify(note, std::span(&known, 1)).error().kind, ErrorKind::kNotVerified);
}

TEST(Note, UnknownSignaturesAreIgnoredWhateverTheyAre) {
  const auto key = seeded_key(1);
  const VerifierKey known = verifier(kName, key);
  Note note{std::string(kText), {}};
  note.signatures.push_back({std::string(kName), known.id() + 1, "x"});
  note.signatures.push_back({"other.example", known.id(), std::string(64, 'x')});
  note.signatures.push_back({"mldsa.example", 0x06060606, std::string(2420, 'm')});
  note.signatures.push_back(sign(kText, kName, key));
  const auto read = Note::parse(note.bytes());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->signatures, note.signatures);
  EXPECT_EQ(verify(*read, std::span(&known, 1))->size(), 1U);
  note.signatures.pop_back();
  EXPECT_FALSE(verify(note, std::span(&known, 1)));
}

TEST(Note, OneBadSignatureOfAKnownKeySpoilsTheNote) {
  const auto key = seeded_key(1);
  const auto second = seeded_key(2);
  const std::vector<VerifierKey> known = {verifier(kName, key), verifier("second.example", second)};
  Note note{std::string(kText), {sign(kText, kName, key), sign(kText, "second.example", second)}};
  EXPECT_EQ(verify(note, known)->size(), 2U);
  Note repeated = note;
  repeated.signatures.push_back(note.signatures.front());
  EXPECT_EQ(verify(repeated, known)->size(), 2U);
  repeated.signatures.back().blob.back() ^= 1;
  EXPECT_FALSE(verify(repeated, known));
  note.signatures.back().blob.pop_back();
  EXPECT_FALSE(verify(note, known));
}

// One name may have several keys, and several names one key: the pair of name and key id decides.
TEST(Note, NamesMayRepeatAndEachKeyIsVerifiedByItself) {
  const auto key = seeded_key(1);
  const auto second = seeded_key(2);
  const std::vector<VerifierKey> known = {verifier(kName, key), verifier(kName, second),
                                          verifier(kName, second, KeyType::kCosignatureV1),
                                          verifier("other.example", key)};
  Note note{std::string(kText),
            {sign(kText, kName, second), cosign(kText, kName, 7, second), sign(kText, kName, key),
             sign(kText, "other.example", key)}};
  const auto holds = verify(Note::parse(note.bytes()).value(), known);
  ASSERT_TRUE(holds.has_value()) << holds.error().line();
  ASSERT_EQ(holds->size(), 4U);
  EXPECT_EQ((*holds)[0].key, known[1]);
  EXPECT_EQ((*holds)[1].key, known[2]);
  EXPECT_EQ((*holds)[2].key, known[0]);
  // Under the name of both, and made by neither.
  note.signatures[2].blob = note.signatures[0].blob;
  EXPECT_FALSE(verify(note, known));
}

// As large as the standard says that verifiers must expect: cosignatures of later types.
TEST(Note, SixteenAndMoreSignaturesOfOtherTypesDoNotHideAGoodOne) {
  const auto key = seeded_key(1);
  const VerifierKey known = verifier(kName, key);
  for (const std::size_t others : {15U, 16U, 31U}) {
    Note note{std::string(kText), {}};
    for (std::size_t i = 0; i < others; ++i) {
      note.signatures.push_back({"mldsa.example/" + std::to_string(i), 0x06060606U + unsigned(i),
                                 std::string(5'000, static_cast<char>(i))});
    }
    note.signatures.push_back(sign(kText, kName, key));
    const auto read = Note::parse(note.bytes());
    ASSERT_TRUE(read.has_value()) << others << " others: " << read.error().line();
    EXPECT_EQ(read->signatures.size(), others + 1);
    EXPECT_EQ(verify(*read, std::span(&known, 1))->size(), 1U);
  }
}

TEST(Note, BlankLinesBelongToTheTextThatIsSigned) {
  const auto key = seeded_key(1);
  const VerifierKey known = verifier(kName, key);
  for (const std::string& text :
       {std::string("\n"), std::string("\n\n\n"), std::string("a\n\n\nb\n"), std::string("a\n\n"),
        "a\n\n" + line("n", some_signature()) + "\nb\n"}) {
    const std::string bytes = Note{text, {sign(text, kName, key)}}.bytes();
    const auto note = Note::parse(bytes);
    ASSERT_TRUE(note.has_value()) << text;
    EXPECT_EQ(note->text, text);
    EXPECT_TRUE(verify(*note, std::span(&known, 1))) << text;
    EXPECT_EQ(note->bytes(), bytes);
  }
}

TEST(Note, ACosignatureHoldsForItsTime) {
  constexpr std::chrono::sys_seconds time{std::chrono::seconds(1'700'000'000)};
  const auto key = seeded_key(3);
  const VerifierKey witness = verifier("witness.example", key, KeyType::kCosignatureV1);
  Note note{std::string(kText), {notes::cosign(kText, witness.name, time, key)}};
  const auto holds = verify(note, std::span(&witness, 1));
  ASSERT_TRUE(holds.has_value());
  EXPECT_EQ(holds->front().time, time);
  EXPECT_EQ(note.signatures[0], cosign(kText, witness.name, 1'700'000'000, key));
  note.signatures[0].blob[7] ^= 1;
  EXPECT_FALSE(verify(note, std::span(&witness, 1)));
  for (const std::size_t size : {1U, 7U, 8U, 64U, 71U, 73U}) {
    note.signatures[0].blob = std::string(size, 'x');
    EXPECT_FALSE(verify(note, std::span(&witness, 1))) << size;
  }
  // An ordinary signature of the same key is no cosignature.
  note.signatures[0] = sign(kText, witness.name, key);
  note.signatures[0].key_id = witness.id();
  EXPECT_FALSE(verify(note, std::span(&witness, 1)));
}

TEST(Note, ATimeBeyondTheClockIsNoCosignature) {
  const auto key = seeded_key(3);
  const VerifierKey witness = verifier("witness.example", key, KeyType::kCosignatureV1);
  Note note{std::string(kText), {cosign(kText, witness.name, UINT64_MAX, key)}};
  EXPECT_FALSE(verify(note, std::span(&witness, 1)));
}

TEST(VerifierKey, ReadsAndWritesTheExampleOfGoSumdb) {
  const std::string text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
  const auto key = VerifierKey::parse(text);
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->name, "sum.golang.org");
  EXPECT_EQ(key->id(), 0x033de0aeU);
  EXPECT_EQ(key->text(), text);
}

TEST(VerifierKey, KnowsTheKeysOfATypeThatIsNotVerified) {
  std::string typed("\x06");
  typed.append(kMlDsa44KeyBytes, 'k');
  const std::string text =
      "witness.example+" +
      crypto::hex(crypto::sha256("witness.example\n" + typed).span().first(4)) + "+" +
      crypto::base64(bytes_of(typed));
  const auto encoded = EncodedKey::parse(text);
  ASSERT_TRUE(encoded.has_value()) << encoded.error().line();
  EXPECT_EQ(encoded->name, "witness.example");
  EXPECT_EQ(encoded->type, kMlDsa44Type);
  EXPECT_EQ(encoded->key, std::string(kMlDsa44KeyBytes, 'k'));
  EXPECT_EQ(VerifierKey::parse(text).error().kind, ErrorKind::kMalformed);
}

TEST(VerifierKey, RefusesWhatIsNone) {
  const auto key = seeded_key(1);
  const std::string good = verifier("name", key).text();
  EXPECT_TRUE(VerifierKey::parse(good));
  const std::string tail = good.substr(4);
  std::string mldsa("\x06");
  mldsa.append(1312, 'k');
  std::string other_id = good;
  other_id[5] = other_id[5] == '0' ? '1' : '0';
  for (const std::string& text :
       {std::string(), std::string("name"), std::string("name+"), std::string("+"),
        std::string("++"), std::string("name+00000000+"), tail, "na me" + tail, "na\u2003me" + tail,
        "na\nme" + tail, "na\xFFme" + tail, other_id, good + "=", good.substr(0, good.size() - 4),
        good + "AAAA", "name+0+" + good.substr(14), "other" + tail,
        "name+00000000+" + crypto::base64(bytes_of(mldsa)), good + std::string(5'000, 'A')}) {
    const auto parsed = VerifierKey::parse(text);
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::kMalformed);
  }
}

}  // namespace
}  // namespace rapporteur::notes
