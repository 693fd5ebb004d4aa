#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "host/ledger/ledger.hpp"

namespace gnc {

/// Everything a cell's results follow from, save timings.
struct CellNumbers {
  std::uint64_t drawn = 0;
  std::vector<LossSums> accepted;
  LossSums prior;
  std::vector<AcceptedDraw> stored;  ///< with Y
  std::optional<double> gd_gen, gd_train;
  bool descended = false;
  std::vector<WeightTally> weighted = {};

  bool operator==(const CellNumbers&) const = default;
};

inline std::vector<CellNumbers> run_numbers(Ledger& ledger) {
  std::vector<CellNumbers> cells;
  for (std::size_t i = 0; i < ledger.cells().size(); ++i) {
    const CellTotals totals = ledger.totals(i);
    CellNumbers& cell =
        cells.emplace_back(CellNumbers{totals.drawn, totals.accepted, totals.prior, {}, {}, {}});
    cell.stored = ledger.accepted(i);
    for (AcceptedDraw& draw : cell.stored) draw.Y = ledger.accepted_Y(i, draw.index);
    cell.weighted = totals.weighted;
    if (const auto descent = ledger.descent(i)) {
      cell.descended = true;
      cell.gd_gen = descent->gd_gen;
      cell.gd_train = descent->gd_train;
    }
  }
  return cells;
}

inline std::vector<CellNumbers> run_numbers(const std::filesystem::path& folder) {
  Ledger ledger = Ledger::open(folder, Database::Mode::ReadOnly);
  return run_numbers(ledger);
}

/// Draws that are recorded, over all cells.
inline std::uint64_t drawn_in(const std::filesystem::path& folder) {
  std::uint64_t drawn = 0;
  for (const CellNumbers& cell : run_numbers(folder)) drawn += cell.drawn;
  return drawn;
}

/// Fails for the first cell and number that differ.
inline void expect_same_numbers(const std::vector<CellNumbers>& got,
                                const std::vector<CellNumbers>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    SCOPED_TRACE("cell " + std::to_string(i));
    EXPECT_EQ(got[i].drawn, expected[i].drawn);
    ASSERT_EQ(got[i].accepted.size(), expected[i].accepted.size());
    for (std::size_t t = 0; t < got[i].accepted.size(); ++t) {
      SCOPED_TRACE("tolerance " + std::to_string(t));
      EXPECT_EQ(got[i].accepted[t].count, expected[i].accepted[t].count);
      EXPECT_TRUE(got[i].accepted[t] == expected[i].accepted[t]) << "sums of losses differ";
    }
    EXPECT_TRUE(got[i].prior == expected[i].prior) << "sums of the prior differ";
    ASSERT_EQ(got[i].stored.size(), expected[i].stored.size());
    for (std::size_t d = 0; d < got[i].stored.size(); ++d) {
      ASSERT_EQ(got[i].stored[d].index, expected[i].stored[d].index);
      ASSERT_TRUE(got[i].stored[d] == expected[i].stored[d])
          << "draw " << got[i].stored[d].index << " differs";
    }
    EXPECT_TRUE(got[i].weighted == expected[i].weighted) << "weights differ";
    EXPECT_EQ(got[i].descended, expected[i].descended);
    EXPECT_EQ(got[i].gd_gen, expected[i].gd_gen);
    EXPECT_EQ(got[i].gd_train, expected[i].gd_train);
  }
}

}  // namespace gnc
