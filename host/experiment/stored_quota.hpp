#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "host/ledger/ledger.hpp"

namespace gnc {

/// Tells when a cell needs no further accepted draws stored: once the draws finished from the first one on,
/// without a gap, hold `max_stored` accepted ones at every tolerance. Later draws are then none of the first
/// `max_stored`.
class StoredQuota {
 public:
  /// `first`: the first draw of all.
  StoredQuota(std::size_t n_tolerances, std::uint64_t max_stored, std::uint64_t first)
      : held_(n_tolerances, 0), max_stored_(max_stored), next_(first) {}

  void add(const FinishedDraws& draws);
  bool filled() const;

 private:
  std::vector<std::uint64_t> held_;
  std::uint64_t max_stored_;
  std::uint64_t next_;                            // the first draw that is not finished
  std::map<std::uint64_t, FinishedDraws> ahead_;  // beyond it, by beginning
};

}  // namespace gnc
