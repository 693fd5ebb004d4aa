#if defined(GNC_KERNELS_DESCENT_TEAM_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_DESCENT_TEAM_HPP
#undef GNC_KERNELS_DESCENT_TEAM_HPP
#else
#define GNC_KERNELS_DESCENT_TEAM_HPP
#endif

#include "kernels/lane_scope.hpp"
#include "kernels/matrix_product.hpp"

GNC_LANES_BEGIN

// A team is who does an epoch of gradient descent. All of its workers run the same control flow, which reads
// no array, and share out the work on the arrays; what one of them writes, others may read after the next
// sync(). Turn i of every for_each and entry i of every product, row-major, falls to the same worker, who
// does them in the order of the calls. What a `Team` provides:
// - for_each(count, body): body(i) once for every i below count;
// - for_each(count, given, body): the same as body(i, x), each worker calling x = given() once before;
// - product<L>(a, b, c, ldc, rows, inner, cols): C = A B as in matrix_product.hpp;
// - sync();
// - sums_at_once: independent sums that a worker adds up side by side.
// Bodies hold their values, no references to locals: a team may run them as late as at its next sync().

/// A team of one, for the lanes of a CPU.
struct OneWorker {
  static constexpr int sums_at_once = 8;

  template <class Count, class Body>
  GNC_FN void for_each(Count count, Body body) const {
    for (Count i = 0; i < count; ++i) body(i);
  }
  template <class Count, class Given, class Body>
  GNC_FN void for_each(Count count, Given given, Body body) const {
    const auto x = given();
    for (Count i = 0; i < count; ++i) body(i, x);
  }
  template <class L>
  GNC_FN void product(LaneMatrix a, LaneMatrix b, float* c, int ldc, int rows, int inner, int cols) const {
    multiply<L>(a, b, c, ldc, rows, inner, cols, false);
  }
  GNC_FN void sync() const {}
};

/// A team's product by entries, each by one worker: the same additions in the same order as multiply<L>.
template <class L, class Team>
GNC_FN void multiply_by_entries(const Team& team, LaneMatrix a, LaneMatrix b, float* c, int ldc, int rows,
                                int inner, int cols) {
  team.for_each(rows * cols, [=](int entry) GNC_LAMBDA {
    const int row = entry / cols;
    const int col = entry - row * cols;
    multiply_tile<L, 1, 1>({a.template at<L>(row, 0), a.row_stride, a.col_stride},
                           {b.template at<L>(0, col), b.row_stride, b.col_stride},
                           c + (row * ldc + col) * L::size, ldc, inner, false);
  });
}

/// A team of several workers, the same on a device and where the host plays one. `Worker`: one of them, with
/// number(), below size(), and sync().
template <class Worker>
class SharingTeam {
 public:
  static constexpr int sums_at_once = 1;

  GNC_FN explicit SharingTeam(Worker worker) : worker_(worker) {}

  template <class Count, class Body>
  GNC_FN void for_each(Count count, Body body) const {
    for (Count i = worker_.number(); i < count; i += worker_.size()) body(i);
  }
  template <class Count, class Given, class Body>
  GNC_FN void for_each(Count count, Given given, Body body) const {
    const auto x = given();
    for (Count i = worker_.number(); i < count; i += worker_.size()) body(i, x);
  }
  template <class L>
  GNC_FN void product(LaneMatrix a, LaneMatrix b, float* c, int ldc, int rows, int inner, int cols) const {
    multiply_by_entries<L>(*this, a, b, c, ldc, rows, inner, cols);
  }
  GNC_FN void sync() const { worker_.sync(); }

 private:
  Worker worker_;
};

GNC_LANES_END

#endif
