#include "host/cli/device_selection.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>

#include "host/config/checked_value.hpp"
#include "host/for_each_index.hpp"
#include "kernels/cuda/device_error.hpp"

namespace gnc {

std::string devices_text(const DeviceRequest& request) {
  return fmt::format("{}{}{}", fmt::join(request.numbers, ","),
                     request.cpu && !request.numbers.empty() ? "," : "", request.cpu ? "cpu" : "");
}

std::vector<int> select_devices(std::span<const std::string> kinds, const DeviceRequest& request) {
  const auto kind = [&](int number) -> const std::string& { return kinds[static_cast<std::size_t>(number)]; };
  const ValueOrigin origin = ValueOrigin::option("--devices");
  std::vector<int> selected;
  for (const int number : request.numbers) {
    if (number < 0 || number >= static_cast<int>(kinds.size())) {
      throw_unexpected(origin, fmt::format("{}", number),
                       fmt::format("a device from 0 to {}", kinds.size() - 1));
    }
    if (kind(number).empty()) {
      throw_unexpected(origin, fmt::format("{}, which this program cannot draw on", number),
                       "a device that answers and that it was built for");
    }
    if (std::ranges::find(selected, number) != selected.end()) {
      throw_unexpected(origin, fmt::format("{} a second time", number), "no repetition");
    }
    if (!selected.empty() && kind(number) != kind(selected.front())) {
      throw_unexpected(origin,
                       fmt::format("{} ({}) beside {} ({})", number, kind(number), selected.front(),
                                   kind(selected.front())),
                       "devices that compute alike, whose losses have the same bits");
    }
    selected.push_back(number);
  }
  const auto first = std::ranges::find_if_not(kinds, &std::string::empty);
  for (int number = 0; request.numbers.empty() && number < static_cast<int>(kinds.size()); ++number) {
    if (kind(number) == *first) selected.push_back(number);
  }
  if (request.local_size == 1) return selected;
  return {selected[static_cast<std::size_t>(request.local_rank) % selected.size()]};
}

UsableDevices usable_devices(std::span<const int> numbers, const std::function<void(int)>& use) {
  std::vector<std::string> answers(numbers.size());
  for_each_index(static_cast<int>(numbers.size()), numbers.size(),
                 [&](std::size_t i, const std::atomic<bool>&) {
                   try {
                     use(numbers[i]);
                   } catch (const DeviceError& error) {
                     answers[i] = fmt::format("device {}: {}", numbers[i], error.what());
                   }
                 });
  UsableDevices usable;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (answers[i].empty()) {
      usable.numbers.push_back(numbers[i]);
    } else {
      usable.failures += (usable.failures.empty() ? "" : "; ") + answers[i];
    }
  }
  return usable;
}

}  // namespace gnc
