#include "host/report/known_values.hpp"

namespace gnc {
namespace {

std::optional<double> if_positive(double value) { return value > 0.0 ? std::optional(value) : std::nullopt; }

}  // namespace

std::optional<double> known_log10(const Rate& rate) {
  return rate.positive() ? std::optional(rate.log10) : std::nullopt;
}

KnownRates known_rates(const CellResult& cell, const CurveResult& point) {
  if (cell.drawn == 0) return {};
  return {point.acceptance_rate,     point.rate_low,           point.rate_high,
          known_log10(point.rate()), known_log10(point.low()), known_log10(point.high())};
}

KnownTimes known_times(const CellResult& cell) {
  return {if_positive(cell.gnc_seconds), if_positive(cell.gd_seconds), if_positive(cell.samples_per_second)};
}

}  // namespace gnc
