#pragma once

#include <string>
#include <vector>

namespace gnc {

/// Name of the SIMD target in use, such as "AVX3", "AVX2", "SSE4", "NEON".
std::string simd_target();

/// The instructions of `simd_target()` by the name that their makers use: "AVX-512" for "AVX3" and its like.
std::string simd_name();

/// What decides the last bits of a loss: "fma" on all targets with fused multiply-add, which agree bit for
/// bit; else the target's name.
std::string simd_arithmetic();

/// Raised with every change that alters the bits of a draw's losses or of gradient descent.
constexpr int kArithmeticRevision = 5;

/// Names of all targets this program holds and this machine can run, best first.
std::vector<std::string> simd_targets();

/// Forces one of `simd_targets()`; any other name returns to the best. For tests; not thread-safe.
void select_simd_target(const std::string& name);

}  // namespace gnc
