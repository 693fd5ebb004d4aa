#pragma once

#include <optional>
#include <string>

#include "host/config/overrides.hpp"

namespace gnc {

/// An option as it was given.
struct GivenOption {
  std::string name;   ///< with its dashes
  std::string value;  ///< as it was understood
};

/// The first of the options that change what a run is, and that only a run which begins can take; nothing
/// where none is given.
std::optional<GivenOption> option_of_begin(const Overrides& overrides);

}  // namespace gnc
