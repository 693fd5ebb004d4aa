#if defined(GNC_KERNELS_CONDITIONAL_DRAWS_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_CONDITIONAL_DRAWS_HPP
#undef GNC_KERNELS_CONDITIONAL_DRAWS_HPP
#else
#define GNC_KERNELS_CONDITIONAL_DRAWS_HPP
#endif

#include <cstddef>
#include <cstdint>

#include "kernels/conditional.hpp"
#include "kernels/draw_scratch_layout.hpp"
#include "kernels/end_to_end.hpp"

GNC_LANES_BEGIN

/// R::size draws weighed at one tolerance. A draw's weight is fraction * 2^exponent, fraction in about 1 ..
/// 2, if its residual is below the squared radius, else 0.
template <class R>
struct ConditionalWeights {
  typename R::Real fraction;
  typename R::Real exponent;          ///< a whole number
  typename R::Real squared_residual;  ///< Q, without the part that no z can change
  typename R::Real mean_loss;         ///< mean generalization loss given z
};

/// Estimator `conditional` on L::size hidden draws side by side, weighed R::size at a time, a group of them:
/// L are lanes of float, R lanes of double. See run_conditional for what a draw's numbers are.
template <class L, class R>
class ConditionalDraws {
  using Real = typename R::Real;

 public:
  static constexpr int groups = L::size / R::size;
  static_assert(groups * R::size == L::size);

  /// Floats of memory that L::size draws take, a multiple of 16.
  static GNC_FN std::size_t floats(const CellView& cell, const ConditionalView& view) {
    Memory memory;
    return memory.place(cell, view, nullptr, 0);
  }

  /// `memory`: of L::size draws, aligned for L and R. `lane`: of those draws, where lanes are threads.
  GNC_FN ConditionalDraws(const CellView& cell, const ConditionalView& view, float* memory, int lane = 0)
      : cell_(cell),
        view_(view),
        memory_(memory, lane, cell, view),
        weights_(hidden_window<L, Prior::Gauss>(cell, memory_.draws)),
        samples_(cell.key, Stream::Conditional) {}

  /// The hidden layers' Gram matrices and the normal numbers of draws first .. first + L::size - 1; of draw
  /// `first` alone where lanes are threads.
  template <Activation kActivation>
  GNC_FN void draw(std::uint64_t first) {
    if (cell_.depth == 1) {
      unit_grams();
    } else {
      weights_.move_to(first);
      hidden_grams<kActivation>();
    }
    samples_.move_to(first);
    draw_words<L>(samples_, 0, memory_.n_numbers / 4, memory_.numbers);
    weights_from_words<L, Prior::Gauss>(memory_.n_numbers, memory_.numbers);
  }

  /// A group's draws from now on, as far as no tolerance matters.
  GNC_FN void take(int group) {
    load_group(group);
    trace_ = complement_trace<R>(cell_, view_, memory_.conditional);
    free_variance_ = prepare_hidden_draw<R>(cell_, view_, memory_.conditional, trace_);
    has_unconditional_draw_ = false;
  }

  /// Mean generalization loss of the group's hidden draws without conditions.
  GNC_FN Real prior_loss() const {
    double targets = 0.0;
    for (int i = 0; i < view_.n_test; ++i) targets += view_.b_test[i] * view_.b_test[i];
    return (trace_ + R::set(targets)) / R::set(static_cast<double>(view_.n_test));
  }

  /// One z of each draw of the group in a ball of this squared radius, as far as `rows` reach.
  GNC_FN TiltedDraw<R> tilted(double squared_radius) const {
    TiltedDraw<R> draw;
    tilted_draw<R>(view_, memory_.conditional, squared_radius, free_variance_, draw);
    return draw;
  }

  /// The group's draws weighed.
  GNC_FN ConditionalWeights<R> weigh(double squared_radius) const {
    const TiltedDraw<R> draw = tilted(squared_radius);
    ConditionalWeights<R> weighed;
    const auto octaves = draw.log_weight * R::set(1.4426950408889634);
    weighed.exponent = R::floor(octaves);
    weighed.fraction = R::exp((octaves - weighed.exponent) * R::set(0.6931471805599453));
    weighed.squared_residual = draw.squared_residual;
    weighed.mean_loss = draw.mean_loss;
    return weighed;
  }

  /// Generalization losses of end-to-end matrices drawn from the posterior given the group's draws, as they
  /// were weighed last.
  GNC_FN Real drawn_loss() {
    if (!has_unconditional_draw_) unconditional_draw<R>(cell_, view_, memory_.conditional);
    has_unconditional_draw_ = true;
    return posterior_loss<R>(view_, memory_.conditional);
  }

 private:
  struct Memory {
    DrawScratch draws;
    float* numbers = nullptr;  ///< normal numbers, of all lanes
    double* gram = nullptr;    ///< Gram matrices [group][entry][lane of the group], lower triangles
    double* hidden = nullptr;  ///< hidden units of one group as doubles
    ConditionalScratch<R> conditional;
    int n_numbers = 0;  ///< a multiple of 4

    Memory() = default;
    GNC_FN Memory(float* memory, int lane, const CellView& cell, const ConditionalView& view) {
      place(cell, view, memory, lane);
    }

    /// Places everything from `memory` on; returns the number of floats.
    GNC_FN std::size_t place(const CellView& cell, const ConditionalView& view, float* memory, int lane) {
      std::size_t used = 0;
      draws = place_draw_scratch_of<L>(cell, memory + lane, used);
      const auto floats = [&](std::int64_t count) GNC_LAMBDA {
        float* at = memory + used;
        used += (static_cast<std::size_t>(count) + 15) / 16 * 16;
        return at;
      };
      used = (used + 15) / 16 * 16;
      n_numbers = (view.n_train_rows + cell.n_entries() + 3) / 4 * 4;
      numbers = floats(static_cast<std::int64_t>(n_numbers) * L::size) + lane;
      const std::int64_t m = cell.n_rows;
      const std::int64_t units = cell.depth == 1 ? 0 : hidden_units_at_once(cell, draws);
      gram = reinterpret_cast<double*>(floats(2 * m * m * L::size)) + lane;
      hidden = reinterpret_cast<double*>(floats(2 * m * units * R::size)) + lane;
      const std::int64_t entries = ConditionalScratch<R>::entries(cell, view);
      conditional.place(cell, view, reinterpret_cast<double*>(floats(2 * entries * R::size)) + lane);
      return used;
    }
  };

  /// gram (+)= H Hᵀ for `units` hidden units of all lanes.
  GNC_FN void add_gram(const float* hidden, int units, bool accumulate) {
    const int m = cell_.n_rows;
    for (int group = 0; group < groups; ++group) {
      for (int e = 0; e < m * units; ++e) {
        R::store(R::promote(hidden + e * L::size + group * R::size), memory_.hidden + e * R::size);
      }
      double* const gram = memory_.gram + group * m * m * R::size;
      for (int i = 0; i < m; ++i) {
        for (int j = 0; j <= i; ++j) {
          double* const at = gram + (i * m + j) * R::size;
          auto even = accumulate ? R::load(at) : R::set(0.0);
          auto odd = R::set(0.0);
          const double* x = memory_.hidden + i * units * R::size;
          const double* y = memory_.hidden + j * units * R::size;
          int u = 0;
          for (; u + 2 <= units; u += 2) {
            even = R::fma(R::load(x + u * R::size), R::load(y + u * R::size), even);
            odd = R::fma(R::load(x + (u + 1) * R::size), R::load(y + (u + 1) * R::size), odd);
          }
          if (u < units) even = R::fma(R::load(x + u * R::size), R::load(y + u * R::size), even);
          R::store(even + odd, at);
        }
      }
    }
  }

  template <Activation kActivation>
  GNC_FN void hidden_grams() {
    const int tile = hidden_units_at_once(cell_, memory_.draws);
    for (int from = 0; from < cell_.width; from += tile) {
      const int units = cell_.width - from < tile ? cell_.width - from : tile;
      const float* hidden = last_hidden_layer<L, kActivation>(cell_, weights_, from, units, memory_.draws);
      add_gram(hidden, units, from > 0);
    }
  }

  /// H = Y_0 = I, of a network without a hidden layer.
  GNC_FN void unit_grams() {
    const int m = cell_.n_rows;
    for (int group = 0; group < groups; ++group) {
      for (int i = 0; i < m; ++i) {
        for (int j = 0; j <= i; ++j) {
          R::store(R::set(i == j ? 1.0 : 0.0), memory_.gram + ((group * m + i) * m + j) * R::size);
        }
      }
    }
  }

  /// One group's K, both triangles, and its normal numbers as doubles.
  GNC_FN void load_group(int group) {
    const int m = cell_.n_rows;
    const double* const gram = memory_.gram + group * m * m * R::size;
    double* const K = memory_.conditional.K;
    for (int i = 0; i < m; ++i) {
      for (int j = 0; j <= i; ++j) {
        const auto k = R::load(gram + (i * m + j) * R::size) * R::set(view_.gram_scale);
        R::store(k, K + (i * m + j) * R::size);
        R::store(k, K + (j * m + i) * R::size);
      }
    }
    for (int e = 0; e < view_.n_train_rows + cell_.n_entries(); ++e) {
      R::store(R::promote(memory_.numbers + e * L::size + group * R::size),
               memory_.conditional.numbers + e * R::size);
    }
  }

  const CellView& cell_;
  const ConditionalView& view_;
  Memory memory_;
  WeightWindow<L, Prior::Gauss> weights_;
  PhiloxSamples<L> samples_;
  Real trace_{};
  Real free_variance_{};
  bool has_unconditional_draw_ = false;
};

GNC_LANES_END

#endif
