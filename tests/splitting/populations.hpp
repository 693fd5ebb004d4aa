#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <thread>
#include <vector>

#include "host/engine/prepared_cell.hpp"
#include "host/splitting/splitting_statistics.hpp"
#include "tests/splitting/cpu_population.hpp"

namespace gnc {

inline void run_to_the_end(CpuPopulation& population) {
  while (!population->finished()) population.advance();
}

/// Curves of populations 0 .. count - 1, computed on two threads.
inline std::vector<std::vector<CurvePoint>> run_populations(const PreparedCell& cell, std::uint64_t count,
                                                            SplittingSettings settings,
                                                            const std::vector<double>& eps_points) {
  std::vector<std::vector<CurvePoint>> curves(count);
  const auto work = [&](std::uint64_t first) {
    for (std::uint64_t r = first; r < count; r += 2) {
      CpuPopulation population(cell, r, settings, eps_points);
      run_to_the_end(population);
      curves[r] = population->curve();
    }
  };
  std::thread other(work, 1);
  work(0);
  other.join();
  return curves;
}

/// What the curves say at number `point` of their points.
inline std::vector<CurvePoint> points_at(const std::vector<std::vector<CurvePoint>>& curves,
                                         std::size_t point) {
  std::vector<CurvePoint> points;
  for (const auto& curve : curves) points.push_back(curve.at(point));
  return points;
}

/// Standard error of the logarithm of the estimated rate.
inline double log_rate_error(const std::vector<CurvePoint>& points) {
  const auto n = static_cast<double>(points.size());
  double mean = 0.0, squares = 0.0;
  for (const CurvePoint& point : points) mean += point.log_rate / n;
  for (const CurvePoint& point : points) squares += (point.log_rate - mean) * (point.log_rate - mean);
  return std::sqrt(squares / (n * (n - 1.0)));
}

}  // namespace gnc
