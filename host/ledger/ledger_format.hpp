#pragma once

#include <cstdint>
#include <string_view>

#include "host/ledger/database.hpp"

namespace gnc {

// The tables of run.sqlite, as README.md describes them. Rows come in and go; none is ever updated, which the
// seal relies on.

constexpr int kLedgerVersion = 5;
constexpr int kLedgerApplication = 0x676e6321;

constexpr const char* kLedgerSchema = R"(
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE cells (cell INTEGER PRIMARY KEY, width INTEGER NOT NULL, depth INTEGER NOT NULL, seed INTEGER NOT NULL,
  chunk_size INTEGER NOT NULL, estimator TEXT NOT NULL, budget INTEGER NOT NULL, reason TEXT NOT NULL);
CREATE TABLE finished (cell INTEGER NOT NULL, range_begin INTEGER NOT NULL, range_end INTEGER NOT NULL,
  drawn INTEGER NOT NULL, seconds REAL NOT NULL, PRIMARY KEY (cell, range_begin)) WITHOUT ROWID;
CREATE TABLE sums (cell INTEGER NOT NULL, range_begin INTEGER NOT NULL, tolerance INTEGER NOT NULL,
  count INTEGER NOT NULL, loss_high INTEGER NOT NULL, loss_low INTEGER NOT NULL, square_high INTEGER NOT NULL,
  square_low INTEGER NOT NULL, saturated INTEGER NOT NULL, PRIMARY KEY (cell, range_begin, tolerance)) WITHOUT ROWID;
CREATE TABLE accepted (cell INTEGER NOT NULL, draw INTEGER NOT NULL, train_loss REAL NOT NULL, gen_loss REAL NOT NULL,
  Y BLOB NOT NULL, PRIMARY KEY (cell, draw)) WITHOUT ROWID;
CREATE TABLE weight_sums (cell INTEGER NOT NULL, tolerance INTEGER NOT NULL, sum INTEGER NOT NULL,
  band INTEGER NOT NULL, high INTEGER NOT NULL, low INTEGER NOT NULL,
  PRIMARY KEY (cell, tolerance, sum, band)) WITHOUT ROWID;
CREATE TABLE weighted (cell INTEGER NOT NULL, tolerance INTEGER NOT NULL, posterior INTEGER NOT NULL,
  draw INTEGER NOT NULL, fraction REAL NOT NULL, exponent INTEGER NOT NULL, gen_loss REAL NOT NULL,
  PRIMARY KEY (cell, tolerance, posterior, draw)) WITHOUT ROWID;
CREATE TABLE populations (cell INTEGER NOT NULL, population INTEGER NOT NULL, level REAL NOT NULL,
  particles INTEGER NOT NULL, PRIMARY KEY (cell, population)) WITHOUT ROWID;
CREATE TABLE curve (cell INTEGER NOT NULL, population INTEGER NOT NULL, point INTEGER NOT NULL,
  eps_train REAL NOT NULL, reached INTEGER NOT NULL, log_rate REAL NOT NULL, below INTEGER NOT NULL,
  gen REAL NOT NULL, gen_losses BLOB NOT NULL,
  PRIMARY KEY (cell, population, point)) WITHOUT ROWID;
CREATE TABLE population_states (cell INTEGER NOT NULL, population INTEGER NOT NULL, levels INTEGER NOT NULL,
  seconds REAL NOT NULL, state BLOB NOT NULL, PRIMARY KEY (cell, population));
CREATE TABLE descent (cell INTEGER PRIMARY KEY, gd_gen REAL NOT NULL, gd_train REAL NOT NULL, seconds REAL NOT NULL);
)";

/// Row of `sums` that holds the prior share; the others are those of the tolerances.
constexpr std::int64_t kPriorRow = -1;

/// SQLite's integers are signed; counts, draws and words of sums go there and back by their bits.
constexpr std::int64_t as_signed(std::uint64_t x) { return static_cast<std::int64_t>(x); }
constexpr std::uint64_t as_unsigned(std::int64_t x) { return static_cast<std::uint64_t>(x); }

/// Throws UsageError "<file>: <what>; the ledger is damaged" unless `condition`.
void require_sound(bool condition, const Database& database, std::string_view what);

}  // namespace gnc
