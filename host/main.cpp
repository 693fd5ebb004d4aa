#include <csignal>
#include <exception>
#include <iostream>
#include <optional>
#include <variant>

#include "host/cli/execute.hpp"
#include "host/cli/lead_or_follow.hpp"
#include "host/cli/options.hpp"
#include "host/cli/report_error.hpp"
#include "host/cli/standard_output.hpp"
#include "host/errors.hpp"

namespace gnc {
namespace {

/// Reports bad usage, which every rank of a run has found for itself, once.
int refuse(const std::exception_ptr& bad_usage) {
  return lead_or_follow(
      [&](Ranks&) -> int { std::rethrow_exception(bad_usage); },
      [&](const RunPlan&, const Ranks&) -> WorkerOptions { std::rethrow_exception(bad_usage); });
}

int execute_command_line(int argc, char** argv) {
  std::optional<Command> command;
  try {
    command = parse_command_line(argc, argv, std::cout);
  } catch (const UsageError&) {
    return refuse(std::current_exception());
  }
  if (!command) return kDone;
  return std::visit([](const auto& chosen) { return execute(chosen, std::cout); }, *command);
}

}  // namespace
}  // namespace gnc

int main(int argc, char** argv) {
  // A limit on file sizes then fails a write like a full disk does, instead of ending the process.
  std::signal(SIGXFSZ, SIG_IGN);
  // A pipe that nobody reads any more fails a write, too: progress falls silent and the run goes on.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const int code = gnc::execute_command_line(argc, argv);
    gnc::require_written(std::cout);
    return code;
  } catch (...) {
    return gnc::report_error();
  }
}
