// Empty in a program without CUDA.
#ifdef GNC_HAVE_CUDA

#include "host/cli/cuda_engine_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "host/cli/device_selection.hpp"
#include "host/cli/threads.hpp"
#include "host/config/names.hpp"
#include "host/cuda/cuda_arithmetic.hpp"
#include "host/cuda/cuda_descent.hpp"
#include "host/cuda/cuda_fused_engine.hpp"
#include "host/cuda/cuda_gemm_engine.hpp"
#include "host/cuda/device_failure.hpp"
#include "host/engine/cpu_engine.hpp"
#include "host/engine/throughput.hpp"
#include "host/errors.hpp"
#include "kernels/cuda/device_error.hpp"
#include "kernels/cuda/sum_weights.hpp"
#include "kernels/draw_form.hpp"

namespace gnc {
namespace {

ChosenEngine cuda_engine(EngineChoice engine, const CudaDevice& device) {
  ChosenEngine chosen;
  chosen.device = device.name;
  chosen.descend = run_descents_on_device;
  const WordSource source = engine == EngineChoice::CudaFused ? WordSource::Rounds : WordSource::Curand;
  chosen.make_sum_weights = [source](int) {
    return [sum = std::make_shared<CudaWeightSum>(source)](const CellView& cell, std::uint64_t begin,
                                                           std::uint64_t end) {
      return (*sum)(cell, begin, end);
    };
  };
  if (engine == EngineChoice::CudaFused) {
    chosen.name = "cuda-fused";
    chosen.takes = CudaFusedEngine::takes;
    chosen.kernel_use = CudaFusedEngine::kernel_use;
    chosen.make = [](int) { return std::make_unique<CudaFusedEngine>(); };
  } else {
    chosen.name = "cuda-gemm";
    chosen.takes = CudaGemmEngine::takes;
    chosen.make = [](int) { return std::make_unique<CudaGemmEngine>(); };
  }
  return chosen;
}

/// The first point that the engine does not take; nothing where it takes all.
std::unique_ptr<PreparedCell> first_not_taken(const ChosenEngine& engine, const PilotPoints& points) {
  for (std::size_t i = 0; i < points.count; ++i) {
    std::unique_ptr<PreparedCell> cell = points.cell(i);
    if (!engine.takes(*cell)) return cell;
  }
  return nullptr;
}

/// Seconds that the engine takes for a draw of each of the cells, added up, from a short pilot.
double pilot_seconds(const ChosenEngine& engine, std::span<const std::unique_ptr<PreparedCell>> cells,
                     std::span<const double> tolerances) {
  constexpr double kSeconds = 0.02;
  const std::unique_ptr<Engine> drawing = engine.make(0);
  double sum = 0.0;
  for (const std::unique_ptr<PreparedCell>& cell : cells) {
    sum += 1.0 / draws_per_second(kSeconds, *drawing, *cell, tolerances);
  }
  return sum;
}

/// What keeps an engine from a cell that it does not take.
std::string why_not_taken(const ChosenEngine& engine, const PreparedCell& cell) {
  const CellView& view = cell.view();
  const bool reject = cell.estimator() == Estimator::Reject;
  if (!reject && engine.name == "cuda-gemm") return "it has no estimator " + name_of(cell.estimator());
  return fmt::format("it has no kernel for {} x {} matrices at width {} and depth {}{}", view.n_rows,
                     view.n_cols, view.width, view.depth,
                     !reject                                ? " by estimator " + name_of(cell.estimator())
                     : draw_form(view) == DrawForm::Factors ? ""
                                                            : " by draw law product");
}

/// The faster engine of the device, by a pilot of both or one where both take all points. Where neither does,
/// the engine has no name, and its note says why.
ChosenEngine faster_cuda_engine(const CudaDevice& device, const PilotPoints& points) {
  ChosenEngine gemm = cuda_engine(EngineChoice::CudaGemm, device);
  ChosenEngine fused = cuda_engine(EngineChoice::CudaFused, device);
  if (points.count == 0) return gemm;
  const bool gemm_takes_all = first_not_taken(gemm, points) == nullptr;
  if (const std::unique_ptr<PreparedCell> cell = first_not_taken(fused, points)) {
    if (!gemm_takes_all) {
      ChosenEngine none;
      none.note = fmt::format(
          "no CUDA engine takes every point: cuda-fused: {}; cuda-gemm has draw law "
          "factors and estimator reject alone",
          why_not_taken(fused, *cell));
      return none;
    }
    gemm.note = "cuda-gemm draws: cuda-fused has no kernel for some point of the sweep";
    return gemm;
  }
  if (!gemm_takes_all) {
    fused.note = "cuda-fused draws: cuda-gemm has draw law factors and estimator reject alone";
    return fused;
  }
  // The first, the last, and one between them.
  constexpr std::size_t kMostCells = 3;
  const std::size_t n_cells = std::min(points.count, kMostCells);
  std::vector<std::unique_ptr<PreparedCell>> cells;
  for (std::size_t i = 0; i < n_cells; ++i) {
    cells.push_back(points.cell(n_cells == 1 ? 0 : i * (points.count - 1) / (n_cells - 1)));
  }
  const auto ns_a_draw = [&](double seconds) { return 1e9 * seconds / static_cast<double>(cells.size()); };
  const double fused_seconds = pilot_seconds(fused, cells, points.tolerances);
  double least_seconds = 0.0;
  for (const std::unique_ptr<PreparedCell>& cell : cells)
    least_seconds += CudaGemmEngine::least_seconds(*cell, device);
  // cuBLAS takes long to start.
  if (fused_seconds <= least_seconds) {
    fused.note = fmt::format(
        "cuda-fused draws: in a pilot it took {:.3g} ns a draw, and cuda-gemm's way through the device's "
        "memory would take {:.3g} ns",
        ns_a_draw(fused_seconds), ns_a_draw(least_seconds));
    return fused;
  }
  double gemm_seconds = 0.0;
  try {
    gemm_seconds = pilot_seconds(gemm, cells, points.tolerances);
  } catch (const RunError& error) {
    fused.note = fmt::format("cuda-fused draws: cuda-gemm failed in its pilot ({})", error.what());
    return fused;
  }
  ChosenEngine& faster = fused_seconds <= gemm_seconds ? fused : gemm;
  faster.note = fmt::format("{} draws: in a pilot cuda-fused took {:.3g} ns and cuda-gemm {:.3g} ns a draw",
                            faster.name, ns_a_draw(fused_seconds), ns_a_draw(gemm_seconds));
  return std::move(faster);
}

/// The engine of the device that is named. UsageError where it does not take a point.
ChosenEngine named_cuda_engine(EngineChoice engine, const CudaDevice& device, const PilotPoints& points) {
  ChosenEngine chosen = cuda_engine(engine, device);
  if (const std::unique_ptr<PreparedCell> cell = first_not_taken(chosen, points)) {
    const bool gemm = engine == EngineChoice::CudaGemm;
    const bool by_gemm = !gemm && !first_not_taken(cuda_engine(EngineChoice::CudaGemm, device), points);
    const bool by_product =
        cell->estimator() == Estimator::Reject && draw_form(cell->view()) != DrawForm::Factors;
    throw UsageError(fmt::format("option --engine: got {}: {}, expected {}", chosen.name,
                                 why_not_taken(chosen, *cell),
                                 by_gemm      ? "cuda-gemm, which takes every shape, or auto"
                                 : by_product ? "auto, cpu or draw law factors"
                                 : gemm       ? "auto, cuda-fused or cpu"
                                              : "auto or cpu"));
  }
  return chosen;
}

/// The numbers of the devices that a process draws on.
std::vector<int> selected_numbers(const std::vector<CudaDevice>& found, const DeviceRequest& request) {
  std::vector<std::string> kinds;
  for (const CudaDevice& device : found) {
    kinds.resize(static_cast<std::size_t>(device.number) + 1);
    kinds.back() = cuda_device_kind(device);
  }
  return select_devices(kinds, request);
}

/// Makes the device the thread's. Throws RunError.
void use_device(const CudaDevice& device) {
  try {
    use_cuda_device(device.number);
  } catch (const DeviceError& error) {
    throw_run_error(error);
  }
}

/// The engine of the first device on all of them, `each` workers for each; with `cores` that many CPU workers
/// beside.
ChosenEngine on_devices(ChosenEngine engine, const std::vector<CudaDevice>& devices, std::size_t each,
                        int cores) {
  engine.arithmetic = engine.name == "cuda-fused" ? cuda_fused_arithmetic(devices.front())
                                                  : cuda_gemm_arithmetic(devices.front());
  engine.release = [devices] {
    for (const CudaDevice& device : devices) release_cuda_device(device.number);
  };
  if (devices.size() > 1) engine.device = fmt::format("{} x {}", devices.size(), engine.device);
  if (cores > 0) {
    const ChosenEngine cpu = cpu_engine(cores);
    engine.name += kCpuBeside;
    engine.device += " and " + cpu.device;
    engine.arithmetic += " and " + cpu.arithmetic;
  }
  const std::size_t on_cuda = devices.size() * each;
  const std::size_t workers = on_cuda + static_cast<std::size_t>(cores);
  engine.workers = static_cast<int>(workers);
  // Whether the worker draws on a device, which is then its thread's.
  const auto on_device = [=](int worker) {
    const auto place = static_cast<std::size_t>(worker);
    if (place < on_cuda) use_device(devices[place % devices.size()]);
    return place < on_cuda;
  };
  engine.make = [make = engine.make, on_device](int worker) -> std::unique_ptr<Engine> {
    if (on_device(worker)) return make(worker);
    return std::make_unique<CpuEngine>();
  };
  engine.make_sum_weights = [make = engine.make_sum_weights, on_device](int worker) {
    return on_device(worker) ? make(worker) : cpu_engine(1).make_sum_weights(worker);
  };
  return engine;
}

}  // namespace

ChosenEngine choose_cuda_engine(const std::vector<CudaDevice>& found, Device device, EngineChoice engine,
                                int threads, const PilotPoints& points, const DeviceRequest& request) {
  const bool names_cuda = engine == EngineChoice::CudaGemm || engine == EngineChoice::CudaFused;
  const bool names_devices = !request.numbers.empty() || request.cpu;
  const UsableDevices usable = usable_devices(selected_numbers(found, request), use_cuda_device);
  std::vector<CudaDevice> devices;
  for (const int number : usable.numbers) {
    devices.push_back(*std::ranges::find(found, number, &CudaDevice::number));
  }
  const bool required = names_cuda || names_devices || device == Device::Cuda;
  const std::string& failures = usable.failures;
  if (devices.empty() || (!failures.empty() && !request.numbers.empty())) {
    if (required) {
      throw RunError((devices.empty() ? "no CUDA device to draw on: "
                                      : "not all devices that --devices names can be drawn on: ") +
                     failures);
    }
    ChosenEngine chosen = cpu_engine(threads);
    chosen.note = "the cpu engine draws: " + failures;
    return chosen;
  }
  const CudaDevice& first = devices.front();
  use_device(first);
  const int cores = request.cpu ? threads_or_all(threads) : 0;
  const auto on_all = [&](ChosenEngine chosen) {
    if (!failures.empty()) {
      chosen.note += fmt::format("{}left out: {}", chosen.note.empty() ? "" : "; ", failures);
    }
    // cuda-gemm fills the memory with the first one's batches.
    const std::size_t each = request.overlaps && chosen.name == "cuda-fused" ? 2 : 1;
    return on_devices(std::move(chosen), devices, each, cores);
  };
  if (names_cuda) return on_all(named_cuda_engine(engine, first, points));
  ChosenEngine faster = faster_cuda_engine(first, points);
  if (!faster.name.empty()) return on_all(std::move(faster));
  if (required) {
    throw UsageError(fmt::format(
        "option {}: {}, expected --device auto or cpu",
        names_devices ? "--devices: got " + devices_text(request) : "--device: got cuda", faster.note));
  }
  ChosenEngine chosen = cpu_engine(threads);
  chosen.note = "the cpu engine draws: " + faster.note;
  return chosen;
}

}  // namespace gnc

#endif
