#include "adapters/client/database.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "proto/base/check.h"

namespace rapporteur::client {
namespace {

tl::unexpected<Error> sqlite_error(int code, sqlite3* database, const std::string& file) {
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
    return fail(ErrorKind::kOverloaded, "another process keeps the file locked", file,
                "try again when it has finished");
  }
  const char* what = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  return fail(ErrorKind::kStorage, what, file, "check the disk and who may write the file");
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Statement::Statement(sqlite3* database, sqlite3_stmt* statement, std::string file)
    : database_(database), statement_(statement), file_(std::move(file)) {}

void Statement::check_bound(int code) {
  if (code != SQLITE_OK && bind_error_ == 0) bind_error_ = code;
}

Statement& Statement::bind(std::int64_t value) {
  check_bound(sqlite3_bind_int64(statement_.get(), next_++, value));
  return *this;
}
Statement& Statement::bind_blob(std::string_view bytes) {
  // A null pointer would be NULL, not an empty blob.
  const char* data = bytes.empty() ? "" : bytes.data();
  check_bound(sqlite3_bind_blob64(statement_.get(), next_++, data, bytes.size(), SQLITE_TRANSIENT));
  return *this;
}
Statement& Statement::bind_text(std::string_view text) {
  const char* data = text.empty() ? "" : text.data();
  check_bound(sqlite3_bind_text64(statement_.get(), next_++, data, text.size(), SQLITE_TRANSIENT,
                                  SQLITE_UTF8));
  return *this;
}
Statement& Statement::bind_null() {
  check_bound(sqlite3_bind_null(statement_.get(), next_++));
  return *this;
}

Result<bool> Statement::step() {
  if (bind_error_ != 0) return sqlite_error(bind_error_, database_, file_);
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return sqlite_error(code, database_, file_);
}

Status Statement::run() {
  const auto stepped = step();
  if (!stepped) return tl::unexpected(stepped.error());
  return {};
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}
std::string Statement::bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}
bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void Database::Close::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

Database::Database(std::unique_ptr<sqlite3, Close> handle, std::string file)
    : handle_(std::move(handle)), file_(std::move(file)) {}

Result<Database> Database::create(const std::filesystem::path& file, std::string_view schema) {
  // SQLite would create it with the umask's mode.
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return fail(ErrorKind::kStorage, std::string("cannot create: ") + std::strerror(errno),
                file.string(), "nothing that exists is overwritten");
  }
  ::close(descriptor);
  auto database = open_file(file);
  if (!database) return database;
  if (auto made = database->run(schema); !made) return tl::unexpected(made.error());
  return database;
}

Result<Database> Database::open(const std::filesystem::path& file, std::string_view schema) {
  auto database = open_file(file);
  if (!database) return database;
  bool holds_tables = false;
  {
    Statement tables = database->prepare("SELECT 1 FROM sqlite_master LIMIT 1");
    auto row = tables.step();
    if (!row) return tl::unexpected(row.error());
    holds_tables = *row;
  }
  if (!holds_tables) {
    return fail(ErrorKind::kStorage, "is empty", file.string(), "restore it from its backup");
  }
  if (auto run = database->run(schema); !run) return tl::unexpected(run.error());
  return database;
}

Result<Database> Database::open_file(const std::filesystem::path& file) {
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(file.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(std::unique_ptr<sqlite3, Close>(raw), file.string());
  if (code != SQLITE_OK) return sqlite_error(code, raw, file.string());
  sqlite3_busy_timeout(raw, static_cast<int>(kBusyWait.count()));
  for (const std::string_view sql :
       {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON"}) {
    if (auto done = database.run(sql); !done) return tl::unexpected(done.error());
  }
  return database;
}

Statement Database::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code =
      sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
  Statement statement(handle_.get(), raw, file_);
  // A schema that cannot be read because of the disk is reported by the first step.
  if (code != SQLITE_OK) {
    RAPPORTEUR_CHECK(code != SQLITE_ERROR && code != SQLITE_MISUSE);
    statement.check_bound(code);
  }
  return statement;
}

Status Database::run(std::string_view sql) {
  const int code = sqlite3_exec(handle_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return sqlite_error(code, handle_.get(), file_);
  return {};
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(handle_.get());
}
std::int64_t Database::last_row_id() const {
  return sqlite3_last_insert_rowid(handle_.get());
}

Result<Transaction> Transaction::begin(Database& database) {
  if (auto begun = database.run("BEGIN IMMEDIATE"); !begun) return tl::unexpected(begun.error());
  return Transaction(database);
}
Transaction::~Transaction() {
  // Nothing is left to do for a rollback that fails: the file keeps what was committed.
  if (database_ != nullptr) static_cast<void>(database_->run("ROLLBACK"));
}
Transaction::Transaction(Transaction&& other) noexcept : database_(other.database_) {
  other.database_ = nullptr;
}

Status Transaction::commit() {
  auto committed = database_->run("COMMIT");
  if (committed) database_ = nullptr;
  return committed;
}

}  // namespace rapporteur::client
