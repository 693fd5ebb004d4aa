#include "host/cli/device_selection.hpp"

#include <gtest/gtest.h>

#include "host/errors.hpp"
#include "kernels/cuda/device_error.hpp"

namespace gnc {
namespace {

const std::vector<std::string> kKinds = {"sm_90", "sm_80", "sm_90", "sm_90"};

std::string refusal(const std::vector<int>& numbers) {
  try {
    select_devices(kKinds, {numbers});
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(DeviceSelection, AllThatComputeLikeTheFirst) {
  EXPECT_EQ(select_devices(kKinds, {}), (std::vector<int>{0, 2, 3}));
}

TEST(DeviceSelection, ThoseAskedFor) {
  EXPECT_EQ(select_devices(kKinds, {{3, 0}}), (std::vector<int>{3, 0}));
  EXPECT_EQ(select_devices(kKinds, {{1}}), (std::vector<int>{1}));
}

TEST(DeviceSelection, RanksOfAHostTakeOneEach) {
  for (const auto& [rank, device] : {std::pair{0, 0}, std::pair{1, 2}, std::pair{2, 3}, std::pair{3, 0}}) {
    EXPECT_EQ(select_devices(kKinds, {{}, false, rank, 4}), (std::vector<int>{device}));
  }
  EXPECT_EQ(select_devices(kKinds, {{2, 3}, false, 1, 2}), (std::vector<int>{3}));
}

TEST(DeviceSelection, PassesOverThoseThatTheProgramHasNoCodeFor) {
  const std::vector<std::string> kinds = {"", "sm_80", "", "sm_80", "sm_90"};
  EXPECT_EQ(select_devices(kinds, {}), (std::vector<int>{1, 3}));
  EXPECT_EQ(select_devices(kinds, {{4}}), (std::vector<int>{4}));
  EXPECT_THROW(select_devices(kinds, {{0}}), UsageError);
}

TEST(DeviceSelection, RefusesWhatCannotBe) {
  EXPECT_NE(refusal({4}).find("--devices: got 4, expected a device from 0 to 3"), std::string::npos)
      << refusal({4});
  EXPECT_NE(refusal({0, 2, 0}).find("0 a second time"), std::string::npos) << refusal({0, 2, 0});
  EXPECT_NE(refusal({0, 1}).find("1 (sm_80) beside 0 (sm_90)"), std::string::npos) << refusal({0, 1});
}

TEST(UsableDevices, ThoseThatFailAreLeftOutAndSayWhy) {
  const auto use = [](int number) {
    if (number % 2 == 1) throw DeviceError(DeviceError::Kind::Failed, "busy");
  };
  const UsableDevices some = usable_devices(std::vector<int>{0, 3, 2, 5}, use);
  EXPECT_EQ(some.numbers, (std::vector<int>{0, 2}));
  EXPECT_EQ(some.failures, "device 3: busy; device 5: busy");
  const UsableDevices all = usable_devices(std::vector<int>{2, 0}, use);
  EXPECT_EQ(all.numbers, (std::vector<int>{2, 0}));
  EXPECT_EQ(all.failures, "");
  const UsableDevices none = usable_devices(std::vector<int>{1}, use);
  EXPECT_TRUE(none.numbers.empty());
  EXPECT_EQ(none.failures, "device 1: busy");
}

}  // namespace
}  // namespace gnc
