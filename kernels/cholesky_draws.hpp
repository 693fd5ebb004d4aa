#if defined(GNC_KERNELS_CHOLESKY_DRAWS_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_CHOLESKY_DRAWS_HPP
#undef GNC_KERNELS_CHOLESKY_DRAWS_HPP
#else
#define GNC_KERNELS_CHOLESKY_DRAWS_HPP
#endif

#include "kernels/end_to_end.hpp"

GNC_LANES_BEGIN

/// The lower Cholesky factor in place of the lower triangle of a positive semi-definite matrix, size x size,
/// and zeros above the diagonal. A column whose pivot rounding leaves without a positive value is zero.
template <class L>
GNC_FN void cholesky(float* matrix, int size) {
  const auto at = [&](int i, int j) GNC_LAMBDA { return matrix + (i * size + j) * L::size; };
  const auto zero = L::set(0.0f), one = L::set(1.0f);
  for (int j = 0; j < size; ++j) {
    auto pivot = L::load(at(j, j));
    for (int r = 0; r < j; ++r) {
      const auto x = L::load(at(j, r));
      pivot = L::fma(zero - x, x, pivot);
    }
    const auto positive = L::less(zero, pivot);
    const auto root = L::sqrt(L::select(positive, pivot, zero));
    const auto inverse = L::select(positive, one / root, zero);
    L::store(root, at(j, j));
    for (int i = j + 1; i < size; ++i) {
      auto sum = L::load(at(i, j));
      for (int r = 0; r < j; ++r) sum = L::fma(zero - L::load(at(i, r)), L::load(at(j, r)), sum);
      L::store(sum * inverse, at(i, j));
      L::store(zero, at(j, i));
    }
  }
}

/// DrawForm::Cholesky: given the hidden layer H = Y_{d-1}, the law of H W_d is that of chol(H Hᵀ) G
/// (docs/methods.md, draw law `product`). The hidden layers are those of draw law `factors`; G, row by row,
/// are the normal numbers of stream `Product`.
template <class L, Activation kActivation>
class CholeskyDraws {
 public:
  GNC_FN CholeskyDraws(const CellView& cell, const DrawScratch& scratch)
      : cell_(cell),
        scratch_(scratch),
        hidden_(hidden_window<L, Prior::Gauss>(cell, scratch)),
        numbers_(cell, Stream::Product, cell.n_entries(), true, scratch.window, scratch.window_entries) {}

  /// Calls use(hidden, from, units) for the hidden units of draws first .. first + L::size - 1, n_rows x
  /// units at a time.
  template <class Use>
  GNC_FN void for_hidden_tiles(std::uint64_t first, const Use& use) {
    const int k = cell_.width;
    const int tile = hidden_units_at_once(cell_, scratch_);
    hidden_.move_to(first);
    for (int from = 0; from < k; from += tile) {
      const int units = k - from < tile ? k - from : tile;
      use(last_hidden_layer<L, kActivation>(cell_, hidden_, from, units, scratch_), from, units);
    }
  }

  /// The end-to-end products of draws first .. first + L::size - 1, before `output_scale` and normalisation,
  /// into scratch.Y.
  GNC_FN void end_to_end_of(std::uint64_t first) {
    const int m = cell_.n_rows;
    for_hidden_tiles(first, [&](const float* hidden, int from, int units)
                                GNC_LAMBDA { add_gram(hidden, units, from > 0); });
    cholesky<L>(scratch_.factor, m);
    // Both windows share their memory: the hidden layers' is empty until its next move.
    numbers_.move_to(first);
    numbers_.copy(0, cell_.n_entries(), scratch_.Y);
    multiply_lower<L>(scratch_.factor, scratch_.Y, m, m, cell_.n_cols);
  }

 private:
  /// The lower triangle of H Hᵀ, and entries above it, for `units` columns of H.
  GNC_FN void add_gram(const float* hidden, int units, bool accumulate) {
    const int m = cell_.n_rows;
    for (int i = 0; i < m; i += kTileRows) {
      const int rows = m - i < kTileRows ? m - i : kTileRows;
      multiply<L>(row_major(hidden + i * units * L::size, units), transposed(hidden, units),
                  scratch_.factor + i * m * L::size, m, rows, units, i + rows, accumulate);
    }
  }

  const CellView& cell_;
  const DrawScratch& scratch_;
  WeightWindow<L, Prior::Gauss> hidden_;
  WeightWindow<L, Prior::Gauss> numbers_;
};

GNC_LANES_END

#endif
