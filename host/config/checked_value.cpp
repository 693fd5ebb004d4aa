#include "host/config/checked_value.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "host/config/names.hpp"
#include "host/errors.hpp"

namespace gnc {
namespace {

using nlohmann::json;

constexpr double two_to_63 = 9223372036854775808.0;
constexpr double two_to_64 = 18446744073709551616.0;

std::optional<std::int64_t> as_signed(const json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_number_float()) return std::nullopt;
  const auto number = value.get<double>();
  if (!(number >= -two_to_63 && number < two_to_63) || number != std::trunc(number)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::optional<std::uint64_t> as_unsigned(const json& value) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  if (value.is_number_integer()) {
    const auto number = value.get<std::int64_t>();
    return number < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(number));
  }
  if (!value.is_number_float()) return std::nullopt;
  const auto number = value.get<double>();
  if (!(number >= 0.0 && number < two_to_64) || number != std::trunc(number)) return std::nullopt;
  return static_cast<std::uint64_t>(number);
}

std::string range_text(RealRange range) {
  std::string text = "a finite number";
  if (std::isfinite(range.low))
    text += fmt::format(" {} {}", range.low_included ? "from" : "above", range.low);
  if (std::isfinite(range.high)) {
    const std::string_view most = range.low_included ? "to" : "and at most";
    const std::string_view below = range.low_included ? "below" : "and below";
    text += fmt::format(" {} {}", range.high_included ? most : below, range.high);
  }
  return text;
}

/// How messages show a value: a number as it was written, where that is known.
std::string value_text(const json& value, const ValueOrigin& origin) {
  constexpr std::size_t longest = 80;
  const bool written = value.is_number() && origin.word() && origin.word()->size() <= longest;
  return written ? *origin.word() : short_text(value);
}

}  // namespace

ValueOrigin ValueOrigin::key(std::string_view source, std::string_view key) {
  return ValueOrigin(fmt::format("{}: key \"{}\"", source, key));
}

ValueOrigin ValueOrigin::option(std::string_view name) { return ValueOrigin(fmt::format("option {}", name)); }

ValueOrigin ValueOrigin::item(std::size_t index) const {
  return ValueOrigin(fmt::format("{}, item {}", text_, index + 1));
}

ValueOrigin ValueOrigin::written(std::string_view word) const {
  ValueOrigin origin = *this;
  origin.word_ = word;
  return origin;
}

void throw_unexpected(const ValueOrigin& origin, std::string_view got, std::string_view expected) {
  throw UsageError(fmt::format("{}: got {}, expected {}", origin.text(), got, expected));
}

std::string short_text(const json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return fmt::format("a list of {} values", value.size());
  if (value.is_string()) {
    constexpr std::size_t longest = 80;
    const auto& text = value.get_ref<const std::string&>();
    const json shown = text.size() <= longest ? text : text.substr(0, longest) + "...";
    return shown.dump(-1, ' ', false, json::error_handler_t::replace);
  }
  if (value.is_number_float() && !std::isfinite(value.get<double>()))
    return fmt::format("{}", value.get<double>());
  return value.dump();
}

json number_from_text(std::string_view text) {
  const char* const first = text.data();
  const char* const last = first + text.size();
  const auto parsed = [&](auto& number) {
    const auto [end, error] = std::from_chars(first, last, number);
    return error == std::errc{} && end == last;
  };
  if (std::int64_t number = 0; parsed(number)) return number;
  if (std::uint64_t number = 0; parsed(number)) return number;
  if (double number = 0; parsed(number)) return number;
  return nullptr;
}

std::int64_t checked_integer(const json& value, const ValueOrigin& origin, IntegerRange range) {
  const auto number = as_signed(value);
  if (!number || *number < range.low || *number > range.high) {
    throw_unexpected(origin, value_text(value, origin),
                     fmt::format("an integer from {} to {}", range.low, range.high));
  }
  return *number;
}

std::int64_t checked_width(const json& value, const ValueOrigin& origin) {
  const std::string infinite = width_name(kInfiniteWidth);
  if (value == infinite) return kInfiniteWidth;
  const auto number = as_signed(value);
  if (!number || *number < limits::width.low || *number > limits::width.high) {
    throw_unexpected(
        origin, value_text(value, origin),
        fmt::format("an integer from {} to {} or \"{}\"", limits::width.low, limits::width.high, infinite));
  }
  return *number;
}

std::uint64_t checked_unsigned(const json& value, const ValueOrigin& origin) {
  const auto number = as_unsigned(value);
  if (!number) {
    throw_unexpected(origin, value_text(value, origin),
                     fmt::format("an integer from 0 to {}", std::numeric_limits<std::uint64_t>::max()));
  }
  return *number;
}

double checked_real(const json& value, const ValueOrigin& origin, RealRange range) {
  if (value.is_number()) {
    const auto number = value.get<double>();
    const bool above = range.low_included ? number >= range.low : number > range.low;
    const bool below = range.high_included ? number <= range.high : number < range.high;
    if (std::isfinite(number) && above && below) return number;
  }
  throw_unexpected(origin, value_text(value, origin), range_text(range));
}

bool checked_bool(const json& value, const ValueOrigin& origin) {
  if (!value.is_boolean()) throw_unexpected(origin, short_text(value), "true or false");
  return value.get<bool>();
}

std::string checked_string(const json& value, const ValueOrigin& origin) {
  if (!value.is_string()) throw_unexpected(origin, short_text(value), "a string");
  return value.get<std::string>();
}

std::size_t checked_choice(const json& value, const ValueOrigin& origin,
                           const std::vector<std::string>& choices) {
  const auto found = value.is_string()
                         ? std::find(choices.begin(), choices.end(), value.get_ref<const std::string&>())
                         : choices.end();
  if (found == choices.end()) {
    throw_unexpected(origin, short_text(value), fmt::format("one of \"{}\"", fmt::join(choices, "\", \"")));
  }
  return static_cast<std::size_t>(found - choices.begin());
}

}  // namespace gnc
