#include "host/cli/interruptible.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "host/cli/execute.hpp"
#include "host/experiment/grace_period.hpp"
#include "host/experiment/interrupt.hpp"
#include "host/files/write_file.hpp"
#include "host/ledger/ledger.hpp"
#include "host/report/shell_word.hpp"

namespace gnc {

int interruptible(const std::filesystem::path& folder, const std::function<void()>& work,
                  const std::function<std::string(bool)>& last_words) {
  const Interrupt interrupt;
  // Ends the process as a kill would, which the ledger bears, but with the exit code of an interrupted run.
  const GracePeriod grace(kGracePeriod, [&] {
    std::fputs(last_words(true).c_str(), stderr);
    std::fflush(stderr);
    remove_temporaries(folder);
    std::_Exit(kInterrupted);
  });
  try {
    work();
    return kDone;
  } catch (const Interrupted&) {
    std::cerr << last_words(false);
    return kInterrupted;
  }
}

std::string report_interrupted(const std::filesystem::path& folder, const std::optional<std::string>& out) {
  return Ledger::exists(folder)
             ? fmt::format("gnc: interrupted; the run is unharmed. For its report:\n  gnc report {}{}\n",
                           shell_word(folder.string()), out ? " --out " + shell_word(*out) : "")
             : "gnc: interrupted before anything was made. To go on, give the same command again\n";
}

}  // namespace gnc
