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

/// C (+)= A B on a tile of kRows x kCols entries of C, one product per lane. A is kRows x inner, B is inner x
/// kCols, in [entry][lane] layout with leading dimensions lda, ldb, ldc counted in entries.
template <class L, int kRows, int kCols>
GNC_FN void multiply_tile(const float* a, int lda, const float* b, int ldb, float* c, int ldc, int inner,
                          bool accumulate) {
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
    for (int j = 0; j < kCols; ++j) row[j] = L::load(b + (r * ldb + j) * L::size);
    GNC_UNROLL
    for (int i = 0; i < kRows; ++i) {
      const auto left = L::load(a + (i * lda + r) * L::size);
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
GNC_FN void multiply_rows(const float* a, int lda, const float* b, int ldb, float* c, int ldc, int inner,
                          int cols, bool accumulate) {
  int j = 0;
  for (; j + kTile <= cols; j += kTile) {
    multiply_tile<L, kRows, kTile>(a, lda, b + j * L::size, ldb, c + j * L::size, ldc, inner, accumulate);
  }
  const float* rest_b = b + j * L::size;
  float* rest_c = c + j * L::size;
  switch (cols - j) {
    case 4:
      return multiply_tile<L, kRows, 4>(a, lda, rest_b, ldb, rest_c, ldc, inner, accumulate);
    case 3:
      return multiply_tile<L, kRows, 3>(a, lda, rest_b, ldb, rest_c, ldc, inner, accumulate);
    case 2:
      return multiply_tile<L, kRows, 2>(a, lda, rest_b, ldb, rest_c, ldc, inner, accumulate);
    case 1:
      return multiply_tile<L, kRows, 1>(a, lda, rest_b, ldb, rest_c, ldc, inner, accumulate);
    default:
      return;
  }
}

/// C = A B, or C += A B with `accumulate`: one product per lane, A is rows x inner, B is inner x cols, in
/// [entry][lane] layout with leading dimensions lda, ldb, ldc counted in entries. The order of additions to
/// an entry of C is that of the inner index, whatever the tiles.
template <class L>
GNC_CALL void multiply(const float* a, int lda, const float* b, int ldb, float* c, int ldc, int rows,
                       int inner, int cols, bool accumulate) {
  int i = 0;
  for (; i + kTile <= rows; i += kTile) {
    multiply_rows<L, kTile>(a + i * lda * L::size, lda, b, ldb, c + i * ldc * L::size, ldc, inner, cols,
                            accumulate);
  }
  const float* rest_a = a + i * lda * L::size;
  float* rest_c = c + i * ldc * L::size;
  switch (rows - i) {
    case 4:
      return multiply_rows<L, 4>(rest_a, lda, b, ldb, rest_c, ldc, inner, cols, accumulate);
    case 3:
      return multiply_rows<L, 3>(rest_a, lda, b, ldb, rest_c, ldc, inner, cols, accumulate);
    case 2:
      return multiply_rows<L, 2>(rest_a, lda, b, ldb, rest_c, ldc, inner, cols, accumulate);
    case 1:
      return multiply_rows<L, 1>(rest_a, lda, b, ldb, rest_c, ldc, inner, cols, accumulate);
    default:
      return;
  }
}

GNC_LANES_END

#endif
