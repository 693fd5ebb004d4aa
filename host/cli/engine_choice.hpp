#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "host/cli/commands.hpp"
#include "host/cli/device_selection.hpp"
#include "host/descent/descent.hpp"
#include "host/engine/engine.hpp"
#include "kernels/kernel_use.hpp"

namespace gnc {

/// An engine that this machine can run, and what goes with it.
struct ChosenEngine {
  std::string name;        ///< "cpu", "cuda-gemm", "cuda-fused", or one of the latter with kCpuBeside
  std::string device;      ///< what it draws on: "AVX2, 2 threads", "NVIDIA H100 80GB HBM3"
  std::string arithmetic;  ///< what decides the bits of its losses, see RunPlan::arithmetic
  std::string note;        ///< a line for the user where the choice needs one; may be empty
  int workers = 1;         ///< threads that run an engine each
  /// Whether it can draw a cell.
  std::function<bool(const PreparedCell&)> takes = [](const PreparedCell&) { return true; };
  /// To be called by the thread that uses the engine, with its number below `workers`, which decides the
  /// device.
  std::function<std::unique_ptr<Engine>(int worker)> make;
  Descend descend;  ///< gradient descent on the same device
  /// Draws the numbers of draws begin .. end - 1 and only sums them: the bound on the engine's speed. To be
  /// made as an engine is.
  std::function<std::function<float(const CellView&, std::uint64_t begin, std::uint64_t end)>(int worker)>
      make_sum_weights;
  /// Gives back what the process holds of devices, once no engine is left; empty where it holds none.
  std::function<void()> release;
  /// Registers, memory and occupancy of the kernel that draws a cell; empty where an engine is not one
  /// kernel.
  std::function<KernelUse(const PreparedCell&)> kernel_use;
};

/// The points of a run, with each estimator that their cells may have, to choose an engine for; none where
/// there is nothing to choose by.
struct PilotPoints {
  std::size_t count = 0;
  std::function<std::unique_ptr<PreparedCell>(std::size_t)> cell;  ///< some cell of a point and estimator
  std::span<const double> tolerances;
};

/// The engine that --device and --engine ask for. `threads` is as of --threads, 0 for one for each core.
/// Between the engines of a device a short pilot on some of `points` decides, where both take all of them;
/// where none does, --device auto takes the CPU. On devices there is a worker for each, or two. UsageError
/// where the options contradict each other, this build or machine cannot do it, or the engine that is named
/// does not take a point; it says what was looked for and found.
ChosenEngine choose_engine(Device device, EngineChoice engine, int threads, const PilotPoints& points,
                           const DeviceRequest& request = {});

/// The engine of so many CPU threads, 0 for one for each core.
ChosenEngine cpu_engine(int threads);

/// Ends the name of an engine beside whose devices CPU cores draw.
constexpr const char* kCpuBeside = "+cpu";

/// The choice that gives the engine of this name.
EngineChoice engine_named(const std::string& name);

}  // namespace gnc
