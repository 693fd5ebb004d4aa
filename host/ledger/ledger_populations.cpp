#include <fmt/format.h>

#include <map>
#include <span>
#include <utility>

#include "host/ledger/ledger.hpp"
#include "host/ledger/ledger_format.hpp"

namespace gnc {

void Ledger::record_population(std::size_t cell, std::uint64_t population, const PopulationRecord& record,
                               double seconds) {
  const auto c = static_cast<std::int64_t>(cell);
  FinishedSums sums{{population, population + 1}, record.passes, seconds, record.prior, {}};
  sums.accepted.resize(config().gnc_eps_train.size());
  Transaction transaction(database_);
  add_finished(cell, std::move(sums));
  database_.prepare("INSERT INTO populations VALUES (?, ?, ?, ?)")
      .bind(1, c)
      .bind(2, as_signed(population))
      .bind(3, record.level)
      .bind(4, as_signed(record.particles))
      .run();
  Statement curve = database_.prepare("INSERT INTO curve VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (std::size_t i = 0; i < record.curve.size(); ++i) {
    const CurvePoint& point = record.curve[i];
    curve.bind(1, c).bind(2, as_signed(population)).bind(3, static_cast<std::int64_t>(i));
    curve.bind(4, point.eps_train).bind(5, std::int64_t{point.reached ? 1 : 0}).bind(6, point.log_rate);
    curve.bind(7, as_signed(point.below)).bind(8, point.gen);
    curve.bind_blob(9, std::as_bytes(std::span(point.gen_losses))).run();
  }
  remove_population_state(cell, population);
  transaction.commit();
}

void Ledger::record_population_state(std::size_t cell, std::uint64_t population,
                                     const PopulationState& state) {
  Transaction transaction(database_);
  remove_population_state(cell, population);
  database_.prepare("INSERT INTO population_states VALUES (?, ?, ?, ?, ?)")
      .bind(1, static_cast<std::int64_t>(cell))
      .bind(2, as_signed(population))
      .bind(3, static_cast<std::int64_t>(state.levels))
      .bind(4, state.seconds)
      .bind_blob(5, state.state)
      .run();
  transaction.commit();
}

void Ledger::remove_population_state(std::size_t cell, std::uint64_t population) {
  database_.prepare("DELETE FROM population_states WHERE cell = ? AND population = ?")
      .bind(1, static_cast<std::int64_t>(cell))
      .bind(2, as_signed(population))
      .run();
}

std::optional<PopulationState> Ledger::population_state(std::size_t cell, std::uint64_t population) {
  Statement statement = database_.prepare(
      "SELECT levels, seconds, state FROM population_states WHERE cell = ? AND population = ?");
  statement.bind(1, static_cast<std::int64_t>(cell)).bind(2, as_signed(population));
  if (!statement.next()) return std::nullopt;
  const std::span<const std::byte> blob = statement.blob(2);
  return PopulationState{
      static_cast<int>(statement.integer(0)), statement.real(1), {blob.begin(), blob.end()}};
}

void Ledger::read_populations(std::size_t cell, CellTotals& totals) {
  const auto c = static_cast<std::int64_t>(cell);
  std::map<std::int64_t, PopulationRecord> records;
  Statement populations = database_.prepare(
      "SELECT population, level, particles FROM populations WHERE cell = ? ORDER BY population");
  populations.bind(1, c);
  while (populations.next()) {
    PopulationRecord& record = records[populations.integer(0)];
    record.level = populations.real(1);
    record.particles = as_unsigned(populations.integer(2));
  }
  Statement curve = database_.prepare(
      "SELECT population, point, eps_train, reached, log_rate, below, gen, gen_losses FROM curve "
      "WHERE cell = ? ORDER BY population, point");
  curve.bind(1, c);
  while (curve.next()) {
    std::vector<CurvePoint>& points = records[curve.integer(0)].curve;
    require_sound(curve.integer(1) == static_cast<std::int64_t>(points.size()), database_,
                  fmt::format("cell {} has points of a curve missing", cell));
    CurvePoint& point = points.emplace_back();
    point.eps_train = curve.real(2);
    point.reached = curve.integer(3) != 0;
    point.log_rate = curve.real(4);
    point.below = as_unsigned(curve.integer(5));
    point.gen = curve.real(6);
    point.gen_losses = curve.floats(7);
  }
  require_sound(records.size() == totals.finished, database_,
                fmt::format("cell {} has curves of some populations missing", cell));
  for (auto& [population, record] : records) totals.populations.push_back(std::move(record));
}

}  // namespace gnc
