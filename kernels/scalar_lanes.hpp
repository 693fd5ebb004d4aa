#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "kernels/lane_scope.hpp"

namespace gnc::plain {

/// One draw per lane: plain float arithmetic on the host, one thread on a device.
///
/// What a kind of lanes `L` provides to the templates of kernels/:
/// - `size` draws side by side; `Real` and `Word` hold a float and a 32-bit word of each;
/// - `Wide`: 64-bit slots whose low 32 bits carry a word and whose high bits are free, `wides` of them per
///   `Word`, so that a 32 x 32 -> 64-bit product needs no repacking between Philox rounds;
/// - memory is laid out [entry][lane]: `load` and `store` move the `size` lanes of one entry.
struct ScalarLanes {
  static constexpr int size = 1;
  static constexpr int wides = 1;
  /// Columns of a tile of five rows of a product that the registers hold.
  static constexpr int tile_cols = 5;
  /// Whether a register or a load costs less than making a round key anew.
  static constexpr bool stores_round_keys = false;
  using Real = float;
  using Word = std::uint32_t;
  using Wide = std::uint64_t;
  using Mask = bool;

  static GNC_FN Real set(float x) { return x; }
  static GNC_FN Real load(const float* from) { return *from; }
  static GNC_FN void store(Real x, float* to) { *to = x; }
  static GNC_FN Word load_word(const std::uint32_t* from) { return *from; }
  static GNC_FN void store_word(Word x, std::uint32_t* to) { *to = x; }

  /// a * b + c, rounded once.
  static GNC_FN Real fma(Real a, Real b, Real c) { return fmaf(a, b, c); }
  /// On a device within 2^-23, relative: a correctly rounded root costs a branch.
  static GNC_FN Real sqrt(Real a) {
#ifdef __CUDA_ARCH__
    asm("sqrt.approx.f32 %0, %0;" : "+f"(a));
    return a;
#else
    return sqrtf(a);
#endif
  }
  static GNC_FN Mask less(Real a, Real b) { return a < b; }
  static GNC_FN Real select(Mask m, Real yes, Real no) { return m ? yes : no; }
  static GNC_FN bool any(Mask m) { return m; }
  /// Bit i is set where lane i is.
  static GNC_FN std::uint64_t bits(Mask m) { return m ? 1 : 0; }

  static GNC_FN Wide set_wide(std::uint32_t x) { return x; }
  /// Word `base` + lane, in the slots of part `part`.
  static GNC_FN Wide lane_index(std::uint32_t base, int /*part*/) { return base; }
  /// 64-bit product of the low words.
  static GNC_FN Wide mul_wide(Wide a, Wide b) {
#ifdef __CUDA_ARCH__
    // From the plain product the compiler makes one of 64-bit numbers, with an addition for its high word.
    Wide product;
    asm("mul.wide.u32 %0, %1, %2;"
        : "=l"(product)
        : "r"(static_cast<std::uint32_t>(a)), "r"(static_cast<std::uint32_t>(b)));
    return product;
#else
    return static_cast<Wide>(static_cast<std::uint32_t>(a)) * static_cast<std::uint32_t>(b);
#endif
  }
  /// The high word of each slot, moved to the low one.
  static GNC_FN Wide high(Wide a) { return a >> 32; }
  static GNC_FN Wide xor3(Wide a, Wide b, Wide c) { return a ^ b ^ c; }
  /// The low words of all parts in lane order.
  static GNC_FN Word merge(const Wide (&parts)[wides]) { return static_cast<Word>(parts[0]); }
  /// The high words of all parts in lane order.
  static GNC_FN Word merge_high(const Wide (&parts)[wides]) { return static_cast<Word>(parts[0] >> 32); }
  /// Of slots that all hold the same word: that word in every lane.
  static GNC_FN Word any_slot(Wide same) { return static_cast<Word>(same); }

  /// The same 32 bits.
#ifdef __CUDA_ARCH__
  static GNC_FN Real as_real(Word w) { return __uint_as_float(w); }
  static GNC_FN Word as_word(Real x) { return __float_as_uint(x); }
#else
  static GNC_FN Real as_real(Word w) { return std::bit_cast<float>(w); }
  static GNC_FN Word as_word(Real x) { return std::bit_cast<Word>(x); }
#endif
  /// Nearest float of the unsigned word.
  static GNC_FN Real to_real(Word w) { return static_cast<float>(w); }
  /// Nearest float of the word less 2^31.
  static GNC_FN Real to_real_centred(Word w) {
    return static_cast<float>(static_cast<std::int32_t>(w ^ (std::uint32_t{1} << 31)));
  }
  /// -2 log((w + 1/2) / 2^32), the word rounded to float first as cuRAND does.
  static GNC_FN Real neg_two_log_uniform(Word w) {
    constexpr float kTwoToMinus32 = 2.3283064365386963e-10f;
    const float u = fmaf(to_real(w), kTwoToMinus32, kTwoToMinus32 / 2);
#ifdef __CUDA_ARCH__
    // The special-function unit's error is 2^-22, absolute where u is near 1: there the series in v = 1 - u,
    // which is exact, its remainder below 2e-7.
    float log2_u;
    asm("lg2.approx.ftz.f32 %0, %1;" : "=f"(log2_u) : "f"(u));
    const float v = 1.0f - u;
    const float near_one = v * fmaf(v, fmaf(v, fmaf(v, 0.5f, 2.0f / 3.0f), 1.0f), 2.0f);
    return v < 1.0f / 32 ? near_one : -1.38629436112f * log2_u;
#else
    return -2.0f * logf(u);
#endif
  }
  /// The root of `squared_radius` times sine and cosine of the angle 2 pi (w + 1/2) / 2^32.
  static GNC_FN void polar(Real squared_radius, Word w, Real& sine_part, Real& cosine_part) {
#ifdef __CUDA_ARCH__
    // Angles within half a turn, where the special-function unit's error is 2^-21.
    constexpr float kHalfTurn = 3.14159265359f;
    const float angle =
        fmaf(static_cast<float>(static_cast<std::int32_t>(w)), kHalfTurn * 0x1p-31f, kHalfTurn * 0x1p-32f);
    float radius, sine, cosine;
    asm("sqrt.approx.ftz.f32 %0, %1;" : "=f"(radius) : "f"(squared_radius));
    asm("sin.approx.ftz.f32 %0, %1;" : "=f"(sine) : "f"(angle));
    asm("cos.approx.ftz.f32 %0, %1;" : "=f"(cosine) : "f"(angle));
    sine_part = radius * sine;
    cosine_part = radius * cosine;
#else
    const float radius = sqrt(squared_radius);
    const float angle = (to_real(w) + 0.5f) * 1.46291807926715968105e-9f;
    sine_part = radius * sinf(angle);
    cosine_part = radius * cosf(angle);
#endif
  }
  /// tanh of an |x| up to kTanhNearZero, within 2e-7 of it: x (1 + c1 x^2 + c2 x^4 + c3 x^6), minimax.
  static GNC_FN Real tanh_near_zero(Real x) {
    const float square = x * x;
    const float series = fmaf(square, fmaf(square, -0.0484872921f, 0.1328972620f), -0.3333233349f);
    return fmaf(x * square, series, x);
  }
  static constexpr float kTanhNearZero = 0.375f;
  /// On a device by the special-function unit, 1 - 2 / (1 + exp 2x), within 3e-7: near zero, where wide
  /// layers have their arguments and that difference has few digits, by the series.
  static GNC_FN Real tanh(Real x) {
#ifdef __CUDA_ARCH__
    constexpr float kTwoOverLog2 = 2.88539008178f;
    float exponential, inverse;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(exponential) : "f"(kTwoOverLog2 * x));
    asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(inverse) : "f"(1.0f + exponential));
    return fabsf(x) < kTanhNearZero ? tanh_near_zero(x) : fmaf(-2.0f, inverse, 1.0f);
#else
    return tanhf(x);
#endif
  }
};

/// The same without what a device only approximates.
struct ExactLanes : ScalarLanes {
  static GNC_FN Real sqrt(Real a) { return sqrtf(a); }
  static GNC_FN Real tanh(Real x) { return tanhf(x); }
};

}  // namespace gnc::plain
