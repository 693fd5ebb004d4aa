#include "host/ledger/seal.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <bit>
#include <cstring>
#include <string>
#include <vector>

#include "host/errors.hpp"
#include "kernels/philox_key.hpp"

namespace gnc {
namespace {

/// Absorbs words one after the other.
class Digest {
 public:
  void add(std::uint64_t word) { state_ = splitmix64(state_ ^ word); }
  void add(const void* bytes, std::size_t size) {
    add(size);
    const auto* from = static_cast<const char*>(bytes);
    for (std::size_t done = 0; done < size; done += sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, from + done, std::min(sizeof(word), size - done));
      add(word);
    }
  }
  void add(sqlite3_value* value) {
    const int type = sqlite3_value_type(value);
    add(static_cast<std::uint64_t>(type));
    if (type == SQLITE_INTEGER) {
      add(static_cast<std::uint64_t>(sqlite3_value_int64(value)));
    } else if (type == SQLITE_FLOAT) {
      add(std::bit_cast<std::uint64_t>(sqlite3_value_double(value)));
    } else if (type != SQLITE_NULL) {
      const void* bytes = sqlite3_value_blob(value);
      add(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)));
    }
  }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0;
};

/// SQL: toggle_row(digest, table, value..) is the digest after the row came in, or went.
void toggle_row(sqlite3_context* context, int count, sqlite3_value** arguments) {
  Digest row;
  for (int i = 1; i < count; ++i) row.add(arguments[i]);
  const auto before = static_cast<std::uint64_t>(sqlite3_value_int64(arguments[0]));
  sqlite3_result_int64(context, static_cast<std::int64_t>(before ^ row.value()));
}

std::vector<std::string> first_column(Statement statement) {
  std::vector<std::string> values;
  while (statement.next()) values.push_back(statement.text(0));
  return values;
}

std::vector<std::string> sealed_tables(Database& database) {
  return first_column(
      database.prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name <> 'seal'"));
}

/// "prefix.column, prefix.column, .."
std::string columns_of(Database& database, const std::string& table, const std::string& prefix) {
  Statement statement = database.prepare("SELECT name FROM pragma_table_info(?)");
  statement.bind(1, std::string_view(table));
  std::vector<std::string> columns;
  for (const std::string& name : first_column(std::move(statement))) {
    columns.push_back(fmt::format("{}.\"{}\"", prefix, name));
  }
  return fmt::format("{}", fmt::join(columns, ", "));
}

std::int64_t digest_of_rows(Statement statement) {
  std::int64_t digest = 0;
  while (statement.next()) digest ^= statement.integer(0);
  return digest;
}

std::int64_t digest_of_content(Database& database) {
  std::int64_t digest = digest_of_rows(database.prepare(
      "SELECT toggle_row(0, 'sqlite_schema', type, name, tbl_name, sql) FROM main.sqlite_schema "
      "WHERE name <> 'seal'"));
  for (const std::string& table : sealed_tables(database)) {
    digest ^= digest_of_rows(database.prepare(fmt::format(
        "SELECT toggle_row(0, '{0}', {1}) FROM main.\"{0}\" AS x", table, columns_of(database, table, "x"))));
  }
  return digest;
}

void define_toggle_row(Database& database) { database.define_function("toggle_row", toggle_row); }

}  // namespace

void create_seal(Database& database) {
  define_toggle_row(database);
  database.execute("CREATE TABLE seal (digest INTEGER NOT NULL)");
  database.prepare("INSERT INTO seal VALUES (?)").bind(1, digest_of_content(database)).run();
}

void keep_seal(Database& database) {
  define_toggle_row(database);
  for (const std::string& table : sealed_tables(database)) {
    for (const auto& [event, row] : {std::pair{"INSERT", "NEW"}, std::pair{"DELETE", "OLD"}}) {
      database.execute(fmt::format(
          "CREATE TEMP TRIGGER seal_{1}_{0} AFTER {1} ON main.\"{0}\" BEGIN UPDATE seal SET digest = "
          "toggle_row(digest, '{0}', {2}); END",
          table, event, columns_of(database, table, row)));
    }
  }
}

void check_seal(Database& database) {
  define_toggle_row(database);
  Statement seal = database.prepare("SELECT digest FROM seal");
  const bool present = seal.next();
  const std::int64_t expected = present ? seal.integer(0) : 0;
  if (!present || seal.next() || digest_of_content(database) != expected) {
    throw UsageError(fmt::format("{}: what it holds does not match its checksum; the ledger is damaged",
                                 database.path().string()));
  }
}

}  // namespace gnc
