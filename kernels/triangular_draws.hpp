#if defined(GNC_KERNELS_TRIANGULAR_DRAWS_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_TRIANGULAR_DRAWS_HPP
#undef GNC_KERNELS_TRIANGULAR_DRAWS_HPP
#else
#define GNC_KERNELS_TRIANGULAR_DRAWS_HPP
#endif

#include "kernels/chi.hpp"
#include "kernels/draw_form.hpp"
#include "kernels/end_to_end.hpp"

GNC_LANES_BEGIN

/// DrawForm::Triangular: Y, or its transpose, has the law of L_1 L_2 .. L_{d-1} G (Bartlett's decomposition
/// of W_1 = L_1 Q_1, then of Q_1 W_2, ..; docs/methods.md, draw law `product`). The diagonal of every L_j
/// holds chi variates with width, width - 1, .. degrees of freedom, all else are normal numbers of stream
/// `Product` in the order G, L_{d-1}, .., L_1, row by row.
template <class L>
class TriangularDraws {
 public:
  GNC_FN TriangularDraws(const CellView& cell, const DrawScratch& scratch)
      : cell_(cell),
        shape_(cell),
        scratch_(scratch),
        numbers_(cell, Stream::Product, shape_.n_normals(cell.depth), true, scratch.window,
                 scratch.window_entries),
        chis_(cell.key, Stream::Product, static_cast<std::uint32_t>((cell.depth - 1) * pairs()),
              scratch.chi_numbers) {
    for (int i = 0; i < shape_.inner; ++i) chi_shapes_[i] = chi_shape(cell.width - i);
    for (int e = 0; e < shape_.rows * shape_.inner; ++e) L::store(L::set(0.0f), scratch.factor + e * L::size);
  }

  GNC_FN const TriangularShape& shape() const { return shape_; }

  /// Draws first .. first + L::size - 1 from now on. `draw_last`, then `draw_factor` for layers depth - 1,
  /// .., 1 follow.
  GNC_FN void move_to(std::uint64_t first) {
    numbers_.move_to(first);
    chis_.move_to(first);
    next_ = 0;
  }

  /// G, inner x cols.
  GNC_FN float* draw_last() {
    float* const G = shape_.transposed ? scratch_.transposed : scratch_.Y;
    numbers_.copy(0, shape_.inner * shape_.cols, G);
    next_ = shape_.inner * shape_.cols;
    return G;
  }

  /// L_layer, rows_of(layer) x inner.
  GNC_FN const float* draw_factor(int layer) {
    const int inner = shape_.inner;
    float* const factor = scratch_.factor;
    for (int i = 1; i < shape_.rows_of(layer); ++i) {
      const int count = i < inner ? i : inner;
      numbers_.copy(next_, count, factor + i * inner * L::size);
      next_ += count;
    }
    chis_.draw(static_cast<std::uint32_t>((layer - 1) * pairs()), inner, chi_shapes_, factor, inner + 1);
    return factor;
  }

  /// The end-to-end products of draws first .. first + L::size - 1, before `output_scale` and normalisation,
  /// into scratch.Y.
  GNC_FN void end_to_end_of(std::uint64_t first) {
    move_to(first);
    float* const T = draw_last();
    for (int layer = cell_.depth - 1; layer >= 1; --layer) {
      const int rows = shape_.rows_of(layer);
      multiply_lower<L>(draw_factor(layer), T, rows, shape_.inner, shape_.cols);
      activate_layer<L, Activation::Linear>(cell_, T, T, rows * shape_.cols);
    }
    if (!shape_.transposed) return;
    for (int i = 0; i < shape_.rows; ++i) {
      for (int j = 0; j < shape_.cols; ++j) {
        L::store(L::load(T + (i * shape_.cols + j) * L::size), scratch_.Y + (j * shape_.rows + i) * L::size);
      }
    }
  }

 private:
  // The smaller side of a matrix of limits::max_entries entries.
  static constexpr int kMostRows = 128;

  GNC_FN int pairs() const { return (shape_.inner + 1) / 2; }

  const CellView& cell_;
  TriangularShape shape_;
  const DrawScratch& scratch_;
  WeightWindow<L, Prior::Gauss> numbers_;
  ChiVariates<L> chis_;
  ChiShape chi_shapes_[kMostRows];
  std::int64_t next_ = 0;
};

GNC_LANES_END

#endif
