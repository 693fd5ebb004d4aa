#pragma once

#include <cstdint>
#include <string>

#include "host/report/run_results.hpp"

namespace gnc {

/// A figure as gnuplot text: `script` reads `data` from <name>.dat and writes <name>.pdf, <name>.png and
/// <name>.svg.
struct FigureSource {
  std::string name;
  std::string script;
  std::string data;
};

/// figure: median and quartiles over seeds of the generalization loss of G&C (a curve for each drawn
/// tolerance; on a grid the first one alone), gradient descent and the prior, across the sweep. A curve
/// without any known value is left out; the marker is the method's, in a sweep the tolerance's too, as is the
/// colour; on a grid colour and dash are the depth's; points that rest on some of the seeds are drawn open.
/// Where losses of gradient descent would press the others together, they have a panel of their own.
FigureSource loss_figure(const RunResults& run);

/// Beyond this many seeds their points are a smear, and quartiles say more.
constexpr std::int64_t kMostSeedsShown = 64;

/// acceptance: acceptance rate across the sweep, each of at most kMostSeedsShown seeds with its 95 % interval
/// and the median over seeds, one colour and marker per tolerance, those of the loss figure; on a grid one
/// colour per depth, one dash type and marker per tolerance, the markers moved on by one each time the
/// colours repeat. Seeds without a rate have one arrow in common, at the largest of their upper
/// bounds. Rates are drawn by their base-10 logarithms, on a linear axis labelled with powers of ten.
FigureSource acceptance_figure(const RunResults& run);

/// curves, curves_gen: acceptance rate and posterior generalization loss against the tolerance with their 95
/// % intervals, one colour and dash per point of the sweep: a line for each cell that has curves; for the
/// others open points at the run's tolerances, circles or, where colours repeat, other ones. Rates are drawn
/// as in acceptance.
FigureSource acceptance_curve_figure(const RunResults& run);
FigureSource loss_curve_figure(const RunResults& run);

}  // namespace gnc
