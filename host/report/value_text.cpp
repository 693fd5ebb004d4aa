#include "host/report/value_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace gnc {
namespace {

constexpr int kLeastDigits = 3;
// Beyond these a double's own rounding would show.
constexpr int kMostDigits = 15;

enum class Rounding { Nearest, Down, Up };

/// The decimal place of the leading digit: 0 for 1 .. 9.99.
int decimal_place(double log10) { return static_cast<int>(std::floor(log10)); }

/// Trailing zeros are digits that are known. By printf, whose `#` adds none beyond them: fmt's makes "100.0"
/// of three digits.
std::string nearest_text(double value, int digits) {
  std::array<char, 48> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%#.*g", digits, value);
  std::string text = buffer.data();
  if (text.back() == '.') text.pop_back();
  return text;
}

/// Of a value >= 0.
std::string digits_text(double value, int digits, Rounding rounding = Rounding::Nearest) {
  if (value == 0.0) return "0";
  std::string nearest = nearest_text(value, digits);
  const double shown = std::strtod(nearest.c_str(), nullptr);
  const bool outward =
      rounding == Rounding::Nearest || (rounding == Rounding::Up ? shown >= value : shown <= value);
  if (outward) return nearest;
  const double unit = std::pow(10.0, decimal_place(std::log10(value)) - digits + 1);
  return nearest_text(rounding == Rounding::Up ? shown + unit : shown - unit, digits);
}

/// Of a number of any smallness: below the normal doubles its leading digits come from its logarithm.
std::string digits_text(const Rate& number, int digits, Rounding rounding = Rounding::Nearest) {
  if (number.value != 0.0 || !number.positive()) return digits_text(number.value, digits, rounding);
  int place = decimal_place(number.log10);
  std::string leading = digits_text(std::pow(10.0, number.log10 - place), digits, rounding);
  if (leading.starts_with("10")) {  // 9.996 is 10.0 in three digits
    leading = nearest_text(1.0, digits);
    ++place;
  }
  return fmt::format("{}e{}", leading, place);
}

/// Base-10 logarithm of high - low, where high > low.
double log10_difference(const Rate& high, const Rate& low) {
  const double difference = high.value - low.value;
  if (difference > 0.0) return std::log10(difference);
  return high.log10 + std::log10(1.0 - std::pow(10.0, low.log10 - high.log10));
}

/// An upper bound, which is rounded up.
std::string bound_text(const Rate& bound) { return "< " + digits_text(bound, 2, Rounding::Up); }

std::string ends_text(const std::optional<Rate>& value, const Rate& low, const Rate& high, Rounding of_low,
                      Rounding of_high) {
  const double width = low < high ? log10_difference(high, low) : 0.0;
  const bool spread = low < high && std::isfinite(width);
  const auto text = [&](const Rate& number, Rounding rounding) {
    const int shared =
        spread && number.positive() ? decimal_place(number.log10) - decimal_place(width) + 2 : 0;
    return digits_text(number, std::clamp(shared, kLeastDigits, kMostDigits), rounding);
  };
  return fmt::format("{} [{} {}]", value ? text(*value, Rounding::Nearest) : "-", text(low, of_low),
                     text(high, of_high));
}

}  // namespace

std::string count_text(std::uint64_t count) {
  return count < 10'000'000 ? fmt::format("{}", count) : fmt::format("{:.3g}", static_cast<double>(count));
}

std::string range_text(const std::optional<Rate>& value, const Rate& low, const Rate& high) {
  return ends_text(value, low, high, Rounding::Nearest, Rounding::Nearest);
}

std::string interval_text(const Rate& value, const Rate& low, const Rate& high) {
  return ends_text(value, low, high, Rounding::Down, Rounding::Up);
}

std::string loss_text(const std::optional<double>& loss) {
  return loss ? digits_text(*loss, kLeastDigits) : "-";
}

std::string spread_text(const std::optional<Quartiles>& spread) {
  if (!spread) return "-";
  if (spread->q25 == spread->q75) return loss_text(spread->median);
  return range_text(spread->median, spread->q25, spread->q75);
}

std::string rate_text(const CellResult& cell, const ToleranceResult& result) {
  if (cell.drawn == 0) return "-";
  if (!result.has_rate()) return bound_text(result.high());
  return interval_text(result.rate(), result.low(), result.high());
}

std::string seeds_text(std::int64_t known, std::int64_t all) {
  return known < all ? fmt::format(" ({} of {} seeds)", known, all) : std::string();
}

std::string rate_text(const PointSummary& point) {
  if (!point.rate) return "-";
  const RateSummary& rate = *point.rate;
  const std::string missing = seeds_text(rate.seeds, point.seeds);
  if (rate.without_rate == rate.seeds) return bound_text(rate.bound) + missing;
  if (point.seeds == 1) return interval_text(rate.median, rate.interval_low, rate.interval_high);
  // One seed of several has no range, and its interval is not for brackets that hold one.
  if (rate.seeds == 1) return digits_text(rate.median, kLeastDigits) + missing;
  const auto median = rate.median.positive() ? std::optional(rate.median) : std::nullopt;
  std::string text = range_text(median, rate.lowest, rate.highest);
  if (rate.without_rate > 0) {
    text += fmt::format(" ({} in {} of {} seeds: {})", counts_accepted(point) ? "0 accepted" : "no rate",
                        rate.without_rate, rate.seeds, bound_text(rate.bound));
  }
  return text + missing;
}

std::string duration_text(double seconds) {
  if (!(seconds >= 0.0) || seconds > 1e9) return "-";
  const auto total = static_cast<std::int64_t>(std::llround(seconds));
  if (total < 60) return fmt::format("{} s", total);
  if (total < 3600) return fmt::format("{} min {:02} s", total / 60, total % 60);
  if (total < 86400) return fmt::format("{} h {:02} min", total / 3600, total % 3600 / 60);
  return fmt::format("{} d {} h", total / 86400, total % 86400 / 3600);
}

}  // namespace gnc
