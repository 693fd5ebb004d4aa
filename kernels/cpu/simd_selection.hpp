// Which SIMD targets are compiled. Include before any header of Highway; every file that is compiled per
// target must.
#ifndef GNC_KERNELS_CPU_SIMD_SELECTION_HPP
#define GNC_KERNELS_CPU_SIMD_SELECTION_HPP

// Scalable vectors cannot be members or array elements, which the lanes need; Arm machines with SVE run the
// NEON form. SSSE3 gains nothing over SSE4's machines, and instructions that the lanes have no use for
// nothing over AVX-512 and NEON without them.
#define GNC_DISABLED_TARGETS                                                                             \
  (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV | HWY_SSSE3 | HWY_AVX3_DL | HWY_AVX3_ZEN4 | \
   HWY_AVX3_SPR | HWY_AVX10_2 | HWY_NEON_BF16)
#ifdef __SANITIZE_ADDRESS__
// Sanitized builds of the unrolled kernels take minutes a target.
#define HWY_DISABLED_TARGETS (GNC_DISABLED_TARGETS | HWY_SSE4 | HWY_AVX3)
#else
#define HWY_DISABLED_TARGETS GNC_DISABLED_TARGETS
#endif

#include "hwy/detect_targets.h"

// Targets that this version of Highway does not know.
#ifndef HWY_AVX3_ZEN4
#define HWY_AVX3_ZEN4 0
#endif
#ifndef HWY_AVX3_SPR
#define HWY_AVX3_SPR 0
#endif
#ifndef HWY_AVX10_2
#define HWY_AVX10_2 0
#endif
#ifndef HWY_NEON_BF16
#define HWY_NEON_BF16 0
#endif

#endif
