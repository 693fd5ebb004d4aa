#if defined(GNC_KERNELS_CONDITIONAL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_CONDITIONAL_HPP
#undef GNC_KERNELS_CONDITIONAL_HPP
#else
#define GNC_KERNELS_CONDITIONAL_HPP
#endif

#include <cstdint>
#include <type_traits>

#include "kernels/cell_view.hpp"
#include "kernels/conditional_view.hpp"
#include "kernels/lane_scope.hpp"

GNC_LANES_BEGIN

// Estimator `conditional` (docs/methods.md, `conditional`) for R::size hidden draws side by side. Given the
// Gram matrix K of the hidden layer, z = rows y ~ N(0, S). S = Q T Qᵀ with T tridiagonal and T = G Gᵀ with G
// lower bidiagonal replaces the eigenvalues: I + 2 t T costs O(n) to factor for every t, so that tilting
// costs little beside the one reduction that all tolerances share.

/// S may be singular (a hidden layer narrower than n_rows). Added to it, relative to T's largest diagonal
/// entry, this keeps its factor's errors below 1e-8. Tolerances that would see it are refused
/// (least_resolved_tolerance).
constexpr double kSingularShift = 1e-13;

/// Working memory, in entries of R::size doubles; n = n_train_rows, q = n_test, m = n_rows, p entries.
template <class R>
struct ConditionalScratch {
  double* K;         ///< m x m
  double* numbers;   ///< n + p standard normal numbers
  double* S;         ///< n x n; below the diagonal the reflectors of Q after `tridiagonalize`
  double* C;         ///< q x n, row-major: B (K x I) rowsᵀ, then its rows turned by Qᵀ and divided by G
  double* product;   ///< p: one measurement times K
  double* tau;       ///< n: factors of the reflectors
  double* b;         ///< n: Qᵀ targets
  double* diagonal;  ///< n: of T
  double* beside;    ///< n: below the diagonal of T
  double* g;         ///< n: diagonal of G
  double* l;         ///< n: below the diagonal of G
  double* pivots;    ///< n: of a factorization at one t
  double* below;     ///< n: below the diagonal of that factorization
  double* u;         ///< n: (I + 2 t T)^-1 b
  double* a;         ///< n: coordinates of z, z = Q G a
  double* gen_mean;  ///< q: mean of the complement's coordinates given z
  double* y0;        ///< p: an end-to-end matrix of the hidden draw, without conditions
  double* z0;        ///< n: its training coordinates, turned by Qᵀ and divided by G
  double* c0;        ///< q: its complement

  static GNC_FN std::int64_t entries(const CellView& cell, const ConditionalView& view) {
    ConditionalScratch scratch;
    return scratch.place(cell, view, nullptr);
  }

  /// Places everything from `memory` on; returns the number of entries.
  GNC_FN std::int64_t place(const CellView& cell, const ConditionalView& view, double* memory) {
    const std::int64_t m = cell.n_rows, p = cell.n_entries(), n = view.n_train_rows, q = view.n_test;
    std::int64_t used = 0;
    const auto take = [&](double*& to, std::int64_t count) {
      to = memory + used * R::size;
      used += count;
    };
    take(K, m * m);
    take(numbers, n + p);
    take(S, n * n);
    take(C, q * n);
    take(product, p);
    take(y0, p);
    for (double** vector : {&tau, &b, &diagonal, &beside, &g, &l, &pivots, &below, &u, &a, &z0})
      take(*vector, n);
    take(gen_mean, q);
    take(c0, q);
    return used;
  }
};

/// Calls call(i, c) for blocks i .. i + c - 1 of begin .. end - 1, c an integral constant: kAtOnce, and 1 for
/// what is left.
template <int kAtOnce, class Call>
GNC_FN void in_blocks(int begin, int end, const Call& call) {
  int i = begin;
  for (; i + kAtOnce <= end; i += kAtOnce) call(i, std::integral_constant<int, kAtOnce>());
  for (; i < end; ++i) call(i, std::integral_constant<int, 1>());
}

/// sum_e x_e y_e over `count` entries, x scalars.
template <class R>
GNC_FN typename R::Real dot(const double* x, const double* y, int count) {
  auto even = R::set(0.0), odd = R::set(0.0);
  int e = 0;
  for (; e + 2 <= count; e += 2) {
    even = R::fma(R::set(x[e]), R::load(y + e * R::size), even);
    odd = R::fma(R::set(x[e + 1]), R::load(y + (e + 1) * R::size), odd);
  }
  if (e < count) even = R::fma(R::set(x[e]), R::load(y + e * R::size), even);
  return even + odd;
}

/// Four such sums, over x, x + stride, ..
template <class R>
GNC_FN void dot4(const double* x, int stride, const double* y, int count, typename R::Real (&sum)[4]) {
  GNC_UNROLL
  for (int i = 0; i < 4; ++i) sum[i] = R::set(0.0);
  for (int e = 0; e < count; ++e) {
    const auto value = R::load(y + e * R::size);
    GNC_UNROLL
    for (int i = 0; i < 4; ++i) sum[i] = R::fma(R::set(x[i * stride + e]), value, sum[i]);
  }
}

/// to[c] = sum_r k[r] x[r * stride + c] for kCols columns c and `rows` rows r, x scalars.
template <class R, int kCols>
GNC_FN void combine_columns(const double* k, const double* x, int rows, int stride, double* to) {
  typename R::Real sum[kCols];
  GNC_UNROLL
  for (int c = 0; c < kCols; ++c) sum[c] = R::set(0.0);
  for (int r = 0; r < rows; ++r) {
    const auto value = R::load(k + r * R::size);
    GNC_UNROLL
    for (int c = 0; c < kCols; ++c) sum[c] = R::fma(value, R::set(x[r * stride + c]), sum[c]);
  }
  GNC_UNROLL
  for (int c = 0; c < kCols; ++c) R::store(sum[c], to + c * R::size);
}

/// S = rows (K x I) rowsᵀ, its lower triangle, and C = A_test (K x I) rowsᵀ.
template <class R>
GNC_CALL void covariances(const CellView& cell, const ConditionalView& view,
                          const ConditionalScratch<R>& scratch) {
  const int m = cell.n_rows, cols = cell.n_cols, p = cell.n_entries(), n = view.n_train_rows;
  const auto products = [&](const double* x, int from, int count, double* to, int to_stride) GNC_LAMBDA {
    int i = 0;
    for (; i + 4 <= count; i += 4) {
      typename R::Real sum[4];
      dot4<R>(x + (from + i) * p, p, scratch.product, p, sum);
      GNC_UNROLL
      for (int j = 0; j < 4; ++j)
        R::store(sum[j], to + static_cast<std::int64_t>(i + j) * to_stride * R::size);
    }
    for (; i < count; ++i) {
      R::store(dot<R>(x + (from + i) * p, scratch.product, p),
               to + static_cast<std::int64_t>(i) * to_stride * R::size);
    }
  };
  for (int j = 0; j < n; ++j) {
    const double* row = view.rows + static_cast<std::int64_t>(j) * p;
    for (int i = 0; i < m; ++i) {
      const double* const k = scratch.K + i * m * R::size;
      double* const to = scratch.product + i * cols * R::size;
      in_blocks<5>(0, cols, [&](int c, auto count) GNC_LAMBDA {
        combine_columns<R, count>(k, row + c, m, cols, to + c * R::size);
      });
    }
    products(view.rows, j, n - j, scratch.S + (static_cast<std::int64_t>(j) * n + j) * R::size, n);
    products(view.A_test, 0, view.n_test, scratch.C + j * R::size, n);
  }
}

/// x <- Qᵀ x for kVectors vectors, one after the other in memory.
template <class R, int kVectors>
GNC_FN void turn_vectors(const ConditionalScratch<R>& scratch, int n, double* x) {
  using Real = typename R::Real;
  const auto v = [&](int i, int k) GNC_LAMBDA {
    return R::load(scratch.S + (static_cast<std::int64_t>(i) * n + k) * R::size);
  };
  const auto entry = [&](int vector, int i)
                         GNC_LAMBDA { return x + (static_cast<std::int64_t>(vector) * n + i) * R::size; };
  Real product[kVectors];
  GNC_UNROLL
  for (int j = 0; j < kVectors; ++j) product[j] = R::set(0.0);
  for (int i = 1; i < n; ++i) {
    const auto reflector = v(i, 0);
    GNC_UNROLL
    for (int j = 0; j < kVectors; ++j) product[j] = R::fma(reflector, R::load(entry(j, i)), product[j]);
  }
  for (int k = 0; k + 2 < n; ++k) {
    // One pass reflects by column k of the reflectors and multiplies by the next one, in vain at the end.
    const auto tau = R::load(scratch.tau + k * R::size);
    Real share[kVectors];
    GNC_UNROLL
    for (int j = 0; j < kVectors; ++j) {
      share[j] = product[j] * tau;
      product[j] = R::set(0.0);
      R::store(R::fnma(share[j], v(k + 1, k), R::load(entry(j, k + 1))), entry(j, k + 1));
    }
    for (int i = k + 2; i < n; ++i) {
      const auto reflector = v(i, k);
      const auto next = v(i, k + 1);
      GNC_UNROLL
      for (int j = 0; j < kVectors; ++j) {
        const auto turned = R::fnma(share[j], reflector, R::load(entry(j, i)));
        R::store(turned, entry(j, i));
        product[j] = R::fma(next, turned, product[j]);
      }
    }
  }
}

/// The same for `count` vectors.
template <class R>
GNC_CALL void turn_to_tridiagonal(const ConditionalScratch<R>& scratch, int n, double* x, int count) {
  in_blocks<5>(0, count, [&](int i, auto vectors) GNC_LAMBDA {
    turn_vectors<R, vectors>(scratch, n, x + static_cast<std::int64_t>(i) * n * R::size);
  });
}

/// Householder's reduction of S to T = Qᵀ S Q.
template <class R>
GNC_CALL void tridiagonalize(const ConditionalScratch<R>& scratch, int n) {
  double* const S = scratch.S;
  const auto at = [&](int i, int j)
                      GNC_LAMBDA { return S + (static_cast<std::int64_t>(i) * n + j) * R::size; };
  const auto zero = R::set(0.0);
  double* const w = scratch.u;
  for (int k = 0; k + 2 < n; ++k) {
    R::store(R::load(at(k, k)), scratch.diagonal + k * R::size);
    auto squares = zero;
    for (int i = k + 1; i < n; ++i) squares = R::fma(R::load(at(i, k)), R::load(at(i, k)), squares);
    const auto norm = R::sqrt(squares);
    const auto head = R::load(at(k + 1, k));
    const auto length = R::copy_sign(norm, head);
    R::store(zero - length, scratch.beside + k * R::size);
    R::store(head + length, at(k + 1, k));
    const auto half_square = R::fma(R::abs(head), norm, squares);
    const auto tau = R::select(R::less(zero, half_square), R::set(1.0) / half_square, zero);
    R::store(tau, scratch.tau + k * R::size);
    // w = tau S v - (tau^2 / 2) (vᵀ S v) v
    for (int i = k + 1; i < n; ++i) R::store(zero, w + i * R::size);
    for (int i = k + 1; i < n; ++i) {
      const auto vi = R::load(at(i, k));
      auto sum = R::load(at(i, i)) * vi + R::load(w + i * R::size);
      for (int j = k + 1; j < i; ++j) {
        const auto s = R::load(at(i, j));
        sum = R::fma(s, R::load(at(j, k)), sum);
        R::store(R::fma(s, vi, R::load(w + j * R::size)), w + j * R::size);
      }
      R::store(sum, w + i * R::size);
    }
    auto product = zero;
    for (int i = k + 1; i < n; ++i) product = R::fma(R::load(w + i * R::size), R::load(at(i, k)), product);
    const auto share = R::set(0.5) * tau * tau * product;
    for (int i = k + 1; i < n; ++i) {
      R::store(R::fnma(share, R::load(at(i, k)), tau * R::load(w + i * R::size)), w + i * R::size);
    }
    for (int i = k + 1; i < n; ++i) {
      const auto vi = R::load(at(i, k));
      const auto wi = R::load(w + i * R::size);
      for (int j = k + 1; j <= i; ++j) {
        auto s = R::fnma(vi, R::load(w + j * R::size), R::load(at(i, j)));
        R::store(R::fnma(wi, R::load(at(j, k)), s), at(i, j));
      }
    }
  }
  for (int k = n < 2 ? 0 : n - 2; k < n; ++k) {
    R::store(R::load(at(k, k)), scratch.diagonal + k * R::size);
    R::store(k + 1 < n ? R::load(at(k + 1, k)) : zero, scratch.beside + k * R::size);
  }
}

/// T + shift = G Gᵀ; the shift, kSingularShift of T's largest diagonal entry, stays on T's diagonal.
template <class R>
GNC_FN void factor_tridiagonal(const ConditionalScratch<R>& scratch, int n) {
  auto largest = R::set(0.0);
  for (int i = 0; i < n; ++i) largest = R::max(largest, R::load(scratch.diagonal + i * R::size));
  const auto shift = R::fma(largest, R::set(kSingularShift), R::set(1e-290));
  auto carried = R::set(0.0);
  for (int i = 0; i < n; ++i) {
    const auto diagonal = R::load(scratch.diagonal + i * R::size) + shift;
    const auto g = R::sqrt(R::max(diagonal - carried, R::set(1e-3) * shift));
    const auto l = R::load(scratch.beside + i * R::size) / g;
    R::store(diagonal, scratch.diagonal + i * R::size);
    R::store(g, scratch.g + i * R::size);
    R::store(l, scratch.l + i * R::size);
    carried = l * l;
  }
}

/// x <- G^-1 x for kVectors vectors in the coordinates of T, one after the other in memory.
template <class R, int kVectors>
GNC_FN void divide_by_factor(const ConditionalScratch<R>& scratch, int n, double* x) {
  typename R::Real before[kVectors];
  GNC_UNROLL
  for (int j = 0; j < kVectors; ++j) before[j] = R::set(0.0);
  auto l = R::set(0.0);
  for (int i = 0; i < n; ++i) {
    const auto g = R::load(scratch.g + i * R::size);
    GNC_UNROLL
    for (int j = 0; j < kVectors; ++j) {
      double* const at = x + (static_cast<std::int64_t>(j) * n + i) * R::size;
      before[j] = R::fnma(l, before[j], R::load(at)) / g;
      R::store(before[j], at);
    }
    l = R::load(scratch.l + i * R::size);
  }
}

/// Everything about a hidden draw that does not depend on the tolerance. Returns tr V - tr C S^-1 Cᵀ, the
/// variance of the complement that the training coordinates leave. `trace`: tr V.
template <class R>
GNC_FN typename R::Real prepare_hidden_draw(const CellView& cell, const ConditionalView& view,
                                            const ConditionalScratch<R>& scratch, typename R::Real trace) {
  const int n = view.n_train_rows;
  covariances<R>(cell, view, scratch);
  tridiagonalize<R>(scratch, n);
  factor_tridiagonal<R>(scratch, n);
  for (int i = 0; i < n; ++i) R::store(R::set(view.targets[i]), scratch.b + i * R::size);
  turn_to_tridiagonal<R>(scratch, n, scratch.b, 1);
  turn_to_tridiagonal<R>(scratch, n, scratch.C, view.n_test);
  in_blocks<5>(0, view.n_test, [&](int row, auto rows) GNC_LAMBDA {
    divide_by_factor<R, rows>(scratch, n, scratch.C + static_cast<std::int64_t>(row) * n * R::size);
  });
  auto known = R::set(0.0);
  for (int e = 0; e < view.n_test * n; ++e) {
    const auto c = R::load(scratch.C + static_cast<std::int64_t>(e) * R::size);
    known = R::fma(c, c, known);
  }
  return R::max(trace - known, R::set(0.0));
}

/// tr V of the complement's covariance V = A_test (K x I) A_testᵀ.
template <class R>
GNC_FN typename R::Real complement_trace(const CellView& cell, const ConditionalView& view,
                                         const ConditionalScratch<R>& scratch) {
  return dot<R>(view.test_gram, scratch.K, cell.n_rows * cell.n_rows);
}

/// Pivots of M = I + 2 t T, u = M^-1 b, and E_t Q = (n - tr M^-1) / 2t + |u|^2.
template <class R>
GNC_CALL typename R::Real tilted_mean(const ConditionalScratch<R>& scratch, int n, typename R::Real t) {
  const auto one = R::set(1.0);
  const auto t2 = t + t;
  const auto entry = [&](int i)
                         GNC_LAMBDA { return R::fma(t2, R::load(scratch.diagonal + i * R::size), one); };
  const auto off = [&](int i) GNC_LAMBDA { return t2 * R::load(scratch.beside + i * R::size); };
  auto pivot = entry(0);
  auto value = R::load(scratch.b);
  R::store(pivot, scratch.pivots);
  R::store(value, scratch.u);
  for (int i = 1; i < n; ++i) {
    const auto ratio = off(i - 1) / pivot;
    pivot = R::fnma(ratio, off(i - 1), entry(i));
    value = R::fnma(ratio, value, R::load(scratch.b + i * R::size));
    R::store(pivot, scratch.pivots + i * R::size);
    R::store(value, scratch.u + i * R::size);
  }
  // Backwards: u, and the diagonal of M^-1 from the pivots of both directions.
  value = value / pivot;
  R::store(value, scratch.u + (n - 1) * R::size);
  auto squares = value * value;
  auto trace = one / pivot;
  auto backward = entry(n - 1);
  for (int i = n - 2; i >= 0; --i) {
    const auto here = R::load(scratch.pivots + i * R::size);
    value = R::fnma(off(i), value, R::load(scratch.u + i * R::size)) / here;
    R::store(value, scratch.u + i * R::size);
    squares = R::fma(value, value, squares);
    const auto lost = off(i) * (off(i) / backward);
    backward = entry(i) - lost;
    trace = trace + one / (here - lost);
  }
  return (R::set(static_cast<double>(n)) - trace) / t2 + squares;
}

/// t at which E_t Q is about R^2 - 1 / t. Any t > 0 gives weights without bias; this one, weights that vary
/// little. It is E_t Q = R^2 n / (n + 2) where S is regular and R small, and where S is singular and keeps z
/// at a distance from the targets, counts what is left of R^2 and the directions in which z can move.
/// `scratch` has what tilted_mean leaves there for this t.
template <class R>
GNC_CALL typename R::Real choose_tilt(const ConditionalScratch<R>& scratch, int n, double squared_radius) {
  constexpr int kSteps = 11;
  const auto goal = R::set(squared_radius);
  const auto goal_octaves = R::octaves(goal);
  const auto start = R::octaves(R::set(0.5 * n + 1.0) / goal);
  auto low = start - R::set(12.0), high = start + R::set(12.0);
  const auto miss = [&](typename R::Real octaves) GNC_LAMBDA {
    const auto t = R::from_octaves(octaves);
    return R::octaves(tilted_mean<R>(scratch, n, t) + R::set(1.0) / t) - goal_octaves;
  };
  auto at_low = miss(low), at_high = miss(high);
  const auto zero = R::set(0.0), half = R::set(0.5);
  auto before = zero, middle = start;
  for (int step = 0; step < kSteps; ++step) {
    // Regula falsi in the Illinois form: an end that stays twice counts for half. Now and then a bisection.
    if (step % 4 == 3) {
      middle = half * (low + high);
    } else {
      const auto slope = at_high - at_low;
      const auto secant = low - at_low * (high - low) / R::select(R::less(slope, zero), slope, R::set(-1.0));
      middle = R::min(R::max(secant, low), high);
    }
    const auto found = miss(middle);
    const auto above = R::less(zero, found);
    const auto was_above = R::less(zero, before), was_below = R::less(before, zero);
    const auto kept_high = R::select(was_above, half * at_high, at_high);
    const auto kept_low = R::select(was_below, half * at_low, at_low);
    low = R::select(above, middle, low);
    high = R::select(above, high, middle);
    at_high = R::select(above, kept_high, found);
    at_low = R::select(above, found, kept_low);
    before = found;
  }
  return middle;
}

/// A draw from the tilted law of z given the hidden layer, and what follows from it.
template <class R>
struct TiltedDraw {
  typename R::Real tilt;              ///< t
  typename R::Real log_weight;        ///< of the draw if it is accepted
  typename R::Real squared_residual;  ///< Q, without the part that no z can change
  typename R::Real mean_loss;         ///< mean generalization loss given z
};

/// `free_variance`: what prepare_hidden_draw returned.
template <class R>
GNC_CALL void tilted_draw(const ConditionalView& view, const ConditionalScratch<R>& scratch,
                          double squared_radius, typename R::Real free_variance, TiltedDraw<R>& draw) {
  const int n = view.n_train_rows;
  const auto one = R::set(1.0);
  const auto t = R::from_octaves(choose_tilt<R>(scratch, n, squared_radius));
  auto log_weight = R::set(0.0);
  auto bu = R::set(0.0);
  for (int i = 0; i < n; ++i) {
    log_weight = log_weight + R::log(R::load(scratch.pivots + i * R::size));
    bu = R::fma(R::load(scratch.b + i * R::size), R::load(scratch.u + i * R::size), bu);
  }
  // a ~ N(2 t P^-1 Gᵀ b, P^-1) with P = I + 2 t Gᵀ G = C Cᵀ: a = C^-T C^-1 2 t Gᵀ b + C^-T numbers. The two
  // parts are kept apart: G times the first is b - u, so that z - b has no cancellation.
  const auto t2 = t + t;
  auto before = R::set(0.0), below = R::set(0.0);
  for (int i = 0; i < n; ++i) {
    const auto g = R::load(scratch.g + i * R::size);
    const auto l = R::load(scratch.l + i * R::size);
    const auto next_g = i + 1 < n ? R::load(scratch.g + (i + 1) * R::size) : R::set(0.0);
    const auto next_b = i + 1 < n ? R::load(scratch.b + (i + 1) * R::size) : R::set(0.0);
    const auto pivot = R::fnma(below, below, R::fma(t2, g * g + l * l, one));
    const auto root = R::sqrt(pivot);
    const auto right = t2 * R::fma(g, R::load(scratch.b + i * R::size), l * next_b);
    before = R::fnma(below, before, right) / root;
    below = t2 * l * next_g / root;
    R::store(before, scratch.a + i * R::size);
    // The factor's diagonal and the entry below it, for the way back.
    R::store(root, scratch.pivots + i * R::size);
    R::store(below, scratch.below + i * R::size);
  }
  auto later = R::set(0.0), noise = R::set(0.0);
  for (int i = n - 1; i >= 0; --i) {
    const auto root = R::load(scratch.pivots + i * R::size);
    const auto factor = R::load(scratch.below + i * R::size);
    later = R::fnma(factor, later, R::load(scratch.a + i * R::size)) / root;
    noise = R::fnma(factor, noise, R::load(scratch.numbers + i * R::size)) / root;
    R::store(later + noise, scratch.a + i * R::size);
    R::store(noise, scratch.pivots + i * R::size);
  }
  auto squares = R::set(0.0);
  auto previous = R::set(0.0), l = R::set(0.0);
  for (int i = 0; i < n; ++i) {
    noise = R::load(scratch.pivots + i * R::size);
    const auto step = R::fma(R::load(scratch.g + i * R::size), noise, l * previous);
    const auto residual = step - R::load(scratch.u + i * R::size);
    squares = R::fma(residual, residual, squares);
    previous = noise;
    l = R::load(scratch.l + i * R::size);
  }
  draw.tilt = t;
  draw.squared_residual = squares;
  draw.log_weight = R::fma(t, squares - bu, R::set(-0.5) * log_weight);
  auto loss = free_variance;
  for (int row = 0; row < view.n_test; ++row) {
    const double* c = scratch.C + static_cast<std::int64_t>(row) * n * R::size;
    auto mean = R::set(0.0);
    for (int i = 0; i < n; ++i)
      mean = R::fma(R::load(c + i * R::size), R::load(scratch.a + i * R::size), mean);
    R::store(mean, scratch.gen_mean + row * R::size);
    const auto residual = mean - R::set(view.b_test[row]);
    loss = R::fma(residual, residual, loss);
  }
  draw.mean_loss = loss / R::set(static_cast<double>(view.n_test));
}

/// An end-to-end matrix of the hidden draw without conditions, y0 = (chol(K) x I) numbers: scratch.c0 and
/// scratch.z0, from which `posterior_loss` makes one given z (Matheron's rule).
template <class R>
GNC_CALL void unconditional_draw(const CellView& cell, const ConditionalView& view,
                                 const ConditionalScratch<R>& scratch) {
  const int m = cell.n_rows, cols = cell.n_cols, p = cell.n_entries(), n = view.n_train_rows;
  double* const L = scratch.K;
  const auto at = [&](int i, int j) GNC_LAMBDA { return L + (i * m + j) * R::size; };
  auto largest = R::set(0.0);
  for (int i = 0; i < m; ++i) largest = R::max(largest, R::load(at(i, i)));
  const auto floor = R::fma(largest, R::set(kSingularShift), R::set(1e-290));
  for (int j = 0; j < m; ++j) {
    auto pivot = R::load(at(j, j));
    for (int k = 0; k < j; ++k) pivot = R::fnma(R::load(at(j, k)), R::load(at(j, k)), pivot);
    const auto root = R::sqrt(R::max(pivot + floor, floor));
    R::store(root, at(j, j));
    for (int i = j + 1; i < m; ++i) {
      auto sum = R::load(at(i, j));
      for (int k = 0; k < j; ++k) sum = R::fnma(R::load(at(i, k)), R::load(at(j, k)), sum);
      R::store(sum / root, at(i, j));
    }
  }
  const double* const normals = scratch.numbers + n * R::size;
  for (int i = 0; i < m; ++i) {
    for (int c = 0; c < cols; ++c) {
      auto sum = R::set(0.0);
      for (int k = 0; k <= i; ++k) {
        sum = R::fma(R::load(at(i, k)), R::load(normals + (k * cols + c) * R::size), sum);
      }
      R::store(sum, scratch.y0 + (i * cols + c) * R::size);
    }
  }
  for (int i = 0; i < n; ++i) {
    R::store(dot<R>(view.rows + static_cast<std::int64_t>(i) * p, scratch.y0, p), scratch.z0 + i * R::size);
  }
  for (int i = 0; i < view.n_test; ++i) {
    R::store(dot<R>(view.A_test + static_cast<std::int64_t>(i) * p, scratch.y0, p), scratch.c0 + i * R::size);
  }
  turn_to_tridiagonal<R>(scratch, n, scratch.z0, 1);
  divide_by_factor<R, 1>(scratch, n, scratch.z0);
}

/// Generalization loss of an end-to-end matrix drawn given the z of the last `tilted_draw`, after
/// `unconditional_draw`.
template <class R>
GNC_FN typename R::Real posterior_loss(const ConditionalView& view, const ConditionalScratch<R>& scratch) {
  const int n = view.n_train_rows;
  auto loss = R::set(0.0);
  for (int row = 0; row < view.n_test; ++row) {
    const double* c = scratch.C + static_cast<std::int64_t>(row) * n * R::size;
    auto value = R::load(scratch.gen_mean + row * R::size) + R::load(scratch.c0 + row * R::size);
    for (int i = 0; i < n; ++i) {
      value = R::fnma(R::load(c + i * R::size), R::load(scratch.z0 + i * R::size), value);
    }
    const auto residual = value - R::set(view.b_test[row]);
    loss = R::fma(residual, residual, loss);
  }
  return loss / R::set(static_cast<double>(view.n_test));
}

GNC_LANES_END

#endif
