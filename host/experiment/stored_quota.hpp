#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace gnc {

/// Tells when a cell needs no further accepted draws stored: once the chunks finished from the first one on,
/// without a gap, hold `max_stored` accepted draws at every tolerance. Later chunks then have none of the
/// first `max_stored`.
class StoredQuota {
 public:
  StoredQuota(std::size_t n_tolerances, std::uint64_t max_stored)
      : held_(n_tolerances, 0), max_stored_(max_stored) {}

  /// A finished chunk and its accepted draws, one count per tolerance.
  void add(std::uint64_t chunk, const std::vector<std::uint64_t>& accepted);
  bool filled() const;

 private:
  std::vector<std::uint64_t> held_;
  std::uint64_t max_stored_;
  std::uint64_t next_ = 0;
  std::map<std::uint64_t, std::vector<std::uint64_t>> ahead_;
};

}  // namespace gnc
