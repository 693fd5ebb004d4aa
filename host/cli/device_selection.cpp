#include "host/cli/device_selection.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "host/config/checked_value.hpp"

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
      throw_unexpected(origin, fmt::format("{}, which this program has no code for", number),
                       "a device that it was built for");
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

}  // namespace gnc
