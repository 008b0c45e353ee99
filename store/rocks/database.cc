#include "store/rocks/database.h"

#include <algorithm>
#include <limits>

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>
#include <rocksdb/write_buffer_manager.h>

#include "proto/base/check.h"
#include "proto/base/sabotage.h"
#include "store/rocks/checked_tables.h"

namespace rapporteur::rocks {
namespace {

constexpr std::size_t kProtectionBytes = 8;
constexpr int kReadAttempts = 5;
constexpr std::size_t kKiB = 1UL << 10U;
constexpr std::size_t kMiB = 1UL << 20U;

struct FamilySettings {
  std::string_view name;
  std::size_t memtable_bytes;
  bool looked_up;  // point lookups that often miss: worth a filter
  bool in_order;   // keys are numbers that only grow
};
// In the order of Family. No blob files: RocksDB does not support them under a secondary
// (facebook/rocksdb#13296; 7.8 crashes), which is how the log is audited beside its writer. They
// would save little: the families whose values are large grow at their end, and a file that
// overlaps nothing moves down unread.
constexpr std::array<FamilySettings, kFamilies> kSettings{{
    {"default", kMiB, false, false},
    {"records", 8 * kMiB, false, true},
    {"bodies", 8 * kMiB, false, true},
    {"tiles", 2 * kMiB, false, false},
    {"messages", 4 * kMiB, true, false},
    {"tables", 8 * kMiB, true, false},
    {"states", kMiB, true, false},
    {"checkpoints", kMiB, false, true},
}};

rocksdb::ColumnFamilyOptions family_options(const FamilySettings& settings,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = 16 * kKiB;
  table.format_version = 5;
  table.checksum = rocksdb::kXXH3;
  // Index and filters in partitions inside the bounded cache: memory does not follow the log.
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.cache_index_and_filter_blocks = true;
  table.pin_top_level_index_and_filter = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  if (settings.looked_up) {
    table.partition_filters = true;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10.0));
  }
  rocksdb::ColumnFamilyOptions options;
  if (settings.looked_up) {
    // What is new is looked for in memory too before it is believed to be new.
    options.memtable_whole_key_filtering = true;
    options.memtable_prefix_bloom_size_ratio = 0.05;
  }
  if (settings.in_order) {
    // The next key goes where the last one went.
    options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(1));
  }
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = settings.memtable_bytes;
  options.max_write_buffer_number = 4;
  // One compression on all levels: a file that overlaps nothing moves down unread.
  options.compression = rocksdb::kLZ4Compression;
  options.level0_slowdown_writes_trigger = 40;
  options.level0_stop_writes_trigger = 80;
  options.target_file_size_base = 64 * kMiB;
  options.level_compaction_dynamic_level_bytes = true;
  return options;
}

// Reading leaves nothing in the folder.
class Silent final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

rocksdb::DBOptions database_options(const LocalJournalOptions& wanted, Database::Mode mode) {
  rocksdb::DBOptions options;
  options.create_if_missing = options.create_missing_column_families = options.error_if_exists =
      mode == Database::Mode::kCreate;
  options.paranoid_checks = true;
  // A write-ahead log cut off in its last record is what a crash leaves; what was acknowledged was
  // synced and lies before it. That it is there is checked against the checkpoint given out.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.max_total_wal_size = wanted.wal_bytes;
  options.db_write_buffer_size = wanted.memtable_bytes;
  // A secondary cannot open a file that its primary has deleted meanwhile.
  options.max_open_files = mode == Database::Mode::kRead ? -1 : wanted.open_files;
  options.max_background_jobs = 2;
  // A failed write is for a person to look at, not for RocksDB to try again.
  options.max_bgerror_resume_count = 0;
  options.bytes_per_sync = kMiB;
  options.skip_stats_update_on_db_open = true;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.max_log_file_size = kMiB;
  options.keep_log_file_num = 2;
  return options;
}

// Every block. RocksDB's own check of a database leaves out the partitions of filters, over which a
// broker stumbles when it opens the table; a reader of one table begins with them. Its cache is its
// own: what is on disk is read.
Status verify_table(const FamilySettings& settings, const std::filesystem::path& file,
                    rocksdb::Env& files) {
  rocksdb::Options options(rocksdb::DBOptions(),
                           family_options(settings, rocksdb::NewLRUCache(kMiB)));
  options.env = &files;
  rocksdb::SstFileReader reader(options);
  rocksdb::Status status = reader.Open(file.string());
  if (status.ok()) status = reader.VerifyChecksum();
  // Gone: its writer merged it into another meanwhile.
  if (status.ok() || files.FileExists(file.string()).IsNotFound()) return {};
  return failure(status, file);
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& folder, Mode mode,
                                                 const LocalJournalOptions& wanted) {
  std::unique_ptr<Database> database(new Database(folder, with_checked_tables(files_of(wanted))));
  rocksdb::DBOptions options = database_options(wanted, mode);
  options.env = database->files_.get();
  const auto cache = rocksdb::NewLRUCache(wanted.block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  descriptors.reserve(kFamilies);
  for (const FamilySettings& settings : kSettings) {
    descriptors.emplace_back(std::string(settings.name), family_options(settings, cache));
  }
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  rocksdb::DB* db = nullptr;
  rocksdb::Status status;
  if (mode == Mode::kRead) {
    const auto whole =
        sabotaged("audit-unchecked") ? Status() : database->check_whole(options, descriptors);
    if (!whole) return tl::unexpected(whole.error());
    auto scratch = ScratchFolder::make();
    if (!scratch) return tl::unexpected(scratch.error());
    database->scratch_.emplace(std::move(*scratch));
    status = rocksdb::DB::OpenAsSecondary(
        options, folder.string(), database->scratch_->path().string(), descriptors, &families, &db);
  } else {
    status = rocksdb::DB::Open(options, folder.string(), descriptors, &families, &db);
  }
  if (!status.ok()) return database->failed(status);
  database->db_.reset(db);
  RAPPORTEUR_CHECK(families.size() == kFamilies);
  std::copy(families.begin(), families.end(), database->families_.begin());
  return database;
}

// A secondary leaves out what is damaged and opens as of the moment before, with bodies or the
// newest entries gone. A read-only database says what is wrong; nothing is read from it, since
// beside a writer it is not sound: a file that was merged meanwhile is there under another name at
// the next attempt.
Status Database::check_whole(rocksdb::DBOptions options,
                             const std::vector<rocksdb::ColumnFamilyDescriptor>& families) const {
  options.info_log = std::make_shared<Silent>();
  rocksdb::Status status;
  for (int attempt = 0; attempt < kReadAttempts; ++attempt) {
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    status = rocksdb::DB::OpenForReadOnly(options, folder_.string(), families, &handles, &db);
    if (!status.ok()) continue;
    const std::unique_ptr<rocksdb::DB> opened(db);
    for (auto* handle : handles) static_cast<void>(opened->DestroyColumnFamilyHandle(handle));
    return {};
  }
  return failed(status);
}

Database::~Database() {
  static_cast<void>(close());
}

rocksdb::WriteBatch Database::batch() {
  return rocksdb::WriteBatch(0, 0, kProtectionBytes, 0);
}

Status Database::write(rocksdb::WriteBatch& batch) {
  rocksdb::WriteOptions options;
  options.sync = !sabotaged("sync-off");
  options.protection_bytes_per_key = kProtectionBytes;
  const rocksdb::Status status = db_->Write(options, &batch);
  if (!status.ok()) return failed(status);
  return {};
}

Result<std::optional<std::string>> Database::get(Family which, std::string_view key) const {
  rocksdb::PinnableSlice value;
  const rocksdb::Status status =
      db_->Get(rocksdb::ReadOptions(), family(which), slice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return failed(status);
  return std::optional<std::string>(view(value));
}

std::unique_ptr<rocksdb::Iterator> Database::iterate(Family which,
                                                     const rocksdb::ReadOptions& read) const {
  return std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(read, family(which)));
}

Result<std::uint64_t> Database::compact(Family which) {
  const rocksdb::Status status =
      db_->CompactRange(rocksdb::CompactRangeOptions(), family(which), nullptr, nullptr);
  if (!status.ok()) return failed(status);
  rocksdb::ColumnFamilyMetaData files;
  db_->GetColumnFamilyMetaData(family(which), &files);
  return files.size;
}

Status Database::copy_to(const std::filesystem::path& folder) const {
  rocksdb::Checkpoint* raw = nullptr;
  rocksdb::Status status = rocksdb::Checkpoint::Create(db_.get(), &raw);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(raw);
  // The write-ahead log is copied, however long it is: a flush would hold up writes.
  constexpr std::uint64_t kNeverFlush = std::numeric_limits<std::uint64_t>::max();
  if (status.ok()) status = checkpoint->CreateCheckpoint(folder.string(), kNeverFlush);
  if (!status.ok()) return failure(status, folder);
  return {};
}

Status Database::verify_tables() const {
  if (sabotaged("tables-unread")) return {};
  std::vector<rocksdb::LiveFileMetaData> tables;
  db_->GetLiveFilesMetaData(&tables);
  for (const rocksdb::LiveFileMetaData& table : tables) {
    const auto settings = std::ranges::find(kSettings, std::string_view(table.column_family_name),
                                            &FamilySettings::name);
    RAPPORTEUR_CHECK(settings != kSettings.end());
    // RocksDB names it with a slash before.
    const auto file = folder_ / table.name.substr(1);
    if (auto whole = verify_table(*settings, file, *db_->GetEnv()); !whole) return whole;
  }
  return {};
}

Status Database::remove_all(Family which) {
  const auto rows = iterate(which, rocksdb::ReadOptions());
  rows->SeekToLast();
  if (!rows->status().ok()) return failed(rows->status());
  if (!rows->Valid()) return {};
  // One past the last key.
  const std::string end = rows->key().ToString() + '\0';
  rocksdb::WriteOptions options;
  options.sync = true;
  const rocksdb::Status status = db_->DeleteRange(options, family(which), rocksdb::Slice(), end);
  if (!status.ok()) return failed(status);
  return {};
}

namespace {

// What happened, for people: the library puts its own names of kinds before it, one for each layer,
// and looks for a table that is missing under an older ending last.
std::string told(const rocksdb::Status& status) {
  std::string detail = status.getState() == nullptr ? "" : status.getState();
  for (bool more = true; more;) {
    more = false;
    for (const std::string_view layer : {"Corruption: ", "IO error: ", "Invalid argument: "}) {
      if (!detail.starts_with(layer)) continue;
      detail.erase(0, layer.size());
      more = true;
    }
  }
  const std::size_t older = detail.find(".ldb");
  if (older != std::string::npos && detail.find("No such file") != std::string::npos) {
    const std::size_t begin = detail.find_last_of('/', older) + 1;
    return "the database's file " + detail.substr(begin, older - begin) + ".sst is missing";
  }
  const std::string kind = status.IsNoSpace()      ? "the disk is full"
                           : status.IsCorruption() ? "the database is damaged"
                           : status.IsIOError()    ? "the disk did not do it"
                                                   : "the database did not do it";
  return detail.empty() ? kind : kind + ": " + detail;
}

}  // namespace

tl::unexpected<Error> failure(const rocksdb::Status& status, const std::filesystem::path& where) {
  std::string remedy = "look at the disk and the system's log, then start again";
  if (status.IsNoSpace()) remedy = "make room on this file system, then start again";
  if (status.IsCorruption() || status.IsPathNotFound()) {
    remedy = "restore the log from a verified backup";
  }
  return fail(ErrorKind::kStorage, told(status), where.string(), std::move(remedy));
}

Status Database::close() {
  if (db_ == nullptr) return {};
  rocksdb::Status status;
  // So that opening has no log to replay. Where it fails, the write-ahead log still has it all.
  if (!scratch_) {
    status = db_->Flush(rocksdb::FlushOptions(), {families_.begin(), families_.end()});
  }
  for (rocksdb::ColumnFamilyHandle*& handle : families_) {
    const rocksdb::Status destroyed = db_->DestroyColumnFamilyHandle(handle);
    if (status.ok()) status = destroyed;
    handle = nullptr;
  }
  const rocksdb::Status closed = db_->Close();
  db_.reset();
  if (status.ok()) status = closed;
  if (!status.ok()) return failed(status);
  return {};
}

}  // namespace rapporteur::rocks
