#pragma once

#include <CLI/CLI.hpp>
#include <span>
#include <string>

namespace gnc {

/// Refuses --flag=value, and --option= without a value, for which CLI11 takes the next word. Other options
/// are left to CLI11. `words`: the command line behind the program's name.
void check_equal_signs(const CLI::App& app, std::span<const char* const> words);

/// The message, of one line, for what CLI11 found wrong.
std::string usage_message(const CLI::App& app, const CLI::ParseError& error);

/// Throws UsageError for a word that is no command.
void require_command(const CLI::App& app, const std::string& word);

}  // namespace gnc
