#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "host/config/config.hpp"
#include "host/engine/conditional_measurements.hpp"
#include "host/problem/problem.hpp"
#include "kernels/cell_view.hpp"

namespace gnc {

/// One cell made ready for the engines: its key, its factors' scales, and its measurements as float matrices.
class PreparedCell {
 public:
  /// `replicate` is the cell's seed, from 0. Shapes of `problem` must be those of `config`. An infinite width
  /// is drawn by its `network_of`; std::invalid_argument where the config's has no such limit.
  PreparedCell(const Config& config, const Point& point, std::int64_t replicate, const Problem& problem);
  PreparedCell(const PreparedCell&) = delete;
  PreparedCell& operator=(const PreparedCell&) = delete;

  /// Valid as long as this object.
  const CellView& view() const { return view_; }

  Estimator estimator() const { return estimator_; }

  /// What estimator `conditional` needs besides; null for the others.
  const ConditionalView* conditional() const { return conditional_ ? &conditional_->view() : nullptr; }

  /// From 1; no other cell made by this process has it. An engine that keeps a cell on its device knows it by
  /// this.
  std::uint64_t id() const { return id_; }

 private:
  std::uint64_t id_;
  Estimator estimator_;
  CellView view_;
  std::vector<float> filter_rows_;
  std::vector<float> filter_targets_;
  std::vector<float> A_test_;
  std::vector<float> b_test_;
  std::unique_ptr<ConditionalMeasurements> conditional_;
};

}  // namespace gnc
