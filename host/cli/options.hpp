#pragma once

#include <iosfwd>
#include <optional>

#include "host/cli/commands.hpp"

namespace gnc {

/// Parses a command line. Prints to `out` and returns nothing for --help and --version. Bad usage: UsageError
/// of one line that names the option. Values are checked as far as no config is needed.
std::optional<Command> parse_command_line(int argc, const char* const* argv, std::ostream& out);

}  // namespace gnc
