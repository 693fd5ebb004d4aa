#pragma once

#include <string_view>

namespace gnc {

/// "1.2.3"
std::string_view version();

}  // namespace gnc
