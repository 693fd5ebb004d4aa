#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "kernels/cell_view.hpp"
#include "kernels/draw_tally.hpp"

namespace gnc {

/// GemmDraws on the current CUDA device, whose thread must be the one that made this object.
class CudaGemmDraws {
 public:
  CudaGemmDraws();
  CudaGemmDraws(const CudaGemmDraws&) = delete;
  CudaGemmDraws& operator=(const CudaGemmDraws&) = delete;
  ~CudaGemmDraws();

  /// See GemmDraws::run.
  DrawTally run(const CellView& cell, std::uint64_t cell_id, std::span<const double> tolerances,
                std::uint64_t begin, std::uint64_t end, const StoreLimits& max_stored);
  /// Draws of a batch of the last cell.
  std::uint32_t batch_draws() const;

 private:
  struct Draws;
  std::unique_ptr<Draws> draws_;
};

}  // namespace gnc
