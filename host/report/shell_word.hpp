#pragma once

#include <string>
#include <string_view>

namespace gnc {

/// The text as one word of a shell's command line, quoted where it needs it.
std::string shell_word(std::string_view text);

}  // namespace gnc
