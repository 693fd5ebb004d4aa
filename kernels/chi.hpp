#if defined(GNC_KERNELS_CHI_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_CHI_HPP
#undef GNC_KERNELS_CHI_HPP
#else
#define GNC_KERNELS_CHI_HPP
#endif

#include <cmath>
#include <cstdint>

#include "kernels/distributions.hpp"
#include "kernels/lane_scope.hpp"
#include "kernels/model.hpp"
#include "kernels/philox.hpp"
#include "kernels/weights.hpp"

GNC_LANES_BEGIN

/// Constants of a chi variate with f degrees of freedom. Up to 3 it is the root of a sum of squares: x^2 of a
/// normal number, -2 log u of a uniform one, or both. From 4 on, twice a gamma variate of shape f / 2 under a
/// root (Marsaglia, Tsang 2000, "A simple method for generating gamma variables").
struct ChiShape {
  float d;        ///< f / 2 - 1/3
  float c;        ///< 1 / (3 sqrt(d))
  float squeeze;  ///< 3 d / 4
  float scale;    ///< sqrt(2 d)
  int sum_of;     ///< f where it is at most 3, else 0
};

/// Bits of all lanes, as L::bits gives them.
template <class L>
constexpr std::uint64_t kAllLanes = (std::uint64_t{1} << L::size) - 1;

/// `freedom` >= 1.
GNC_FN ChiShape chi_shape(std::int64_t freedom) {
  if (freedom <= 3) return {0.0f, 0.0f, 0.0f, 0.0f, static_cast<int>(freedom)};
  const float d = 0.5f * static_cast<float>(freedom) - 1.0f / 3.0f;
  return {d, 1.0f / (3.0f * ::sqrtf(d)), 0.75f * d, ::sqrtf(2.0f * d), 0};
}

/// One attempt at a chi variate from a standard normal number x and a random word, its uniform number u. Bit
/// i of the result is set where lane i's attempt is accepted: from 4 degrees of freedom on where log u < 3 d
/// (log(1 + y) - y + y^2/2 - y^3/3) with y = c x, below always.
template <class L>
GNC_FN std::uint64_t attempt_chi(const ChiShape& shape, typename L::Real x, typename L::Word word,
                                 typename L::Real& chi) {
  if (shape.sum_of != 0) {
    auto squares = x * x;
    if (shape.sum_of == 2) squares = L::neg_two_log_uniform(word);
    if (shape.sum_of == 3) squares = squares + L::neg_two_log_uniform(word);
    chi = L::sqrt(squares);
    return kAllLanes<L>;
  }
  const auto one = L::set(1.0f);
  const auto uniform = uniform_from_word<L>(word);
  const auto y = x * L::set(shape.c);
  const auto t = one + y;
  const auto y2 = y * y;
  chi = L::set(shape.scale) * (t * L::sqrt(t));
  // The right-hand side is at least -3/4 d y^4 / min(1, t), and log u <= u - 1.
  const auto smaller = L::select(L::less(t, one), t, one);
  const auto quick = L::less(L::set(shape.squeeze) * (y2 * y2), (one - uniform) * smaller);
  std::uint64_t accepted = L::bits(quick);
  if (accepted == kAllLanes<L>) return accepted;
  alignas(64) float ys[L::size], uniforms[L::size];
  L::store(y, ys);
  L::store(uniform, uniforms);
  for (int lane = 0; lane < L::size; ++lane) {
    const double at = ys[lane];
    if ((accepted >> lane & 1) != 0 || at <= -1.0) continue;
    const double bound = 3.0 * static_cast<double>(shape.d) * (::log1p(at) - at + at * at * (0.5 - at / 3.0));
    if (::log(static_cast<double>(uniforms[lane])) < bound) accepted |= std::uint64_t{1} << lane;
  }
  return accepted;
}

/// Chi variates of L::size draws. Variates 2 p and 2 p + 1 of a draw are pair p; attempt a of pair p takes
/// the two normal numbers and two words of block 2^31 + a * n_pairs + p, so that a variate is a function of
/// its draw and number alone.
template <class L>
class ChiVariates {
 public:
  /// `n_pairs`: of a draw. `buffer`: 4 entries of L::size floats for each pair of one call of `draw`.
  GNC_FN ChiVariates(PhiloxKey key, Stream stream, std::uint32_t n_pairs, float* buffer)
      : samples_(key, stream), key_(key), stream_(stream), n_pairs_(n_pairs), buffer_(buffer) {}

  /// Draws first_sample .. first_sample + L::size - 1 from now on.
  GNC_FN void move_to(std::uint64_t first_sample) {
    samples_.move_to(first_sample);
    first_sample_ = first_sample;
  }

  /// `count` variates from pair `first_pair` on, variate i with the shape shapes[i], to entries 0, stride,
  /// 2 stride, .. of `to`.
  GNC_CALL void draw(std::uint32_t first_pair, int count, const ChiShape* shapes, float* to,
                     int stride) const {
    const int pairs = (count + 1) / 2;
    draw_words<L>(samples_, kFirstBlock + first_pair, pairs, buffer_);
    // Three loops, as in weights_from_words.
    for (int p = 0; p < pairs; ++p) {
      float* squared_radius = buffer_ + 4 * p * L::size;
      L::store(L::neg_two_log_uniform(L::as_word(L::load(squared_radius))), squared_radius);
    }
    for (int p = 0; p < pairs; ++p) {
      float* pair = buffer_ + 4 * p * L::size;
      typename L::Real first, second;
      L::polar(L::load(pair), L::as_word(L::load(pair + L::size)), first, second);
      L::store(first, pair);
      L::store(second, pair + L::size);
    }
    for (int i = 0; i < count; ++i) {
      const float* normal = buffer_ + (4 * (i / 2) + i % 2) * L::size;
      const auto chi = variate(first_pair + static_cast<std::uint32_t>(i / 2), i % 2, shapes[i],
                               L::load(normal), L::as_word(L::load(normal + 2 * L::size)));
      L::store(chi, to + static_cast<std::int64_t>(i) * stride * L::size);
    }
  }

  /// The two variates of a pair.
  GNC_FN void draw_pair(std::uint32_t pair, const ChiShape& first_shape, const ChiShape& second_shape,
                        typename L::Real& first, typename L::Real& second) const {
    typename L::Word words[4];
    samples_.block(kFirstBlock + pair, words);
    typename L::Real normals[2];
    box_muller<L>(words[0], words[1], normals[0], normals[1]);
    first = variate(pair, 0, first_shape, normals[0], words[2]);
    second = variate(pair, 1, second_shape, normals[1], words[3]);
  }

 private:
  static constexpr std::uint32_t kFirstBlock = std::uint32_t{1} << 31;

  /// The variate whose first attempt has the number x and the word.
  GNC_FN typename L::Real variate(std::uint32_t pair, int second, const ChiShape& shape, typename L::Real x,
                                  typename L::Word word) const {
    typename L::Real chi;
    const std::uint64_t accepted = attempt_chi<L>(shape, x, word, chi);
    if (accepted == kAllLanes<L>) return chi;
    return draw_again(key_, stream_, first_sample_, n_pairs_, pair, second, shape, kAllLanes<L> ^ accepted,
                      chi);
  }

  /// `chi` with the lanes in `missing` from further attempts. All by value: a device thread keeps what a
  /// function that is called gets the address of in memory.
  static GNC_CALL typename L::Real draw_again(PhiloxKey key, Stream stream, std::uint64_t first_sample,
                                              std::uint32_t n_pairs, std::uint32_t pair, int second,
                                              ChiShape shape, std::uint64_t missing, typename L::Real chi) {
    const PhiloxSamples<L> samples(key, stream, first_sample);
    alignas(64) float lanes[L::size], attempts[L::size];
    L::store(chi, lanes);
    for (std::uint32_t attempt = 1; missing != 0; ++attempt) {
      typename L::Word words[4];
      samples.block(kFirstBlock + attempt * n_pairs + pair, words);
      typename L::Real first, other;
      const bool is_second = second != 0;
      box_muller<L>(words[0], words[1], first, other);
      const std::uint64_t accepted =
          attempt_chi<L>(shape, is_second ? other : first, is_second ? words[3] : words[2], chi);
      L::store(chi, attempts);
      GNC_UNROLL
      for (int lane = 0; lane < L::size; ++lane) {
        if ((missing & accepted) >> lane & 1) lanes[lane] = attempts[lane];
      }
      missing &= ~accepted;
    }
    return L::load(lanes);
  }

  PhiloxSamples<L> samples_;
  PhiloxKey key_;
  Stream stream_;
  std::uint32_t n_pairs_;
  float* buffer_;
  std::uint64_t first_sample_ = 0;
};

GNC_LANES_END

#endif
