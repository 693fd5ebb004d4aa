#pragma once

#include <string>
#include <vector>

namespace gnc {

/// How people read the tolerances of a run: with the fewest significant digits, three or more, that tell them
/// all apart, and none added to shorter ones. Files for programs and names of files have them exactly.
class ToleranceText {
 public:
  /// `tolerances`: sorted, without repetition.
  explicit ToleranceText(const std::vector<double>& tolerances);

  /// Text of one of them.
  std::string operator()(double tolerance) const;

 private:
  int digits_ = 3;
};

}  // namespace gnc
