#include "host/descent/slice_length.hpp"

#include <algorithm>

namespace gnc {

std::int64_t next_slice(std::int64_t epochs, double seconds) {
  constexpr double kMostGrowth = 8.0;
  const double growth = seconds * kMostGrowth > kSliceSeconds ? kSliceSeconds / seconds : kMostGrowth;
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<double>(epochs) * growth));
}

}  // namespace gnc
