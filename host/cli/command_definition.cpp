#include "host/cli/command_definition.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace gnc {
namespace {

/// The items of a list given as words, with blanks, a comma or both between two of them.
std::vector<std::string> list_items(const std::vector<std::string>& words, const ValueOrigin& origin) {
  std::vector<std::string> items;
  bool sound = true;
  bool after_item = false;
  for (const std::string& word : words) {
    sound = sound && !word.empty();
    for (std::size_t at = 0; at < word.size();) {
      if (word[at] == ',') {
        sound = sound && after_item;
        after_item = false;
        ++at;
      } else {
        const std::size_t end = std::min(word.find(',', at), word.size());
        items.push_back(word.substr(at, end - at));
        after_item = true;
        at = end;
      }
    }
  }
  if (!sound || !after_item) {
    throw_unexpected(origin, short_text(fmt::format("{}", fmt::join(words, " "))),
                     "values with a comma or blanks between two of them");
  }
  return items;
}

}  // namespace

nlohmann::json number_or_word(const std::string& word) {
  auto number = number_from_text(word);
  const bool finite = !number.is_null() && std::isfinite(number.get<double>());
  return finite ? number : nlohmann::json(word);
}

CommandDefinition::CommandDefinition(CLI::App& parent, const char* name, const char* description,
                                     const char* example)
    : app_(parent.add_subcommand(name, description)) {
  app_->footer(fmt::format("Example:\n  {}\n", example));
}

void CommandDefinition::flag(const std::string& name, bool& member, const std::string& description) {
  app_->add_flag(name, member, description);
}

CLI::Option* CommandDefinition::value(const std::string& name, const std::string& type,
                                      const std::string& description, StoreWord store) {
  return app_
      ->add_option_function<std::string>(
          name,
          [store = std::move(store), origin = ValueOrigin::option(name)](const std::string& word) {
            store(word, origin);
          },
          description)
      ->type_name(type);
}

CLI::Option* CommandDefinition::values(const std::string& name, const std::string& type,
                                       const std::string& description, StoreWords store) {
  return app_
      ->add_option_function<std::vector<std::string>>(
          name,
          [store = std::move(store), origin = ValueOrigin::option(name)](
              const std::vector<std::string>& words) { store(list_items(words, origin), origin); },
          description)
      ->expected(1, CLI::detail::expected_max_vector_size)
      ->type_name(type);
}

void CommandDefinition::seed(std::optional<std::uint64_t>& member) {
  value("--seed", "N", "Seed of all random numbers",
        [&member](const std::string& word, const ValueOrigin& origin) {
          member = checked_unsigned(number_or_word(word), origin.written(word));
        });
}

void CommandDefinition::sizes(const std::string& name, std::vector<std::int64_t>& member, IntegerRange range,
                              const std::string& description) {
  sizes(name, member, "N", description, [range](const nlohmann::json& value, const ValueOrigin& origin) {
    return checked_integer(value, origin, range);
  });
}

void CommandDefinition::sizes(const std::string& name, std::vector<std::int64_t>& member,
                              const std::string& type, const std::string& description, CheckedSize checked) {
  values(name, type, description,
         [&member, checked = std::move(checked)](const auto& words, const ValueOrigin& origin) {
           member.clear();
           for (const std::string& word : words) {
             member.push_back(checked(number_or_word(word), origin.written(word)));
             if (std::count(member.begin(), member.end(), member.back()) > 1) {
               throw_unexpected(origin, word + " a second time", "no repetition");
             }
           }
         });
}

void CommandDefinition::check_text(const std::string& word, const ValueOrigin& origin, bool option,
                                   const std::string& type) {
  if (word.empty()) throw_unexpected(origin, "\"\"", "at least one character");
  if (option && word.starts_with("-")) throw_unexpected(origin, short_text(word), type);
}

std::string CommandDefinition::one_of(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, "|"));
}

}  // namespace gnc
