#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "host/engine/cpu_engine.hpp"
#include "host/experiment/collect_results.hpp"
#include "host/experiment/interrupt.hpp"
#include "host/experiment/run_experiment.hpp"
#include "host/problem/random_problem.hpp"
#include "host/report/cells_csv.hpp"
#include "host/report/results_json.hpp"
#include "host/report/table.hpp"
#include "tests/experiment/small_experiment.hpp"
#include "tests/report/read_csv.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

RunResults results_of(const Config& config) {
  const ScratchFolder scratch;
  const Interrupt interrupt;
  Ledger::create(scratch.path(), config, "cpu", "fma", std::nullopt);
  Ledger ledger = Ledger::open(scratch.path(), Database::Mode::ReadWrite);
  RunOptions options;
  options.workers.threads = 2;
  options.workers.make_engine = [](int) { return std::make_unique<CpuEngine>(); };
  EXPECT_EQ(run_experiment(ledger, options), RunOutcome::Finished);
  return collect_results(ledger);
}

/// Base-10 logarithm of P(X < x) for X noncentral chi-squared with n degrees of freedom, x so small that the
/// density is constant in the ball: exp(-noncentrality / 2) (x / 2)^(n / 2) / Gamma(n / 2 + 1).
double log10_of_least_share(double n, double noncentrality, double log_x) {
  const double log_share =
      -0.5 * noncentrality + 0.5 * n * (log_x - std::log(2.0)) - std::lgamma(0.5 * n + 1.0);
  return log_share / std::log(10.0);
}

// At infinite width n_cols times the squared distance of measured entries from their targets is noncentral
// chi-squared.
TEST(Conditional, ARunBelowTheDoublesGivesTheLogarithmOfItsRate) {
  const Config config = small_experiment({{"estimator", "conditional"},
                                          {"completion", true},
                                          {"activation", "Linear"},
                                          {"num_measurements", 7},
                                          {"gd", false},
                                          {"widths", {"inf"}},
                                          {"gnc_num_samples", 4000},
                                          {"gnc_eps_train", {1e-10, 1e-60, 1e-100}}});
  const RunResults run = results_of(config);
  const auto n = static_cast<double>(config.num_measurements), n_cols = static_cast<double>(config.n_cols);
  const auto rows = read_csv(cells_csv(run));
  const TableRows table = cell_rows(run);
  const auto json = nlohmann::json::parse(results_json(run).dump());
  std::size_t row = 0;
  bool below = false;
  for (std::size_t c = 0; c < run.cells.size(); ++c) {
    const CellResult& cell = run.cells[c];
    const double noncentrality = n_cols * random_problem(config, cell.seed).b_train.squaredNorm();
    for (std::size_t t = 0; t < cell.tolerances.size(); ++t) {
      const ToleranceResult& result = cell.tolerances[t];
      const double truth =
          log10_of_least_share(n, noncentrality, std::log(n_cols * n) + std::log(result.eps_train));
      const double error = std::sqrt(1.0 / *result.ess) / std::log(10.0);
      const auto& fields = rows.at(row++);
      EXPECT_TRUE(result.has_rate());
      EXPECT_NEAR(std::stod(fields.at("log10_rate")), truth, 4.0 * error) << result.eps_train;
      EXPECT_LT(error, 0.02);
      EXPECT_LT(std::stod(fields.at("log10_rate_low")), std::stod(fields.at("log10_rate")));
      EXPECT_GT(std::stod(fields.at("log10_rate_high")), std::stod(fields.at("log10_rate")));
      EXPECT_FALSE(fields.at("gnc_gen").empty());
      EXPECT_EQ(json["cells"][c]["tolerances"][t]["log10_rate"].get<double>(), result.rate().log10);
      const std::string& text = table.at(row)[6];
      const auto exponent = text.find("e-");
      ASSERT_NE(exponent, std::string::npos) << text;
      EXPECT_NEAR(std::stod(text.substr(exponent + 1)), std::floor(truth), 1.0) << text;
      EXPECT_NE(text.find('['), std::string::npos) << text;
      if (truth > -307.0) continue;
      below = true;
      EXPECT_EQ(fields.at("acceptance_rate"), "0");
      EXPECT_EQ(std::stod(fields.at("rate_high")), std::numeric_limits<double>::min());
    }
  }
  EXPECT_TRUE(below);
}

}  // namespace
}  // namespace gnc
