#pragma once

#include <cstdint>

#include "kernels/activation.hpp"
#include "kernels/cell_view.hpp"
#include "kernels/chi.hpp"
#include "kernels/cholesky_draws.hpp"
#include "kernels/draw_form.hpp"
#include "kernels/factors_draws.hpp"
#include "kernels/fused/fused_cell.hpp"
#include "kernels/fused/weight_reader.hpp"
#include "kernels/scalar_lanes.hpp"
#include "kernels/triangular_draws.hpp"

namespace gnc {

// Shapes whose draws never leave one thread. Each has
// - entries: of the end-to-end matrix, at most;
// - Cell: how a kernel gets the cell;
// - resident_blocks: blocks of 256 threads that a multiprocessor is to hold, where an H100 was seen to draw
//   faster for it; 0 elsewhere;
// - takes(cell): whether it is the cell's shape and form;
// - has<kActivation, kPrior>: whether cells that it takes can have them;
// - multiply<kActivation, kPrior>(cell, draw, Y): the end-to-end product of a draw, before `output_scale` and
//   normalisation, as the CPU engine makes it: the additions to an entry come in the order of the inner
//   index.
// Those that DrawsAllWeights also have
// - rows, cols: of the end-to-end matrix;
// - has_shape(cell): whether it is the cell's shape, whatever its form;
// - multiply_weights<kActivation>(cell, weights, Y): the same of any weights, those of a BlockReader;
// - for_last_units<kActivation>(cell, weights, use): use(units) for the units of the last hidden layer in
//   order, some at a time, units[i][u] being unit u of row i.

/// Weight in units of hidden layer: act(hidden_scale w).
template <Activation kActivation>
GNC_FN float hidden_unit(const CellView& cell, float x) {
  return plain::activate<plain::ScalarLanes, kActivation>(cell.hidden_scale * x, cell.negative_slope);
}

/// What shapes share that draw all weights, one after the other: a draw's weights are those of a
/// WeightReader.
template <class Shape, int kRows, int kCols>
struct DrawsAllWeights {
  static constexpr int rows = kRows;
  static constexpr int cols = kCols;
  static constexpr int entries = kRows * kCols;
  static constexpr int resident_blocks = 0;

  static bool takes(const CellView& cell) {
    return draw_form(cell) == DrawForm::Factors && Shape::has_shape(cell);
  }
  template <Activation, Prior>
  static constexpr bool has = true;

  template <Activation kActivation, Prior kPrior>
  static GNC_FN void multiply(const CellView& cell, std::uint64_t draw, float (&Y)[entries]) {
    WeightReader<kPrior> weights(cell.key, draw);
    Shape::template multiply_weights<kActivation>(cell, weights, Y);
  }
};

/// Hidden layers of kWidth units, all of them held: any depth from 2 on.
template <int kRows, int kCols, int kWidth>
struct HeldLayers : DrawsAllWeights<HeldLayers<kRows, kCols, kWidth>, kRows, kCols> {
  // Of width 5 three fit in any case.
  static constexpr int resident_blocks = kWidth > 5 ? 2 : 0;
  using Cell = CellByValue<kRows, kCols>;

  static bool has_shape(const CellView& cell) {
    return cell.n_rows == kRows && cell.n_cols == kCols && cell.width == kWidth && cell.depth >= 2;
  }
  template <Activation kActivation, class Weights>
  static GNC_FN void multiply_weights(const CellView& cell, Weights& weights, float (&Y)[kRows * kCols]) {
    float hidden[kRows][kWidth];
    const int place = last_hidden_layer<kActivation>(cell, weights, hidden);
    multiply_layer<kCols>(weights, place, hidden, Y);
  }
  template <Activation kActivation, class Weights, class Use>
  static GNC_FN void for_last_units(const CellView& cell, Weights& weights, const Use& use) {
    float hidden[kRows][kWidth];
    last_hidden_layer<kActivation>(cell, weights, hidden);
    use(hidden);
  }

 private:
  /// Returns the place in its block of the weight that comes next.
  template <Activation kActivation, class Weights>
  static GNC_FN int last_hidden_layer(const CellView& cell, Weights& weights,
                                      float (&hidden)[kRows][kWidth]) {
    weights.template read<0, kRows * kWidth>(
        [&](int i, float w) { hidden[i / kWidth][i % kWidth] = hidden_unit<kActivation>(cell, w); });
    int place = kRows * kWidth % 4;
    for (int layer = 2; layer < cell.depth; ++layer) {
      float next[kRows * kWidth];
      multiply_layer<kWidth>(weights, place, hidden, next);
      GNC_UNROLL
      for (int i = 0; i < kRows * kWidth; ++i)
        hidden[i / kWidth][i % kWidth] = hidden_unit<kActivation>(cell, next[i]);
      place = (place + kWidth * kWidth) % 4;
    }
    return place;
  }

  /// to = hidden W, where W is the next layer, kWidth x kTo, which begins at `place` of a block.
  template <int kTo, class Weights>
  static GNC_FN void multiply_layer(Weights& weights, int place, const float (&hidden)[kRows][kWidth],
                                    float (&to)[kRows * kTo]) {
    switch (place) {
      case 0:
        return multiply_at<0, kTo>(weights, hidden, to);
      case 1:
        return multiply_at<1, kTo>(weights, hidden, to);
      case 2:
        return multiply_at<2, kTo>(weights, hidden, to);
      default:
        return multiply_at<3, kTo>(weights, hidden, to);
    }
  }

  template <int kPlace, int kTo, class Weights>
  static GNC_FN void multiply_at(Weights& weights, const float (&hidden)[kRows][kWidth],
                                 float (&to)[kRows * kTo]) {
    GNC_UNROLL
    for (int i = 0; i < kRows * kTo; ++i) to[i] = 0.0f;
    weights.template read<kPlace, kWidth * kTo>([&](int at, float w) {
      GNC_UNROLL
      for (int i = 0; i < kRows; ++i) {
        to[i * kTo + at % kTo] = fmaf(hidden[i][at / kTo], w, to[i * kTo + at % kTo]);
      }
    });
  }
};

/// Y += units W, where W are the rows of group `group` of four of the last layer, whose blocks begin with
/// `first`.
template <int kRows, int kCols, class Weights>
GNC_FN void add_last_layer(const Weights& weights, std::uint32_t first, std::uint32_t group,
                           const float (&units)[kRows][4], float (&Y)[kRows * kCols]) {
  GNC_UNROLL
  for (int b = 0; b < kCols; ++b) {
    float w[4];
    weights.block(first + group * static_cast<std::uint32_t>(kCols) + static_cast<std::uint32_t>(b), w);
    GNC_UNROLL
    for (int j = 0; j < 4; ++j) {
      const int unit = (4 * b + j) / kCols;
      const int col = (4 * b + j) % kCols;
      GNC_UNROLL
      for (int i = 0; i < kRows; ++i) Y[i * kCols + col] = fmaf(units[i][unit], w[j], Y[i * kCols + col]);
    }
  }
}

/// One hidden layer of any width that is a multiple of four, four units at a time: their weights are whole
/// blocks.
template <int kRows, int kCols>
struct StreamedLayer : DrawsAllWeights<StreamedLayer<kRows, kCols>, kRows, kCols> {
  using Cell = CellByValue<kRows, kCols>;

  static bool has_shape(const CellView& cell) {
    return cell.n_rows == kRows && cell.n_cols == kCols && cell.width % 4 == 0 && cell.depth == 2;
  }
  template <Activation kActivation, class Weights>
  static GNC_FN void multiply_weights(const CellView& cell, const Weights& weights,
                                      float (&Y)[kRows * kCols]) {
    GNC_UNROLL
    for (int e = 0; e < kRows * kCols; ++e) Y[e] = 0.0f;
    const auto last_layer = static_cast<std::uint32_t>(kRows) * static_cast<std::uint32_t>(cell.width / 4);
    std::uint32_t group = 0;
    for_last_units<kActivation>(cell, weights, [&](const float(&units)[kRows][4]) {
      add_last_layer<kRows, kCols>(weights, last_layer, group++, units, Y);
    });
  }
  template <Activation kActivation, class Weights, class Use>
  static GNC_FN void for_last_units(const CellView& cell, const Weights& weights, const Use& use) {
    const auto groups = static_cast<std::uint32_t>(cell.width / 4);
    for (std::uint32_t group = 0; group < groups; ++group) {
      float units[kRows][4];
      GNC_UNROLL
      for (int i = 0; i < kRows; ++i) {
        weights.block(static_cast<std::uint32_t>(i) * groups + group, units[i]);
        GNC_UNROLL
        for (int u = 0; u < 4; ++u) units[i][u] = hidden_unit<kActivation>(cell, units[i][u]);
      }
      use(units);
    }
  }
};

/// Hidden layers of up to kMostUnits units, a multiple of four, at any depth from 3 on: the last one in the
/// thread's local memory, of the next one kTile units at a time in registers.
template <int kRows, int kCols, int kTile = 16>
struct TiledLayers : DrawsAllWeights<TiledLayers<kRows, kCols, kTile>, kRows, kCols> {
  static constexpr int kMostUnits = 64;
  static constexpr int resident_blocks = 2;
  using Cell = CellByValue<kRows, kCols>;

  static bool has_shape(const CellView& cell) {
    return cell.n_rows == kRows && cell.n_cols == kCols && cell.width % 4 == 0 && cell.width <= kMostUnits &&
           cell.depth >= 3;
  }
  template <Activation kActivation, class Weights>
  static GNC_FN void multiply_weights(const CellView& cell, const Weights& weights,
                                      float (&Y)[kRows * kCols]) {
    GNC_UNROLL
    for (int e = 0; e < kRows * kCols; ++e) Y[e] = 0.0f;
    const auto width = static_cast<std::uint32_t>(cell.width);
    const auto last_layer =
        width / 4 * (static_cast<std::uint32_t>(kRows) + static_cast<std::uint32_t>(cell.depth - 2) * width);
    std::uint32_t group = 0;
    for_last_units<kActivation>(cell, weights, [&](const float(&units)[kRows][4]) {
      add_last_layer<kRows, kCols>(weights, last_layer, group++, units, Y);
    });
  }
  template <Activation kActivation, class Weights, class Use>
  static GNC_FN void for_last_units(const CellView& cell, const Weights& weights, const Use& use) {
    // Unit u of row i is entry [u][i].
    float layers[2][kMostUnits * kRows];
    const auto groups = static_cast<std::uint32_t>(cell.width / 4);
    for (std::uint32_t group = 0; group < groups; ++group) {
      GNC_UNROLL
      for (int i = 0; i < kRows; ++i) {
        float w[4];
        weights.block(static_cast<std::uint32_t>(i) * groups + group, w);
        GNC_UNROLL
        for (int u = 0; u < 4; ++u) {
          layers[0][(4 * group + static_cast<std::uint32_t>(u)) * kRows + static_cast<std::uint32_t>(i)] =
              hidden_unit<kActivation>(cell, w[u]);
        }
      }
    }
    std::uint32_t first = static_cast<std::uint32_t>(kRows) * groups;
    int from = 0;
    for (int layer = 2; layer < cell.depth; ++layer) {
      multiply_layer<kActivation>(cell, weights, first, layers[from], layers[1 - from]);
      from = 1 - from;
      first += groups * static_cast<std::uint32_t>(cell.width);
    }
    const float* const hidden = layers[from];
    for (std::uint32_t group = 0; group < groups; ++group) {
      float units[kRows][4];
      GNC_UNROLL
      for (int u = 0; u < 4; ++u) {
        GNC_UNROLL
        for (int i = 0; i < kRows; ++i)
          units[i][u] =
              hidden[(4 * group + static_cast<std::uint32_t>(u)) * kRows + static_cast<std::uint32_t>(i)];
      }
      use(units);
    }
  }

 private:
  /// to = act(hidden_scale hidden W), where W's blocks begin with `first`.
  template <Activation kActivation, class Weights>
  static GNC_FN void multiply_layer(const CellView& cell, const Weights& weights, std::uint32_t first,
                                    const float* hidden, float* to) {
    const auto width = static_cast<std::uint32_t>(cell.width);
    for (std::uint32_t tile = 0; tile < width; tile += kTile) {
      float sums[kRows][kTile];
      GNC_UNROLL
      for (int i = 0; i < kRows; ++i) {
        GNC_UNROLL
        for (int j = 0; j < kTile; ++j) sums[i][j] = 0.0f;
      }
      for (std::uint32_t u = 0; u < width; ++u) {
        GNC_UNROLL
        for (int b = 0; b < kTile / 4; ++b) {
          if (tile + static_cast<std::uint32_t>(4 * b) >= width) break;
          float w[4];
          weights.block(first + (u * width + tile) / 4 + static_cast<std::uint32_t>(b), w);
          GNC_UNROLL
          for (int i = 0; i < kRows; ++i) {
            const float h = hidden[u * kRows + static_cast<std::uint32_t>(i)];
            GNC_UNROLL
            for (int j = 0; j < 4; ++j) sums[i][4 * b + j] = fmaf(h, w[j], sums[i][4 * b + j]);
          }
        }
      }
      GNC_UNROLL
      for (int j = 0; j < kTile; ++j) {
        if (tile + static_cast<std::uint32_t>(j) >= width) break;
        GNC_UNROLL
        for (int i = 0; i < kRows; ++i) {
          to[(tile + static_cast<std::uint32_t>(j)) * kRows + static_cast<std::uint32_t>(i)] =
              hidden_unit<kActivation>(cell, sums[i][j]);
        }
      }
    }
  }
};

/// Y <- L Y, from the last row up, where L is lower-triangular and factor(i, j) its entries.
template <int kRows, int kCols, class Factor>
GNC_FN void multiply_lower(const Factor& factor, float (&Y)[kRows * kCols]) {
  GNC_UNROLL
  for (int i = kRows - 1; i >= 0; --i) {
    GNC_UNROLL
    for (int col = 0; col < kCols; ++col) {
      float sum = 0.0f;
      GNC_UNROLL
      for (int j = 0; j <= i; ++j) sum = fmaf(factor(i, j), Y[j * kCols + col], sum);
      Y[i * kCols + col] = sum;
    }
  }
}

/// DrawForm::Triangular without a transpose, all factors of full size: plain::TriangularDraws in registers,
/// at any width from kRows and any depth from 2 on.
template <int kRows, int kCols>
struct TriangularFactors {
  static_assert(kRows <= kCols);
  static constexpr int entries = kRows * kCols;
  static constexpr int resident_blocks = 0;
  using Cell = CellByValue<kRows, kCols>;

  static bool takes(const CellView& cell) {
    return draw_form(cell) == DrawForm::Triangular && cell.n_rows == kRows && cell.n_cols == kCols &&
           cell.width >= kRows;
  }
  template <Activation kActivation, Prior kPrior>
  static constexpr bool has = kActivation == Activation::Linear&& kPrior == Prior::Gauss;

  template <Activation, Prior>
  static GNC_FN void multiply(const CellView& cell, std::uint64_t draw, float (&Y)[entries]) {
    WeightReader<Prior::Gauss> numbers(cell.key, draw, Stream::Product);
    plain::ChiVariates<plain::ScalarLanes> chis(
        cell.key, Stream::Product, static_cast<std::uint32_t>((cell.depth - 1) * kPairs), nullptr);
    chis.move_to(draw);
    numbers.template read<0, entries>([&](int i, float x) { Y[i] = x; });
    int place = entries % 4;
    for (int layer = cell.depth - 1; layer >= 1; --layer) {
      float below[kBelow > 0 ? kBelow : 1];
      read_below(numbers, place, below);
      float diagonal[2 * kPairs];
      GNC_UNROLL
      for (int p = 0; p < kPairs; ++p) {
        chis.draw_pair(static_cast<std::uint32_t>((layer - 1) * kPairs + p),
                       plain::chi_shape(cell.width - 2 * p),
                       // The last of an odd number has no second.
                       plain::chi_shape(2 * p + 1 < kRows ? cell.width - 2 * p - 1 : 1), diagonal[2 * p],
                       diagonal[2 * p + 1]);
      }
      multiply_lower<kRows, kCols>(
          [&](int i, int j) { return j < i ? below[i * (i - 1) / 2 + j] : diagonal[i]; }, Y);
      GNC_UNROLL
      for (int e = 0; e < entries; ++e) Y[e] = hidden_unit<Activation::Linear>(cell, Y[e]);
      place = (place + kBelow) % 4;
    }
  }

 private:
  static constexpr int kPairs = (kRows + 1) / 2;
  static constexpr int kBelow = kRows * (kRows - 1) / 2;

  template <class Numbers>
  static GNC_FN void read_below(Numbers& numbers, int place, float (&below)[kBelow > 0 ? kBelow : 1]) {
    const auto keep = [&](int i, float x) { below[i] = x; };
    switch (place) {
      case 0:
        return numbers.template read<0, kBelow>(keep);
      case 1:
        return numbers.template read<1, kBelow>(keep);
      case 2:
        return numbers.template read<2, kBelow>(keep);
      default:
        return numbers.template read<3, kBelow>(keep);
    }
  }
};

/// DrawForm::Cholesky where `Hidden`, one of the shapes above that draw all weights, has the hidden layers:
/// plain::CholeskyDraws in registers.
template <class Hidden>
struct CholeskyFactor {
  static constexpr int entries = Hidden::entries;
  static constexpr int resident_blocks = Hidden::resident_blocks;
  using Cell = typename Hidden::Cell;

  static bool takes(const CellView& cell) {
    return draw_form(cell) == DrawForm::Cholesky && Hidden::has_shape(cell);
  }
  template <Activation kActivation, Prior kPrior>
  static constexpr bool has = kActivation != Activation::Linear&& kPrior == Prior::Gauss;

  template <Activation kActivation, Prior>
  static GNC_FN void multiply(const CellView& cell, std::uint64_t draw, float (&Y)[entries]) {
    float factor[kRows * kRows];
    GNC_UNROLL
    for (int e = 0; e < kRows * kRows; ++e) factor[e] = 0.0f;
    WeightReader<Prior::Gauss> weights(cell.key, draw);
    Hidden::template for_last_units<kActivation>(cell, weights,
                                                 [&](const auto& units) { add_gram(units, factor); });
    plain::cholesky<plain::ScalarLanes>(factor, kRows);
    WeightReader<Prior::Gauss> numbers(cell.key, draw, Stream::Product);
    numbers.template read<0, entries>([&](int i, float x) { Y[i] = x; });
    multiply_lower<kRows, Hidden::cols>([&](int i, int j) { return factor[i * kRows + j]; }, Y);
  }

 private:
  static constexpr int kRows = Hidden::rows;

  /// The lower triangle of `gram` += units unitsᵀ.
  template <int kUnits>
  static GNC_FN void add_gram(const float (&units)[kRows][kUnits], float (&gram)[kRows * kRows]) {
    GNC_UNROLL
    for (int u = 0; u < kUnits; ++u) {
      GNC_UNROLL
      for (int i = 0; i < kRows; ++i) {
        GNC_UNROLL
        for (int j = 0; j <= i; ++j)
          gram[i * kRows + j] = fmaf(units[i][u], units[j][u], gram[i * kRows + j]);
      }
    }
  }
};

/// Any shape up to these sizes, by the templates of kernels/ as they are, in the thread's local memory:
/// hidden layers of 64 units at any depth to 32, and one hidden layer of up to 4096, a part at a time; the
/// triangular form at any width and depth. `kDraw`: Product where the form is one of that law's own.
template <DrawLaw kDraw>
struct LocalShape {
  static constexpr int most_side = 16;
  static constexpr int most_width = 64;
  static constexpr int most_depth = 32;
  static constexpr int most_width_at_depth_2 = 4096;
  static constexpr int entries = most_side * most_side;
  static constexpr int resident_blocks = 0;
  using Cell = CellByReference;

  static bool takes(const CellView& cell) {
    const DrawForm form = draw_form(cell);
    if ((form == DrawForm::Factors) != (kDraw == DrawLaw::Factors)) return false;
    if (cell.n_rows > most_side || cell.n_cols > most_side) return false;
    if (form == DrawForm::Triangular) return true;
    return cell.depth <= 2 ? cell.width <= most_width_at_depth_2
                           : cell.width <= most_width && cell.depth <= most_depth;
  }
  template <Activation, Prior kPrior>
  static constexpr bool has = kDraw == DrawLaw::Factors || kPrior == Prior::Gauss;

  template <Activation kActivation, Prior kPrior>
  static GNC_FN void multiply(const CellView& cell, std::uint64_t draw, float (&Y)[entries]) {
    using L = plain::ScalarLanes;
    constexpr int kWindow = 64;
    float window[kWindow];
    DrawScratch scratch;
    scratch.window = window;
    scratch.window_entries = kWindow;
    scratch.Y = Y;
    float factor[kDraw == DrawLaw::Product ? entries : 1];
    scratch.factor = factor;
    if constexpr (kDraw == DrawLaw::Product && kActivation == Activation::Linear) {
      float transposed[entries];
      float chi_numbers[2 * (most_side + 1)];
      scratch.transposed = transposed;
      scratch.chi_numbers = chi_numbers;
      plain::TriangularDraws<L>(cell, scratch).end_to_end_of(draw);
    } else {
      float hidden[most_side * most_width];
      float next_hidden[most_side * most_width];
      scratch.hidden = hidden;
      scratch.next_hidden = next_hidden;
      scratch.hidden_tile = cell.width < most_width ? cell.width : most_width;
      if constexpr (kDraw == DrawLaw::Product) {
        plain::CholeskyDraws<L, kActivation>(cell, scratch).end_to_end_of(draw);
      } else {
        plain::FactorsDraws<L, kActivation, kPrior>(cell, scratch).end_to_end_of(draw);
      }
    }
  }
};

/// The shapes that are compiled, the first that takes a cell being used: the published experiments' 5 x 5 in
/// registers, deep ones wider than those with their layers in local memory, others there as a whole.
template <class Call>
bool with_fused_shape(const CellView& cell, const Call& call) {
  const auto with = [&]<class Shape>() {
    if (!Shape::takes(cell) || !Shape::Cell::has_room(cell)) return false;
    call.template operator()<Shape>();
    return true;
  };
  return with.template operator()<HeldLayers<5, 5, 5>>() ||
         with.template operator()<HeldLayers<5, 5, 10>>() ||
         with.template operator()<StreamedLayer<5, 5>>() || with.template operator()<TiledLayers<5, 5>>() ||
         with.template operator()<TriangularFactors<5, 5>>() ||
         with.template operator()<CholeskyFactor<HeldLayers<5, 5, 10>>>() ||
         with.template operator()<CholeskyFactor<StreamedLayer<5, 5>>>() ||
         with.template operator()<CholeskyFactor<TiledLayers<5, 5>>>() ||
         with.template operator()<LocalShape<DrawLaw::Factors>>() ||
         with.template operator()<LocalShape<DrawLaw::Product>>();
}

}  // namespace gnc
