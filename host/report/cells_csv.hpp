#pragma once

#include <string>

#include "host/report/run_results.hpp"

namespace gnc {

/// Text of cells.csv: a header, then one row per cell and tolerance. Unknown values, and logarithms of 0, are
/// empty fields; doubles are the shortest text that reads back as the same number.
std::string cells_csv(const RunResults& run);

}  // namespace gnc
