#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "host/ledger/ledger.hpp"

namespace gnc {

/// How many accepted draws of a cell are still to be stored at each tolerance: `max_stored` but for those
/// accepted among the draws finished from the first one on, without a gap. Draws behind a gap count once it
/// is closed: till then those in the gap may come before them.
class StoredQuota {
 public:
  /// `first`: the first draw of all.
  StoredQuota(std::size_t n_tolerances, std::uint64_t max_stored, std::uint64_t first)
      : wanted_(n_tolerances, max_stored), next_(first) {}

  void add(const FinishedDraws& draws);
  /// One number per tolerance.
  const std::vector<std::uint64_t>& wanted() const { return wanted_; }

 private:
  std::vector<std::uint64_t> wanted_;
  std::uint64_t next_;                            // the first draw that is not finished
  std::map<std::uint64_t, FinishedDraws> ahead_;  // beyond it, by beginning
};

}  // namespace gnc
