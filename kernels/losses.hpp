#if defined(GNC_KERNELS_LOSSES_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_LOSSES_HPP
#undef GNC_KERNELS_LOSSES_HPP
#else
#define GNC_KERNELS_LOSSES_HPP
#endif

#include "kernels/cell_view.hpp"
#include "kernels/lane_scope.hpp"

GNC_LANES_BEGIN

/// Sum of squares of the entries, each times `unit`.
template <class L>
GNC_FN typename L::Real squared_norm(const CellView& cell, const float* product, typename L::Real unit) {
  auto squares = L::set(0.0f);
  for (int e = 0; e < cell.n_entries(); ++e) {
    const auto y = unit * L::load(product + e * L::size);
    squares = L::fma(y, y, squares);
  }
  return squares;
}

/// The factor that turns the unscaled product into Y: `output_scale`, or with `normalize` also 1 / (|Y|_F +
/// softening). Not a number where entries are beyond the range of float: such a draw is never accepted.
template <class L>
GNC_FN typename L::Real output_factor(const CellView& cell, const float* product) {
  const auto scale = L::set(cell.output_scale);
  if (!cell.normalize) return scale;
  auto unit = L::set(1.0f);
  auto squares = squared_norm<L>(cell, product, unit);
  // Deep networks: the squares leave that range long before the entries do, and are summed in another unit.
  const auto small = L::less(squares, L::set(0x1p-80f));
  const auto large = L::less(L::set(0x1p100f), squares);
  if (L::any(small) || L::any(large)) {
    unit = L::select(small, L::set(0x1p80f), L::select(large, L::set(0x1p-80f), unit));
    squares = squared_norm<L>(cell, product, unit);
  }
  const auto nan_if_infinite = squares - squares;
  return unit * (scale / L::fma(scale, L::sqrt(squares), unit * L::set(cell.softening))) + nan_if_infinite;
}

/// sum + (factor * projection - target)^2, where `projection` is the unscaled product's.
template <class L>
GNC_FN typename L::Real add_squared_residual(typename L::Real projection, float target,
                                             typename L::Real factor, typename L::Real sum) {
  const auto residual = L::fma(factor, projection, L::set(-target));
  return L::fma(residual, residual, sum);
}

/// sum + the squared residuals of `kRows` measurements: (factor <rows_i, product> - targets_i)^2, in the
/// order of i.
template <class L, int kRows>
GNC_FN typename L::Real add_squared_residuals(const float* rows, const float* targets, int n_entries,
                                              const float* product, typename L::Real factor,
                                              typename L::Real sum) {
  // Even and odd entries apart: twice as many additions that need not wait for each other.
  typename L::Real even[kRows], odd[kRows];
  GNC_UNROLL
  for (int i = 0; i < kRows; ++i) even[i] = odd[i] = L::set(0.0f);
  int e = 0;
  for (; e + 2 <= n_entries; e += 2) {
    const auto y0 = L::load(product + e * L::size);
    const auto y1 = L::load(product + (e + 1) * L::size);
    GNC_UNROLL
    for (int i = 0; i < kRows; ++i) {
      even[i] = L::fma(L::set(rows[i * n_entries + e]), y0, even[i]);
      odd[i] = L::fma(L::set(rows[i * n_entries + e + 1]), y1, odd[i]);
    }
  }
  if (e < n_entries) {
    const auto y = L::load(product + e * L::size);
    GNC_UNROLL
    for (int i = 0; i < kRows; ++i) even[i] = L::fma(L::set(rows[i * n_entries + e]), y, even[i]);
  }
  GNC_UNROLL
  for (int i = 0; i < kRows; ++i) {
    sum = add_squared_residual<L>(even[i] + odd[i], targets[i], factor, sum);
  }
  return sum;
}

/// Squared training residual ‖A y - b‖² per lane, or any value of at least `bound` once no lane can be below
/// it.
template <class L>
GNC_FN typename L::Real filtered_residual(const CellView& cell, const float* product, typename L::Real factor,
                                          float bound) {
  const int p = cell.n_entries();
  auto sum = L::set(cell.filter_base);
  for (int row = 0; row < cell.n_filter; row += kFilterGroup) {
    sum = add_squared_residuals<L, kFilterGroup>(cell.filter_rows + row * p, cell.filter_targets + row, p,
                                                 product, factor, sum);
    if (!L::any(L::less(sum, L::set(bound)))) break;
  }
  return sum;
}

/// Generalization loss per lane: the mean squared residual over A_test.
template <class L>
GNC_FN typename L::Real generalization_loss(const CellView& cell, const float* product,
                                            typename L::Real factor) {
  const int p = cell.n_entries();
  auto sum = L::set(0.0f);
  for (int row = 0; row < cell.n_test; ++row) {
    sum = add_squared_residuals<L, 1>(cell.A_test + row * p, cell.b_test + row, p, product, factor, sum);
  }
  return sum / L::set(static_cast<float>(cell.n_test));
}

GNC_LANES_END

#endif
