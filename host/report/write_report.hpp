#pragma once

#include <filesystem>

#include "host/report/figures.hpp"
#include "host/report/run_results.hpp"

namespace gnc {

/// Writes cells.csv, results.csv (one per tolerance), the figures and report.html into `folder`, which is
/// created where it is missing. Each file is replaced as a whole. What cannot be drawn becomes a warning.
/// Throws RunError naming the file where the disk refuses.
ReportFiles write_report(const RunResults& run, const std::filesystem::path& folder);

}  // namespace gnc
