#include <ostream>

#include "host/cli/execute.hpp"
#include "host/cli/list_report.hpp"
#include "host/experiment/collect_results.hpp"
#include "host/ledger/ledger.hpp"
#include "host/report/write_report.hpp"

namespace gnc {

int execute(const ReportCommand& command, std::ostream& out) {
  Ledger ledger = Ledger::open(command.folder, Database::Mode::ReadOnly);
  const ReportFiles files = write_report(collect_results(ledger), command.folder);
  list_report(files, out);
  return kDone;
}

}  // namespace gnc
