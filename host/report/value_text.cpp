#include "host/report/value_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gnc {
namespace {

std::string rate_or_bound(double rate, double bound) {
  return rate > 0.0 ? fmt::format("{:.3g}", rate) : fmt::format("< {:.2g}", bound);
}

}  // namespace

std::string count_text(std::uint64_t count) {
  return count < 10'000'000 ? fmt::format("{}", count) : fmt::format("{:.3g}", static_cast<double>(count));
}

std::string loss_text(const std::optional<double>& loss) { return loss ? fmt::format("{:.3g}", *loss) : "-"; }

std::string spread_text(const std::optional<Quartiles>& spread) {
  if (!spread) return "-";
  if (spread->q25 == spread->q75) return fmt::format("{:.3g}", spread->median);
  return fmt::format("{:.3g} [{:.3g} {:.3g}]", spread->median, spread->q25, spread->q75);
}

std::string rate_text(const CellResult& cell, const ToleranceResult& result) {
  if (cell.drawn == 0) return "-";
  if (result.accepted == 0) return rate_or_bound(0.0, result.rate_high);
  return fmt::format("{:.3g} [{:.3g} {:.3g}]", result.acceptance_rate, result.rate_low, result.rate_high);
}

std::string rate_text(const std::optional<RateSummary>& rate) {
  if (!rate) return "-";
  if (rate->without_accepted == rate->seeds) return rate_or_bound(0.0, rate->bound);
  if (rate->seeds == 1) {
    return fmt::format("{:.3g} [{:.3g} {:.3g}]", rate->median, rate->interval_low, rate->interval_high);
  }
  return fmt::format("{} [{} {}]", rate_or_bound(rate->median, rate->median_bound),
                     rate_or_bound(rate->lowest, rate->bound), rate_or_bound(rate->highest, rate->bound));
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
