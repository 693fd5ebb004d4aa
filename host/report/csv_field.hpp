#pragma once

#include <optional>
#include <string>

#include "host/report/rate.hpp"

namespace gnc {

/// The shortest text that reads back as the same number; empty for an unknown value.
std::string csv_field(const std::optional<double>& value);

/// The same of the base-10 logarithm of a rate; empty for that of 0.
std::string log10_field(const Rate& rate);

/// A text field, quoted where RFC 4180 asks for it.
std::string csv_field(const std::string& text);

}  // namespace gnc
