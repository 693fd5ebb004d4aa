#include <ostream>
#include <string>

#include "host/cli/execute.hpp"
#include "host/cli/interruptible.hpp"
#include "host/cli/list_report.hpp"
#include "host/experiment/collect_results.hpp"
#include "host/experiment/interrupt.hpp"
#include "host/ledger/ledger.hpp"
#include "host/report/write_report.hpp"

namespace gnc {

int execute(const ReportCommand& command, std::ostream& out) {
  const std::string& to = command.out ? *command.out : command.folder;
  const auto work = [&] {
    Ledger ledger = Ledger::open(command.folder, Database::Mode::ReadOnly);
    list_report(write_report(collect_results(ledger), to, Interrupt::check), out);
  };
  return interruptible(to, work, [&](bool) { return report_interrupted(command.folder, command.out); });
}

}  // namespace gnc
