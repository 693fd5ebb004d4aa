#ifndef GNC_KERNELS_LANE_SCOPE_HPP
#define GNC_KERNELS_LANE_SCOPE_HPP

// The templates of kernels/ are written once and compiled for every kind of lane:
// - for CUDA and for plain host code in namespace gnc::plain, with one draw per lane (ScalarLanes);
// - for the CPU engine once per SIMD target in namespace gnc::N_AVX2 and its like, with HighwayLanes. Highway
//   compiles a source file again for each target, so these headers are included again too: their include
//   guards flip with HWY_TARGET_TOGGLE, as Highway asks of "-inl.h" headers.
// Include "hwy/highway.h" before any of them to get the SIMD form.

#ifdef __CUDACC__
#define GNC_FN __host__ __device__ __forceinline__
#define GNC_CALL __host__ __device__ __noinline__
#define GNC_UNROLL _Pragma("unroll")
#else
#define GNC_FN inline __attribute__((always_inline))
#define GNC_CALL __attribute__((noinline))
#define GNC_UNROLL _Pragma("GCC unroll 16")
#endif

#endif  // GNC_KERNELS_LANE_SCOPE_HPP

// Decided at every inclusion: a source file may include key or view headers before Highway. GNC_LAMBDA
// follows the parameters of a lambda: it takes neither the target of the function around it nor its inlining
// by itself.
#undef GNC_LANES_BEGIN
#undef GNC_LANES_END
#undef GNC_LAMBDA
#ifdef HWY_BEFORE_NAMESPACE
#define GNC_LAMBDA HWY_ATTR __attribute__((always_inline))
// The pragma of HWY_BEFORE_NAMESPACE comes last: GCC 14 drops what follows it in the same macro.
#define GNC_LANES_BEGIN     \
  namespace gnc {           \
  namespace HWY_NAMESPACE { \
  HWY_BEFORE_NAMESPACE();
#define GNC_LANES_END \
  }                   \
  }                   \
  HWY_AFTER_NAMESPACE();
#else
#ifdef __CUDACC__
#define GNC_LAMBDA
#else
#define GNC_LAMBDA __attribute__((always_inline))
#endif
#define GNC_LANES_BEGIN \
  namespace gnc {       \
  namespace plain {
#define GNC_LANES_END \
  }                   \
  }
#endif
