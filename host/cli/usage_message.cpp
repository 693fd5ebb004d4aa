#include "host/cli/usage_message.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

#include "host/config/checked_value.hpp"
#include "host/config/nearest_name.hpp"
#include "host/errors.hpp"

namespace gnc {
namespace {

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return std::iscntrl(static_cast<unsigned char>(c)) != 0; }, ' ');
  return text;
}

std::vector<std::string> subcommand_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(sub->get_name());
  }
  return names;
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

/// What is said of an option that got no value or more than it takes.
std::string wrong_count(const CLI::Option& option) {
  const std::size_t count = option.count();
  return fmt::format("{}: got {}, expected {} {}", option.get_name(),
                     count == 0 ? "no value" : fmt::format("{} values", count),
                     option.get_expected_max() > 1 ? "one or more" : "one", option.get_type_name());
}

/// The message for a word that is no command.
std::string unknown_command(const CLI::App& app, const std::string& word) {
  const std::vector<std::string> names = subcommand_names(app);
  return one_line(fmt::format("unknown command or option \"{}\", expected one of {}{}", word,
                              fmt::join(names, ", "), nearest_hint("one", word, names)));
}

}  // namespace

void check_equal_signs(const CLI::App& app, std::span<const char* const> words) {
  if (words.empty()) return;
  const auto commands =
      app.get_subcommands([&](const CLI::App* command) { return command->get_name() == words.front(); });
  if (commands.empty()) return;
  for (const std::string_view word : words) {
    if (word == "--") return;
    const std::size_t equals = word.find('=');
    if (!word.starts_with("--") || equals == std::string_view::npos) continue;
    const std::string name(word.substr(0, equals)), value(word.substr(equals + 1));
    const CLI::Option* option = commands.front()->get_option_no_throw(name);
    if (option == nullptr) continue;
    if (option->get_expected_max() == 0) {
      throw_unexpected(ValueOrigin::option(name), short_text(value), "no value");
    }
    if (value.empty()) {
      throw_unexpected(ValueOrigin::option(name), "nothing after =", option->get_type_name());
    }
  }
}

void require_command(const CLI::App& app, const std::string& word) {
  const std::vector<std::string> names = subcommand_names(app);
  if (std::ranges::find(names, word) == names.end()) throw UsageError(unknown_command(app, word));
}

std::string usage_message(const CLI::App& app, const CLI::ParseError& error) {
  const auto commands = app.get_subcommands();
  const std::vector<std::string> unused = app.remaining(true);
  if (commands.empty()) {
    if (!unused.empty()) return unknown_command(app, unused.front());
    return fmt::format("no command given, expected one of {}; gnc --help explains them",
                       fmt::join(subcommand_names(app), ", "));
  }
  const CLI::App& command = *commands.front();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !unused.empty()) {
    const std::string& word = unused.front();
    if (!word.starts_with("-")) {
      return one_line(fmt::format("gnc {}: unexpected argument \"{}\"", command.get_name(), word));
    }
    const std::string option = word.substr(0, word.find('='));
    return one_line(fmt::format("gnc {0}: unknown option {1}, expected one that gnc {0} --help explains{2}",
                                command.get_name(), option,
                                nearest_hint("one", option, option_names(command))));
  }
  std::string problem = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    for (const CLI::Option* option : command.get_options()) {
      if (problem.starts_with(option->get_name() + ":")) problem = wrong_count(*option);
    }
  }
  return one_line(
      fmt::format("gnc {0}: {1}; gnc {0} --help explains the options", command.get_name(), problem));
}

}  // namespace gnc
