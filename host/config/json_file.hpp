#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace gnc {

/// Parses one JSON text. A syntax error, a number beyond double precision's range and a repeated key are
/// UsageErrors naming `source` and the place.
nlohmann::json parse_json(const std::string& text, std::string_view source);

/// Reads and parses a file of at most `max_bytes`. Missing, unreadable or too large: UsageError.
nlohmann::json read_json_file(const std::filesystem::path& path, std::size_t max_bytes);

}  // namespace gnc
