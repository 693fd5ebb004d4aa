#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/engine/prepared_cell.hpp"
#include "host/problem/problem_file.hpp"
#include "host/statistics/loss_statistics.hpp"
#include "kernels/draw_tally.hpp"
#include "tests/reference_folder.hpp"

namespace gnc {

/// A case of tests/reference/cases.json, answered by programs that share no code with gnc.
struct ReferenceCase {
  Config config;
  Point point;
  std::string problem;
  std::string method;  ///< "rejection", "conditional" or "splitting"
  double rate, rate_se, gen, gen_se;
  double prior;  ///< of rejection alone, else 0
};

inline std::vector<ReferenceCase> reference_cases() {
  std::ifstream file(reference_folder() + "/cases.json");
  std::vector<ReferenceCase> cases;
  for (const auto& json : nlohmann::json::parse(file)) {
    ReferenceCase c;
    const std::string activation = json.at("activation");
    c.config.activation = activation == "Linear" ? Activation::Linear
                          : activation == "Tanh" ? Activation::Tanh
                                                 : Activation::LeakyRelu;
    c.config.negative_slope = json.at("negative_slope");
    c.config.gnc_init = json.at("gnc_init") == "gauss" ? Prior::Gauss : Prior::Unif;
    c.config.gnc_normalize = json.at("gnc_normalize");
    c.config.gnc_eps_train = {json.at("eps_train").get<double>()};
    c.config.seed = 2024;
    c.point = {json.at("width"), json.at("depth"), 0.0, 0.0};
    c.problem = json.at("problem");
    c.method = json.at("method");
    c.rate = json.at("acceptance_rate");
    c.rate_se = json.at("acceptance_rate_se");
    c.gen = json.at("gnc_gen");
    c.gen_se = json.at("gnc_gen_se");
    c.prior = json.value("prior_gen", 0.0);
    cases.push_back(c);
  }
  return cases;
}

/// Those that plain rejection answered.
inline std::vector<ReferenceCase> rejection_cases() {
  std::vector<ReferenceCase> cases = reference_cases();
  std::erase_if(cases, [](const ReferenceCase& c) { return c.method != "rejection"; });
  return cases;
}

/// The cell of a case.
inline PreparedCell prepared_cell(const ReferenceCase& c) {
  return {c.config, c.point, 0, read_problem(fmt::format("{}/{}.json", reference_folder(), c.problem))};
}

/// A draw at width 40 or depth 4 costs more; their cases get a share of the budget.
inline std::uint64_t draws_of(const ReferenceCase& c, double budget) {
  const auto weights = static_cast<double>(n_weights(5, 5, c.point.width, c.point.depth));
  return static_cast<std::uint64_t>(budget * std::min(1.0, 100.0 / weights));
}

/// Acceptance rate, mean generalization loss and prior mean of `draws` draws are the case's, each within four
/// combined standard errors.
inline void expect_reference(const ReferenceCase& c, const LossSums& accepted, const LossSums& prior,
                             std::uint64_t draws) {
  const std::string name =
      fmt::format("{} width {} depth {} activation {} eps {}", c.problem, c.point.width, c.point.depth,
                  static_cast<int>(c.config.activation), c.config.gnc_eps_train.front());

  const auto n = static_cast<double>(draws);
  const double rate = static_cast<double>(accepted.count) / n;
  const double rate_se = std::hypot(c.rate_se, std::sqrt(c.rate * (1 - c.rate) / n));
  EXPECT_LT(std::abs(rate - c.rate), 4 * rate_se) << name << ": " << rate << " against " << c.rate;

  const LossStatistics gen = loss_statistics(accepted);
  if (accepted.count >= 20) {
    EXPECT_LT(std::abs(*gen.mean - c.gen), 4 * std::hypot(c.gen_se, *gen.standard_error))
        << name << ": " << *gen.mean << " against " << c.gen;
  }
  const LossStatistics prior_gen = loss_statistics(prior);
  // The reference gives six decimals of the prior mean and no error; at 10^8 draws and more its own is
  // below 2e-5.
  EXPECT_LT(std::abs(*prior_gen.mean - c.prior), 4 * std::hypot(2e-5, *prior_gen.standard_error))
      << name << ": " << *prior_gen.mean << " against " << c.prior;
  fmt::print(
      "{}: rate {:.5g} (reference {:.5g}, {:+.2f} standard errors), {} accepted, prior {:.6g} ({:.6g})\n",
      name, rate, c.rate, (rate - c.rate) / rate_se, accepted.count, *prior_gen.mean, c.prior);
}

}  // namespace gnc
