#pragma once

#include <cstdint>
#include <vector>

#include "tests/report/sample_run.hpp"

namespace gnc {

/// The sample run on a grid of its widths and that many depths from 1, with curves of every cell. Its losses
/// are close to each other: one plot.
inline RunResults grid_run(std::int64_t depths) {
  RunResults run = sample_run();
  run.config.axis = SweepAxis::Grid;
  const std::vector<CellResult> cells = run.cells;
  run.config.points.clear();
  run.cells.clear();
  for (const std::int64_t width : {5, 10}) {
    for (std::int64_t depth = 1; depth <= depths; ++depth) {
      run.config.points.push_back({width, depth, 1e-4, 1e-3});
      for (CellResult cell : cells) {
        if (cell.width != width) continue;
        cell.depth = depth;
        cell.gd_gen = 0.1;
        cell.estimator = Estimator::Splitting;
        cell.curve = {{0.1, 0.5, 0.48, 0.52, 0.25, 0.001}, {0.02, 1e-3, 9e-4, 1.1e-3, 0.125, 0.002}};
        run.cells.push_back(cell);
      }
    }
  }
  return run;
}

}  // namespace gnc
