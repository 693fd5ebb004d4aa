#include "kernels/cuda/device_code.hpp"

#include <gtest/gtest.h>

namespace gnc {
namespace {

TEST(DeviceCode, MachineCodeRunsOnLaterDevicesOfItsMajorVersion) {
  EXPECT_TRUE(has_device_code("80-real", 8, 0));
  EXPECT_TRUE(has_device_code("80-real", 8, 9));
  EXPECT_FALSE(has_device_code("86-real", 8, 0));
  EXPECT_FALSE(has_device_code("80-real", 9, 0));
  EXPECT_FALSE(has_device_code("80-real", 7, 5));
}

TEST(DeviceCode, PtxRunsOnAllLaterDevices) {
  for (const char* architectures : {"80", "80-virtual", "70-real,80"}) {
    EXPECT_TRUE(has_device_code(architectures, 8, 0)) << architectures;
    EXPECT_TRUE(has_device_code(architectures, 12, 0)) << architectures;
    EXPECT_FALSE(has_device_code(architectures, 6, 1)) << architectures;
  }
  EXPECT_FALSE(has_device_code("90", 8, 0));
  EXPECT_TRUE(has_device_code("80-real,90", 8, 0));
}

TEST(DeviceCode, CodeOfOneArchitectureOrFamilyRunsNowhereElse) {
  EXPECT_TRUE(has_device_code("90a", 9, 0));
  EXPECT_FALSE(has_device_code("90a", 10, 0));
  EXPECT_TRUE(has_device_code("100f", 10, 3));
  EXPECT_FALSE(has_device_code("100f", 12, 0));
}

TEST(DeviceCode, NamesAreTakenToHaveIt) {
  EXPECT_TRUE(has_device_code("native", 6, 1));
  EXPECT_FALSE(has_device_code("", 9, 0));
}

}  // namespace
}  // namespace gnc
