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
  void add(const LossRange& other);
  bool empty() const;
  /// Whether a linear axis shows them all: they differ by a factor of 15 at most, or not all are positive.
  bool linear() const;
  /// gnuplot commands for the y axis: from 0, or logarithmic where that is not linear().
  std::string commands() const;
  /// gnuplot commands for a linear y axis: from 0, or from closer below where the losses would leave more
  /// than half of it empty.
  std::string linear_commands() const;
};

}  // namespace gnc
