#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/config/config.hpp"
#include "host/report/point_summary.hpp"

namespace gnc {

/// One curve of the loss figure: a method at a tolerance, on a grid also at a depth.
struct LossCurve {
  std::string title;
  std::optional<LossSpread> PointSummary::*loss = nullptr;  ///< the method's
  double eps_train = 0.0;
  std::int64_t depth = 0;  ///< on a grid
  std::size_t colour = 0;  ///< index of curve_colour and curve_dash
  std::size_t point = 0;   ///< index of curve_point

  bool is_gnc() const { return loss == &PointSummary::gnc; }
  bool is_descent() const { return loss == &PointSummary::gd; }
  bool is_prior() const { return loss == &PointSummary::prior; }
};

/// G&C, gradient descent and the prior.
constexpr std::size_t kLossCurvesOfADepth = 3;

/// The curves that a run may have, in the order of the legend: G&C (at each drawn tolerance; on a grid at the
/// first one), gradient descent, the prior; on a grid these for each drawn depth.
std::vector<LossCurve> loss_curves(const Config& config);

}  // namespace gnc
