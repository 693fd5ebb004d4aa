#include "kernels/cpu/simd_targets.hpp"

#include "kernels/cpu/simd_selection.hpp"

#include "hwy/highway.h"
#include "hwy/targets.h"

namespace gnc {
namespace {

std::int64_t best_target() {
  const std::int64_t supported = hwy::SupportedTargets() & HWY_TARGETS;
  return supported & -supported;
}

}  // namespace

std::string simd_target() { return hwy::TargetName(best_target()); }

std::string simd_name() {
  const std::string target = simd_target();
  return target.starts_with("AVX3") ? "AVX-512" : target;
}

std::string simd_arithmetic() {
#if HWY_ARCH_X86
  if (best_target() > HWY_AVX2) return simd_target();
#endif
  return "fma";
}

std::vector<std::string> simd_targets() {
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().DeInit();
  std::vector<std::string> names;
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets())
    names.emplace_back(hwy::TargetName(target));
  return names;
}

void select_simd_target(const std::string& name) {
  hwy::SetSupportedTargetsForTest(0);
  std::int64_t chosen = 0;
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    if (name == hwy::TargetName(target)) chosen = target;
  }
  hwy::SetSupportedTargetsForTest(chosen);
  hwy::GetChosenTarget().DeInit();
}

}  // namespace gnc
