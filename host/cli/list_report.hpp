#pragma once

#include <iosfwd>

#include "host/report/write_report.hpp"

namespace gnc {

/// Prints the paths of what was written to `out`, a line each, and the warnings to standard error.
void list_report(const ReportFiles& files, std::ostream& out);

}  // namespace gnc
