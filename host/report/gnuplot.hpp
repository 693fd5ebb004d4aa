#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace gnc {

/// How a gnuplot process ended.
struct GnuplotOutcome {
  bool found = true;    ///< false: there is no gnuplot on the PATH
  std::string failure;  ///< why it failed, in one line; empty: it succeeded
};

/// A `gnuplot SCRIPT` that runs in a folder, without a shell and without the user's start-up file and
/// choice of a terminal. The folder also receives SCRIPT.log, what the process printed.
class Gnuplot {
 public:
  Gnuplot(const std::filesystem::path& folder, const std::string& script);
  Gnuplot(Gnuplot&& other) noexcept;
  Gnuplot& operator=(Gnuplot&&) = delete;
  /// Waits for the process too: it, or what a wrapper has started, may still write to the folder.
  ~Gnuplot();

  /// Waits for its end, once.
  GnuplotOutcome wait();

 private:
  std::filesystem::path log_;
  std::optional<pid_t> child_;
  GnuplotOutcome not_started_;  ///< where there is no child
};

}  // namespace gnc
