#include <algorithm>
#include <cctype>
#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "proto/crypto/domain.h"
#include "proto/crypto/ed25519.h"
#include "proto/crypto/encoding.h"
#include "proto/crypto/hmac.h"
#include "proto/crypto/sha256.h"
#include "tests/support/paths.h"

namespace rapporteur::crypto {
namespace {

std::string unhex(std::string_view text) {
  return parse_hex(text).value();
}

SigningKey key_from(std::string_view seed) {
  return SigningKey::from_seed(SecretBytes(std::span<const std::byte, 32>(bytes_of(seed))));
}

TEST(Sha256, KnownAnswers) {
  // FIPS 180-4 examples.
  EXPECT_EQ(hex(sha256("").span()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256("abc").span()),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256(std::string(1'000'000, 'a')).span()),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PiecesAndWholeAgreeAndFinishStartsAnew) {
  Sha256 hash;
  EXPECT_EQ(hash.update("a").update("").update("bc").finish(), sha256("abc"));
  EXPECT_EQ(hash.finish(), sha256(""));
  Sha256 moved = std::move(hash);
  EXPECT_EQ(moved.update("abc").finish(), sha256("abc"));
}

TEST(Domains, EachEndsInNulAndNoneIsAnother) {
  const std::array all{domain::kHeader,     domain::kBody,         domain::kSecond,
                       domain::kRecord,     domain::kRefusal,      domain::kAcknowledgement,
                       domain::kDelivered,  domain::kDirectory,    domain::kEnrolment,
                       domain::kKeyRequest, domain::kConfiguration};
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_TRUE(all[i].starts_with("rapporteur/v1/"));
    EXPECT_EQ(all[i].find('\0'), all[i].size() - 1);
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(all[i], all[j]);
  }
}

// Computed with another implementation: sha256sum over the same bytes.
TEST(Domains, KnownAnswersOfTheHashesOnTheWire) {
  const std::string salt(32, '\x11');
  const std::string nonce(32, '\x22');
  EXPECT_EQ(hex(commitment(bytes_of(salt), bytes_of("body")).span()),
            "23b03bcec53bada1306edfcc0bcb4a736d1769f8e24953f8af5847ccec7b641c");
  EXPECT_EQ(hex(record_hash(bytes_of(nonce), bytes_of("record")).span()),
            "d655c3ce754c8e836e15a52d92ec9204383d6219e298dd713afa31d8626e5e2c");
  EXPECT_EQ(hex(next_delivered(Digest{}, bytes_of("header")).span()),
            "32a4f52e4043ea9e89d8b2062a9c6941f67b1e2cf3ee0a78f0d604aa95a387c9");
}

TEST(Hmac, KnownAnswersOfRfc4231) {
  const std::string key(20, '\x0b');
  EXPECT_EQ(hex(hmac_sha256(bytes_of(key), "", bytes_of("Hi There")).span()),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  // The domain stands before the message; a key may be longer than a block.
  EXPECT_EQ(hmac_sha256(bytes_of(key), "Hi ", bytes_of("There")),
            hmac_sha256(bytes_of(key), "", bytes_of("Hi There")));
  const std::string longer(131, '\xaa');
  const std::string test = "Test Using Larger Than Block-Size Key - Hash Key First";
  EXPECT_EQ(hex(hmac_sha256(bytes_of(longer), "", bytes_of(test)).span()),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Ed25519, KnownAnswerOfRfc8032) {
  const SigningKey key =
      key_from(unhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"));
  EXPECT_EQ(hex(key.public_key().span()),
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
  const SignatureBytes signature = key.sign("", bytes_of("\xAF\x82"));
  EXPECT_EQ(hex(signature.span()),
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67"
            "f760984dc6594a7c15e9716ed28dc027beceea1ec40a");
  EXPECT_TRUE(verify(key.public_key(), "", bytes_of("\xAF\x82"), signature));
}

TEST(Ed25519, ASignatureIsGoodForItsKeyItsDomainAndItsMessageOnly) {
  const SigningKey key = SigningKey::generate();
  for (const std::size_t size : {0UL, 1UL, 2'020UL, 2'048UL, 5'000UL}) {
    const std::string message(size, 'm');
    SignatureBytes signature = key.sign(domain::kHeader, bytes_of(message));
    EXPECT_TRUE(verify(key.public_key(), domain::kHeader, bytes_of(message), signature));
    EXPECT_FALSE(verify(key.public_key(), domain::kSecond, bytes_of(message), signature));
    EXPECT_FALSE(verify(key.public_key(), domain::kHeader, bytes_of(message + "x"), signature));
    EXPECT_FALSE(
        verify(SigningKey::generate().public_key(), domain::kHeader, bytes_of(message), signature));
    signature.bytes[10] ^= std::byte{1};
    EXPECT_FALSE(verify(key.public_key(), domain::kHeader, bytes_of(message), signature));
  }
}

TEST(Ed25519, TheKeyIdIsTheBeginningOfTheHashOfThePublicKey) {
  const SigningKey key = SigningKey::generate();
  EXPECT_EQ(key.key_id().string(), sha256(key.public_key().span()).string().substr(0, 8));
  EXPECT_EQ(key_id_of(key.public_key()), key.key_id());
}

TEST(Ed25519, TheSeedGivesTheKeyBackAndMovingWipesIt) {
  SigningKey key = SigningKey::generate();
  const PublicKeyBytes public_key = key.public_key();
  SecretBytes seed = key.seed();
  EXPECT_EQ(SigningKey::from_seed(seed).public_key(), public_key);
  const SecretBytes moved = std::move(seed);
  EXPECT_TRUE(std::all_of(seed.bytes().begin(), seed.bytes().end(),  // NOLINT: the point
                          [](std::byte b) { return b == std::byte{0}; }));
  const SigningKey other = std::move(key);
  EXPECT_TRUE(verify(public_key, "", bytes_of("x"), other.sign("", bytes_of("x"))));
}

TEST(Curve, ThePublicKeyFollowsFromTheSecretOne) {
  const CurveKeyPair pair = generate_curve_key_pair();
  EXPECT_EQ(curve_public_key(pair.secret_key), pair.public_key);
  // Computed with another implementation: openssl pkey -pubout.
  const std::string fixed(32, '\x01');
  const SecretBytes secret(std::span<const std::byte, 32>(bytes_of(fixed)));
  EXPECT_EQ(hex(curve_public_key(secret).span()),
            "a4e09292b651c278b9772c569f5fa9bb13d906b46ab68c9df9dc2b4409f8a209");
}

TEST(MessageIds, NewOnesDifferAndAreOfVersionSeven) {
  const UnixMillis now{std::chrono::milliseconds(1'700'000'000'000)};
  const MessageId one = new_message_id(now);
  EXPECT_TRUE(is_uuid_v7(one));
  EXPECT_NE(one, new_message_id(now));
}

TEST(Hex, OneFormBothWays) {
  EXPECT_EQ(hex(bytes_of(std::string_view("\x00\xAB\xFF", 3))), "00abff");
  EXPECT_EQ(parse_hex("00abff").value(), std::string("\x00\xAB\xFF", 3));
  EXPECT_EQ(parse_hex("").value(), "");
  for (const char* none : {"0", "0g", "00 ab", "00abf", " 00", "0x00", "00\n"}) {
    EXPECT_FALSE(parse_hex(none).has_value()) << none;
  }
}

TEST(Base64, KnownAnswersOfRfc4648) {
  for (const auto& [plain, encoded] : std::initializer_list<std::pair<const char*, const char*>>{
           {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(base64(bytes_of(plain)), encoded);
    EXPECT_EQ(parse_base64(encoded).value(), plain);
  }
}

TEST(Base64, OnlyTheOneEncodingOfSomethingIsRead) {
  for (const char* none :
       {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8=Zm8=", "Zg==Zg==", "Zm9v\n", " Zm9v", "Zm 9v",
        "Zm9v=", "=", "====", "Z", "Zm-_", "Zg==\n", "Zm9\xC3"}) {
    EXPECT_FALSE(parse_base64(none).has_value()) << none;
  }
  std::string with_any_byte = "Zm9v";
  for (int byte = 0; byte < 256; ++byte) {
    with_any_byte[2] = static_cast<char>(byte);
    const bool letter = std::isalnum(byte) != 0 || byte == '+' || byte == '/';
    EXPECT_EQ(parse_base64(with_any_byte).has_value(), letter && byte < 128) << byte;
  }
}

// Of a file in Wycheproof's layout: what does not behave as it says, a line each, and how many
// cases there are. Files of other algorithms hold none. Both names of the key's field are in use.
struct Cases {
  std::size_t run = 0;
  std::string complaints;
};

Cases run_wycheproof(const nlohmann::json& content) {
  Cases out;
  if (content.value("algorithm", "EDDSA") != "EDDSA") return out;
  for (const auto& group : content.at("testGroups")) {
    const auto& key_fields = group.contains("publicKey") ? group.at("publicKey") : group.at("key");
    if (key_fields.value("curve", "edwards25519") != "edwards25519") continue;
    const auto key = PublicKeyBytes::from(unhex(key_fields.at("pk").get<std::string>()));
    for (const auto& test : group.at("tests")) {
      const auto signature = SignatureBytes::from(unhex(test.at("sig").get<std::string>()));
      const std::string message = unhex(test.at("msg").get<std::string>());
      const bool holds = key && signature && verify(*key, "", bytes_of(message), *signature);
      ++out.run;
      if (holds != (test.at("result") == "valid")) {
        out.complaints += "tcId " + test.at("tcId").dump() + (holds ? " holds\n" : " fails\n");
      }
    }
  }
  return out;
}

TEST(Wycheproof, EveryEd25519VectorHasItsExpectedResult) {
  const auto vectors = rapporteur::testing::vectors();
  if (!vectors || !std::filesystem::is_directory(*vectors / "ed25519")) {
    GTEST_SKIP() << "no folder of vectors";
  }
  std::size_t cases = 0;
  for (const auto& file : rapporteur::testing::files_below(*vectors / "ed25519", ".json")) {
    const Cases done = run_wycheproof(nlohmann::json::parse(rapporteur::testing::read_file(file)));
    EXPECT_EQ(done.complaints, "") << file;
    cases += done.run;
  }
  EXPECT_GT(cases, 0U);
}

TEST(Wycheproof, ACaseThatDoesNotBehaveIsNamed) {
  const SigningKey key = SigningKey::generate();
  const nlohmann::json good{{"tcId", 1},
                            {"msg", "6d"},
                            {"sig", hex(key.sign("", bytes_of("m")).span())},
                            {"result", "valid"}};
  nlohmann::json wrong = good;
  wrong["tcId"] = 2;
  wrong["result"] = "invalid";
  for (const char* field : {"publicKey", "key"}) {
    nlohmann::json group;
    group[field] = {{"curve", "edwards25519"}, {"pk", hex(key.public_key().span())}};
    group["tests"] = nlohmann::json::array({good, wrong});
    nlohmann::json file;
    file["testGroups"] = nlohmann::json::array({group});
    const Cases done = run_wycheproof(file);
    EXPECT_EQ(done.run, 2U);
    EXPECT_EQ(done.complaints, "tcId 2 holds\n");
  }
}

}  // namespace
}  // namespace rapporteur::crypto
