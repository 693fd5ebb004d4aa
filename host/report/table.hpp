#pragma once

#include <string>
#include <vector>

#include "host/report/run_results.hpp"

namespace gnc {

/// A table as text, row by row; the first row holds the headings.
using TableRows = std::vector<std::vector<std::string>>;

/// One row per point and tolerance: draws and accepted draws over all seeds, acceptance rate (median and
/// range over seeds), G&C, GD and prior generalization loss (median and quartiles over seeds).
TableRows point_rows(const RunResults& run);

/// One row per cell and tolerance: counts, acceptance rate with its 95 % interval, losses, draws per second.
TableRows cell_rows(const RunResults& run);

/// What the figures of `point_rows` are: one line.
std::string point_caption(const RunResults& run);

/// The table of points for a terminal, with a caption and the notes a reader needs; ends with a newline.
std::string format_table(const RunResults& run);

/// The table of cells for a terminal.
std::string format_cells(const RunResults& run);

}  // namespace gnc
