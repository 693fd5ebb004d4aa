// Which SIMD targets are compiled. Include before any header of Highway; every file that is compiled per
// target must.
#ifndef GNC_KERNELS_CPU_SIMD_SELECTION_HPP
#define GNC_KERNELS_CPU_SIMD_SELECTION_HPP

// Scalable vectors cannot be members or array elements, which the lanes need; Arm machines with SVE run the
// NEON form. SSSE3 gains nothing over SSE4's machines.
#ifdef __SANITIZE_ADDRESS__
// Sanitized builds of the unrolled kernels take minutes a target.
#define HWY_DISABLED_TARGETS \
  (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV | HWY_SSSE3 | HWY_SSE4 | HWY_AVX3)
#else
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV | HWY_SSSE3)
#endif

#endif
