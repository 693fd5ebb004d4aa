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

std::string LossRange::commands() const {
  if (low > 0.0 && high > 15.0 * low) return log_range_commands(low, high);
  return fmt::format("set yrange [0:{:.4g}]\n", high > 0.0 ? 1.08 * high : 1.0);
}

}  // namespace gnc
