#pragma once

#include <limits>
#include <string>

namespace gnc {

/// The generalization losses that a figure shows, and the axis they need.
struct LossRange {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  /// Losses that are not finite have no place on the axis.
  void add(double loss);
  /// gnuplot commands for the y axis: from 0, or logarithmic where the losses differ by a factor of 15.
  std::string commands() const;
};

}  // namespace gnc
