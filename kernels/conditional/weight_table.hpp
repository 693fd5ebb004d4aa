#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/atomic_add.hpp"
#include "kernels/lane_scope.hpp"
#include "kernels/weight_tally.hpp"

namespace gnc {

/// The exact sums of a batch of weights, of all tolerances, on a device: for each sum and each band of 32
/// binary orders of magnitude between 2^-3072 and 2^1024 the two halves of the units of its BandTerms, 42
/// bits each, so that threads add without carries. Several copies, by row, keep threads out of each other's
/// way. Terms beyond the bands are the host's.
struct WeightTable {
  static constexpr std::int64_t first_band = -96;
  static constexpr int bands = 128;
  static constexpr int cells = WeightTally::kSums * bands;  ///< of a tolerance, after its number of draws
  static constexpr std::uint32_t copies = 32;
  static constexpr int half_bits = 42;
  /// Rows that may share a copy.
  static constexpr std::uint64_t most_rows = std::uint64_t{1} << (64 - half_bits);

  std::uint64_t* totals;  ///< [copy][tolerance][1 + cells][half]; the number in the first
  int tolerances;

  static std::size_t size(std::size_t tolerances) {
    return copies * tolerances * (1 + static_cast<std::size_t>(cells)) * 2;
  }

  GNC_FN std::uint64_t* at(std::uint32_t copy, int tolerance, int cell) const {
    return totals + ((static_cast<std::size_t>(copy) * static_cast<std::size_t>(tolerances) +
                      static_cast<std::size_t>(tolerance)) *
                         (1 + static_cast<std::size_t>(cells)) +
                     static_cast<std::size_t>(cell)) *
                        2;
  }

  /// Counts a draw of nonzero weight and adds its terms; false, and nothing but the count, where one of them
  /// is beyond the bands.
  GNC_FN bool add(std::uint32_t row, int tolerance, const ScaledReal& weight, double mean_loss) const {
    ScaledReal terms[WeightTally::kSums];
    weight_terms(weight, mean_loss, terms);
    const std::uint32_t copy = row % copies;
    atomic_add(at(copy, tolerance, 0), std::uint64_t{1});
    GNC_UNROLL
    for (int s = 0; s < WeightTally::kSums; ++s) {
      if (terms[s].fraction == 0.0) continue;
      const std::int64_t band = BandTerm::of(terms[s]).band - first_band;
      if (band < 0 || band >= bands) return false;
    }
    GNC_UNROLL
    for (int s = 0; s < WeightTally::kSums; ++s) {
      if (terms[s].fraction == 0.0) continue;
      const BandTerm term = BandTerm::of(terms[s]);
      std::uint64_t* const halves =
          at(copy, tolerance, 1 + s * bands + static_cast<int>(term.band - first_band));
      const std::uint64_t low = term.units.low & ((std::uint64_t{1} << half_bits) - 1);
      const std::uint64_t high = term.units.high << (64 - half_bits) | term.units.low >> half_bits;
      if (low != 0) atomic_add(halves, low);
      atomic_add(halves + 1, high);
    }
    return true;
  }
};

/// Sets the entries of a table to 0.
struct ClearWeightTable {
  std::uint64_t* totals;

  GNC_FN void operator()(std::uint32_t i) const { totals[i] = 0; }
};

/// The sum of a cell's copies, and the copies set to 0, for cell i of all tolerances, [tolerance][1 + cells].
struct GatherWeightTable {
  WeightTable table;
  WideSum* sums;

  GNC_FN void operator()(std::uint32_t i) const {
    constexpr auto kCells = static_cast<std::uint32_t>(1 + WeightTable::cells);
    WideSum sum;
    for (std::uint32_t copy = 0; copy < WeightTable::copies; ++copy) {
      std::uint64_t* const halves =
          table.at(copy, static_cast<int>(i / kCells), static_cast<int>(i % kCells));
      sum.add(WideSum{halves[0], 0});
      sum.add(WideSum{halves[1] << WeightTable::half_bits, halves[1] >> (64 - WeightTable::half_bits)});
      halves[0] = halves[1] = 0;
    }
    sums[i] = sum;
  }
};

}  // namespace gnc
