#pragma once

#include <string>
#include <vector>

#include "host/report/run_results.hpp"

namespace gnc {

/// What a reader has to know before using the numbers, a sentence or two each: an unfinished run, a shard,
/// cells without an accepted draw, rates below the doubles, diverged descents, errors that rest on few draws
/// or populations, losses beyond the range of the sums.
std::vector<std::string> honest_notes(const RunResults& run);

}  // namespace gnc
