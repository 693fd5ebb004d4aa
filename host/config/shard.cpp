#include "host/config/shard.hpp"

#include <fmt/format.h>

#include <charconv>

namespace gnc {

std::string name_of(const Shard& shard) { return fmt::format("{}/{}", shard.number, shard.of); }

std::optional<Shard> parse_shard(const std::string& text) {
  Shard shard;
  const char* const end = text.data() + text.size();
  const auto number = std::from_chars(text.data(), end, shard.number);
  if (number.ec != std::errc() || number.ptr == end || *number.ptr != '/') return std::nullopt;
  const auto of = std::from_chars(number.ptr + 1, end, shard.of);
  const bool whole = of.ec == std::errc() && of.ptr == end;
  if (!whole || shard.number < 1 || shard.number > shard.of || shard.of > Shard::kMost) return std::nullopt;
  return shard;
}

}  // namespace gnc
