#include <csignal>
#include <iostream>
#include <optional>
#include <variant>

#include "host/cli/execute.hpp"
#include "host/cli/options.hpp"
#include "host/cli/report_error.hpp"
#include "host/errors.hpp"

int main(int argc, char** argv) {
  // A limit on file sizes then fails a write like a full disk does, instead of ending the process.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    const std::optional<gnc::Command> command = gnc::parse_command_line(argc, argv, std::cout);
    int code = gnc::kDone;
    if (command) {
      code = std::visit([](const auto& chosen) { return gnc::execute(chosen, std::cout); }, *command);
    }
    std::cout.flush();
    if (!std::cout) throw gnc::RunError("standard output: cannot be written");
    return code;
  } catch (...) {
    return gnc::report_error();
  }
}
