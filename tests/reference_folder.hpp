#pragma once

#include <cstdlib>
#include <string>

namespace gnc {

/// Folder of the reference cases: GNC_REFERENCE_DIR of the environment, for a test that was carried away from
/// its source, or tests/reference where the test was built.
inline std::string reference_folder() {
  const char* folder = std::getenv("GNC_REFERENCE_DIR");
  return folder != nullptr ? folder : GNC_REFERENCE_DIR;
}

}  // namespace gnc
