#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "host/splitting/splitting_statistics.hpp"
#include "tests/engine/reference_cases.hpp"
#include "tests/splitting/populations.hpp"

namespace gnc {

/// Rate and generalization loss by the populations' points at the case's tolerance are the case's, each
/// within four combined standard errors.
inline void expect_splitting_reference(const ReferenceCase& c, const std::vector<CurvePoint>& points) {
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

}  // namespace gnc
