#include "host/config/names.hpp"

#include <algorithm>

namespace gnc {

const std::vector<std::string>& activation_names() {
  static const std::vector<std::string> names{"Linear", "Tanh", "Leaky ReLU"};
  return names;
}

const std::vector<std::string>& prior_names() {
  static const std::vector<std::string> names{"gauss", "unif"};
  return names;
}

const std::vector<std::string>& estimator_names() {
  static const std::vector<std::string> names{"reject", "conditional", "splitting", "auto"};
  return names;
}

const std::vector<std::string>& draw_law_names() {
  static const std::vector<std::string> names{"factors", "product"};
  return names;
}

const std::string& name_of(Activation activation) {
  return activation_names().at(static_cast<std::size_t>(activation));
}
const std::string& name_of(Prior prior) { return prior_names().at(static_cast<std::size_t>(prior)); }
const std::string& name_of(Estimator estimator) {
  return estimator_names().at(static_cast<std::size_t>(estimator));
}
const std::string& name_of(DrawLaw draw) { return draw_law_names().at(static_cast<std::size_t>(draw)); }

std::optional<Estimator> estimator_named(std::string_view name) {
  const auto found = std::ranges::find(estimator_names(), name);
  if (found == estimator_names().end()) return std::nullopt;
  return static_cast<Estimator>(found - estimator_names().begin());
}

std::string width_name(std::int64_t width) { return width == kInfiniteWidth ? "inf" : std::to_string(width); }

}  // namespace gnc
