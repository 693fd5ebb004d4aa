#include "host/cli/interruptible.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <iostream>

#include "host/cli/execute.hpp"
#include "host/experiment/grace_period.hpp"
#include "host/experiment/interrupt.hpp"
#include "host/ledger/ledger.hpp"
#include "host/report/shell_word.hpp"
#include "host/report/write_file.hpp"

namespace gnc {
namespace {

void tell(const std::filesystem::path& folder) {
  std::cerr << (Ledger::exists(folder)
                    ? fmt::format("gnc: interrupted; the run is unharmed. For its report:\n  gnc report {}\n",
                                  shell_word(folder.string()))
                    : "gnc: interrupted before anything was made. To go on, give the same command again\n");
}

}  // namespace

int interruptible(const std::filesystem::path& folder, const std::function<void()>& work) {
  const Interrupt interrupt;
  const GracePeriod grace(kGracePeriod, [&] {
    tell(folder);
    remove_temporaries(folder);
    std::_Exit(kInterrupted);
  });
  try {
    work();
    return kDone;
  } catch (const Interrupted&) {
    tell(folder);
    return kInterrupted;
  }
}

}  // namespace gnc
