#include <fmt/format.h>

#include <ostream>
#include <string>
#include <system_error>

#include "host/cli/execute.hpp"
#include "host/cli/interruptible.hpp"
#include "host/cli/list_report.hpp"
#include "host/errors.hpp"
#include "host/experiment/collect_results.hpp"
#include "host/experiment/interrupt.hpp"
#include "host/ledger/ledger.hpp"
#include "host/report/result_files.hpp"
#include "host/report/write_report.hpp"

namespace gnc {
namespace {

/// Whether the report goes to a folder that is not the run's; UsageError where that holds another run.
bool goes_elsewhere(const std::string& folder, const std::string& to) {
  if (!Ledger::exists(to)) return true;
  std::error_code error;
  if (std::filesystem::equivalent(Ledger::file(folder), Ledger::file(to), error)) return false;
  throw UsageError(fmt::format(
      "option --out: got {}, which holds another run, whose results would be replaced, expected a "
      "folder without a run, or {} itself",
      to, folder));
}

}  // namespace

int execute(const ReportCommand& command, std::ostream& out) {
  const std::string& to = command.out ? *command.out : command.folder;
  const auto work = [&] {
    Ledger ledger = Ledger::open(command.folder, Database::Mode::ReadOnly);
    const bool elsewhere = goes_elsewhere(command.folder, to);
    if (elsewhere && !holds_report(to)) require_no_results(to, "another folder with --out");
    const RunResults results = collect_results(ledger);
    const ReportFiles files = write_report(results, to, Interrupt::check);
    // A report of another run may have lain there, with files that this one has not.
    if (elsewhere) remove_results(to, files.written);
    list_report(files, out);
  };
  return interruptible(to, work, [&](bool) { return report_interrupted(command.folder, command.out); });
}

}  // namespace gnc
