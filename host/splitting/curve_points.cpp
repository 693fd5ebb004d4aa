#include "host/splitting/curve_points.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/particles.hpp"

namespace gnc {
namespace {

/// 10^(i / 4), by operations that every machine rounds alike.
double quarter_decade(int i) {
  constexpr std::array<double, 4> kWithin{1.0, 1.7782794100389228, 3.1622776601683795, 5.623413251903491};
  const int decade = i >= 0 ? i / 4 : -((3 - i) / 4);
  double power = 1.0;
  for (int k = 0; k < std::abs(decade); ++k) power *= 10.0;
  const double within = kWithin[static_cast<std::size_t>(i - 4 * decade)];
  return decade >= 0 ? within * power : within / power;
}

double train_loss_of_zero(const CellView& cell) {
  double sum = cell.filter_base;
  for (int i = 0; i < cell.n_filter; ++i) {
    sum += static_cast<double>(cell.filter_targets[i]) * static_cast<double>(cell.filter_targets[i]);
  }
  return sum / cell.n_train;
}

}  // namespace

std::vector<double> curve_points(std::span<const double> tolerances, const CellView& cell) {
  std::vector<double> points(tolerances.begin(), tolerances.end());
  const double smallest = tolerances.back();
  const double top = std::min(10.0 * train_loss_of_zero(cell), 1e30);
  if (smallest < top) {
    const int first = std::max(-1200, static_cast<int>(std::floor(4.0 * std::log10(smallest))));
    for (int i = first; quarter_decade(i) <= top; ++i) {
      const double point = quarter_decade(i);
      const bool near_tolerance = std::ranges::any_of(
          tolerances, [&](double tolerance) { return std::abs(point - tolerance) < 1e-6 * tolerance; });
      if (point > smallest && !near_tolerance) points.push_back(point);
    }
  }
  std::ranges::sort(points, std::ranges::greater());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  return points;
}

std::uint64_t particles_that_fit(std::int64_t weights, std::uint64_t wanted) {
  constexpr std::uint64_t kFewest = 64;
  const std::uint64_t bytes = sizeof(float) * static_cast<std::uint64_t>(weights);
  return std::min(wanted, std::max(kFewest, kPopulationBytes / bytes));
}

std::uint64_t populations_of_task(std::int64_t weights, std::uint64_t wanted) {
  constexpr std::uint64_t kParticles = std::uint64_t{1} << 18;
  constexpr std::uint64_t kBytes = std::uint64_t{1} << 30;
  const std::uint64_t particles = particles_that_fit(weights, wanted);
  const std::uint64_t bytes = particles * sizeof(float) * static_cast<std::uint64_t>(weights + 1);
  return std::max<std::uint64_t>(1, std::min(kParticles / particles, kBytes / bytes));
}

}  // namespace gnc
