// Tiles as everybody may have them: what is written, what it is brought to, and what is refused.
#include "store/export/tile_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "proto/crypto/sha256.h"
#include "store/export/tile_check.h"
#include "tests/support/naive_merkle.h"
#include "tests/support/paths.h"

namespace rapporteur::exports {
namespace {

using ::testing::HasSubstr;
using testing::TempDir;

constexpr const char* kOrigin = "log.example/tiles";

crypto::SigningKey log_key() {
  crypto::SecretBytes seed;
  seed.mutable_bytes()[0] = std::byte{7};
  return crypto::SigningKey::from_seed(seed);
}
notes::VerifierKey verifier() {
  return {kOrigin, notes::KeyType::kEd25519, log_key().public_key()};
}

// A log that consists of leaves alone.
class Leaves final : public LeafSource {
 public:
  explicit Leaves(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) add("entry " + std::to_string(i));
  }
  void add(const std::string& record) {
    leaves_.push_back(merkle::leaf_entry(bytes_of(std::string(32, 'n')), bytes_of(record)));
    hashes_.push_back(merkle::leaf_hash(leaves_.back().span()));
  }
  void change(std::size_t index) {
    leaves_[index].bytes[5] ^= std::byte{1};
    hashes_[index] = merkle::leaf_hash(leaves_[index].span());
  }
  [[nodiscard]] Digest root(std::size_t size) const {
    return size == 0 ? merkle::empty_root() : testing::naive_root(std::span(hashes_).first(size));
  }
  [[nodiscard]] std::string note(std::size_t size) const {
    return notes::sign_checkpoint({kOrigin, TreeSize{size}, root(size)}, log_key());
  }
  [[nodiscard]] const std::vector<Digest>& hashes() const { return hashes_; }

  Result<std::vector<merkle::LeafEntry>> leaves(LogIndex first, std::size_t count) override {
    // As a source that gives less at once than it is asked for.
    const std::size_t given = std::min<std::size_t>(count, 100);
    const auto begin = leaves_.begin() + static_cast<std::ptrdiff_t>(first.value);
    return std::vector(begin, begin + static_cast<std::ptrdiff_t>(given));
  }
  Result<std::vector<Digest>> consistency_proof(TreeSize first, TreeSize second) override {
    if (first == second) return std::vector<Digest>();
    return testing::naive_consistency(first.value, std::span(hashes_).first(second.value));
  }

 private:
  std::vector<merkle::LeafEntry> leaves_;
  std::vector<Digest> hashes_;
};

class TileExportTest : public ::testing::Test {
 protected:
  Result<Exported> bring_to(std::size_t size) {
    return export_tiles(folder(), verifier(), log.note(size), log);
  }
  void expect_whole(std::size_t size) {
    const auto report = check();
    ASSERT_FALSE(report.wrong) << report.wrong->line();
    EXPECT_EQ(report.checkpoint.size.value, size);
    EXPECT_EQ(report.checkpoint.root, log.root(size));
  }
  TileReport check() {
    const TileFolder tiles(folder());
    auto report =
        check_tiles(tiles, verifier(), one_after_the_other, [](std::uint64_t, std::uint64_t) {});
    EXPECT_TRUE(report) << report.error().line();
    return report ? *report : TileReport{};
  }
  [[nodiscard]] std::filesystem::path folder() const { return temp / "out"; }
  [[nodiscard]] bool there(const std::string& name) const {
    return std::filesystem::exists(folder() / name);
  }

  TempDir temp;
  Leaves log{1'000};
};

TEST_F(TileExportTest, AFolderThatHoldsOtherThingsIsLeftAlone) {
  std::filesystem::create_directories(folder());
  testing::write_file(folder() / "signing.key", "secret");
  const auto done = bring_to(10);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::kUsage);
  EXPECT_THAT(done.error().what, HasSubstr("signing.key"));
  EXPECT_FALSE(there("checkpoint"));
}

// A web server reads tiles, whoever's mask they were written under.
TEST_F(TileExportTest, EverybodyMayReadTilesAndOnlyTheOwnerRecords) {
  const auto modes = [&](WritableFolder::Readers readers, const std::filesystem::path& where) {
    const mode_t mask = ::umask(077);
    const auto files = WritableFolder::open(where, readers);
    EXPECT_TRUE(files && files->write("a/b/c", "x"));
    ::umask(mask);
    std::vector<unsigned> out;
    for (const auto& path : {where, where / "a", where / "a/b", where / "a/b/c"}) {
      out.push_back(static_cast<unsigned>(std::filesystem::status(path).permissions()));
    }
    return out;
  };
  EXPECT_EQ(modes(WritableFolder::Readers::kEverybody, temp / "tiles"),
            (std::vector<unsigned>{0755, 0755, 0755, 0644}));
  EXPECT_EQ(modes(WritableFolder::Readers::kOwner, temp / "records"),
            (std::vector<unsigned>{0700, 0700, 0700, 0600}));
}

TEST_F(TileExportTest, WritesTheLayoutOfTlogTiles) {
  ASSERT_TRUE(bring_to(600));
  EXPECT_EQ(testing::read_file(folder() / "checkpoint"), log.note(600));
  const std::string first = testing::read_file(folder() / "tile/0/000");
  ASSERT_EQ(first.size(), 256U * 32U);
  EXPECT_EQ(first.substr(32, 32), log.hashes()[1].view());
  EXPECT_EQ(testing::read_file(folder() / "tile/0/002.p/88").size(), 88U * 32U);
  EXPECT_EQ(testing::read_file(folder() / "tile/1/000.p/2").size(), 2U * 32U);
  // Two bytes of length, big-endian, and an entry of 33.
  const std::string bundle = testing::read_file(folder() / "tile/entries/002.p/88");
  ASSERT_EQ(bundle.size(), 88U * 35U);
  EXPECT_EQ(bundle.substr(0, 3), std::string("\x00\x21\x01", 3));
  EXPECT_EQ(merkle::leaf_hash(bytes_of(std::string_view(bundle).substr(2, 33))), log.hashes()[512]);
  EXPECT_FALSE(there("tile/0/002"));
  EXPECT_FALSE(there("tile/1/000"));
  expect_whole(600);
}

TEST_F(TileExportTest, GrowsByAnyStepsAndIsWholeAfterEach) {
  std::uint64_t before = 0;
  for (const std::size_t size : {0U, 1U, 1U, 2U, 255U, 256U, 257U, 512U, 700U, 1'000U}) {
    const auto done = bring_to(size);
    ASSERT_TRUE(done) << done.error().line();
    EXPECT_EQ(done->from.value, before);
    EXPECT_EQ(done->to.value, size);
    before = size;
    expect_whole(size);
  }
  // What a complete tile replaced is gone.
  EXPECT_FALSE(there("tile/0/000.p"));
  EXPECT_FALSE(there("tile/entries/000.p"));
  EXPECT_TRUE(there("tile/0/003.p/232"));
}

TEST_F(TileExportTest, NeverMovesBack) {
  ASSERT_TRUE(bring_to(600));
  const auto back = bring_to(599);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().kind, ErrorKind::kNotVerified);
  EXPECT_THAT(back.error().what, HasSubstr("the folder holds 600 entries, the log has only 599"));
  expect_whole(600);
}

TEST_F(TileExportTest, RefusesAnotherHistoryAndLeavesTheFolderAsItWas) {
  ASSERT_TRUE(bring_to(600));
  const Leaves before = log;
  log.change(17);
  for (const std::size_t size : {600U, 601U, 1'000U}) {
    const auto forked = bring_to(size);
    ASSERT_FALSE(forked);
    EXPECT_EQ(forked.error().kind, ErrorKind::kNotVerified);
    EXPECT_THAT(forked.error().what, HasSubstr("the first 600 entries"));
  }
  log = before;
  expect_whole(600);
  ASSERT_TRUE(bring_to(1'000));
  expect_whole(1'000);
}

TEST_F(TileExportTest, DoesNotPublishATreeThatItsEntriesDoNotMakeUp) {
  ASSERT_TRUE(bring_to(600));
  const std::string note = log.note(900);
  log.change(777);
  // A proof of consistency for the note, but other entries than it covers.
  class Lying final : public LeafSource {
   public:
    explicit Lying(Leaves& honest, Leaves& changed) : honest_(honest), changed_(changed) {}
    Result<std::vector<merkle::LeafEntry>> leaves(LogIndex first, std::size_t count) override {
      return changed_.leaves(first, count);
    }
    Result<std::vector<Digest>> consistency_proof(TreeSize first, TreeSize second) override {
      return honest_.consistency_proof(first, second);
    }

   private:
    Leaves& honest_;
    Leaves& changed_;
  };
  Leaves honest(1'000);
  Lying source(honest, log);
  const auto done = export_tiles(folder(), verifier(), note, source);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::kNotVerified);
  log = honest;
  expect_whole(600);
}

TEST_F(TileExportTest, RefusesTheFolderOfAnotherLogAndANoteOfAnotherKey) {
  ASSERT_TRUE(bring_to(10));
  const notes::VerifierKey other{"other.example/log", notes::KeyType::kEd25519,
                                 crypto::SigningKey::generate().public_key()};
  EXPECT_THAT(export_tiles(folder(), other, log.note(20), log).error().line(),
              HasSubstr("not one of this log"));
  std::string note = log.note(20);
  note[note.size() - 10] = note[note.size() - 10] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(export_tiles(folder(), verifier(), note, log));
  expect_whole(10);
}

TEST_F(TileExportTest, OneProcessAtATimeWritesAFolder) {
  const auto held = TileExport::open(folder(), verifier(), WritableFolder::Readers::kEverybody);
  ASSERT_TRUE(held);
  EXPECT_THAT(bring_to(10).error().line(), HasSubstr("another process writes this folder"));
}

TEST_F(TileExportTest, ARunThatWasCutOffIsTakenUp) {
  ASSERT_TRUE(bring_to(300));
  // A later run that wrote tiles and died before its checkpoint.
  Leaves other(1'000);
  other.change(400);
  TempDir elsewhere;
  ASSERT_TRUE(export_tiles(elsewhere.path(), verifier(), other.note(700), other));
  std::filesystem::copy(
      elsewhere / "tile", folder() / "tile",
      std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
  testing::write_file(folder() / "tile/0/001.new", "torn");
  ASSERT_TRUE(bring_to(800));
  expect_whole(800);
}

// Looks at the folder each time that the export asks for entries.
class Watching final : public LeafSource {
 public:
  Watching(Leaves& log, std::function<void()> look) : log_(log), look_(std::move(look)) {}
  Result<std::vector<merkle::LeafEntry>> leaves(LogIndex first, std::size_t count) override {
    look_();
    return log_.leaves(first, count);
  }
  Result<std::vector<Digest>> consistency_proof(TreeSize first, TreeSize second) override {
    return log_.consistency_proof(first, second);
  }

 private:
  Leaves& log_;
  std::function<void()> look_;
};

TEST_F(TileExportTest, WhoeverReadsMeanwhileFindsAWholeTree) {
  ASSERT_TRUE(bring_to(300));
  std::size_t looks = 0;
  Watching source(log, [&] {
    ++looks;
    expect_whole(300);
  });
  ASSERT_TRUE(export_tiles(folder(), verifier(), log.note(1'000), source));
  EXPECT_GT(looks, 5U);
  expect_whole(1'000);
}

TEST_F(TileExportTest, EveryFlippedByteIsNamed) {
  ASSERT_TRUE(bring_to(600));
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder())) {
    if (!entry.is_regular_file()) continue;
    ++files;
    const std::string whole = testing::read_file(entry.path());
    for (const std::size_t at : {std::size_t{0}, whole.size() / 2, whole.size() - 1}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
      testing::write_file(entry.path(), damaged);
      const auto report = check();
      ASSERT_TRUE(report.wrong) << entry.path() << " at " << at;
      // Where two files disagree, either may be the one that was changed.
      EXPECT_THAT(report.wrong->where, HasSubstr(folder().string()));
    }
    testing::write_file(entry.path(), whole.substr(0, whole.size() - 1));
    EXPECT_TRUE(check().wrong) << entry.path();
    std::filesystem::remove(entry.path());
    EXPECT_TRUE(check().wrong) << entry.path();
    testing::write_file(entry.path(), whole);
  }
  EXPECT_EQ(files, 8U);
  expect_whole(600);
}

TEST_F(TileExportTest, AWebServerMayHaveTheCompleteTileInPlaceOfThePartialOne) {
  ASSERT_TRUE(bring_to(300));
  TempDir later;
  ASSERT_TRUE(export_tiles(later.path(), verifier(), log.note(600), log));
  std::filesystem::remove_all(folder() / "tile/0/001.p");
  std::filesystem::copy(later / "tile/0/001", folder() / "tile/0/001");
  expect_whole(300);
}

TEST(Bundle, LengthsAndVersionsAreChecked) {
  EXPECT_EQ(tile_width(TreeSize{70'000}, {0, 273}), 112U);
  EXPECT_EQ(tile_width(TreeSize{70'000}, {1, 0}), 256U);
  EXPECT_EQ(tile_width(TreeSize{70'000}, {1, 1}), 17U);
  EXPECT_EQ(tile_width(TreeSize{70'000}, {2, 0}), 1U);
  EXPECT_EQ(tile_width(TreeSize{70'000}, {2, 1}), 0U);
  EXPECT_EQ(bundle_path("records", 1'234'067, 5), "records/x001/x234/067.p/5");
  const merkle::LeafEntry leaf = merkle::leaf_entry(bytes_of(std::string(32, 'n')), {});
  const std::string bundle = leaf_bundle({&leaf, 1});
  EXPECT_TRUE(parse_leaf_bundle(bundle, 1));
  EXPECT_FALSE(parse_leaf_bundle(bundle, 2));
  for (const std::size_t at : {0U, 1U, 2U}) {
    std::string other = bundle;
    other[at] = static_cast<char>(other[at] ^ 2);
    EXPECT_FALSE(parse_leaf_bundle(other, 1)) << at;
  }
  std::string frames;
  append_frame(frames, "ab", "c");
  append_frame(frames, "");
  std::vector<std::string> parts;
  const auto take = [&](std::string_view part) -> Status {
    parts.emplace_back(part);
    return {};
  };
  ASSERT_TRUE(for_each_frame(frames, take));
  EXPECT_EQ(parts, (std::vector<std::string>{"abc", ""}));
  EXPECT_FALSE(for_each_frame(frames.substr(0, 6), take));
  EXPECT_FALSE(for_each_frame(frames.substr(0, 8), take));
  EXPECT_FALSE(for_each_frame(std::string(5, '\xFF'), take));
  const auto mark = RecordsMark::parse(RecordsMark{TreeSize{7}, true}.text());
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->size.value, 7U);
  EXPECT_TRUE(mark->bodies);
  EXPECT_FALSE(RecordsMark::parse("rapporteur-export 2\nsize 7\nbodies no\n"));
  EXPECT_FALSE(RecordsMark::parse("rapporteur-export 1\nsize 07\nbodies no\n"));
  EXPECT_FALSE(RecordsMark::parse("rapporteur-export 1\nsize 7\nbodies no\nmore"));
}

}  // namespace
}  // namespace rapporteur::exports
