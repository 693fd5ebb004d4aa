#include "host/report/drawn_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "host/config/sweep.hpp"
#include "host/report/evenly_spread.hpp"
#include "host/report/tolerance_text.hpp"

namespace gnc {
namespace {

using Sizes = std::vector<std::int64_t>;

/// Widths or depths of a sweep, ascending.
Sizes ascending(Sizes sizes) {
  std::ranges::sort(sizes);
  return sizes;
}

std::string left_out_text(std::size_t shown, std::size_t all, const char* what) {
  return shown < all ? fmt::format(", {} of {} {} shown", shown, all, what) : "";
}

struct GridLines {
  Sizes widths, depths;
};

GridLines drawn_lines(const Config& config) {
  const Sizes widths = ascending(sweep_widths(config)), depths = ascending(sweep_depths(config));
  std::size_t columns = widths.size(), rows = depths.size();
  while (columns * rows > kMostCurves) --(columns > rows ? columns : rows);
  return {evenly_spread(widths, columns), evenly_spread(depths, rows)};
}

}  // namespace

std::vector<double> drawn_tolerances(const Config& config) {
  constexpr std::size_t most = 5;
  return evenly_spread(config.gnc_eps_train, most);
}

std::string tolerances_text(const Config& config, std::size_t shown) {
  return (shown == 1 ? ", tolerance " + ToleranceText(config.gnc_eps_train)(config.gnc_eps_train.front())
                     : "") +
         left_out_text(shown, config.gnc_eps_train.size(), "tolerances");
}

Sizes drawn_depths(const Config& config, std::size_t curves) {
  return evenly_spread(ascending(sweep_depths(config)), kMostCurves / curves);
}

std::vector<Point> drawn_points(const Config& config) {
  const GridLines drawn = drawn_lines(config);
  std::vector<Point> points;
  std::ranges::copy_if(config.points, std::back_inserter(points), [&](const Point& point) {
    return std::ranges::binary_search(drawn.widths, point.width) &&
           std::ranges::binary_search(drawn.depths, point.depth);
  });
  return points;
}

std::string depths_text(const Config& config, std::size_t curves) {
  return left_out_text(drawn_depths(config, curves).size(), sweep_depths(config).size(), "depths");
}

std::string points_text(const Config& config) {
  const GridLines drawn = drawn_lines(config);
  return left_out_text(drawn.widths.size(), sweep_widths(config).size(), "widths") +
         left_out_text(drawn.depths.size(), sweep_depths(config).size(), "depths");
}

}  // namespace gnc
