#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/files/file_identity.hpp"

namespace gnc {

class Statement;

/// A SQLite database file. Every return code is checked: a full or read-only disk and the like are RunErrors,
/// a file that is damaged or no database is a UsageError; both name the file and what was being done.
class Database {
 public:
  enum class Mode { Create, ReadWrite, ReadOnly };
  using Function = void (*)(sqlite3_context* context, int count, sqlite3_value** arguments);

  /// ReadOnly works on a medium that cannot be written, too, and leaves a log that it finds as it is.
  Database(const std::filesystem::path& path, Mode mode);

  /// Runs statements that return no rows.
  void execute(const std::string& sql);
  Statement prepare(std::string_view sql);
  /// Makes a deterministic function of any number of arguments known to SQL on this connection.
  void define_function(const char* name, Function function);
  const std::filesystem::path& path() const { return path_; }
  /// Whether the path still names the file that was opened.
  bool in_place() const { return names_file(path_, identity_); }

  /// Throws unless `code` is a success; `doing` completes "<file>: <doing>: <reason>".
  void check(int code, std::string_view doing) const;

 private:
  struct Close {
    std::filesystem::path own_log;  ///< of a reader that found none; empty for others
    void operator()(sqlite3* database) const;
  };
  void open(const std::string& name, int flags);

  std::filesystem::path path_;
  Mode mode_;
  FileIdentity identity_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// A prepared statement. Parameters are bound from 1, columns are read from 0.
class Statement {
 public:
  Statement(const Database& database, sqlite3* handle, std::string_view sql);

  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, double value);
  Statement& bind(int parameter, std::string_view value);
  Statement& bind_blob(int parameter, std::span<const std::byte> value);
  /// The value in a column of the row that `row` stands on.
  Statement& bind_column(int parameter, const Statement& row, int column);

  /// Steps to the next row; false when there is none.
  bool next();
  /// Runs to the end and makes the statement ready to be bound again.
  void run();
  void reset();

  int columns() const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  std::span<const std::byte> blob(int column) const;  ///< valid until the next step
  std::vector<float> floats(int column) const;        ///< of a blob

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  const Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

/// Everything between construction and `commit` happens, or nothing does.
class Transaction {
 public:
  explicit Transaction(Database& database);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace gnc
