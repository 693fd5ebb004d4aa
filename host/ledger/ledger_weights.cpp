#include <fmt/format.h>

#include <set>

#include "host/ledger/ledger.hpp"
#include "host/ledger/ledger_format.hpp"

namespace gnc {

std::vector<WeightTally> Ledger::weight_sums(std::size_t cell) {
  std::vector<WeightTally> tallies(config().gnc_eps_train.size());
  Statement sums =
      database_.prepare("SELECT tolerance, sum, band, high, low FROM weight_sums WHERE cell = ?");
  sums.bind(1, static_cast<std::int64_t>(cell));
  while (sums.next()) {
    const auto t = as_unsigned(sums.integer(0));
    const auto s = as_unsigned(sums.integer(1));
    require_sound(t < tallies.size() && s < WeightTally::kSums, database_,
                  fmt::format("cell {} has sums of weights that are unknown", cell));
    WideSum wide;
    wide.high = as_unsigned(sums.integer(3));
    wide.low = as_unsigned(sums.integer(4));
    tallies[t].sums[s].add(sums.integer(2), wide);
  }
  return tallies;
}

void Ledger::add_weights(std::size_t cell, const std::vector<WeightTally>& tallies) {
  const auto c = static_cast<std::int64_t>(cell);
  std::vector<WeightTally> totals = weight_sums(cell);
  database_.prepare("DELETE FROM weight_sums WHERE cell = ?").bind(1, c).run();
  Statement sums = database_.prepare("INSERT INTO weight_sums VALUES (?, ?, ?, ?, ?, ?)");
  Statement draws = database_.prepare("INSERT INTO weighted VALUES (?, ?, ?, ?, ?, ?, ?)");
  for (std::size_t t = 0; t < tallies.size(); ++t) {
    const auto tolerance = static_cast<std::int64_t>(t);
    for (std::size_t s = 0; s < WeightTally::kSums; ++s) {
      totals[t].sums[s].add(tallies[t].sums[s]);
      for (const auto& [band, sum] : totals[t].sums[s].bands()) {
        sums.bind(1, c).bind(2, tolerance).bind(3, static_cast<std::int64_t>(s)).bind(4, band);
        sums.bind(5, as_signed(sum.high)).bind(6, as_signed(sum.low)).run();
      }
    }
    const auto record = [&](std::int64_t posterior, const WeightedDraw& draw) {
      draws.bind(1, c).bind(2, tolerance).bind(3, posterior).bind(4, as_signed(draw.index));
      draws.bind(5, draw.weight.fraction).bind(6, draw.weight.exponent).bind(7, draw.gen_loss).run();
    };
    for (const WeightedDraw& draw : tallies[t].largest) record(0, draw);
    for (const WeightedDraw& draw : tallies[t].posterior) record(1, draw);
    untrimmed_[cell] += tallies[t].largest.size() + tallies[t].posterior.size();
  }
}

void Ledger::read_weighted(std::size_t cell, CellTotals& totals) {
  const auto c = static_cast<std::int64_t>(cell);
  totals.weighted = weight_sums(cell);
  std::vector<WeightTally>& tallies = totals.weighted;
  Statement draws = database_.prepare(
      "SELECT tolerance, posterior, draw, fraction, exponent, gen_loss FROM weighted WHERE cell = ? ORDER BY "
      "tolerance, posterior, draw");
  draws.bind(1, c);
  while (draws.next()) {
    const auto t = as_unsigned(draws.integer(0));
    require_sound(t < tallies.size(), database_,
                  fmt::format("cell {} has weighted draws at an unknown tolerance", cell));
    const WeightedDraw draw{as_unsigned(draws.integer(2)), {draws.real(3), draws.integer(4)}, draws.real(5)};
    std::vector<WeightedDraw>& kept = draws.integer(1) != 0 ? tallies[t].posterior : tallies[t].largest;
    if (draws.integer(1) == 0 || static_cast<std::int64_t>(kept.size()) < config().max_stored)
      kept.push_back(draw);
  }
  for (std::size_t t = 0; t < tallies.size(); ++t) {
    keep_largest(tallies[t].largest);
    tallies[t].nonzero = totals.accepted[t].count;
  }
}

void Ledger::trim_weighted(std::size_t cell) {
  CellTotals totals;
  totals.accepted.resize(config().gnc_eps_train.size());
  read_weighted(cell, totals);
  Statement remove = database_.prepare(
      "DELETE FROM weighted WHERE cell = ? AND tolerance = ? AND posterior = ? AND draw = ?");
  Statement find =
      database_.prepare("SELECT draw FROM weighted WHERE cell = ? AND tolerance = ? AND posterior = ?");
  for (std::size_t t = 0; t < totals.weighted.size(); ++t) {
    for (const std::int64_t posterior : {0, 1}) {
      const WeightTally& tally = totals.weighted[t];
      std::set<std::uint64_t> kept;
      for (const WeightedDraw& draw : posterior != 0 ? tally.posterior : tally.largest)
        kept.insert(draw.index);
      std::vector<std::int64_t> surplus;
      const auto c = static_cast<std::int64_t>(cell);
      find.bind(1, c).bind(2, static_cast<std::int64_t>(t)).bind(3, posterior);
      while (find.next()) {
        if (!kept.contains(as_unsigned(find.integer(0)))) surplus.push_back(find.integer(0));
      }
      find.reset();
      for (const std::int64_t draw : surplus) {
        remove.bind(1, c).bind(2, static_cast<std::int64_t>(t)).bind(3, posterior).bind(4, draw).run();
      }
    }
  }
}

}  // namespace gnc
