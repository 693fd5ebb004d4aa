#pragma once

#include <gtest/gtest.h>

#include <cstdlib>

#include "kernels/cuda/devices.hpp"

namespace gnc {

/// A test that needs a device, skipped where there is none.
class CudaTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const CudaDevices found = find_cuda_devices(); found.devices.empty()) GTEST_SKIP() << found.why_none;
  }

  /// Whether a sanitizer watches (GNC_SANITIZER_RUN is set), under which a test is to do less.
  static bool under_sanitizer() { return std::getenv("GNC_SANITIZER_RUN") != nullptr; }
};

}  // namespace gnc
