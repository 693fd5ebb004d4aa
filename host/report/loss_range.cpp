#include "host/report/loss_range.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/report/figure_axis.hpp"

namespace gnc {

void LossRange::add(double loss) {
  if (!std::isfinite(loss)) return;
  low = std::min(low, loss);
  high = std::max(high, loss);
}

void LossRange::add(const LossRange& other) {
  low = std::min(low, other.low);
  high = std::max(high, other.high);
}

bool LossRange::empty() const { return low > high; }

bool LossRange::linear() const { return low <= 0.0 || high <= 15.0 * low; }

std::string LossRange::commands() const {
  if (!linear()) return log_range_commands(low, high);
  return fmt::format("set yrange [0:{:.4g}]\n", high > 0.0 ? 1.08 * high : 1.0);
}

std::string LossRange::linear_commands() const {
  if (low <= 0.6 * high) return fmt::format("set yrange [0:{:.4g}]\n", high > 0.0 ? 1.08 * high : 1.0);
  // A tenth at least, as differences of less would look like more than they are.
  const double half = std::max(0.6 * (high - low), 0.05 * high);
  const double middle = 0.5 * (low + high);
  return fmt::format("set yrange [{:.4g}:{:.4g}]\n", middle - half, middle + half);
}

}  // namespace gnc
