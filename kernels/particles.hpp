#pragma once

#include <cstdint>

#include "kernels/lane_scope.hpp"

namespace gnc {

/// What the number of a store's particles is padded to: a multiple of the lanes of every SIMD target.
constexpr int kParticleBlock = 16;

/// Bytes of memory that a population's particles take at most, but for a few particles of the largest
/// networks.
constexpr std::uint64_t kPopulationBytes = std::uint64_t{256} << 20;

/// The particles of one population of estimator `splitting` (docs/methods.md, `splitting`).
struct Particles {
  /// Weight i of particle p, W_1, .., W_d in row-major order one after the other, is entry [p / lanes][i][p %
  /// lanes], lanes = particle_lanes(). Aligned for every SIMD target, with room for kSpareWeights more at the
  /// end.
  float* weights = nullptr;
  float* losses = nullptr;  ///< train loss of each particle, infinite where it is not a number
  std::uint64_t count = 0;  ///< both arrays are padded to whole blocks; fewer than 2^32

  /// Place for hidden layers that moves of later ones need not compute again: of each particle two of n_rows
  /// x width entries, [p / lanes][layer mod 2][entry][p % lanes], padded as the weights. Null where none is
  /// kept.
  float* hidden = nullptr;
  int hidden_layer = 0;  ///< number of the layer that is there, of the weights as they are; 0 for none
};

/// Random numbers come in blocks of four, the last of which may have three too many.
constexpr int kSpareWeights = 3 * kParticleBlock;

/// A move that leaves the prior invariant, of weights begin .. end - 1. Gauss: W' = keep W + step xi, keep^2
/// + step^2 = 1. Unif: W + step xi, reflected into [-1, 1]; step at most 2^20.
struct ParticleMove {
  float keep = 0.0f;
  float step = 0.0f;
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

}  // namespace gnc
