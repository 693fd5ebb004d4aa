#pragma once

#include <vector>

#include "host/cli/engine_choice.hpp"
#include "kernels/cuda/devices.hpp"

namespace gnc {

/// choose_engine on a machine that has found these CUDA devices, at least one, where the CPU alone is not
/// asked for.
ChosenEngine choose_cuda_engine(const std::vector<CudaDevice>& found, Device device, EngineChoice engine,
                                int threads, const PilotPoints& points, const DeviceRequest& request);

}  // namespace gnc
