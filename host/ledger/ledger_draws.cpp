#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "host/errors.hpp"
#include "host/ledger/ledger.hpp"
#include "host/ledger/ledger_format.hpp"

namespace gnc {

std::vector<Ledger::FinishedSums> Ledger::finished_sums(std::size_t cell, std::optional<DrawRange> range) {
  const auto c = static_cast<std::int64_t>(cell);
  const DrawRange wanted =
      range.value_or(DrawRange{0, as_unsigned(std::numeric_limits<std::int64_t>::max())});
  std::vector<FinishedSums> all;
  Statement finished = database_.prepare(
      "SELECT range_begin, range_end, drawn, seconds FROM finished WHERE cell = ? AND range_begin <= ? AND "
      "range_end >= ? ORDER BY range_begin");
  finished.bind(1, c).bind(2, as_signed(wanted.end)).bind(3, as_signed(wanted.begin));
  Statement rows = database_.prepare(
      "SELECT tolerance, count, loss_high, loss_low, square_high, square_low, saturated FROM sums WHERE cell "
      "= ? AND range_begin = ?");
  while (finished.next()) {
    FinishedSums& sums = all.emplace_back();
    sums.range = {as_unsigned(finished.integer(0)), as_unsigned(finished.integer(1))};
    sums.drawn = as_unsigned(finished.integer(2));
    sums.seconds = finished.real(3);
    sums.accepted.resize(config().gnc_eps_train.size());
    rows.bind(1, c).bind(2, finished.integer(0));
    std::size_t n_rows = 0;
    for (; rows.next(); ++n_rows) {
      const std::int64_t row = rows.integer(0);
      require_sound(row >= kPriorRow && row < static_cast<std::int64_t>(sums.accepted.size()), database_,
                    fmt::format("cell {} has sums at an unknown tolerance", cell));
      LossSums& to = row == kPriorRow ? sums.prior : sums.accepted[static_cast<std::size_t>(row)];
      to.count = as_unsigned(rows.integer(1));
      to.loss = {as_unsigned(rows.integer(3)), as_unsigned(rows.integer(2))};
      to.square = {as_unsigned(rows.integer(5)), as_unsigned(rows.integer(4))};
      to.saturated = as_unsigned(rows.integer(6));
    }
    rows.reset();
    require_sound(n_rows == sums.accepted.size() + 1, database_,
                  fmt::format("cell {} has sums missing", cell));
  }
  return all;
}

void Ledger::add_finished(std::size_t cell, FinishedSums sums) {
  const auto c = static_cast<std::int64_t>(cell);
  const DrawRange added = sums.range;
  Statement remove_range = database_.prepare("DELETE FROM finished WHERE cell = ? AND range_begin = ?");
  Statement remove_sums = database_.prepare("DELETE FROM sums WHERE cell = ? AND range_begin = ?");
  for (const FinishedSums& near : finished_sums(cell, added)) {
    if (near.range.end != added.begin && near.range.begin != added.end) {
      throw UsageError(fmt::format(
          "{}: draws {} .. {} of cell {} are recorded already, expected this process alone to draw "
          "for this ledger: another draws for it too, or it is damaged",
          database_.path().string(), added.begin, added.end - 1, cell));
    }
    sums.range = {std::min(sums.range.begin, near.range.begin), std::max(sums.range.end, near.range.end)};
    sums.drawn += near.drawn;
    sums.seconds += near.seconds;
    sums.prior.add(near.prior);
    for (std::size_t t = 0; t < sums.accepted.size(); ++t) sums.accepted[t].add(near.accepted[t]);
    remove_range.bind(1, c).bind(2, as_signed(near.range.begin)).run();
    remove_sums.bind(1, c).bind(2, as_signed(near.range.begin)).run();
  }
  database_.prepare("INSERT INTO finished VALUES (?, ?, ?, ?, ?)")
      .bind(1, c)
      .bind(2, as_signed(sums.range.begin))
      .bind(3, as_signed(sums.range.end))
      .bind(4, as_signed(sums.drawn))
      .bind(5, sums.seconds)
      .run();
  Statement insert = database_.prepare("INSERT INTO sums VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const auto record = [&](std::int64_t row, const LossSums& s) {
    insert.bind(1, c).bind(2, as_signed(sums.range.begin)).bind(3, row).bind(4, as_signed(s.count));
    insert.bind(5, as_signed(s.loss.high)).bind(6, as_signed(s.loss.low));
    insert.bind(7, as_signed(s.square.high)).bind(8, as_signed(s.square.low));
    insert.bind(9, as_signed(s.saturated)).run();
  };
  record(kPriorRow, sums.prior);
  for (std::size_t t = 0; t < sums.accepted.size(); ++t)
    record(static_cast<std::int64_t>(t), sums.accepted[t]);
}

void Ledger::record_chunk(std::size_t cell, const DrawRange& range, const ChunkResult& result,
                          double seconds) {
  const auto c = static_cast<std::int64_t>(cell);
  Transaction transaction(database_);
  add_finished(cell, {range, result.drawn, seconds, result.prior, result.accepted});
  Statement accepted = database_.prepare("INSERT INTO accepted VALUES (?, ?, ?, ?, ?)");
  for (const AcceptedDraw& draw : result.stored) {
    accepted.bind(1, c).bind(2, as_signed(draw.index));
    accepted.bind(3, static_cast<double>(draw.train_loss)).bind(4, static_cast<double>(draw.gen_loss));
    accepted.bind_blob(5, std::as_bytes(std::span(draw.Y))).run();
  }
  untrimmed_[cell] += result.stored.size();
  if (!result.weighted.empty()) add_weights(cell, result.weighted);
  if (untrimmed_[cell] > most_kept(cell)) drop_surplus(cell);
  transaction.commit();
}

std::vector<FinishedDraws> Ledger::finished(std::size_t cell) {
  std::vector<FinishedDraws> all;
  const DrawRange part = plan_.range(cell);
  for (const FinishedSums& sums : finished_sums(cell)) {
    // A population's forward passes are not known beforehand.
    const bool whole =
        cells()[cell].plan.estimator == Estimator::Splitting || sums.range.size() == sums.drawn;
    require_sound(whole && sums.range.begin >= part.begin && sums.range.begin < sums.range.end &&
                      sums.range.end <= part.end && (all.empty() || all.back().range.end < sums.range.begin),
                  database_,
                  fmt::format("draws {} .. {} of cell {} do not match the config", sums.range.begin,
                              sums.range.end, cell));
    FinishedDraws& draws = all.emplace_back(FinishedDraws{sums.range, {}});
    for (const LossSums& accepted : sums.accepted) draws.accepted.push_back(accepted.count);
  }
  return all;
}

CellTotals Ledger::totals(std::size_t cell) {
  CellTotals totals;
  totals.accepted.resize(config().gnc_eps_train.size());
  for (const FinishedSums& sums : finished_sums(cell)) {
    totals.finished += sums.range.size();
    totals.drawn += sums.drawn;
    totals.seconds += sums.seconds;
    totals.prior.add(sums.prior);
    for (std::size_t t = 0; t < sums.accepted.size(); ++t) totals.accepted[t].add(sums.accepted[t]);
  }
  if (cells()[cell].plan.estimator == Estimator::Conditional) read_weighted(cell, totals);
  if (cells()[cell].plan.estimator == Estimator::Splitting) read_populations(cell, totals);
  return totals;
}

std::vector<AcceptedDraw> Ledger::accepted(std::size_t cell) {
  Statement statement =
      database_.prepare("SELECT draw, train_loss, gen_loss FROM accepted WHERE cell = ? ORDER BY draw");
  statement.bind(1, static_cast<std::int64_t>(cell));
  std::vector<AcceptedDraw> draws;
  while (statement.next()) {
    AcceptedDraw& draw = draws.emplace_back();
    draw.index = as_unsigned(statement.integer(0));
    draw.train_loss = static_cast<float>(statement.real(1));
    draw.gen_loss = static_cast<float>(statement.real(2));
  }
  return draws;
}

std::vector<float> Ledger::accepted_Y(std::size_t cell, std::uint64_t index) {
  Statement statement = database_.prepare("SELECT Y FROM accepted WHERE cell = ? AND draw = ?");
  statement.bind(1, static_cast<std::int64_t>(cell)).bind(2, as_signed(index));
  return statement.next() ? statement.floats(0) : std::vector<float>();
}

void Ledger::trim_accepted(std::size_t cell) {
  const std::vector<double>& tolerances = config().gnc_eps_train;
  std::vector<std::int64_t> kept(tolerances.size(), 0);
  std::vector<std::uint64_t> surplus;
  for (const AcceptedDraw& draw : accepted(cell)) {
    bool keep = false;
    for (std::size_t t = 0; t < tolerances.size() && static_cast<double>(draw.train_loss) < tolerances[t];
         ++t) {
      keep = keep || kept[t] < config().max_stored;
      ++kept[t];
    }
    if (!keep) surplus.push_back(draw.index);
  }
  Statement remove = database_.prepare("DELETE FROM accepted WHERE cell = ? AND draw = ?");
  for (const std::uint64_t index : surplus) {
    remove.bind(1, static_cast<std::int64_t>(cell)).bind(2, as_signed(index)).run();
  }
}

std::uint64_t Ledger::most_kept(std::size_t cell) const {
  const bool conditional = cells()[cell].plan.estimator == Estimator::Conditional;
  return config().gnc_eps_train.size() *
         (static_cast<std::uint64_t>(config().max_stored) + (conditional ? kLargestWeights : 0));
}

void Ledger::drop_surplus(std::size_t cell) {
  trim_accepted(cell);
  if (cells()[cell].plan.estimator == Estimator::Conditional) trim_weighted(cell);
  untrimmed_[cell] = 0;
}

void Ledger::trim(std::size_t cell) {
  Transaction transaction(database_);
  drop_surplus(cell);
  transaction.commit();
}

void Ledger::count_untrimmed() {
  for (const char* table : {"accepted", "weighted"}) {
    Statement rows = database_.prepare(fmt::format("SELECT cell, COUNT(*) FROM {} GROUP BY cell", table));
    while (rows.next()) {
      const auto cell = as_unsigned(rows.integer(0));
      require_sound(cell < untrimmed_.size(), database_, "draws of an unknown cell");
      untrimmed_[cell] += as_unsigned(rows.integer(1));
    }
  }
}

}  // namespace gnc
