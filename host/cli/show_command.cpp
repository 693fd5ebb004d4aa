#include <ostream>

#include "host/cli/execute.hpp"
#include "host/experiment/collect_results.hpp"
#include "host/ledger/ledger.hpp"
#include "host/report/results_json.hpp"
#include "host/report/table.hpp"

namespace gnc {

int execute(const ShowCommand& command, std::ostream& out) {
  Ledger ledger = Ledger::open(command.folder, Database::Mode::ReadOnly);
  const RunResults results = collect_results(ledger);
  if (command.json) {
    out << results_json(results).dump(2) << '\n';
  } else {
    out << format_cells(results) << '\n' << format_table(results);
  }
  return kDone;
}

}  // namespace gnc
