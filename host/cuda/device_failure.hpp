#pragma once

#include <string_view>

#include "host/errors.hpp"
#include "kernels/cell_view.hpp"
#include "kernels/cuda/device_error.hpp"

namespace gnc {

/// What a device's failure means to the user.
RunError run_error(const DeviceError& error);

/// What a device's failure while drawing a cell means to the user. `least`: the least that needs memory.
RunError run_error(const DeviceError& error, const CellView& cell, std::string_view least = "draw");

}  // namespace gnc
