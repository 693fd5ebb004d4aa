#include "host/ledger/database.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cctype>
#include <cstring>
#include <system_error>

#include "host/errors.hpp"

namespace gnc {
namespace {

std::string log_of(const std::filesystem::path& database) { return database.string() + "-wal"; }

/// Whether the last connection to close leaves the log as it is, or takes it over and removes it. Another
/// process that still writes to it would lose its transactions where the file system's locks do not tell of
/// it.
int keep_log(sqlite3* database, bool keep) {
  return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

/// A database in WAL mode wants files beside it even to be read. Where none can be made, and no log is left
/// to be read, nobody can change the file either, and SQLite may take it as it is.
bool on_read_only_medium(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  return ::access(folder.c_str(), W_OK) != 0 && !std::filesystem::exists(log_of(path), error);
}

/// SQLite may be built to take a name that begins with "file:" as a URI.
std::string plain_name(const std::filesystem::path& path) {
  return path.is_absolute() ? path.string() : "./" + path.string();
}

std::string immutable_uri(const std::filesystem::path& path) {
  std::string uri = "file:";
  for (const char letter : path.string()) {
    const bool plain = std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '/';
    uri += plain ? std::string(1, letter) : fmt::format("%{:02x}", static_cast<unsigned char>(letter));
  }
  return uri + "?immutable=1";
}

}  // namespace

Database::Database(const std::filesystem::path& path, Mode mode) : path_(path), mode_(mode) {
  if (mode == Mode::ReadOnly && on_read_only_medium(path)) {
    open(immutable_uri(path), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
    return;
  }
  std::error_code error;
  const bool logged = std::filesystem::exists(log_of(path), error);
  open(plain_name(path), SQLITE_OPEN_READWRITE | (mode == Mode::Create ? SQLITE_OPEN_CREATE : 0));
  if (mode != Mode::ReadOnly) return;
  // A connection that could not write at all would leave its files of the log behind.
  execute("PRAGMA query_only = ON");
  check(keep_log(handle_.get(), true), "opening to read");
  if (!logged) handle_.get_deleter().own_log = log_of(path);
}

void Database::Close::operator()(sqlite3* database) const {
  // SQLite may remove the log that it made for a reader, but not if another process has written to it.
  std::error_code error;
  if (!own_log.empty() && std::filesystem::file_size(own_log, error) == 0) keep_log(database, false);
  sqlite3_close_v2(database);
}

void Database::open(const std::string& name, int flags) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &handle, flags, nullptr);
  handle_.reset(handle);
  check(code, "opening");
  check(sqlite3_extended_result_codes(handle_.get(), 1), "opening");
  check(sqlite3_busy_timeout(handle_.get(), 10'000), "opening");
  identity_ = file_identity(path_);
}

void Database::define_function(const char* name, Function function) {
  check(sqlite3_create_function_v2(handle_.get(), name, -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr,
                                   function, nullptr, nullptr, nullptr),
        name);
}

void Database::check(int code, std::string_view doing) const {
  const int primary = code & 0xff;
  if (primary == SQLITE_OK || primary == SQLITE_ROW || primary == SQLITE_DONE) return;
  const char* reason = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
  const std::string message = fmt::format("{}: {}: {}", path_.string(), doing, reason);
  if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || primary == SQLITE_ERROR ||
      primary == SQLITE_MISMATCH || primary == SQLITE_CONSTRAINT) {
    throw UsageError(fmt::format("{}; the ledger is damaged or was not written by gnc", message));
  }
  if (primary == SQLITE_FULL || primary == SQLITE_IOERR || primary == SQLITE_READONLY ||
      primary == SQLITE_CANTOPEN || primary == SQLITE_PERM) {
    throw RunError(fmt::format(
        "{}; check that {}", message,
        mode_ == Mode::ReadOnly
            ? "it can be read (where a log, -wal, lies beside it, reading also writes -shm into the folder)"
            : "the disk has room and can be written"));
  }
  throw RunError(message);
}

void Database::execute(const std::string& sql) {
  check(sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr), sql.substr(0, sql.find('\n')));
}

Statement Database::prepare(std::string_view sql) { return Statement(*this, handle_.get(), sql); }

Statement::Statement(const Database& database, sqlite3* handle, std::string_view sql) : database_(&database) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(handle, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  handle_.reset(statement);
  database.check(code, sql);
}

Statement& Statement::bind(int parameter, std::int64_t value) {
  database_->check(sqlite3_bind_int64(handle_.get(), parameter, value), "binding");
  return *this;
}

Statement& Statement::bind(int parameter, double value) {
  database_->check(sqlite3_bind_double(handle_.get(), parameter, value), "binding");
  return *this;
}

Statement& Statement::bind(int parameter, std::string_view value) {
  database_->check(sqlite3_bind_text(handle_.get(), parameter, value.data(), static_cast<int>(value.size()),
                                     SQLITE_TRANSIENT),
                   "binding");
  return *this;
}

Statement& Statement::bind_blob(int parameter, std::span<const std::byte> value) {
  database_->check(
      // No bytes at no address would be NULL.
      value.empty()
          ? sqlite3_bind_zeroblob(handle_.get(), parameter, 0)
          : sqlite3_bind_blob64(handle_.get(), parameter, value.data(), value.size(), SQLITE_TRANSIENT),
      "binding");
  return *this;
}

Statement& Statement::bind_column(int parameter, const Statement& row, int column) {
  database_->check(
      sqlite3_bind_value(handle_.get(), parameter, sqlite3_column_value(row.handle_.get(), column)),
      "binding");
  return *this;
}

bool Statement::next() {
  const int code = sqlite3_step(handle_.get());
  database_->check(code, sqlite3_sql(handle_.get()));
  return code == SQLITE_ROW;
}

void Statement::run() {
  while (next()) {
  }
  reset();
}

void Statement::reset() { database_->check(sqlite3_reset(handle_.get()), "resetting"); }

int Statement::columns() const { return sqlite3_column_count(handle_.get()); }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }

double Statement::real(int column) const { return sqlite3_column_double(handle_.get(), column); }

std::string Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  return text == nullptr ? std::string() : std::string(text);
}

std::span<const std::byte> Statement::blob(int column) const {
  const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(handle_.get(), column));
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

std::vector<float> Statement::floats(int column) const {
  const std::span<const std::byte> bytes = blob(column);
  std::vector<float> values(bytes.size() / sizeof(float));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

Transaction::Transaction(Database& database) : database_(database) { database_.execute("BEGIN IMMEDIATE"); }

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.execute("ROLLBACK");
  } catch (...) {
    // SQLite has rolled back on its own after a full disk; the error that brought us here is already on its
    // way.
    open_ = false;
  }
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

}  // namespace gnc
