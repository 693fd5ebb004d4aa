#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "kernels/cell_view.hpp"
#include "kernels/draw_tally.hpp"
#include "kernels/kernel_use.hpp"

namespace gnc {

/// FusedDraws on the current CUDA device, whose thread must be the one that made this object.
class CudaFusedDraws {
 public:
  CudaFusedDraws();
  CudaFusedDraws(const CudaFusedDraws&) = delete;
  CudaFusedDraws& operator=(const CudaFusedDraws&) = delete;
  ~CudaFusedDraws();

  /// Whether there is a kernel for the cell's draws.
  static bool takes(const CellView& cell);

  /// What the kernel of the cell's draws takes of the current device. The cell must be one that it takes.
  /// Throws DeviceError.
  static KernelUse kernel_use(const CellView& cell);

  /// See BatchedDraws::run. Throws std::invalid_argument for a cell that it does not take.
  DrawTally run(const CellView& cell, std::uint64_t cell_id, std::span<const double> tolerances,
                std::uint64_t begin, std::uint64_t end, const StoreLimits& max_stored);

 private:
  struct Draws;
  std::unique_ptr<Draws> draws_;
};

}  // namespace gnc
