#include "tests/engine/reference_cases.hpp"

#include <gtest/gtest.h>

#include "host/splitting/curve_points.hpp"
#include "tests/splitting/populations.hpp"

namespace gnc {
namespace {

/// Wide cells get fewer particles: a pass costs as many times more.
SplittingSettings settings_of(const ReferenceCase& c) {
  const auto weights = static_cast<double>(n_weights(5, 5, c.point.width, c.point.depth));
  const double particles = std::clamp(1280.0 * 150.0 / weights, 256.0, 1280.0);
  return {static_cast<std::uint64_t>(particles), kDefaultSweeps};
}

TEST(SplittingReference, HasEveryCase) { EXPECT_EQ(reference_cases().size(), 17u); }

TEST(SplittingReference, AgreesWithin4CombinedStandardErrors) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "agreement is for builds that can afford particles; SplittingAgreement takes the same code "
                  "through the sanitizers";
#endif
  for (const ReferenceCase& c : reference_cases()) {
    const PreparedCell cell = prepared_cell(c);
    const std::uint64_t populations = c.point.width > 100 ? 8 : 16;
    const auto points =
        points_at(run_populations(cell, populations, settings_of(c), c.config.gnc_eps_train), 0);
    const SplittingEstimate estimate = splitting_estimate(points);
    const std::string name =
        fmt::format("{} width {} depth {} activation {} eps {}", c.method, c.point.width, c.point.depth,
                    static_cast<int>(c.config.activation), c.config.gnc_eps_train.front());
    ASSERT_TRUE(estimate.reached) << name;
    const double log_error = std::hypot(log_rate_error(points), c.rate_se / c.rate);
    const double rate_sigmas = std::log(estimate.rate / c.rate) / log_error;
    const double gen_sigmas = (*estimate.gen - c.gen) / std::hypot(*estimate.gen_se, c.gen_se);
    EXPECT_LT(std::abs(rate_sigmas), 4.0) << name << ": " << estimate.rate << " against " << c.rate;
    EXPECT_LT(std::abs(gen_sigmas), 4.0) << name << ": " << *estimate.gen << " against " << c.gen;
    fmt::print("{}: rate {:.4g} (reference {:.4g}, {:+.2f} standard errors), gen {:.5f} ({:.5f}, {:+.2f})\n",
               name, estimate.rate, c.rate, rate_sigmas, *estimate.gen, c.gen, gen_sigmas);
  }
}

}  // namespace
}  // namespace gnc
