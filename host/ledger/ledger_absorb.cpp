#include <fmt/format.h>

#include "host/ledger/ledger.hpp"

namespace gnc {
namespace {

/// Adds the rows of a table of `from` to the same table of `to`.
void copy_rows(Database& from, Database& to, const char* table) {
  Statement rows = from.prepare(fmt::format("SELECT * FROM {}", table));
  const int n_columns = rows.columns();
  std::string parameters = "?";
  for (int column = 1; column < n_columns; ++column) parameters += ", ?";
  Statement insert = to.prepare(fmt::format("INSERT INTO {} VALUES ({})", table, parameters));
  while (rows.next()) {
    for (int column = 0; column < n_columns; ++column) insert.bind_column(column + 1, rows, column);
    insert.run();
  }
}

}  // namespace

void Ledger::absorb(Ledger& shard) {
  Transaction transaction(database_);
  for (std::size_t cell = 0; cell < cells().size(); ++cell) {
    for (FinishedSums& sums : shard.finished_sums(cell)) add_finished(cell, std::move(sums));
    if (cells()[cell].plan.estimator == Estimator::Conditional) {
      add_weights(cell, shard.totals(cell).weighted);
    }
  }
  for (const char* table : {"accepted", "populations", "curve", "descent"}) {
    copy_rows(shard.database_, database_, table);
  }
  for (std::size_t cell = 0; cell < cells().size(); ++cell) drop_surplus(cell);
  transaction.commit();
}

}  // namespace gnc
