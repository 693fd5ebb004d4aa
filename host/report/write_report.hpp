#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "host/report/figures.hpp"
#include "host/report/run_results.hpp"

namespace gnc {

/// Writes cells.csv, results.csv (one per tolerance), the figures and report.html into `folder`, which is
/// created where it is missing. Each file is replaced as a whole. What cannot be drawn becomes a warning.
/// Throws RunError naming the file where the disk refuses. `before_each` file is called; where it throws, the
/// rest stays as it was.
ReportFiles write_report(
    const RunResults& run, const std::filesystem::path& folder,
    const std::function<void()>& before_each = [] {});

}  // namespace gnc
