#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernels/cell_view.hpp"
#include "kernels/draw_tally.hpp"

namespace gnc {

/// Aligned floats for one worker thread, grown on demand and kept between chunks.
class ScratchMemory {
 public:
  /// At least `count` floats, aligned for every SIMD target. Throws std::bad_alloc.
  float* reserve(std::size_t count);

 private:
  struct Free {
    void operator()(float* memory) const;
  };
  std::unique_ptr<float, Free> memory_;
  std::size_t count_ = 0;
};

/// Executes draws begin .. end - 1 of a cell on this thread, on the SIMD lanes of this machine.
/// `tolerances` are the accepted train losses, largest first, at least one; a draw is accepted below a
/// tolerance. At most `max_stored` accepted draws per tolerance are kept in the result, those with the
/// smallest indices.
DrawTally run_draws(const CellView& cell, std::span<const double> tolerances, std::uint64_t begin,
                    std::uint64_t end, std::size_t max_stored, ScratchMemory& memory);

/// One draw in full, by the same arithmetic as run_draws.
struct ReplayedDraw {
  std::vector<float> weights;  ///< W_1, .., W_d, each row-major
  std::vector<float> Y;        ///< row-major
  float train_loss = 0.0f;
  float gen_loss = 0.0f;
};
ReplayedDraw replay_draw(const CellView& cell, std::uint64_t index, ScratchMemory& memory);

/// Random words of one block for `count` consecutive samples, [word][sample]; for tests.
std::vector<std::uint32_t> simd_words(PhiloxKey key, Stream stream, std::uint64_t first_sample,
                                      std::uint32_t block, std::size_t count);

/// Draws nothing but numbers: sums the weights of draws begin .. end - 1. The bound that run_draws is
/// measured against.
float sum_weights(const CellView& cell, std::uint64_t begin, std::uint64_t end, ScratchMemory& memory);

/// Name of the SIMD target in use, such as "AVX3", "AVX2", "SSE2", "NEON".
std::string simd_target();
/// What decides the last bits of a loss: "fma" on all targets with fused multiply-add, which agree bit for bit; else the
/// target's name.
std::string simd_arithmetic();
/// Names of all targets this program holds and this machine can run, best first.
std::vector<std::string> simd_targets();
/// Forces one of `simd_targets()`; the empty string returns to the best. For tests. Not thread-safe.
void select_simd_target(const std::string& name);

/// Floats of scratch that run_draws needs for this cell.
std::size_t scratch_floats(const CellView& cell);

}  // namespace gnc
