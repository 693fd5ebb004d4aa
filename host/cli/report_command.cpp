#include <iostream>

#include "host/cli/execute.hpp"
#include "host/experiment/collect_results.hpp"
#include "host/ledger/ledger.hpp"
#include "host/report/write_report.hpp"

namespace gnc {

int execute(const ReportCommand& command, std::ostream& out) {
  Ledger ledger = Ledger::open(command.folder, Database::Mode::ReadOnly);
  const ReportFiles files = write_report(collect_results(ledger), command.folder);
  for (const std::string& warning : files.warnings) std::cerr << "gnc: " << warning << '\n';
  for (const std::filesystem::path& path : files.written) out << path.string() << '\n';
  return kDone;
}

}  // namespace gnc
