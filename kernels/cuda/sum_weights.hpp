#pragma once

#include <cstdint>

#include "kernels/cell_view.hpp"

namespace gnc {

/// How an engine makes the words of its numbers: by cuRAND's device API, or by the rounds written out.
enum class WordSource { Curand, Rounds };

/// Draws nothing but numbers on the current CUDA device: for each of draws begin .. end - 1 as many weights
/// as it takes numbers, none of which reaches memory. Returns their sum. The bound that an engine's speed is
/// measured against. Throws DeviceError.
float sum_weights_on_device(const CellView& cell, WordSource source, std::uint64_t begin, std::uint64_t end);

}  // namespace gnc
