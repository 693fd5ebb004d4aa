#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "host/config/checked_value.hpp"

namespace gnc {

/// The finite number a word stands for, or the word itself.
nlohmann::json number_or_word(const std::string& word);

/// One subcommand under definition: its arguments (names without dashes) and options. Values arrive as words
/// and are checked by the config's own functions, so that 1e8 is a whole number here too and all messages
/// look alike. Members are written while the command line is parsed, and must live until then.
class CommandDefinition {
 public:
  using StoreWord = std::function<void(const std::string&, const ValueOrigin&)>;
  using StoreWords = std::function<void(const std::vector<std::string>&, const ValueOrigin&)>;
  using CheckedSize = std::function<std::int64_t(const nlohmann::json&, const ValueOrigin&)>;

  CommandDefinition(CLI::App& parent, const char* name, const char* description, const char* example);

  void flag(const std::string& name, bool& member, const std::string& description);

  /// `store` gets the word and where it came from.
  CLI::Option* value(const std::string& name, const std::string& type, const std::string& description,
                     StoreWord store);

  /// One or more words, separated by blanks or commas.
  CLI::Option* values(const std::string& name, const std::string& type, const std::string& description,
                      StoreWords store);

  template <class Integer>
  CLI::Option* integer(const std::string& name, Integer& member, IntegerRange range,
                       const std::string& description) {
    return value(name, "N", description,
                 [&member, range](const std::string& word, const ValueOrigin& origin) {
                   member = static_cast<typename Bare<Integer>::type>(
                       checked_integer(number_or_word(word), origin.written(word), range));
                 });
  }

  template <class Real>
  CLI::Option* real(const std::string& name, Real& member, RealRange range, const std::string& description) {
    return value(name, "X", description,
                 [&member, range](const std::string& word, const ValueOrigin& origin) {
                   member = checked_real(number_or_word(word), origin.written(word), range);
                 });
  }

  void seed(std::optional<std::uint64_t>& member);

  /// A word of at least one character, which an option does not take from the next option.
  template <class Text>
  CLI::Option* text(const std::string& name, Text& member, const std::string& type,
                    const std::string& description) {
    return value(
        name, type, description,
        [&member, type, option = name.starts_with("-")](const std::string& word, const ValueOrigin& origin) {
          check_text(word, origin, option, type);
          member = word;
        });
  }

  template <class Choice>
  void choice(const std::string& name, Choice& member, const std::vector<std::string>& names,
              const std::string& description) {
    value(name, one_of(names), description,
          [&member, names](const std::string& word, const ValueOrigin& origin) {
            member = static_cast<typename Bare<Choice>::type>(checked_choice(word, origin, names));
          });
  }

  /// Numbers without repetition.
  void sizes(const std::string& name, std::vector<std::int64_t>& member, IntegerRange range,
             const std::string& description);
  void sizes(const std::string& name, std::vector<std::int64_t>& member, const std::string& type,
             const std::string& description, CheckedSize checked);

 private:
  template <class T>
  struct Bare {
    using type = T;
  };
  template <class T>
  struct Bare<std::optional<T>> {
    using type = T;
  };

  static void check_text(const std::string& word, const ValueOrigin& origin, bool option,
                         const std::string& type);
  static std::string one_of(const std::vector<std::string>& names);

  CLI::App* app_;
};

}  // namespace gnc
