#include "tests/kernels/lane_probe.hpp"

#include "kernels/cpu/simd_selection.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/kernels/lane_probe.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep

#include "hwy/highway.h"
#include "kernels/chi.hpp"
#include "kernels/cpu/highway_lanes-inl.hpp"
#include "kernels/distributions.hpp"
#include "kernels/philox.hpp"

HWY_BEFORE_NAMESPACE();
namespace gnc {
namespace HWY_NAMESPACE {

using L = SimdLanes;
constexpr auto kLanes = static_cast<std::size_t>(L::size);

std::size_t lanes_from(std::size_t at, std::size_t count) {
  return count - at < kLanes ? count - at : kLanes;
}

void words_on_target(PhiloxKey key, Stream stream, std::uint64_t first_sample, std::uint32_t block,
                     std::size_t count, std::uint32_t* to) {
  alignas(64) std::uint32_t lanes[L::size];
  for (std::size_t at = 0; at < count; at += kLanes) {
    const PhiloxSamples<L> samples(key, stream, first_sample + at);
    L::Word words[4];
    samples.block(block, words);
    for (std::size_t word = 0; word < 4; ++word) {
      L::store_word(words[word], lanes);
      for (std::size_t lane = 0; lane < lanes_from(at, count); ++lane)
        to[word * count + at + lane] = lanes[lane];
    }
  }
}

void box_muller_on_target(const std::uint32_t* radius_words, const std::uint32_t* angle_words,
                          std::size_t count, float* to) {
  alignas(64) std::uint32_t radius[L::size] = {};
  alignas(64) std::uint32_t angle[L::size] = {};
  alignas(64) float numbers[2][L::size];
  for (std::size_t at = 0; at < count; at += kLanes) {
    for (std::size_t lane = 0; lane < lanes_from(at, count); ++lane) {
      radius[lane] = radius_words[at + lane];
      angle[lane] = angle_words[at + lane];
    }
    L::Real first, second;
    box_muller<L>(L::load_word(radius), L::load_word(angle), first, second);
    L::store(first, numbers[0]);
    L::store(second, numbers[1]);
    for (std::size_t lane = 0; lane < lanes_from(at, count); ++lane) {
      to[at + lane] = numbers[0][lane];
      to[count + at + lane] = numbers[1][lane];
    }
  }
}

void tanh_on_target(const float* x, std::size_t count, float* to) {
  alignas(64) float lanes[L::size] = {};
  for (std::size_t at = 0; at < count; at += kLanes) {
    for (std::size_t lane = 0; lane < lanes_from(at, count); ++lane) lanes[lane] = x[at + lane];
    L::store(L::tanh(L::load(lanes)), lanes);
    for (std::size_t lane = 0; lane < lanes_from(at, count); ++lane) to[at + lane] = lanes[lane];
  }
}

void chi_on_target(PhiloxKey key, std::uint64_t first_sample, std::int64_t freedom, std::size_t count,
                   float* to) {
  alignas(64) float buffer[4 * L::size];
  alignas(64) float lanes[2 * L::size];
  ChiVariates<L> chis(key, Stream::Product, 1, buffer);
  const ChiShape shapes[2] = {chi_shape(freedom), chi_shape(freedom)};
  for (std::size_t at = 0; at < count; at += kLanes) {
    chis.move_to(first_sample + at);
    chis.draw(0, 2, shapes, lanes, 1);
    for (std::size_t lane = 0; lane < lanes_from(at, count); ++lane) {
      to[at + lane] = lanes[lane];
      to[count + at + lane] = lanes[kLanes + lane];
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace gnc
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gnc {

HWY_EXPORT(words_on_target);
HWY_EXPORT(box_muller_on_target);
HWY_EXPORT(tanh_on_target);
HWY_EXPORT(chi_on_target);

std::vector<std::uint32_t> probe_words(PhiloxKey key, Stream stream, std::uint64_t first_sample,
                                       std::uint32_t block, std::size_t count) {
  std::vector<std::uint32_t> words(4 * count);
  HWY_DYNAMIC_DISPATCH(words_on_target)(key, stream, first_sample, block, count, words.data());
  return words;
}

std::vector<float> probe_box_muller(std::span<const std::uint32_t> radius_words,
                                    std::span<const std::uint32_t> angle_words) {
  std::vector<float> numbers(2 * radius_words.size());
  HWY_DYNAMIC_DISPATCH(box_muller_on_target)
  (radius_words.data(), angle_words.data(), radius_words.size(), numbers.data());
  return numbers;
}

std::vector<float> probe_tanh(std::span<const float> x) {
  std::vector<float> values(x.size());
  HWY_DYNAMIC_DISPATCH(tanh_on_target)(x.data(), x.size(), values.data());
  return values;
}

std::vector<float> probe_chi(PhiloxKey key, std::uint64_t first_sample, std::int64_t freedom,
                             std::size_t count) {
  std::vector<float> values(2 * count);
  HWY_DYNAMIC_DISPATCH(chi_on_target)(key, first_sample, freedom, count, values.data());
  return values;
}

}  // namespace gnc
#endif
