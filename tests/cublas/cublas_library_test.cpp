#include "kernels/cuda/cublas_library.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "kernels/cuda/devices.hpp"

namespace gnc {
namespace {

bool is_loaded() {
  std::ifstream maps("/proc/self/maps");
  const std::string text{std::istreambuf_iterator<char>(maps), std::istreambuf_iterator<char>()};
  return text.find("libcublas") != std::string::npos;
}

// Needs no device.
TEST(CublasLibrary, IsLoadedWhenItIsAskedFor) {
  EXPECT_FALSE(is_loaded());
  const std::string version = cublas_version();
  EXPECT_TRUE(is_loaded());
  EXPECT_EQ(version.substr(0, version.find('.')), std::to_string(CUBLAS_VER_MAJOR));
  EXPECT_STREQ(CublasLibrary::get().status_name(CUBLAS_STATUS_ALLOC_FAILED), "CUBLAS_STATUS_ALLOC_FAILED");
}

}  // namespace
}  // namespace gnc
