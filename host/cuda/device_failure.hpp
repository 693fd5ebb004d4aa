#pragma once

#include "host/errors.hpp"
#include "kernels/cell_view.hpp"
#include "kernels/cuda/device_error.hpp"

namespace gnc {

/// What a device's failure while drawing a cell means to the user.
RunError run_error(const DeviceError& error, const CellView& cell);

}  // namespace gnc
