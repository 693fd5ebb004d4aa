#include <ostream>

#include "host/cli/execute.hpp"
#include "host/cli/interruptible.hpp"
#include "host/cli/list_report.hpp"
#include "host/experiment/collect_results.hpp"
#include "host/experiment/interrupt.hpp"
#include "host/ledger/ledger.hpp"
#include "host/ledger/merge_ledgers.hpp"
#include "host/report/result_files.hpp"
#include "host/report/table.hpp"
#include "host/report/write_report.hpp"

namespace gnc {

int execute(const MergeCommand& command, std::ostream& out) {
  const auto work = [&] {
    if (!Ledger::exists(command.out)) require_no_results(command.out, "a new folder for the merged run");
    merge_ledgers(command.out, {command.folders.begin(), command.folders.end()}, Interrupt::check);
    Ledger ledger = Ledger::open(command.out, Database::Mode::ReadOnly);
    const RunResults results = collect_results(ledger);
    const ReportFiles files = write_report(results, command.out, Interrupt::check);
    out << format_table(results);
    list_report(files, out);
  };
  return interruptible(command.out, work, [&](bool) { return report_interrupted(command.out); });
}

}  // namespace gnc
