#include "host/config/names.hpp"

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

std::string width_name(std::int64_t width) { return width == kInfiniteWidth ? "inf" : std::to_string(width); }

}  // namespace gnc
