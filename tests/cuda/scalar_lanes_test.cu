#include "kernels/scalar_lanes.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "tests/cuda/cuda_test.hpp"
#include "tests/cuda/map_on_device.hpp"

namespace gnc {
namespace {

struct TanhOf {
  const float* arguments;
  float* to;

  GNC_FN void operator()(std::uint32_t i) const { to[i] = plain::ScalarLanes::tanh(arguments[i]); }
};

class CudaScalarLanes : public CudaTest {};

// Layers of a thousand units and more have arguments near zero, where a fixed absolute error would cost
// digits.
TEST_F(CudaScalarLanes, TanhKeepsItsDigitsNearZeroAndIsBoundedElsewhere) {
  constexpr float kNearZero = plain::ScalarLanes::kTanhNearZero;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::vector<float> arguments = {0.0f,
                                  kNearZero,
                                  std::nextafter(kNearZero, 0.0f),
                                  std::nextafter(kNearZero, 1.0f),
                                  20.0f,
                                  44.0f,
                                  50.0f,
                                  89.0f,
                                  1e30f,
                                  kInfinity,
                                  std::numeric_limits<float>::quiet_NaN()};
  for (float x = 1e-30f; x < 30.0f; x *= 1.0007f) arguments.push_back(x);
  for (std::size_t i = arguments.size(); i-- > 0;) arguments.push_back(-arguments[i]);

  const std::vector<float> values = map_on_device<TanhOf, float>(arguments);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const double x = arguments[i];
    if (std::isnan(x)) {
      EXPECT_TRUE(std::isnan(values[i]));
      continue;
    }
    const double expected = std::tanh(x);
    const double allowed = std::abs(x) < kNearZero ? 2e-7 * std::abs(expected) : 3e-7;
    ASSERT_NEAR(values[i], expected, allowed) << x;
  }
}

}  // namespace
}  // namespace gnc
