#include "tests/property/damage_stage.h"

#include <fstream>
#include <stdexcept>
#include <thread>

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include "ops/cli/audit_folder.h"
#include "rapporteur/v1/audit.pb.h"
#include "store/export/record_export.h"
#include "store/rocks/succession.h"
#include "tests/crash/signed_script.h"
#include "tests/support/predecessor.h"

namespace rapporteur::testing {
namespace {

constexpr const char* kOrigin = "damage.example/log";
constexpr const char* kRestoredOrigin = "damage.example/log2";

crypto::SigningKey log_key(std::byte number = std::byte{42}) {
  crypto::SecretBytes seed;
  seed.mutable_bytes()[0] = number;
  return crypto::SigningKey::from_seed(seed);
}

template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().line());
  return std::move(*result);
}
void must_be(const Status& status) {
  if (!status) throw std::runtime_error(status.error().line());
}
void must_be(const rocksdb::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

class NoLog final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

struct Opened {
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  Opened() = default;
  Opened(Opened&&) = default;
  Opened& operator=(Opened&&) = default;
  ~Opened() {
    if (db == nullptr) return;
    for (auto* const family : families) db->DestroyColumnFamilyHandle(family);
    db->Close();
  }
};

rocksdb::Status open(const std::filesystem::path& log_folder, bool writing, Opened& opened) {
  const std::string folder = (log_folder / "db").string();
  rocksdb::DBOptions options;
  options.info_log = std::make_shared<NoLog>();
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  std::vector<std::string> names;
  auto status = rocksdb::DB::ListColumnFamilies(options, folder, &names);
  if (!status.ok()) return status;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) {
    families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  }
  rocksdb::DB* db = nullptr;
  status = writing ? rocksdb::DB::Open(options, folder, families, &opened.families, &db)
                   : rocksdb::DB::OpenForReadOnly(options, folder, families, &opened.families, &db);
  opened.db.reset(db);
  return status;
}

}  // namespace

void copy_log(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::filesystem::remove_all(to);
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
  std::filesystem::copy_file(from.string() + ".keys", to.string() + ".keys",
                             std::filesystem::copy_options::overwrite_existing);
}

DamageStage::DamageStage(std::uint64_t seed, std::size_t submissions)
    : log_{kOrigin, notes::KeyType::kEd25519, log_key().public_key()} {
  write_logs(crash::SignedScript(seed, submissions, log_).script());
}

void DamageStage::write_logs(const crash::Script& script) {
  const auto append = [](rocks::LocalJournal& journal, std::vector<journal::Draft> group) {
    static_cast<void>(must(journal.append(group)));
  };
  const std::filesystem::path folder = closed();
  auto journal = must(rocks::LocalJournal::create(folder, kOrigin, log_key(), clock_));
  std::size_t number = 0;
  for (; number < script.groups() / 2; ++number) append(*journal, script.group(number));
  must_be(journal->close());
  copy_log(folder, half());
  journal = must(rocks::LocalJournal::open(folder, log_key(), clock_));
  for (; number < script.groups(); ++number) append(*journal, script.group(number));
  // What is durable and no entry: a cursor, say.
  journal::Draft cursor;
  cursor.state.push_back({"cursor/of-somebody", std::string(40, 'c')});
  append(*journal, {cursor});
  copy_log(folder, live());
  size_ = journal->reader().size();
  newest_ = *journal->reader().checkpoint();
  static_cast<void>(
      must(exports::export_records(exported(), log_, journal->reader(), /*bodies=*/true)));
  must_be(journal->close());
}

std::string DamageStage::head(TreeSize size, const Digest& root) const {
  return notes::sign_checkpoint({kOrigin, size, root}, log_key());
}

std::string DamageStage::named(const std::filesystem::path& folder,
                               const std::filesystem::path& checkpoints) const {
  const auto findings = cli::audit_folder({folder, {}}, checkpoints, log_);
  if (!findings) return findings.error().line();
  return findings->verified() ? "" : cli::findings_text(*findings);
}

std::vector<std::string> DamageStage::half_written(const std::filesystem::path& folder) const {
  return must(cli::audit_folder({folder, {}}, {}, log_)).half_written;
}

notes::VerifierKey DamageStage::restore(const std::string& name) const {
  copy_log(half(), folder(name));
  std::filesystem::remove(folder(name).string() + ".keys");
  const auto first = [](const rocks::Carried& carried,
                        const std::string& verifier_key) -> Result<std::string> {
    v1::Record old;
    if (!old.ParseFromString(carried.first_record)) return fail(ErrorKind::kStorage, "founding");
    v1::Record record;
    v1::Started& started = *record.mutable_started();
    started = old.started();
    started.set_origin(kRestoredOrigin);
    started.set_log_verifier_key(verifier_key);
    testing::name_predecessor(started, carried);
    return record.SerializeAsString();
  };
  constexpr std::byte kRestoredKey{43};
  return must(notes::VerifierKey::parse(must(rocks::continue_log(
      folder(name), {kRestoredOrigin, log_key(kRestoredKey), half().string() + ".keys", first},
      clock_))));
}

void DamageStage::beside_a_writer(
    const std::function<void(const std::filesystem::path&)>& look) const {
  constexpr int kMostGroups = 1'000'000;
  constexpr int kLargestFaults = 500;
  const auto log_folder = folder("beside");
  copy_log(half(), log_folder);
  const auto journal = must(rocks::LocalJournal::open(log_folder, log_key(), clock_));
  const std::jthread writer([&](const std::stop_token& stop) {
    for (int i = 0; i < kMostGroups && !stop.stop_requested(); ++i) {
      // An event that needs no signature, short and long.
      v1::Record record;
      for (int fault = 0; fault < i % kLargestFaults; ++fault) {
        record.mutable_unauthenticated()->add_faults()->set_code("SOME_FAULT");
      }
      record.mutable_unauthenticated()->set_from_ms(static_cast<std::uint64_t>(i));
      journal::Draft draft;
      draft.record = record.SerializeAsString();
      draft.state.push_back({"counter", std::to_string(i)});
      if (!journal->append({&draft, 1})) return;
    }
  });
  look(log_folder);
}

std::optional<Contents> contents_of(const std::filesystem::path& log_folder, std::string& why) {
  Opened opened;
  if (const auto status = open(log_folder, false, opened); !status.ok()) {
    why = status.ToString();
    return std::nullopt;
  }
  Contents contents;
  for (auto* const family : opened.families) {
    auto& rows = contents[family->GetName()];
    const std::unique_ptr<rocksdb::Iterator> row(
        opened.db->NewIterator(rocksdb::ReadOptions(), family));
    for (row->SeekToFirst(); row->Valid(); row->Next()) {
      rows.emplace_back(row->key().ToString(), row->value().ToString());
    }
    why = row->status().ToString();
    if (!row->status().ok()) return std::nullopt;
  }
  return contents;
}

void rewrite(const std::filesystem::path& log_folder, const std::string& family,
             const std::function<void(std::map<std::string, std::string>&)>& change) {
  Opened opened;
  must_be(open(log_folder, true, opened));
  for (auto* const handle : opened.families) {
    if (handle->GetName() != family) continue;
    std::map<std::string, std::string> before;
    const std::unique_ptr<rocksdb::Iterator> row(
        opened.db->NewIterator(rocksdb::ReadOptions(), handle));
    for (row->SeekToFirst(); row->Valid(); row->Next()) {
      before.emplace(row->key().ToString(), row->value().ToString());
    }
    auto after = before;
    change(after);
    rocksdb::WriteBatch batch;
    for (const auto& [key, value] : before) must_be(batch.Delete(handle, key));
    for (const auto& [key, value] : after) must_be(batch.Put(handle, key, value));
    must_be(opened.db->Write(rocksdb::WriteOptions(), &batch));
  }
}

Flip::Flip(std::filesystem::path file, std::size_t at, unsigned bit)
    : file_(std::move(file)), at_(at), bit_(bit) {
  flip();
}

Flip::~Flip() {
  flip();
}

void Flip::flip() const {
  std::fstream stream(file_, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(at_));
  const int byte = stream.get();
  stream.seekp(static_cast<std::streamoff>(at_));
  stream.put(static_cast<char>(static_cast<unsigned>(byte) ^ (1U << bit_)));
  if (!stream.flush()) std::abort();
}

}  // namespace rapporteur::testing
