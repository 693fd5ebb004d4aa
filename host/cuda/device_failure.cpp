#include "host/cuda/device_failure.hpp"

#include <fmt/format.h>

namespace gnc {

void throw_run_error(const DeviceError& error) {
  throw RunError(fmt::format(
      "{}; everything finished before is saved, and gnc run --resume --out DIR goes on from there",
      error.what()));
}

void throw_run_error(const DeviceError& error, const CellView& cell, std::string_view least) {
  if (error.kind() == DeviceError::Kind::OutOfMemory) {
    throw DeviceMemoryError(fmt::format(
        "{}; a single {} of width {} and depth {} does not fit beside what the device holds; free some of "
        "its memory, or draw on the CPU (--device cpu)",
        error.what(), least, cell.width, cell.depth));
  }
  throw_run_error(error);
}

}  // namespace gnc
