#pragma once

#include <string>
#include <vector>

#include "host/report/run_results.hpp"

namespace gnc {

/// The draw law that a cell's draws have: estimators other than rejection draw or move weights, but at
/// infinite width, which has none.
DrawLaw draw_law_of(const RunResults& run, const CellResult& cell);

/// "fig1-linear: Linear, depth 2, gauss prior"
std::string experiment_title(const RunResults& run);

/// What else tells experiments apart, part by part: the problem, and what is not as by default, such as
/// {"15 measurements of a 5x5 matrix of rank 1", "GD momentum 0.9", "estimator splitting"}.
std::vector<std::string> experiment_setting(const RunResults& run);

/// Title and setting, estimators, draw law, engine and shard in one line; without depth and width, which the
/// table beside it has.
std::string experiment_headline(const RunResults& run);

/// "shard 1 of 3"; empty for a whole run.
std::string shard_text(const RunResults& run);

}  // namespace gnc
