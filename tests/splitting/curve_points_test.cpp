#include "host/splitting/curve_points.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "host/engine/prepared_cell.hpp"
#include "host/problem/random_problem.hpp"

namespace gnc {
namespace {

TEST(CurvePoints, AreTolerancesAndFourADecade) {
  const Config config;
  const Problem problem = random_problem(config, 0);
  const PreparedCell cell(config, {5, 2, 0.0, 0.0}, 0, problem);
  const double zero = problem.b_train.squaredNorm() / static_cast<double>(problem.n_train());
  const std::vector<double> tolerances{0.02, 1e-3, 0.00025};
  const std::vector<double> points = curve_points(tolerances, cell.view());
  EXPECT_EQ(points.back(), 0.00025);
  EXPECT_TRUE(std::ranges::is_sorted(points, std::ranges::greater_equal()));
  EXPECT_LE(points.front(), 10.0 * zero * (1 + 1e-6));
  EXPECT_GT(points.front() * std::pow(10.0, 0.25), 10.0 * zero * (1 - 1e-6));
  std::size_t on_grid = 0;
  for (const double point : points) {
    const bool asked = std::ranges::find(tolerances, point) != tolerances.end();
    const double quarters = 4.0 * std::log10(point);
    const bool grid = std::abs(quarters - std::round(quarters)) < 1e-9;
    EXPECT_TRUE(asked || grid) << point;
    on_grid += grid ? 1 : 0;
  }
  EXPECT_EQ(on_grid, static_cast<std::size_t>(std::floor(4 * std::log10(10 * zero)) -
                                              std::ceil(4 * std::log10(0.00025)) + 1));
  EXPECT_EQ(std::ranges::count(points, 1e-3), 1);
}

TEST(CurvePoints, ToleranceAboveEverythingStandsAlone) {
  const Config config;
  const PreparedCell cell(config, {5, 2, 0.0, 0.0}, 0, random_problem(config, 0));
  EXPECT_EQ(curve_points(std::vector<double>{1e30}, cell.view()), std::vector<double>{1e30});
}

TEST(ParticlesThatFit, StayWithinAQuarterOfAGibibyte) {
  EXPECT_EQ(particles_that_fit(50, 4096), 4096u);
  EXPECT_EQ(particles_that_fit(206'400, 4096), (std::uint64_t{256} << 20) / (4 * 206'400));
  EXPECT_EQ(particles_that_fit(206'400, 100), 100u);
  EXPECT_EQ(particles_that_fit(134'000'000, 4096), 64u);
}

TEST(PopulationsOfTask, FillADeviceAndAMessage) {
  EXPECT_EQ(populations_of_task(50, 4096), 64u);
  EXPECT_EQ(populations_of_task(50, 1'000'000), 1u);
  // 325 particles, 256 MiB a population.
  EXPECT_EQ(populations_of_task(206'400, 4096), 4u);
  EXPECT_EQ(populations_of_task(134'000'000, 4096), 1u);
}

}  // namespace
}  // namespace gnc
