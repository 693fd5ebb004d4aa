#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/philox_key.hpp"

namespace gnc {

// Single steps of a draw on the SIMD lanes in use.

/// Random words of one block for `count` consecutive samples, [word][sample].
std::vector<std::uint32_t> probe_words(PhiloxKey key, Stream stream, std::uint64_t first_sample,
                                       std::uint32_t block, std::size_t count);
/// The Box-Muller images of pairs (radius_words[i], angle_words[i]): first numbers, then second numbers.
std::vector<float> probe_box_muller(std::span<const std::uint32_t> radius_words,
                                    std::span<const std::uint32_t> angle_words);
std::vector<float> probe_tanh(std::span<const float> x);
/// Chi variates of pair 0 of `count` consecutive samples, both with `freedom` degrees of freedom: first those
/// of all samples that come first, then the others.
std::vector<float> probe_chi(PhiloxKey key, std::uint64_t first_sample, std::int64_t freedom,
                             std::size_t count);

}  // namespace gnc
