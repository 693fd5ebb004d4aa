#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace gnc {

/// How a gnuplot process ended.
struct GnuplotOutcome {
  bool found = true;    ///< false: there is no gnuplot on the PATH
  std::string failure;  ///< why it failed, in one line; empty: it succeeded
};

/// Runs `gnuplot SCRIPT` in a folder, without a shell and without the user's start-up file, and waits for it.
/// The folder also receives `gnuplot.log`, what the process printed.
GnuplotOutcome run_gnuplot(const std::filesystem::path& folder, const std::string& script);

}  // namespace gnc
