#pragma once

#include <cstdint>
#include <vector>

#include "host/report/run_results.hpp"
#include "host/statistics/clopper_pearson.hpp"

namespace gnc {

/// A run of invented figures for tests of the report: widths 5 and 10, depth 2, two seeds, tolerances 0.02
/// and 0.005. At the smaller tolerance seed 1 of width 10 has accepted nothing; seed 0 of width 10 has no
/// gradient descent.
inline RunResults sample_run() {
  RunResults run;
  run.config.name = "sample";
  run.config.num_seeds = 2;
  run.config.gnc_eps_train = {0.02, 0.005};
  run.config.points = {{5, 2, 1e-4, 1e-3}, {10, 2, 1e-4, 1e-3}};
  run.finished = true;
  for (const Point& point : run.config.points) {
    for (std::int64_t seed = 0; seed < 2; ++seed) {
      CellResult cell;
      cell.width = point.width;
      cell.depth = point.depth;
      cell.seed = seed;
      cell.drawn = 1'000'000;
      const bool last = point.width == 10 && seed == 1;
      for (const double eps_train : run.config.gnc_eps_train) {
        ToleranceResult result;
        result.eps_train = eps_train;
        result.accepted = eps_train == 0.02 ? 1000 + 100 * seed : (last ? 0 : 7);
        result.acceptance_rate = static_cast<double>(result.accepted) / 1e6;
        const auto interval = clopper_pearson(result.accepted, cell.drawn);
        result.rate_low = interval.low;
        result.rate_high = interval.high;
        if (result.accepted > 0) {
          result.gnc_gen = 0.1 + 0.2 / 3.0 * static_cast<double>(seed);
          result.gnc_gen_se = 0.001;
          result.gnc_gen_median = 0.09;
          result.gnc_gen_q25 = 0.05;
          result.gnc_gen_q75 = 0.15;
        }
        cell.tolerances.push_back(result);
      }
      cell.prior_gen = 0.25;
      if (!(point.width == 10 && seed == 0)) {
        cell.gd_gen = 0.01;
        cell.gd_train = 1e-7;
        cell.gd_seconds = 1.5;
      }
      cell.gnc_seconds = 0.5;
      cell.samples_per_second = 2e6;
      run.cells.push_back(cell);
    }
  }
  return run;
}

/// Draws of which none was accepted.
inline ToleranceResult none_accepted(double eps_train, double rate_high) {
  ToleranceResult result;
  result.eps_train = eps_train;
  result.rate_high = rate_high;
  return result;
}

/// Makes a cell one that nothing is done of yet.
inline void undo(CellResult& cell) {
  cell.drawn = 0;
  for (ToleranceResult& result : cell.tolerances) {
    result = none_accepted(result.eps_train, 1.0);
  }
  for (auto* loss : {&cell.prior_gen, &cell.prior_gen_se, &cell.gd_gen, &cell.gd_train}) loss->reset();
}

}  // namespace gnc
