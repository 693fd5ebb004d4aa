#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace gnc {

/// Part `number` of `of` parts of a run, counted from 1.
struct Shard {
  static constexpr std::int64_t kMost = 1'000'000;

  std::int64_t number = 1;
  std::int64_t of = 1;

  bool operator==(const Shard&) const = default;
};

/// "2/7"
std::string name_of(const Shard& shard);

/// Nothing where the text is not I/N with 1 <= I <= N <= Shard::kMost.
std::optional<Shard> parse_shard(const std::string& text);

}  // namespace gnc
