#include "host/cli/engine_choice.hpp"

#include <fmt/format.h>

#include <atomic>
#include <memory>

#include "host/cli/threads.hpp"
#include "host/engine/cpu_engine.hpp"
#include "host/errors.hpp"
#include "kernels/cpu/simd_targets.hpp"

#ifdef GNC_HAVE_CUDA
#include "host/cli/cuda_engine_choice.hpp"
#endif

namespace gnc {

ChosenEngine cpu_engine(int threads) {
  ChosenEngine chosen;
  chosen.name = "cpu";
  chosen.workers = threads_or_all(threads);
  chosen.device = fmt::format("{}, {} thread{}", simd_name(), chosen.workers, chosen.workers == 1 ? "" : "s");
  chosen.arithmetic = fmt::format("{}, revision {}", simd_arithmetic(), kArithmeticRevision);
  chosen.make = [](int) { return std::make_unique<CpuEngine>(); };
  chosen.descend = [workers = chosen.workers](std::span<const DescentRun> runs, const std::atomic<bool>& stop,
                                              const DescentFinished& finished) {
    run_descents(runs, workers, stop, finished);
  };
  chosen.make_sum_weights = [](int) {
    return [memory = std::make_shared<ScratchMemory>()](const CellView& cell, std::uint64_t begin,
                                                        std::uint64_t end) {
      return sum_weights(cell, begin, end, *memory);
    };
  };
  return chosen;
}

ChosenEngine choose_engine(Device device, EngineChoice engine, int threads,
                           [[maybe_unused]] const PilotPoints& points, const DeviceRequest& request) {
  const bool names_cuda = engine == EngineChoice::CudaGemm || engine == EngineChoice::CudaFused;
  const std::string asked = engine == EngineChoice::CudaFused ? "cuda-fused" : "cuda-gemm";
  if (names_cuda && device == Device::Cpu) {
    throw UsageError(
        fmt::format("option --engine: got {} together with --device cpu: it draws on a CUDA device", asked));
  }
  if (engine == EngineChoice::Cpu && device == Device::Cuda) {
    throw UsageError("option --engine: got cpu together with --device cuda: expected auto or a cuda engine");
  }
  const bool names_devices = !request.numbers.empty() || request.cpu;
  if (engine == EngineChoice::Cpu || device == Device::Cpu) {
    if (names_devices) {
      throw UsageError(
          "option --devices: got CUDA devices together with the cpu: expected --device auto or cuda");
    }
    return cpu_engine(threads);
  }
#ifdef GNC_HAVE_CUDA
  const CudaDevices found = find_cuda_devices();
  if (!found.devices.empty())
    return choose_cuda_engine(found.devices, device, engine, threads, points, request);
  const std::string why_none = found.why_none;
#else
  const std::string why_none = "this program was built without CUDA, which is built where nvcc is found";
#endif
  if (names_cuda || names_devices || device == Device::Cuda) {
    throw UsageError(
        fmt::format("option {}: no CUDA device to draw on: {}; expected a machine with an NVIDIA GPU and its "
                    "driver, or --device cpu",
                    names_cuda      ? "--engine: got " + asked
                    : names_devices ? "--devices: got " + devices_text(request)
                                    : "--device: got cuda",
                    why_none));
  }
  ChosenEngine chosen = cpu_engine(threads);
  chosen.note = fmt::format("no CUDA device, the cpu engine draws ({})", why_none);
  return chosen;
}

EngineChoice engine_named(const std::string& name) {
  if (name.starts_with("cuda-gemm")) return EngineChoice::CudaGemm;
  if (name.starts_with("cuda-fused")) return EngineChoice::CudaFused;
  return EngineChoice::Cpu;
}

}  // namespace gnc
