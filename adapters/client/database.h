// SQLite in one place: open, statements, transactions.
//
// Threads: one at a time; several processes may have the same file open.
// Durability: journal_mode WAL with synchronous FULL: what a transaction committed survives a power
// cut. Errors: kStorage with the file; kOverloaded when another process holds the file for longer
// than kBusyWait. A statement that failed leaves the transaction to be rolled back.
// Source: SQLite 3.40, "Write-Ahead Logging".
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "proto/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace rapporteur::client {

inline constexpr std::chrono::milliseconds kBusyWait{10'000};

// A prepared statement. Values are bound in order; rows are read by column from 0.
class Statement {
 public:
  Statement& bind(std::int64_t value);
  Statement& bind(std::uint64_t value) { return bind(static_cast<std::int64_t>(value)); }
  Statement& bind(int value) { return bind(static_cast<std::int64_t>(value)); }
  // Bytes; stored as a blob.
  Statement& bind_blob(std::string_view bytes);
  Statement& bind_text(std::string_view text);
  Statement& bind_null();

  // True when there is a row to read.
  [[nodiscard]] Result<bool> step();
  // For statements without rows.
  [[nodiscard]] Status run();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::uint64_t number(int column) const {
    return static_cast<std::uint64_t>(integer(column));
  }
  // Text or blob.
  [[nodiscard]] std::string bytes(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(sqlite3* database, sqlite3_stmt* statement, std::string file);
  void check_bound(int code);

  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  std::string file_;
  int next_ = 1;
  int bind_error_ = 0;
};

class Database {
 public:
  // Creates the file (mode 0600) and runs `schema`. kStorage if it is there.
  [[nodiscard]] static Result<Database> create(const std::filesystem::path& file,
                                               std::string_view schema);
  // Runs `schema`, which must be idempotent. kStorage if there is no file, or an
  // empty one.
  [[nodiscard]] static Result<Database> open(const std::filesystem::path& file,
                                             std::string_view schema);

  // `sql` is ours, so that it cannot be prepared is a bug.
  [[nodiscard]] Statement prepare(std::string_view sql);
  [[nodiscard]] Status run(std::string_view sql);
  // Rows changed by the last statement.
  [[nodiscard]] std::int64_t changes() const;
  [[nodiscard]] std::int64_t last_row_id() const;

 private:
  friend class Transaction;
  struct Close {
    void operator()(sqlite3* database) const;
  };
  Database(std::unique_ptr<sqlite3, Close> handle, std::string file);
  [[nodiscard]] static Result<Database> open_file(const std::filesystem::path& file);
  std::unique_ptr<sqlite3, Close> handle_;
  std::string file_;
};

// Rolls back unless committed. Takes the write lock at once, so that what was read in it holds.
class Transaction {
 public:
  [[nodiscard]] static Result<Transaction> begin(Database& database);
  ~Transaction();
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  [[nodiscard]] Status commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace rapporteur::client
