#include "host/config/json_file.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <system_error>
#include <vector>

#include "host/config/checked_value.hpp"
#include "host/errors.hpp"

namespace gnc {
namespace {

using nlohmann::json;

/// The library's message without its "[json.exception.parse_error.101] " head, on one line.
std::string reason_of(const json::exception& error) {
  std::string reason = error.what();
  if (const auto head = reason.find("] ");
      reason.starts_with("[json.exception.") && head != std::string::npos) {
    reason.erase(0, head + 2);
  }
  constexpr std::size_t longest = 300;
  if (reason.size() > longest) reason.resize(longest);
  for (char& c : reason) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return reason;
}

}  // namespace

json parse_json(const std::string& text, std::string_view source) {
  std::vector<std::set<std::string>> keys_of_open_objects;
  std::string last_key;
  const auto watch = [&](int, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::object_start) {
      keys_of_open_objects.emplace_back();
    } else if (event == json::parse_event_t::object_end) {
      keys_of_open_objects.pop_back();
    } else if (event == json::parse_event_t::key) {
      last_key = parsed.get<std::string>();
      if (!keys_of_open_objects.back().insert(last_key).second) {
        throw UsageError(fmt::format("{}: key {}: given twice, expected once", source, short_text(parsed)));
      }
    }
    return true;
  };
  try {
    return json::parse(text, watch);
  } catch (const json::exception& error) {
    const std::string place =
        last_key.empty() ? "" : fmt::format(" at or after key {}", short_text(last_key));
    throw UsageError(fmt::format("{}: not valid JSON{}: {}", source, place, reason_of(error)));
  }
}

json read_json_file(const std::filesystem::path& path, std::size_t max_bytes) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    throw UsageError(fmt::format("{}: is a folder, expected a JSON file", path.string()));
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  const auto throw_unreadable = [&] {
    throw UsageError(fmt::format("{}: cannot be read ({}), expected a JSON file", path.string(),
                                 errno != 0 ? std::strerror(errno) : "unknown reason"));
  };
  if (!file) throw_unreadable();
  std::string text;
  std::vector<char> piece(1 << 16);
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0) {
    text.append(piece.data(), static_cast<std::size_t>(file.gcount()));
    if (text.size() > max_bytes) {
      throw UsageError(fmt::format("{}: is larger than {} bytes, expected a JSON file of at most that size",
                                   path.string(), max_bytes));
    }
  }
  if (file.bad()) throw_unreadable();
  return parse_json(text, path.string());
}

}  // namespace gnc
