#include "host/cli/list_report.hpp"

#include <iostream>

namespace gnc {

void list_report(const ReportFiles& files, std::ostream& out) {
  for (const std::string& warning : files.warnings) std::cerr << "gnc: " << warning << '\n';
  for (const std::filesystem::path& path : files.written) out << path.string() << '\n';
}

}  // namespace gnc
