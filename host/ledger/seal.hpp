#pragma once

#include "host/ledger/database.hpp"

namespace gnc {

// SQLite notices a damaged structure but not a changed number. The seal is one row in a table of its own that
// holds the exclusive-or of a 64-bit digest of every row of the other tables and of their definitions: a
// value, a row or a column that is not what was written shows. It guards against accidents, not against
// malice.

/// Adds the seal to a database whose tables exist.
void create_seal(Database& database);

/// From now on every row this connection inserts or deletes is taken into the seal, within its transaction.
/// Rows are never updated.
void keep_seal(Database& database);

/// Reads every row. Throws UsageError where the content does not match the seal.
void check_seal(Database& database);

}  // namespace gnc
