#pragma once

#include <cstdint>
#include <memory>

#include "kernels/cell_view.hpp"

namespace gnc {

/// How an engine makes the words of its numbers: by cuRAND's device API, or by the rounds written out.
enum class WordSource { Curand, Rounds };

/// Draws nothing but numbers, on the CUDA device that is current where it is made and called: the bound that
/// an engine's speed is measured against. Throws DeviceError.
class CudaWeightSum {
 public:
  explicit CudaWeightSum(WordSource source);
  CudaWeightSum(const CudaWeightSum&) = delete;
  CudaWeightSum& operator=(const CudaWeightSum&) = delete;
  ~CudaWeightSum();

  /// The sum of as many weights for each of draws begin .. end - 1 as it takes numbers, none of which reaches
  /// memory.
  float operator()(const CellView& cell, std::uint64_t begin, std::uint64_t end);

 private:
  struct Total;
  WordSource source_;
  std::unique_ptr<Total> total_;
};

}  // namespace gnc
