#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gnc {

/// How a gnc process is started.
struct GncCall {
  std::vector<std::string> arguments;
  std::string program;                             ///< another program in its place; empty: gnc
  std::filesystem::path folder = ".";              ///< working folder
  std::map<std::string, std::string> environment;  ///< on top of the test's own
  std::string output;                              ///< file for standard output; empty: captured
  bool output_unread = false;                      ///< standard output is a pipe that nobody reads
  bool errors_unread = false;                      ///< standard error is one
  bool figures = false;  ///< false: gnuplot is hidden from it, which saves a second a run
};

/// How it ended.
struct GncEnd {
  int code = -1;   ///< exit code; -1 if a signal ended it
  int signal = 0;  ///< that signal
  std::string out;
  std::string err;
  long peak_kib = 0;  ///< its largest resident memory
};

/// A running gnc; killed with the object if it still runs.
class GncProcess {
 public:
  explicit GncProcess(const GncCall& call);
  GncProcess(const GncProcess&) = delete;
  GncProcess& operator=(const GncProcess&) = delete;
  ~GncProcess();

  pid_t id() const { return child_; }
  void send(int signal) const;
  bool ended() const;
  /// Waits for the end.
  GncEnd wait();

 private:
  pid_t child_ = 0;
  int out_ = -1;
  int err_ = -1;
};

/// Runs gnc to its end in `folder`.
GncEnd run_gnc(const std::filesystem::path& folder, std::vector<std::string> arguments);
GncEnd run_gnc(const GncCall& call);

}  // namespace gnc
