#pragma once

#include <cstdint>
#include <limits>

namespace gnc {

/// Both ends belong to the range.
struct IntegerRange {
  std::int64_t low, high;
};

/// Whether an end belongs to the range is said for each.
struct RealRange {
  double low;
  bool low_included;
  double high;
  bool high_included;
};

/// What a config may ask for. The upper ends keep memory and indices within what one machine holds.
namespace limits {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

inline constexpr IntegerRange rows_or_columns{1, 4096};
inline constexpr std::int64_t max_entries = 16'384;  ///< n_rows * n_cols; the complement basis has its square
inline constexpr RealRange gt_norm{1e-15, true, 1e15, true};
inline constexpr IntegerRange num_seeds{1, 100'000};
inline constexpr RealRange negative_slope{-1e6, true, 1e6, true};
inline constexpr IntegerRange num_samples{1, std::numeric_limits<std::int64_t>::max()};
/// Of hidden draws of estimator `conditional`: the exact sums of their weights hold as many.
inline constexpr std::uint64_t max_hidden_draws = std::uint64_t{1} << 42;
inline constexpr IntegerRange batch_size{1, std::numeric_limits<std::int64_t>::max()};
inline constexpr RealRange eps_train{0.0, false, 1e300, true};  // sums over measurements are within double
inline constexpr RealRange softening{0.0, true, infinity, false};
inline constexpr RealRange positive{0.0, false, infinity, false};
inline constexpr IntegerRange gd_epochs{1, 1'000'000'000'000};
inline constexpr RealRange gd_momentum{0.0, true, 1.0, false};
inline constexpr IntegerRange width{1, 1'000'000};
inline constexpr IntegerRange depth{1, 1'000};
inline constexpr std::int64_t max_weights = std::int64_t{1} << 28;  ///< weights of one draw
inline constexpr std::int64_t max_points = 10'000;
inline constexpr std::int64_t max_cells =
    1'000'000;  ///< points times seeds; each takes about 1 KiB of memory
inline constexpr std::int64_t max_tolerances = 1'000;
inline constexpr IntegerRange chunk_size{0, std::int64_t{1} << 62};
inline constexpr IntegerRange splitting_particles{2, 0xFFFFFFFF};
inline constexpr IntegerRange splitting_sweeps{1, 100'000};
inline constexpr IntegerRange splitting_populations{2, 10'000};
inline constexpr IntegerRange max_stored{0, 1'000'000'000};

}  // namespace limits
}  // namespace gnc
