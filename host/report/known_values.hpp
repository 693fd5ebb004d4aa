#pragma once

#include <optional>

#include "host/report/run_results.hpp"

namespace gnc {

/// The base-10 logarithm of a rate; absent for that of 0.
std::optional<double> known_log10(const Rate& rate);

/// Rate and interval of a cell at a tolerance as files show them; absent while nothing was drawn.
struct KnownRates {
  std::optional<double> rate, low, high;
  std::optional<double> log10_rate, log10_low, log10_high;
};

KnownRates known_rates(const CellResult& cell, const CurveResult& point);

/// Times of a cell as files show them; absent for what was not done.
struct KnownTimes {
  std::optional<double> gnc_seconds, gd_seconds, samples_per_second;
};

KnownTimes known_times(const CellResult& cell);

}  // namespace gnc
