#pragma once

#include <string>
#include <string_view>

#include "host/report/run_results.hpp"

namespace gnc {

/// Its header begins with these columns.
constexpr std::string_view kCellsCsvBegin = "width,depth,seed,eps_train,estimator,";

/// Text of cells.csv: a header, then one row per cell and tolerance. Unknown values, and logarithms of 0, are
/// empty fields; doubles are the shortest text that reads back as the same number.
std::string cells_csv(const RunResults& run);

}  // namespace gnc
