#pragma once

#include <string_view>

#include "host/errors.hpp"
#include "kernels/cell_view.hpp"
#include "kernels/cuda/device_error.hpp"

namespace gnc {

/// Throws RunError: what a device's failure means to the user.
[[noreturn]] void throw_run_error(const DeviceError& error);

/// The same of a failure while drawing a cell, DeviceMemoryError where memory ran out. `least`: the least
/// that needs it.
[[noreturn]] void throw_run_error(const DeviceError& error, const CellView& cell,
                                  std::string_view least = "draw");

}  // namespace gnc
