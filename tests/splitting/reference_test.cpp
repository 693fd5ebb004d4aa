#include <gtest/gtest.h>

#include <algorithm>

#include "tests/splitting/splitting_reference.hpp"

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
    expect_splitting_reference(c, points);
  }
}

}  // namespace
}  // namespace gnc
