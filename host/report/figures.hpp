#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "host/report/run_results.hpp"

namespace gnc {

/// Files of a report that were written, and what could not be, in one line each.
struct ReportFiles {
  std::vector<std::filesystem::path> written;
  std::vector<std::string> warnings;
};

/// Writes figure.* and acceptance.*, and curves.* and curves_gen.* where some cell has curves (gp, dat and,
/// by gnuplot, pdf, png, svg) into `folder`, which exists. Without gnuplot, or where it fails, the scripts
/// and data are written all the same, earlier figures of these names are removed, and a warning says what to
/// do. Throws RunError naming the file where the disk refuses. `before_each` figure is called, and where one
/// cannot be drawn; it may throw.
ReportFiles write_figures(
    const RunResults& run, const std::filesystem::path& folder,
    const std::function<void()>& before_each = [] {});

}  // namespace gnc
