#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/limits.hpp"

namespace gnc {

/// Where a value came from, in the words of the messages about it.
class ValueOrigin {
 public:
  /// `fig.json: key "num_seeds"`
  static ValueOrigin key(std::string_view source, std::string_view key);
  /// `option --num-seeds`
  static ValueOrigin option(std::string_view name);
  /// The same, followed by `, item 3` (items count from 1).
  ValueOrigin item(std::size_t index) const;
  /// The same of a number that the user wrote in this way.
  ValueOrigin written(std::string_view word) const;

  const std::string& text() const { return text_; }
  const std::optional<std::string>& word() const { return word_; }

 private:
  explicit ValueOrigin(std::string text) : text_(std::move(text)) {}
  std::string text_;
  std::optional<std::string> word_;
};

/// Throws UsageError: `<origin>: got <got>, expected <expected>`.
[[noreturn]] void throw_unexpected(const ValueOrigin& origin, std::string_view got,
                                   std::string_view expected);

/// A short rendering of any JSON value for messages; lists and objects are named, not printed.
std::string short_text(const nlohmann::json& value);

/// The number a word of a command line stands for (12, 1e8, .5), or null where it is none.
nlohmann::json number_from_text(std::string_view text);

/// The functions below return `value` in its type or throw UsageError naming `origin`, the value, a number as
/// it was written where the origin knows, and what was expected. Whole numbers may be written as
/// floating-point ones (1e8).
std::int64_t checked_integer(const nlohmann::json& value, const ValueOrigin& origin, IntegerRange range);
/// A width: an integer in limits::width, or "inf", which gives kInfiniteWidth.
std::int64_t checked_width(const nlohmann::json& value, const ValueOrigin& origin);
std::uint64_t checked_unsigned(const nlohmann::json& value, const ValueOrigin& origin);
double checked_real(const nlohmann::json& value, const ValueOrigin& origin, RealRange range);
bool checked_bool(const nlohmann::json& value, const ValueOrigin& origin);
std::string checked_string(const nlohmann::json& value, const ValueOrigin& origin);
/// Index of the string in `choices`; the message lists them.
std::size_t checked_choice(const nlohmann::json& value, const ValueOrigin& origin,
                           const std::vector<std::string>& choices);

}  // namespace gnc
