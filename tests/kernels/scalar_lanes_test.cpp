#include "kernels/scalar_lanes.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace gnc {
namespace {

// Arguments of wide layers are small: their tanh needs its digits there, not only its absolute error.
TEST(ScalarLanes, TanhNearZeroIsWithinTwoTimesTenToMinusSeven) {
  for (const float sign : {1.0f, -1.0f}) {
    for (float x = 1e-30f; x <= plain::ScalarLanes::kTanhNearZero; x *= 1.0001f) {
      const double exact = std::tanh(static_cast<double>(sign * x));
      ASSERT_NEAR(plain::ScalarLanes::tanh_near_zero(sign * x) / exact, 1.0, 2e-7) << sign * x;
    }
  }
  EXPECT_EQ(plain::ScalarLanes::tanh_near_zero(0.0f), 0.0f);
}

}  // namespace
}  // namespace gnc
