#include "host/cli/engine_choice.hpp"

#include <fmt/format.h>

#include <optional>

#include "host/cli/threads.hpp"
#include "host/engine/cpu_engine.hpp"
#include "host/errors.hpp"
#include "kernels/cpu/simd_targets.hpp"

#ifdef GNC_HAVE_CUDA
#include "host/cuda/cuda_arithmetic.hpp"
#include "host/cuda/cuda_descent.hpp"
#include "host/cuda/cuda_gemm_engine.hpp"
#include "kernels/cuda/sum_weights.hpp"
#endif

namespace gnc {
namespace {

ChosenEngine cpu_engine(int threads) {
  ChosenEngine chosen;
  chosen.name = "cpu";
  chosen.workers = threads_or_all(threads);
  chosen.device = fmt::format("{}, {} threads", simd_target(), chosen.workers);
  chosen.arithmetic = fmt::format("{}, revision {}", simd_arithmetic(), kArithmeticRevision);
  chosen.make = [] { return std::make_unique<CpuEngine>(); };
  chosen.descend = [workers = chosen.workers](std::span<const DescentRun> runs, const std::atomic<bool>& stop,
                                              const DescentFinished& finished) {
    run_descents(runs, workers, stop, finished);
  };
  chosen.make_sum_weights = [] {
    return [memory = std::make_shared<ScratchMemory>()](const CellView& cell, std::uint64_t begin,
                                                        std::uint64_t end) {
      return sum_weights(cell, begin, end, *memory);
    };
  };
  return chosen;
}

/// Why no CUDA engine can be had; nothing where one can.
std::string why_no_cuda() {
#ifdef GNC_HAVE_CUDA
  return find_cuda_devices().why_none;
#else
  return "this program was built without CUDA, which is built where nvcc is found";
#endif
}

ChosenEngine cuda_gemm_engine() {
  ChosenEngine chosen;
#ifdef GNC_HAVE_CUDA
  const CudaDevice device = find_cuda_devices().devices.front();
  chosen.name = "cuda-gemm";
  chosen.device = device.name;
  chosen.arithmetic = cuda_gemm_arithmetic(device);
  chosen.make = [] { return std::make_unique<CudaGemmEngine>(); };
  chosen.descend = run_descents_on_device;
  chosen.make_sum_weights = [] { return sum_weights_on_device; };
#endif
  return chosen;
}

}  // namespace

ChosenEngine choose_engine(Device device, EngineChoice engine, int threads) {
  const bool cuda_engine = engine == EngineChoice::CudaGemm || engine == EngineChoice::CudaFused;
  const std::string engine_name = engine == EngineChoice::CudaFused ? "cuda-fused" : "cuda-gemm";
  if (cuda_engine && device == Device::Cpu) {
    throw UsageError(fmt::format(
        "option --engine: got {} together with --device cpu: it draws on a CUDA device", engine_name));
  }
  if (engine == EngineChoice::Cpu && device == Device::Cuda) {
    throw UsageError("option --engine: got cpu together with --device cuda: expected auto or a cuda engine");
  }
  if (engine == EngineChoice::CudaFused) {
    throw UsageError("option --engine: got cuda-fused: not available yet, expected auto, cpu or cuda-gemm");
  }
  if (engine == EngineChoice::Cpu || device == Device::Cpu) return cpu_engine(threads);
  const std::string why_none = why_no_cuda();
  if (why_none.empty()) return cuda_gemm_engine();
  if (cuda_engine || device == Device::Cuda) {
    throw UsageError(
        fmt::format("option {}: no CUDA device to draw on: {}; expected a machine with an NVIDIA "
                    "GPU and its driver, or --device cpu",
                    cuda_engine ? "--engine: got " + engine_name : "--device: got cuda", why_none));
  }
  ChosenEngine chosen = cpu_engine(threads);
  chosen.note = fmt::format("no CUDA device, the cpu engine draws ({})", why_none);
  return chosen;
}

EngineChoice engine_named(const std::string& name) {
  if (name == "cuda-gemm") return EngineChoice::CudaGemm;
  if (name == "cuda-fused") return EngineChoice::CudaFused;
  return EngineChoice::Cpu;
}

}  // namespace gnc
