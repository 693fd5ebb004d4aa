#pragma once

#include <optional>
#include <vector>

namespace gnc {

/// Generalized Pareto distribution: P(X > x) = (1 + shape x / scale)^(-1 / shape).
struct ParetoFit {
  double shape = 0.0;  ///< k
  double scale = 1.0;  ///< > 0, in the units of x
};

/// The one behind `excesses` (> 0, ascending), by Zhang & Stephens (Technometrics 51, 2009), its shape drawn
/// towards 1/2 with the weight of ten observations as in PSIS (Vehtari et al., JMLR 25, 2024). Absent below
/// five excesses and where they do not vary.
std::optional<ParetoFit> pareto_fit(const std::vector<double>& excesses);

}  // namespace gnc
