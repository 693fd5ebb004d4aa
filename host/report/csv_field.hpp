#pragma once

#include <optional>
#include <string>

namespace gnc {

/// The shortest text that reads back as the same number; empty for an unknown value.
std::string csv_field(const std::optional<double>& value);

/// A text field, quoted where RFC 4180 asks for it.
std::string csv_field(const std::string& text);

}  // namespace gnc
