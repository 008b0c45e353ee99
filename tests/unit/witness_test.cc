#include "adapters/witness/witness.h"

#include <thread>

#include <gmock/gmock.h>

#include "adapters/witness/service.h"
#include "proto/crypto/encoding.h"
#include "proto/crypto/sha256.h"
#include "store/merkle/tree.h"
#include "tests/fakes/fake_log.h"
#include "tests/fakes/fixed_clock.h"
#include "tests/support/listener.h"
#include "tests/support/paths.h"

namespace rapporteur::witness {
namespace {

constexpr const char* kName = "witness.example/w1";

class WitnessTest : public ::testing::Test {
 protected:
  WitnessTest() {
    grow(log_, 20);
    EXPECT_TRUE(client::make_folder(folder_ / "state"));
    open();
  }

  static void grow(testing::FakeLog& log, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) log.append({{}, "record", {}, {}, {}});
  }

  void open() {
    witness_.reset();
    const std::array<notes::VerifierKey, 1> logs{log_.verifier_key()};
    auto opened = Witness::open(folder_ / "state", {kName, seeded_key()}, logs, clock_);
    ASSERT_TRUE(opened) << opened.error().line();
    witness_ = std::move(*opened);
  }

  static crypto::SigningKey seeded_key() {
    return crypto::SigningKey::from_seed(crypto::SecretBytes());
  }

  static AddCheckpoint request(const testing::FakeLog& log, std::size_t first, std::size_t second) {
    AddCheckpoint out{TreeSize{first}, {}, log.checkpoint(second)};
    if (first > 0) out.proof = merkle::unpack(log.consistency_proof(first, second)).value();
    return out;
  }

  Answer ask(std::size_t first, std::size_t second) {
    return witness_->add_checkpoint(request(log_, first, second).body());
  }

  // The log as it was at `size`, and from there on another one, under the same key.
  [[nodiscard]] testing::FakeLog fork(std::size_t size) const {
    testing::FakeLog other = log_.copy();
    other.truncate(size);
    grow(other, 20);
    return other;
  }

  testing::TempDir folder_;
  fakes::FixedClock clock_{1'700'000'000'000};
  testing::FakeLog log_;
  std::unique_ptr<Witness> witness_;
};

TEST_F(WitnessTest, CosignsWhatContinuesTheLastCheckpoint) {
  for (const auto& [first, second] :
       {std::pair{0UL, 5UL}, {5UL, 5UL}, {5UL, 6UL}, {6UL, 20UL}, {20UL, 20UL}}) {
    const Answer answer = ask(first, second);
    ASSERT_EQ(answer.status, 200) << answer.body;
    const std::string note = log_.checkpoint(second) + answer.body;
    const std::array<notes::VerifierKey, 2> known{log_.verifier_key(), witness_->key()};
    const auto holds = notes::verify(notes::Note::parse(note).value(), known);
    ASSERT_TRUE(holds && holds->size() == 2);
    EXPECT_EQ(holds->back().time, std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000)));
  }
}

TEST_F(WitnessTest, AnotherOldSizeIsAnsweredWithTheKnownOne) {
  EXPECT_EQ(ask(3, 5).status, 409);
  EXPECT_EQ(ask(3, 5).body, "0\n");
  ASSERT_EQ(ask(0, 5).status, 200);
  for (const std::size_t old : {0UL, 4UL, 6UL}) {
    const Answer answer = ask(old, 7);
    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(answer.body, "5\n");
    EXPECT_EQ(answer.type, "text/x.tlog.size");
  }
}

TEST_F(WitnessTest, AForkIsNotCosigned) {
  ASSERT_EQ(ask(0, 10).status, 200);
  const testing::FakeLog other = fork(8);
  EXPECT_EQ(witness_->add_checkpoint(request(other, 10, 20).body()).status, 422);
  // Another head of the same size, where there is nothing to prove.
  const Answer answer = witness_->add_checkpoint(request(other, 10, 10).body());
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.body, "10\n");
  EXPECT_EQ(answer.type, "text/x.tlog.size");
  auto with_a_proof = request(other, 10, 10);
  with_a_proof.proof.emplace_back();
  EXPECT_EQ(witness_->add_checkpoint(with_a_proof.body()).status, 422);
  EXPECT_EQ(ask(10, 11).status, 200);
}

TEST_F(WitnessTest, WhatWasCosignedIsKnownAfterARestart) {
  ASSERT_EQ(ask(0, 10).status, 200);
  open();
  EXPECT_EQ(witness_->add_checkpoint(request(fork(8), 0, 20).body()).status, 409);
  EXPECT_EQ(ask(10, 20).status, 200);
}

TEST_F(WitnessTest, AWrongProofOrRootIsRefused) {
  auto from_nothing = request(log_, 0, 5);
  from_nothing.proof.push_back({});
  EXPECT_EQ(witness_->add_checkpoint(from_nothing.body()).status, 422);
  const notes::Checkpoint empty{log_.origin(), TreeSize{0}, {}};
  const AddCheckpoint another_empty_tree{{}, {}, notes::sign_checkpoint(empty, log_.key())};
  EXPECT_EQ(witness_->add_checkpoint(another_empty_tree.body()).status, 409);
  EXPECT_EQ(ask(0, 0).status, 200);
  ASSERT_EQ(ask(0, 5).status, 200);
  auto short_proof = request(log_, 5, 9);
  short_proof.proof.pop_back();
  EXPECT_EQ(witness_->add_checkpoint(short_proof.body()).status, 422);
}

// The log's note fits, but not with the cosignature under it.
TEST_F(WitnessTest, WhatItCouldNotReadAgainIsRefusedBeforeItIsKept) {
  const auto note_of = [&](std::size_t bytes) {
    std::string text = notes::Note::parse(log_.checkpoint(5))->text;
    const std::size_t rest =
        notes::Note{text, {notes::sign(text, log_.origin(), log_.key())}}.bytes().size();
    text += std::string(bytes - rest - 1, 'x') + "\n";
    return notes::Note{text, {notes::sign(text, log_.origin(), log_.key())}}.bytes();
  };
  EXPECT_EQ(note_of(limits::kNoteBytes).size(), limits::kNoteBytes);
  const Answer answer =
      witness_->add_checkpoint(AddCheckpoint{{}, {}, note_of(limits::kNoteBytes)}.body());
  EXPECT_EQ(answer.status, 400) << answer.body;
  EXPECT_TRUE(testing::files_below(folder_.path(), ".checkpoint").empty());
  // What is just short enough is kept, and read again.
  const std::string most = note_of(
      limits::kNoteBytes -
      notes::cosign("a\n", kName, std::chrono::sys_seconds(std::chrono::seconds(1)), seeded_key())
          .line()
          .size());
  ASSERT_EQ(witness_->add_checkpoint(AddCheckpoint{{}, {}, most}.body()).status, 200);
  open();
  EXPECT_EQ(ask(5, 6).status, 200);
}

TEST_F(WitnessTest, OnlyKnownLogsUnderTheirKey) {
  testing::FakeLog impostor;  // the same origin, another key
  grow(impostor, 3);
  EXPECT_EQ(witness_->add_checkpoint(request(impostor, 0, 3).body()).status, 403);
  const notes::Checkpoint stranger{"other.example/log", TreeSize{1}, {}};
  EXPECT_EQ(witness_
                ->add_checkpoint(
                    AddCheckpoint{{}, {}, notes::sign_checkpoint(stranger, log_.key())}.body())
                .status,
            404);
  // A bad signature under the log's name beside a good one.
  notes::Note note = notes::Note::parse(log_.checkpoint(3)).value();
  note.signatures.push_back(note.signatures.front());
  note.signatures.back().blob.back() ^= 1;
  EXPECT_EQ(witness_->add_checkpoint(AddCheckpoint{{}, {}, note.bytes()}.body()).status, 403);
}

TEST_F(WitnessTest, WhatIsNoRequestIsBad) {
  const std::string note = log_.checkpoint(5);
  for (const std::string& body :
       {std::string(), note, std::string("old 0\n"), "old 0" + note, "old 00\n\n" + note,
        "old -1\n\n" + note, "old 0\nAAAA\n\n" + note, "old 0\n\n" + note + "\n",
        std::string("old 0\n\nnot a checkpoint\n\n\u2014 a AAAAAAAA\n"), "old 6\n\n" + note}) {
    EXPECT_EQ(witness_->add_checkpoint(body).status, 400) << body;
  }
  std::string long_proof = "old 1\n";
  for (std::size_t i = 0; i <= kProofLines; ++i) {
    long_proof += crypto::base64(Digest{}.span()) + "\n";
  }
  EXPECT_EQ(witness_->add_checkpoint(long_proof + "\n" + note).status, 400);
  EXPECT_EQ(witness_->add_checkpoint(std::string(kRequestBytes + 1, 'o')).status, 400);
}

TEST_F(WitnessTest, ServesTheNewestWithBothSignatures) {
  const std::string hash = crypto::hex(crypto::sha256(log_.origin()).span());
  EXPECT_EQ(witness_->newest(hash).status, 404);
  ASSERT_EQ(ask(0, 10).status, 200);
  const Answer newest = witness_->newest(hash);
  ASSERT_EQ(newest.status, 200);
  const std::array<notes::VerifierKey, 2> known{log_.verifier_key(), witness_->key()};
  EXPECT_EQ(notes::verify(notes::Note::parse(newest.body).value(), known)->size(), 2);
}

TEST_F(WitnessTest, AFileThatItDidNotWriteStopsIt) {
  ASSERT_EQ(ask(0, 10).status, 200);
  witness_.reset();
  const auto file = testing::files_below(folder_.path(), ".checkpoint").at(0);
  const std::string whole = testing::read_file(file);
  const std::array<notes::VerifierKey, 1> logs{log_.verifier_key()};
  for (const std::string& content :
       {std::string(), whole.substr(0, whole.size() / 2), log_.checkpoint(5)}) {
    testing::write_file(file, content);
    const auto opened = Witness::open(folder_ / "state", {kName, seeded_key()}, logs, clock_);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, ErrorKind::kStorage);
  }
}

TEST_F(WitnessTest, TwoOfOneFolderAreRefused) {
  const auto second = Witness::open(folder_ / "state", {kName, seeded_key()}, {}, clock_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::kOverloaded);
}

TEST_F(WitnessTest, AfterAFailedWriteNothingIsCosigned) {
  ASSERT_EQ(ask(0, 10).status, 200);
  // A folder in its place: the file cannot be put there.
  const auto file = testing::files_below(folder_.path(), ".checkpoint").at(0);
  std::filesystem::remove(file);
  std::filesystem::create_directory(file);
  testing::write_file(file / "full", "");
  EXPECT_EQ(ask(10, 11).status, 500);
  std::filesystem::remove_all(file);
  EXPECT_EQ(ask(10, 11).status, 500);
}

// With the folder went what the key has cosigned: under the same key it could be another history.
TEST_F(WitnessTest, AKeyWithoutItsFolderIsNoWitness) {
  const auto key = folder_ / "witness.key";
  const auto state = folder_ / "seen";
  const auto made = own_key(key, state);
  ASSERT_TRUE(made) << made.error().line();
  EXPECT_TRUE(std::filesystem::is_directory(state));
  EXPECT_EQ(own_key(key, state)->public_key(), made->public_key());
  std::filesystem::remove(state);
  const auto alone = own_key(key, state);
  ASSERT_FALSE(alone);
  EXPECT_EQ(alone.error().kind, ErrorKind::kStorage);
  EXPECT_EQ(alone.error().where, state.string());
  EXPECT_THAT(alone.error().remedy, ::testing::HasSubstr("a witness with a new key"));
  EXPECT_FALSE(std::filesystem::exists(state));
  const ServiceOptions options{kName, key, state, {}, "127.0.0.1:0", "a test"};
  EXPECT_FALSE(Service::start(options, clock_));
}

// Policies name the key that is lost; one that is made in its stead is nobody's witness.
TEST_F(WitnessTest, ALostKeyIsMissedAndNotMadeAnew) {
  const auto key = folder_ / "witness.key";
  const auto lost = own_key(key, folder_ / "state");  // beside one that runs
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().kind, ErrorKind::kConfiguration);
  EXPECT_EQ(lost.error().where, key.string());
  EXPECT_FALSE(std::filesystem::exists(key));
  std::filesystem::create_directory(folder_ / "fresh");
  EXPECT_TRUE(own_key(key, folder_ / "fresh"));
}

// Two requests from one old size at a time: one is cosigned, the other told the new size.
TEST_F(WitnessTest, CheckingAndKeepingAreOneStep) {
  const testing::FakeLog other = fork(5);
  const std::string ours = request(log_, 5, 15).body();
  const std::string theirs = request(other, 5, 20).body();
  ASSERT_EQ(ask(0, 5).status, 200);
  std::array<Answer, 2> answers;
  {
    const std::jthread first([&] { answers[0] = witness_->add_checkpoint(ours); });
    const std::jthread second([&] { answers[1] = witness_->add_checkpoint(theirs); });
  }
  EXPECT_EQ(answers[0].status + answers[1].status, 200 + 409);
}

TEST_F(WitnessTest, AServiceThatNobodyCanReachSaysSo) {
  const auto service = Service::start({.name = kName,
                                       .key_file = folder_ / "key",
                                       .state = folder_ / "service",
                                       .logs = {log_.verifier_key()},
                                       .listen = "127.0.0.1:0",
                                       .setting = "listen"},
                                      clock_);
  ASSERT_TRUE(service) << service.error().line();
  EXPECT_TRUE((*service)->check());
  const std::string url = (*service)->url();
  ASSERT_TRUE(testing::end_listener(std::stoi(url.substr(url.rfind(':') + 1))));
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while ((*service)->check() && std::chrono::steady_clock::now() < patience) {
    std::this_thread::yield();
  }
  const auto ended = (*service)->check();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().kind, ErrorKind::kUnreachable);
  EXPECT_EQ(ended.error().where, url);
}

}  // namespace
}  // namespace rapporteur::witness
