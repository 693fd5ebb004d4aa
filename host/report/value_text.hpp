#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "host/report/point_summary.hpp"
#include "host/report/rate.hpp"
#include "host/report/run_results.hpp"

namespace gnc {

/// A count for people: exact below 10 million, three digits above.
std::string count_text(std::uint64_t count);

/// "value [low high]", each with three significant digits, or more where only these tell the ends apart: two
/// of the range's width. "-" in place of an unknown value.
std::string range_text(const std::optional<Rate>& value, const Rate& low, const Rate& high);

/// The same of a confidence interval: its ends are rounded outwards, so that what is shown holds all of it.
std::string interval_text(const Rate& value, const Rate& low, const Rate& high);

/// Three significant digits; "-" where the value is unknown.
std::string loss_text(const std::optional<double>& loss);

/// "median [q25 q75]", the median alone where all three are equal, "-" where unknown.
std::string spread_text(const std::optional<Quartiles>& spread);

/// "rate [low high]" with the 95 % interval, "< bound" (rounded up) where there is no rate, "-" where nothing
/// was drawn. Of what is below the normal doubles the logarithms are shown: "3.90e-336
/// [3.50e-336 4.40e-336]".
std::string rate_text(const CellResult& cell, const ToleranceResult& result);

/// " (1 of 2 seeds)"; empty where all are known.
std::string seeds_text(std::int64_t known, std::int64_t all);

/// The point's "median [lowest highest]" over seeds. Seeds without an accepted draw rank lowest, as 0, and
/// are named with the bound on their rates: "- [0 1.00e-05] (0 accepted in 1 of 2 seeds: < 3.7e-05)". "<
/// bound" where no seed accepted a draw; "-" where nothing was drawn. Seeds without draws are named, too. A
/// run of one seed has its 95 % interval in place of the range.
std::string rate_text(const PointSummary& point);

/// "45 s", "3 min 20 s", "2 h 05 min", "3 d 4 h".
std::string duration_text(double seconds);

}  // namespace gnc
