#if defined(GNC_KERNELS_MATRIX_PRODUCT_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_MATRIX_PRODUCT_HPP
#undef GNC_KERNELS_MATRIX_PRODUCT_HPP
#else
#define GNC_KERNELS_MATRIX_PRODUCT_HPP
#endif

#include "kernels/lane_scope.hpp"

GNC_LANES_BEGIN

/// Rows of the tile of the product that is held in registers; it has L::tile_cols columns.
constexpr int kTileRows = 5;

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

/// The last `cols` columns, kMost at most.
template <class L, int kRows, int kMost>
GNC_FN void multiply_rest(LaneMatrix a, LaneMatrix b, float* c, int ldc, int inner, int cols,
                          bool accumulate) {
  if constexpr (kMost > 0) {
    if (cols == kMost) return multiply_tile<L, kRows, kMost>(a, b, c, ldc, inner, accumulate);
    multiply_rest<L, kRows, kMost - 1>(a, b, c, ldc, inner, cols, accumulate);
  }
}

template <class L, int kRows>
GNC_FN void multiply_rows(LaneMatrix a, LaneMatrix b, float* c, int ldc, int inner, int cols,
                          bool accumulate) {
  int j = 0;
  for (; j + L::tile_cols <= cols; j += L::tile_cols) {
    multiply_tile<L, kRows, L::tile_cols>(a, b, c, ldc, inner, accumulate);
    b.entries = b.template at<L>(0, L::tile_cols);
    c += L::tile_cols * L::size;
  }
  multiply_rest<L, kRows, L::tile_cols - 1>(a, b, c, ldc, inner, cols - j, accumulate);
}

/// C = A B, or C += A B with `accumulate`: one product per lane, A is rows x inner, B is inner x cols, C is
/// row-major in [entry][lane] layout with rows ldc entries apart. The order of additions to an entry of C is
/// that of the inner index, whatever the tiles.
template <class L>
GNC_CALL void multiply(LaneMatrix a, LaneMatrix b, float* c, int ldc, int rows, int inner, int cols,
                       bool accumulate) {
  // The published shape, with all lengths known to the compiler.
  constexpr int kPublished = 5;
  if (rows == kPublished && inner == kPublished && cols == kPublished && ldc == kPublished && !accumulate &&
      a.row_stride == kPublished && a.col_stride == 1 && b.row_stride == kPublished && b.col_stride == 1) {
    return multiply_rows<L, kPublished>(row_major(a.entries, kPublished), row_major(b.entries, kPublished), c,
                                        kPublished, kPublished, kPublished, false);
  }
  int i = 0;
  for (; i + kTileRows <= rows; i += kTileRows) {
    multiply_rows<L, kTileRows>(a, b, c, ldc, inner, cols, accumulate);
    a.entries = a.template at<L>(kTileRows, 0);
    c += kTileRows * ldc * L::size;
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

/// T <- F T in place for a lower-trapezoidal F, rows x inner with zeros above the diagonal; T is inner x cols
/// before and rows x cols after.
template <class L>
GNC_FN void multiply_lower(const float* F, float* T, int rows, int inner, int cols) {
  // From the last rows up: a row needs those of T above it and its own, which a tile reads before it is
  // stored.
  for (int i = (rows - 1) / kTileRows * kTileRows; i >= 0; i -= kTileRows) {
    const int count = rows - i < kTileRows ? rows - i : kTileRows;
    const int used = i + count < inner ? i + count : inner;
    multiply<L>({F + i * inner * L::size, inner, 1}, row_major(T, cols), T + i * cols * L::size, cols, count,
                used, cols, false);
  }
}

GNC_LANES_END

#endif
