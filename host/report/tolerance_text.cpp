#include "host/report/tolerance_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace gnc {
namespace {

std::string rounded(double tolerance, int digits) { return fmt::format("{:.{}g}", tolerance, digits); }

}  // namespace

ToleranceText::ToleranceText(const std::vector<double>& tolerances) {
  const auto alike = [&](double a, double b) { return rounded(a, digits_) == rounded(b, digits_); };
  while (digits_ < std::numeric_limits<double>::max_digits10 &&
         std::ranges::adjacent_find(tolerances, alike) != tolerances.end()) {
    ++digits_;
  }
}

std::string ToleranceText::operator()(double tolerance) const {
  const std::string exact = fmt::format("{}", tolerance);
  const std::string text = rounded(tolerance, digits_);
  return exact.size() <= text.size() ? exact : text;
}

}  // namespace gnc
