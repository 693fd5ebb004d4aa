#pragma once

#include <cstdint>

#include "kernels/cell_view.hpp"

namespace gnc {

/// Draws nothing but numbers on the current CUDA device: the sum of the weights of draws begin .. end - 1,
/// none of which reaches memory. The bound that the engines' speed is measured against. Throws DeviceError.
float sum_weights_on_device(const CellView& cell, std::uint64_t begin, std::uint64_t end);

}  // namespace gnc
