#pragma once

#include <cstdint>

#include "kernels/activation.hpp"
#include "kernels/cell_view.hpp"
#include "kernels/end_to_end.hpp"
#include "kernels/fused/fused_cell.hpp"
#include "kernels/fused/weight_reader.hpp"
#include "kernels/scalar_lanes.hpp"

namespace gnc {

// Shapes whose draws never leave one thread. Each has
// - entries: of the end-to-end matrix, at most;
// - Cell: how a kernel gets the cell;
// - takes(cell): whether it is the cell's shape;
// - multiply<kActivation, kPrior>(cell, draw, Y): the end-to-end product of a draw, before `output_scale` and
//   normalisation, as plain::end_to_end makes it: the additions to an entry come in the order of the inner
//   index.

/// Weight in units of hidden layer: act(hidden_scale w).
template <Activation kActivation>
GNC_FN float hidden_unit(const CellView& cell, float x) {
  return plain::activate<plain::ScalarLanes, kActivation>(cell.hidden_scale * x, cell.negative_slope);
}

/// Hidden layers of kWidth units, all of them held: any depth from 2 on.
template <int kRows, int kCols, int kWidth>
struct HeldLayers {
  static constexpr int entries = kRows * kCols;
  using Cell = CellByValue<kRows, kCols>;

  static bool takes(const CellView& cell) {
    return cell.n_rows == kRows && cell.n_cols == kCols && cell.width == kWidth && cell.depth >= 2;
  }

  template <Activation kActivation, Prior kPrior>
  static GNC_FN void multiply(const CellView& cell, std::uint64_t draw, float (&Y)[kRows * kCols]) {
    WeightReader<kPrior> weights(cell.key, draw);
    float hidden[kRows * kWidth];
    weights.template read<0, kRows * kWidth>(
        [&](int i, float w) { hidden[i] = hidden_unit<kActivation>(cell, w); });
    int place = kRows * kWidth % 4;
    for (int layer = 2; layer < cell.depth; ++layer) {
      float next[kRows * kWidth];
      multiply_layer<kWidth>(weights, place, hidden, next);
      GNC_UNROLL
      for (int i = 0; i < kRows * kWidth; ++i) hidden[i] = hidden_unit<kActivation>(cell, next[i]);
      place = (place + kWidth * kWidth) % 4;
    }
    multiply_layer<kCols>(weights, place, hidden, Y);
  }

 private:
  /// to = hidden W, where W is the next layer, kWidth x kTo, which begins at `place` of a block.
  template <int kTo, class Weights>
  static GNC_FN void multiply_layer(Weights& weights, int place, const float (&hidden)[kRows * kWidth],
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
  static GNC_FN void multiply_at(Weights& weights, const float (&hidden)[kRows * kWidth],
                                 float (&to)[kRows * kTo]) {
    GNC_UNROLL
    for (int i = 0; i < kRows * kTo; ++i) to[i] = 0.0f;
    weights.template read<kPlace, kWidth * kTo>([&](int at, float w) {
      GNC_UNROLL
      for (int i = 0; i < kRows; ++i) {
        to[i * kTo + at % kTo] = fmaf(hidden[i * kWidth + at / kTo], w, to[i * kTo + at % kTo]);
      }
    });
  }
};

/// One hidden layer of any width that is a multiple of four, four units at a time: their weights are whole
/// blocks.
template <int kRows, int kCols>
struct StreamedLayer {
  static constexpr int entries = kRows * kCols;
  using Cell = CellByValue<kRows, kCols>;

  static bool takes(const CellView& cell) {
    return cell.n_rows == kRows && cell.n_cols == kCols && cell.width % 4 == 0 && cell.depth == 2;
  }

  template <Activation kActivation, Prior kPrior>
  static GNC_FN void multiply(const CellView& cell, std::uint64_t draw, float (&Y)[kRows * kCols]) {
    const WeightReader<kPrior> weights(cell.key, draw);
    GNC_UNROLL
    for (int e = 0; e < kRows * kCols; ++e) Y[e] = 0.0f;
    const auto groups = static_cast<std::uint32_t>(cell.width / 4);
    for (std::uint32_t group = 0; group < groups; ++group) {
      float units[kRows][4];
      GNC_UNROLL
      for (int i = 0; i < kRows; ++i) {
        weights.block(static_cast<std::uint32_t>(i) * groups + group, units[i]);
        GNC_UNROLL
        for (int u = 0; u < 4; ++u) units[i][u] = hidden_unit<kActivation>(cell, units[i][u]);
      }
      GNC_UNROLL
      for (int b = 0; b < kCols; ++b) {
        float next[4];
        weights.block((static_cast<std::uint32_t>(kRows) * groups) +
                          group * static_cast<std::uint32_t>(kCols) + static_cast<std::uint32_t>(b),
                      next);
        GNC_UNROLL
        for (int w = 0; w < 4; ++w) {
          const int unit = (4 * b + w) / kCols;
          const int col = (4 * b + w) % kCols;
          GNC_UNROLL
          for (int i = 0; i < kRows; ++i)
            Y[i * kCols + col] = fmaf(units[i][unit], next[w], Y[i * kCols + col]);
        }
      }
    }
  }
};

/// Any shape up to these sizes, by the templates of kernels/ as they are, in the thread's local memory:
/// hidden layers of 64 units at any depth to 32, and one hidden layer of up to 4096, a part at a time.
struct LocalShape {
  static constexpr int most_side = 16;
  static constexpr int most_width = 64;
  static constexpr int most_depth = 32;
  static constexpr int most_width_at_depth_2 = 4096;
  static constexpr int entries = most_side * most_side;
  using Cell = CellByReference;

  static bool takes(const CellView& cell) {
    if (cell.n_rows > most_side || cell.n_cols > most_side) return false;
    return cell.depth <= 2 ? cell.width <= most_width_at_depth_2
                           : cell.width <= most_width && cell.depth <= most_depth;
  }

  template <Activation kActivation, Prior kPrior>
  static GNC_FN void multiply(const CellView& cell, std::uint64_t draw, float (&Y)[entries]) {
    using L = plain::ScalarLanes;
    constexpr int kWindow = 64;
    float window[kWindow];
    float hidden[most_side * most_width];
    float next_hidden[most_side * most_width];
    DrawScratch scratch;
    scratch.window = window;
    scratch.window_entries = kWindow;
    scratch.hidden = hidden;
    scratch.next_hidden = next_hidden;
    scratch.Y = Y;
    scratch.hidden_tile = cell.width < most_width ? cell.width : most_width;
    auto weights = plain::weight_window<L, kPrior>(cell, scratch);
    weights.move_to(draw);
    plain::end_to_end<L, kActivation>(cell, weights, scratch);
  }
};

/// The shapes that are compiled, the first that takes a cell being used: the published experiments' 5 x 5 in
/// registers, others in local memory.
template <class Call>
bool with_fused_shape(const CellView& cell, const Call& call) {
  const auto with = [&]<class Shape>() {
    if (!Shape::takes(cell) || !Shape::Cell::has_room(cell)) return false;
    call.template operator()<Shape>();
    return true;
  };
  return with.template operator()<HeldLayers<5, 5, 5>>() ||
         with.template operator()<HeldLayers<5, 5, 10>>() ||
         with.template operator()<StreamedLayer<5, 5>>() || with.template operator()<LocalShape>();
}

}  // namespace gnc
