#pragma once

#include <algorithm>
#include <charconv>
#include <string_view>

namespace gnc {

/// Whether a program that was built for `architectures`, the entries of CMAKE_CUDA_ARCHITECTURES with commas
/// between them ("80-real,90"), has code for a device of compute capability major.minor: machine code of the
/// same major version and no later minor one, or PTX of no later version (CUDA C++ Programming Guide,
/// "Application Compatibility"). Names, such as "native", are taken to have it.
inline bool has_device_code(std::string_view architectures, int major, int minor) {
  const int device = 10 * major + minor;
  while (!architectures.empty()) {
    const std::string_view entry = architectures.substr(0, architectures.find(','));
    architectures.remove_prefix(std::min(entry.size() + 1, architectures.size()));
    int version = 0;
    const auto [end, error] = std::from_chars(entry.data(), entry.data() + entry.size(), version);
    if (error != std::errc()) return true;
    const std::string_view kind(end, entry.data() + entry.size());
    if (version == device) return true;
    // "90a" is for 9.0 alone, "100f" for its family.
    if (version > device || kind.starts_with('a')) continue;
    const bool any_later = !kind.starts_with('f') && !kind.ends_with("-real");
    if (any_later || version / 10 == major) return true;
  }
  return false;
}

}  // namespace gnc
