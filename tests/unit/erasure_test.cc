// An erasure in the real log: what is left tells nothing, whoever looks at it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/client/envelope.h"
#include "proto/base/limits.h"
#include "proto/crypto/body_cipher.h"
#include "proto/crypto/domain.h"
#include "store/rocks/body_keys.h"
#include "store/rocks/database.h"
#include "store/rocks/layout.h"
#include "store/rocks/local_journal.h"
#include "tests/fakes/fixed_clock.h"
#include "tests/support/paths.h"

namespace rapporteur::rocks {
namespace {

using journal::BodyState;
using journal::Draft;

constexpr LogIndex kSecret{5};

crypto::SigningKey log_key() {
  crypto::SecretBytes bytes;
  bytes.mutable_bytes()[0] = std::byte{1};
  return crypto::SigningKey::from_seed(bytes);
}

std::string candidate(std::size_t number) {
  return "OBS_VALUE=" + std::to_string(number) + " in this cell";
}

// A submission as a client makes it; of the record only the header.
struct Submitted {
  v1::Envelope envelope;
  [[nodiscard]] Draft draft() const {
    Draft out;
    v1::Record record;
    record.set_header(envelope.header());
    record.mutable_accepted();
    out.record = record.SerializeAsString();
    out.salt = envelope.salt();
    out.body = envelope.body();
    return out;
  }
  [[nodiscard]] std::string commitment() const {
    v1::Header header;
    header.ParseFromString(envelope.header());
    return header.commitment();
  }
};

class ErasureTest : public ::testing::Test {
 protected:
  ErasureTest() {
    options_.body_keys_copy = temp_ / "elsewhere.keys";
    auto made = LocalJournal::create(folder(), "test.example/log", log_key(), clock_, options_);
    EXPECT_TRUE(made) << made.error().line();
    log_ = std::move(*made);
    for (std::size_t i = 0; i < 12; ++i) append(submit(i).draft());
  }

  Submitted submit(std::size_t number) {
    client::EnvelopeParts parts;
    parts.hub = "hub";
    parts.sender = "at";
    parts.created = UnixMillis(std::chrono::milliseconds(1'000'000));
    parts.message_id = crypto::new_message_id(parts.created);
    parts.sequence = Sequence{number + 1};
    parts.body = candidate(number);
    Submitted out{client::make_envelope(parts, sender_)};
    if (number == kSecret.value) secret_ = out;
    return out;
  }
  void append(Draft draft) {
    const auto group = log_->append({&draft, 1});
    ASSERT_TRUE(group) << group.error().line();
  }
  static Draft erasing(std::vector<LogIndex> erases) {
    Draft draft;
    v1::Record record;
    record.mutable_administered();
    draft.record = record.SerializeAsString();
    draft.erases = std::move(erases);
    return draft;
  }
  void erase() { append(erasing({kSecret})); }
  void reopen() {
    log_.reset();
    auto again = LocalJournal::open(folder(), log_key(), clock_, options_);
    ASSERT_TRUE(again) << again.error().line();
    log_ = std::move(*again);
  }
  [[nodiscard]] journal::StoredEntry entry(LogIndex index) const {
    return *log_->reader().entry(index);
  }
  [[nodiscard]] std::filesystem::path folder() const { return temp_ / "log"; }
  [[nodiscard]] std::filesystem::path keys() const { return temp_ / "log.keys"; }
  [[nodiscard]] BodyKey key_in(const std::filesystem::path& file, LogIndex index) const {
    const auto reader = BodyKeyReader::open(file, log_->verifier_key());
    return (*reader)->read(index, 1)->front();
  }
  void copy_folder(const std::string& name) const {
    std::filesystem::copy(folder(), temp_ / name, std::filesystem::copy_options::recursive);
  }
  // All bytes that are anywhere.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> all_files() const {
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& file : std::filesystem::recursive_directory_iterator(temp_.path())) {
      if (!file.is_regular_file()) continue;
      out.emplace_back(file.path().string(), testing::read_file(file.path()));
    }
    return out;
  }

  testing::TempDir temp_;
  fakes::FixedClock clock_;
  LocalJournalOptions options_;
  crypto::SigningKey sender_ = crypto::SigningKey::generate();
  Submitted secret_;
  std::unique_ptr<LocalJournal> log_;
};

TEST_F(ErasureTest, OnlyTheErasedBodyIsGoneAndItsRecordStays) {
  const journal::StoredEntry before = entry(kSecret);
  EXPECT_EQ(before.state, BodyState::kHere);
  EXPECT_EQ(before.body, candidate(kSecret.value));
  erase();
  for (const bool again : {false, true}) {
    if (again) reopen();
    const auto entries = log_->reader().entries(LogIndex{0}, 100, SIZE_MAX, true);
    ASSERT_TRUE(entries) << entries.error().line();
    for (std::size_t i = 0; i < 12; ++i) {
      const journal::StoredEntry& one = (*entries)[i];
      EXPECT_EQ(one.state, i == kSecret.value ? BodyState::kErased : BodyState::kHere);
      EXPECT_EQ(one.body, i == kSecret.value ? "" : candidate(i));
    }
    const journal::StoredEntry after = entry(kSecret);
    EXPECT_EQ(after.record, before.record);
    EXPECT_EQ(after.nonce, before.nonce);
    EXPECT_EQ(after.salt, "");
    EXPECT_EQ(after.erased_by, LogIndex{12});
  }
}

// Promise: an erasure that is reported is done, in both places.
TEST_F(ErasureTest, BothPlacesHoldNoKeyWhenItIsReported) {
  erase();
  EXPECT_EQ(key_in(keys(), kSecret).destroyed_by(), LogIndex{12});
  EXPECT_EQ(key_in(options_.body_keys_copy, kSecret).destroyed_by(), LogIndex{12});
}

// A torn number is bounded by the size of the log alone, so none is written before all is done.
TEST_F(ErasureTest, AGroupOfErasuresIsNotedAsOne) {
  std::vector<Draft> drafts{erasing({LogIndex{2}}), erasing({kSecret}), submit(20).draft()};
  ASSERT_TRUE(log_->append(drafts));
  const auto counts = [&] {
    return (*BodyKeyReader::open(keys(), log_->verifier_key()))->counts().value();
  };
  EXPECT_EQ(counts().destroyed_through, 15U);
  // An older file of keys, as far as erasures go.
  std::string bytes = testing::read_file(keys());
  std::fill_n(bytes.begin() + kKeyCountsOffset, 8, '\0');
  testing::write_file(keys(), bytes);
  append(submit(21).draft());
  reopen();
  EXPECT_EQ(counts().destroyed_through, 16U);
}

// Promise: what is erased cannot be read again, neither from the log nor from copies of its folder
// that were made before, in whatever file of the database it lies.
TEST_F(ErasureTest, NoCopyMadeBeforeOpensTheBody) {
  copy_folder("copied while it ran");
  ASSERT_TRUE(log_->close());
  copy_folder("copied when stopped");  // now in an SST file
  reopen();
  erase();
  const journal::StoredEntry record = entry(kSecret);
  for (const auto& [name, bytes] : all_files()) {
    EXPECT_EQ(bytes.find(candidate(kSecret.value)), std::string::npos) << name;
    EXPECT_EQ(bytes.find(secret_.envelope.salt()), std::string::npos) << name;
  }
  for (const std::string copy : {"copied while it ran", "copied when stopped"}) {
    const auto database = Database::open(temp_ / copy / "db", Database::Mode::kRead, {});
    ASSERT_TRUE(database) << database.error().line();
    const layout::NumberBytes row = layout::number(kSecret.value);
    const auto sealed = (*database)->get(Family::kBodies, {row.data(), row.size()});
    ASSERT_TRUE(sealed && *sealed) << "the copy has it, encrypted";
    for (const auto& file : {keys(), options_.body_keys_copy}) {
      const std::string slots = testing::read_file(file);
      for (std::size_t at = 4'096; at + 32 <= slots.size(); at += 32) {
        const auto key = bytes_of(slots).subspan(at).first<32>();
        ASSERT_FALSE(crypto::open_body({key, bytes_of(record.nonce), kSecret}, **sealed)) << at;
      }
    }
    LocalJournalOptions with;
    with.body_keys = keys();
    const auto opened = open_for_audit(temp_ / copy, with);
    ASSERT_TRUE(opened) << opened.error().line();
    const auto erased = opened->reader->entry(kSecret);
    EXPECT_EQ(erased->state, BodyState::kErased);
    EXPECT_EQ(erased->erased_by, LogIndex{12}) << "beyond the end of the copy";
    EXPECT_EQ(opened->reader->entry(LogIndex{6})->body, candidate(6));
  }
}

// Promise: with the salt gone, every body is as likely as every other: none of a small space fits
// the commitment with any salt that can be found or guessed.
TEST_F(ErasureTest, NoBodyOfASmallSpaceCanBeToldFromTheOthers) {
  copy_folder("copied before");
  erase();
  std::vector<std::string> salts;
  for (int byte = 0; byte < 256; ++byte) salts.emplace_back(32, static_cast<char>(byte));
  salts.push_back(entry(kSecret).nonce);
  for (const auto& [name, bytes] : all_files()) {
    if (name.ends_with(".keys")) continue;  // made at random here, never a sender's salt
    for (std::size_t at = 0; at + 32 <= bytes.size(); ++at) {
      const std::string_view window = std::string_view(bytes).substr(at, 32);
      if (window.find_first_not_of(window.front()) != std::string_view::npos) {
        salts.emplace_back(window);
      }
    }
  }
  ASSERT_GT(salts.size(), 10'000U);
  std::size_t fitting = 0;
  for (std::size_t body = 3; body < 8; ++body) {
    for (const std::string& salt : salts) {
      const Digest tried = crypto::commitment(bytes_of(salt), bytes_of(candidate(body)));
      if (tried.view() == secret_.commitment()) ++fitting;
    }
  }
  EXPECT_EQ(fitting, 0U);
  // The one who has the salt can: what is tried above is what would tell.
  EXPECT_EQ(
      crypto::commitment(bytes_of(secret_.envelope.salt()), bytes_of(candidate(kSecret.value)))
          .view(),
      secret_.commitment());
}

TEST_F(ErasureTest, OpeningDestroysWhatComesBackWithAnOlderFileOfKeys) {
  std::filesystem::copy(keys(), temp_ / "older");
  erase();
  append(erasing({LogIndex{7}, LogIndex{8}}));
  log_.reset();
  std::filesystem::rename(temp_ / "older", keys());
  std::filesystem::remove(options_.body_keys_copy);
  reopen();
  for (const std::uint64_t index : {5U, 7U, 8U}) {
    EXPECT_TRUE(key_in(keys(), LogIndex{index}).destroyed_by()) << index;
    EXPECT_TRUE(key_in(options_.body_keys_copy, LogIndex{index}).destroyed_by()) << index;
    EXPECT_EQ(entry(LogIndex{index}).state, BodyState::kErased);
  }
  EXPECT_EQ(entry(kSecret).erased_by, LogIndex{12});
  EXPECT_EQ(entry(LogIndex{9}).body, candidate(9));
}

// It counts keys for the whole log, but those that were made anew since are others.
TEST_F(ErasureTest, AnOlderFileWithOtherKeysIsRefusedBeforeAnythingIsWrittenOverIt) {
  std::filesystem::copy(keys(), temp_ / "older");
  reopen();
  append(submit(12).draft());
  log_.reset();
  std::filesystem::rename(temp_ / "older", keys());
  const std::string newest = testing::read_file(options_.body_keys_copy);
  const auto opened = LocalJournal::open(folder(), log_key(), clock_, options_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::kStorage);
  EXPECT_THAT(opened.error().line(), ::testing::HasSubstr("entry 12"));
  EXPECT_THAT(opened.error().line(), ::testing::HasSubstr("put the newest copy"));
  EXPECT_EQ(testing::read_file(options_.body_keys_copy), newest);
  std::filesystem::copy(options_.body_keys_copy, keys(),
                        std::filesystem::copy_options::overwrite_existing);
  reopen();
  EXPECT_EQ(entry(LogIndex{12}).body, candidate(12));
}

TEST_F(ErasureTest, WithoutTheKeysNothingIsWrittenAndAnAuditSaysThatBodiesAreSealed) {
  ASSERT_TRUE(log_->close());
  log_.reset();
  std::filesystem::rename(keys(), temp_ / "away");
  const auto opened = LocalJournal::open(folder(), log_key(), clock_, options_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::kStorage);
  EXPECT_THAT(opened.error().line(), ::testing::HasSubstr("the keys of the bodies are not here"));
  const auto audited = open_for_audit(folder());
  ASSERT_TRUE(audited) << audited.error().line();
  const auto entries = audited->reader->entries(LogIndex{0}, 100, SIZE_MAX, true);
  ASSERT_TRUE(entries);
  for (const journal::StoredEntry& one : *entries) {
    EXPECT_EQ(one.state, BodyState::kSealed);
    EXPECT_EQ(one.salt + one.body, "");
  }
}

TEST_F(ErasureTest, ABodyInAnothersPlaceIsDamaged) {
  ASSERT_TRUE(log_->close());
  log_.reset();
  {
    const auto database = Database::open(folder() / "db", Database::Mode::kWrite, {});
    ASSERT_TRUE(database) << database.error().line();
    const layout::NumberBytes other = layout::number(6);
    const auto sealed = (*database)->get(Family::kBodies, {other.data(), other.size()});
    rocksdb::WriteBatch batch = Database::batch();
    const layout::NumberBytes place = layout::number(kSecret.value);
    ASSERT_TRUE(
        batch.Put((*database)->family(Family::kBodies), slice(place), slice(**sealed)).ok());
    ASSERT_TRUE((*database)->write(batch));
  }
  reopen();
  EXPECT_THAT(log_->reader().entry(kSecret).error().line(),
              ::testing::HasSubstr("holds a body that its key does not open"));
  EXPECT_EQ(entry(LogIndex{6}).body, candidate(6));
}

}  // namespace
}  // namespace rapporteur::rocks
