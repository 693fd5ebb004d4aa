#include "host/report/loss_curves.hpp"

#include <fmt/format.h>

#include "host/report/drawn_parts.hpp"
#include "host/report/figure_frame.hpp"
#include "host/report/tolerance_text.hpp"

namespace gnc {
namespace {

// The colour is the depth's and the point the method's.
std::vector<LossCurve> grid_curves(const Config& config) {
  const double eps_train = drawn_tolerances(config).front();
  std::vector<LossCurve> curves;
  std::size_t colour = 0;
  for (const std::int64_t depth : drawn_depths(config, kLossCurvesOfADepth)) {
    const auto title = [&](const char* method) { return fmt::format("{}, depth {}", method, depth); };
    curves.push_back({title("G&C"), &PointSummary::gnc, eps_train, depth, colour, 0});
    curves.push_back({title("GD"), &PointSummary::gd, eps_train, depth, colour, 1});
    curves.push_back({title("prior"), &PointSummary::prior, eps_train, depth, colour, 2});
    ++colour;
  }
  return curves;
}

}  // namespace

std::vector<LossCurve> loss_curves(const Config& config) {
  if (config.axis == SweepAxis::Grid) return grid_curves(config);
  const std::vector<double> tolerances = drawn_tolerances(config);
  const ToleranceText text(config.gnc_eps_train);
  std::vector<LossCurve> curves;
  for (std::size_t i = 0; i < tolerances.size(); ++i) {
    const std::string title = tolerances.size() > 1 ? "G&C, eps " + text(tolerances[i]) : std::string("G&C");
    curves.push_back({title, &PointSummary::gnc, tolerances[i], 0, tolerance_style(i), tolerance_style(i)});
  }
  // Gradient descent and the prior look the same whatever the number of tolerances.
  const char* descent = config.gd_momentum > 0.0 ? "GD with momentum" : "gradient descent";
  curves.push_back({descent, &PointSummary::gd, tolerances.front(), 0, 1, 1});
  curves.push_back({"prior", &PointSummary::prior, tolerances.front(), 0, 2, 2});
  return curves;
}

}  // namespace gnc
