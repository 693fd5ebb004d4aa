#pragma once

#include <optional>
#include <vector>

namespace gnc {

/// Shape k of the generalized Pareto distribution behind `excesses` (> 0, ascending), by Zhang & Stephens
/// (Technometrics 51, 2009), drawn towards 1/2 with the weight of ten observations as in PSIS (Vehtari et
/// al., JMLR 25, 2024). Absent below five excesses and where they do not vary.
std::optional<double> pareto_shape(const std::vector<double>& excesses);

}  // namespace gnc
