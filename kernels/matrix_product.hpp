#if defined(GNC_KERNELS_MATRIX_PRODUCT_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_MATRIX_PRODUCT_HPP
#undef GNC_KERNELS_MATRIX_PRODUCT_HPP
#else
#define GNC_KERNELS_MATRIX_PRODUCT_HPP
#endif

#include "kernels/lane_scope.hpp"

GNC_LANES_BEGIN

/// Rows and columns of the tile of the product that is held in registers.
constexpr int kTile = 5;

/// A matrix in [entry][lane] layout; strides are counted in entries. Exchanged strides give the transpose.
struct LaneMatrix {
  const float* entries;
  int row_stride;
  int col_stride;

  template <class L>
  GNC_FN const float* at(int row, int col) const {
    return entries + (row * row_stride + col * col_stride) * L::size;
  }
};

GNC_FN LaneMatrix row_major(const float* entries, int cols) { return {entries, cols, 1}; }
GNC_FN LaneMatrix transposed(const float* entries, int cols) { return {entries, 1, cols}; }

/// C (+)= A B on a tile of kRows x kCols entries of C, one product per lane. A is kRows x inner, B is inner x
/// kCols; ldc is the distance of C's rows.
template <class L, int kRows, int kCols>
GNC_FN void multiply_tile(LaneMatrix a, LaneMatrix b, float* c, int ldc, int inner, bool accumulate) {
  typename L::Real sum[kRows][kCols];
  GNC_UNROLL
  for (int i = 0; i < kRows; ++i) {
    GNC_UNROLL
    for (int j = 0; j < kCols; ++j)
      sum[i][j] = accumulate ? L::load(c + (i * ldc + j) * L::size) : L::set(0.0f);
  }
  for (int r = 0; r < inner; ++r) {
    typename L::Real row[kCols];
    GNC_UNROLL
    for (int j = 0; j < kCols; ++j) row[j] = L::load(b.template at<L>(r, j));
    GNC_UNROLL
    for (int i = 0; i < kRows; ++i) {
      const auto left = L::load(a.template at<L>(i, r));
      GNC_UNROLL
      for (int j = 0; j < kCols; ++j) sum[i][j] = L::fma(left, row[j], sum[i][j]);
    }
  }
  GNC_UNROLL
  for (int i = 0; i < kRows; ++i) {
    GNC_UNROLL
    for (int j = 0; j < kCols; ++j) L::store(sum[i][j], c + (i * ldc + j) * L::size);
  }
}

template <class L, int kRows>
GNC_FN void multiply_rows(LaneMatrix a, LaneMatrix b, float* c, int ldc, int inner, int cols,
                          bool accumulate) {
  int j = 0;
  for (; j + kTile <= cols; j += kTile) {
    multiply_tile<L, kRows, kTile>(a, b, c, ldc, inner, accumulate);
    b.entries = b.template at<L>(0, kTile);
    c += kTile * L::size;
  }
  switch (cols - j) {
    case 4:
      return multiply_tile<L, kRows, 4>(a, b, c, ldc, inner, accumulate);
    case 3:
      return multiply_tile<L, kRows, 3>(a, b, c, ldc, inner, accumulate);
    case 2:
      return multiply_tile<L, kRows, 2>(a, b, c, ldc, inner, accumulate);
    case 1:
      return multiply_tile<L, kRows, 1>(a, b, c, ldc, inner, accumulate);
    default:
      return;
  }
}

/// C = A B, or C += A B with `accumulate`: one product per lane, A is rows x inner, B is inner x cols, C is
/// row-major in [entry][lane] layout with rows ldc entries apart. The order of additions to an entry of C is
/// that of the inner index, whatever the tiles.
template <class L>
GNC_CALL void multiply(LaneMatrix a, LaneMatrix b, float* c, int ldc, int rows, int inner, int cols,
                       bool accumulate) {
  int i = 0;
  for (; i + kTile <= rows; i += kTile) {
    multiply_rows<L, kTile>(a, b, c, ldc, inner, cols, accumulate);
    a.entries = a.template at<L>(kTile, 0);
    c += kTile * ldc * L::size;
  }
  switch (rows - i) {
    case 4:
      return multiply_rows<L, 4>(a, b, c, ldc, inner, cols, accumulate);
    case 3:
      return multiply_rows<L, 3>(a, b, c, ldc, inner, cols, accumulate);
    case 2:
      return multiply_rows<L, 2>(a, b, c, ldc, inner, cols, accumulate);
    case 1:
      return multiply_rows<L, 1>(a, b, c, ldc, inner, cols, accumulate);
    default:
      return;
  }
}

GNC_LANES_END

#endif
