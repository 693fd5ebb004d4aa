#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "kernels/cell_view.hpp"
#include "kernels/conditional_view.hpp"
#include "kernels/draw_tally.hpp"
#include "kernels/kernel_use.hpp"

namespace gnc {

/// BatchedConditionalDraws on the current CUDA device, whose thread must be the one that made this object.
class CudaConditionalDraws {
 public:
  CudaConditionalDraws();
  CudaConditionalDraws(const CudaConditionalDraws&) = delete;
  CudaConditionalDraws& operator=(const CudaConditionalDraws&) = delete;
  ~CudaConditionalDraws();

  /// What the kernel of the cell's draws takes of the current device. Throws DeviceError.
  static KernelUse kernel_use(const CellView& cell);

  /// See run_conditional and BatchedDraws::run.
  DrawTally run(const CellView& cell, const ConditionalView& measurements, std::uint64_t cell_id,
                std::span<const double> tolerances, std::uint64_t begin, std::uint64_t end,
                const StoreLimits& max_stored);

 private:
  struct Draws;
  std::unique_ptr<Draws> draws_;
};

}  // namespace gnc
