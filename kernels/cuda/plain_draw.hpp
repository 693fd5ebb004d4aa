#pragma once

#include <cstdint>
#include <vector>

#include "kernels/cell_view.hpp"

namespace gnc {

/// Losses of a draw.
struct PlainLosses {
  float train_loss;
  float gen_loss;
};

/// Largest hidden layer and end-to-end matrix of plain_cuda_losses, in entries.
constexpr int kPlainHiddenEntries = 512;
constexpr int kPlainOutputEntries = 64;

/// Losses of draws first .. first + count - 1, one draw per device thread by the templates of kernels/ as
/// they are. It keeps them device code and lets tests compare a device with the host; the engines bring
/// launches of their own. Throws DeviceError where a CUDA call fails, std::length_error for a cell beyond the
/// sizes above.
std::vector<PlainLosses> plain_cuda_losses(const CellView& cell, std::uint64_t first, int count);

}  // namespace gnc
