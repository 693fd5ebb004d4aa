#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/config.hpp"

namespace gnc {

/// The names used in configs, on the command line and in cells.csv, in the order of the enumerators.
const std::vector<std::string>& activation_names();  ///< "Linear", "Tanh", "Leaky ReLU"
const std::vector<std::string>& prior_names();       ///< "gauss", "unif"
const std::vector<std::string>& estimator_names();   ///< "reject", "conditional", "splitting", "auto"
const std::vector<std::string>& draw_law_names();    ///< "factors", "product"

const std::string& name_of(Activation activation);
const std::string& name_of(Prior prior);
const std::string& name_of(Estimator estimator);
const std::string& name_of(DrawLaw draw);

/// Nothing where no estimator has that name.
std::optional<Estimator> estimator_named(std::string_view name);

/// A width in digits, "inf" for kInfiniteWidth.
std::string width_name(std::int64_t width);

}  // namespace gnc
