#include "host/experiment/estimator_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "host/config/names.hpp"
#include "host/config/sweep.hpp"
#include "host/engine/conditional_measurements.hpp"
#include "host/engine/cpu_engine.hpp"
#include "host/experiment/cell_source.hpp"
#include "host/experiment/interrupt.hpp"
#include "host/for_each_index.hpp"
#include "host/statistics/clopper_pearson.hpp"
#include "host/statistics/weight_statistics.hpp"

namespace gnc {
namespace {

// Beyond every index of a run that ends in a lifetime.
constexpr std::uint64_t kFirstPilotDraw = std::uint64_t{1} << 62;
constexpr std::uint64_t kHiddenDraws = 8192;
// A rejection pilot ends with this many accepted, or where a budget that is just enough would have them.
constexpr std::uint64_t kPilotAccepted = 64;
// It draws at most this many numbers, and in steps, the first of so many.
constexpr std::int64_t kMostNumbers = std::int64_t{1} << 30;
constexpr std::int64_t kFirstNumbers = std::int64_t{1} << 18;

/// Draws of a cell by an estimator, of indices of their own.
class Pilot {
 public:
  Pilot(Config config, Estimator estimator, const Point& point, std::int64_t seed, const Problem& problem)
      : config_(of_estimator(std::move(config), estimator)), cell_(config_, point, seed, problem) {}

  /// Throws Interrupted.
  ChunkResult run(const DrawRange& draws) {
    Interrupt::check();
    return engine_.run_chunk(cell_, {kFirstPilotDraw + draws.begin, kFirstPilotDraw + draws.end},
                             config_.gnc_eps_train, 0);
  }

 private:
  static Config of_estimator(Config config, Estimator estimator) {
    config.estimator = estimator;
    return config;
  }

  Config config_;
  PreparedCell cell_;
  CpuEngine engine_;
};

/// How `conditional` fares: its plan, or why it should not be taken.
struct ConditionalOutlook {
  std::optional<CellPlan> plan;
  double rate = 0.0;
  std::string objection;
};

ConditionalOutlook conditional_outlook(const Config& config, const Point& point, std::int64_t seed,
                                       const Problem& problem) {
  ConditionalOutlook outlook;
  if (const std::string why = why_not_conditional(config, point); !why.empty()) {
    outlook.objection = "conditional does not apply: " + why.substr(0, why.find(": expected"));
    return outlook;
  }
  const ChunkResult result =
      Pilot(config, Estimator::Conditional, point, seed, problem).run({0, kHiddenDraws});
  double largest_k = 0.0;
  double least_ess = static_cast<double>(kHiddenDraws);
  for (const WeightTally& tally : result.weighted) {
    const WeightStatistics statistics = weight_statistics(tally, kHiddenDraws);
    outlook.rate = statistics.rate;
    least_ess = std::min(least_ess, statistics.ess.value_or(0.0));
    largest_k = std::max(largest_k, statistics.pareto_k.value_or(INFINITY));
  }
  const auto found = [&](bool failed_k, bool failed_ess) {
    return fmt::format(
        "Pareto k-hat {:.2f}{} and effective sample size {:.3g}{} in a pilot of {} hidden draws", largest_k,
        failed_k ? fmt::format(" (above {})", kMostPilotParetoK) : "", least_ess,
        failed_ess ? fmt::format(" (below {})", kLeastPilotEss) : "", kHiddenDraws);
  };
  if (largest_k > kMostPilotParetoK || least_ess < kLeastPilotEss) {
    outlook.objection = "conditional: " + found(largest_k > kMostPilotParetoK, least_ess < kLeastPilotEss);
    return outlook;
  }
  const double variance = static_cast<double>(kHiddenDraws) / least_ess - 1.0;
  const double draws = std::ceil(kPilotMargin * variance / (kRelativeError * kRelativeError));
  outlook.plan = CellPlan{Estimator::Conditional, std::max(kHiddenDraws, static_cast<std::uint64_t>(draws)),
                          found(false, false)};
  return outlook;
}

/// Whether `reject` can be expected to accept enough at the smallest tolerance.
struct RejectOutlook {
  bool enough = false;
  std::string why;
};

RejectOutlook outlook_at(double rate, double budget, const char* about = "about") {
  if (rate * budget >= kEnoughAccepted) {
    return {true, fmt::format("{} {:.2g} accepted draws of {:.3g} expected", about, rate * budget, budget)};
  }
  return {false,
          fmt::format("reject: fewer than {:g} accepted draws of {:.3g} expected", kEnoughAccepted, budget)};
}

/// By a pilot of its own; by the interval of its rate where it is too short for the budget.
RejectOutlook reject_outlook(const Config& config, const Point& point, std::int64_t seed,
                             const Problem& problem) {
  const auto budget = static_cast<double>(config.gnc_num_samples);
  const auto decisive = static_cast<std::uint64_t>(kPilotAccepted * budget / kEnoughAccepted) + 1;
  const auto draws_of = [&](std::int64_t numbers) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(numbers / numbers_per_draw(config, point), 1));
  };
  const std::uint64_t most = std::min(decisive, draws_of(kMostNumbers));
  Pilot pilot(config, Estimator::Reject, point, seed, problem);
  std::uint64_t drawn = 0, accepted = 0;
  while (drawn < most && accepted < kPilotAccepted) {
    const std::uint64_t end = std::min(most, std::max(draws_of(kFirstNumbers), 2 * drawn));
    accepted += pilot.run({drawn, end}).accepted.back().count;
    drawn = end;
  }
  if (drawn == decisive || accepted >= kPilotAccepted) {
    return outlook_at(static_cast<double>(accepted) / static_cast<double>(drawn), budget);
  }
  const ProbabilityInterval rate = clopper_pearson(accepted, drawn);
  if (rate.low * budget >= kEnoughAccepted) return outlook_at(rate.low, budget, "at least");
  if (rate.high * budget < kEnoughAccepted) return outlook_at(rate.high, budget);
  return {false, fmt::format("reject: {} accepted in a pilot of {} draws do not tell whether {:.3g} would "
                             "accept {:g}",
                             accepted, drawn, budget, kEnoughAccepted)};
}

CellPlan choose(const Config& config, const Point& point, std::int64_t seed, const Problem& problem) {
  const auto budget = static_cast<double>(config.gnc_num_samples);
  ConditionalOutlook conditional = conditional_outlook(config, point, seed, problem);
  const RejectOutlook reject =
      conditional.plan ? outlook_at(conditional.rate, budget) : reject_outlook(config, point, seed, problem);
  if (reject.enough) return {Estimator::Reject, config.gnc_num_samples, reject.why};
  if (conditional.plan) {
    conditional.plan->reason += fmt::format(
        "; {} hidden draws are taken, {} {:g} times what gives the rate to {:g} % by the pilot; {}",
        conditional.plan->budget, conditional.plan->budget > kHiddenDraws ? "which is" : "at least",
        kPilotMargin, 100.0 * kRelativeError, reject.why);
    return *std::move(conditional.plan);
  }
  return {Estimator::Splitting, static_cast<std::uint64_t>(config.splitting_populations),
          conditional.objection + "; " + reject.why};
}

}  // namespace

std::vector<CellPlan> choose_estimators(const Config& config, const std::optional<std::string>& problem_json,
                                        int threads,
                                        const std::function<void(std::size_t, std::size_t)>& piloted) {
  std::vector<Problem> problems;
  for (std::int64_t seed = 0; seed < count_problems(config, problem_json); ++seed) {
    problems.push_back(replicate_problem(config, problem_json, seed));
  }
  const auto seeds = static_cast<std::size_t>(config.num_seeds);
  std::vector<CellPlan> plans(config.points.size() * seeds);
  std::atomic<std::size_t> done{0};
  piloted(0, plans.size());
  for_each_index(threads, plans.size(), [&](std::size_t cell, const std::atomic<bool>&) {
    const std::size_t seed = cell % seeds;
    plans[cell] = choose(config, config.points[cell / seeds], static_cast<std::int64_t>(seed),
                         problems[seed % problems.size()]);
    piloted(++done, plans.size());
  });
  return plans;
}

std::vector<Estimator> possible_estimators(const Config& config, const Point& point) {
  if (config.estimator != Estimator::Auto) return {config.estimator};
  std::vector<Estimator> possible{Estimator::Reject, Estimator::Splitting};
  if (why_not_conditional(config, point).empty()) possible.push_back(Estimator::Conditional);
  return possible;
}

std::vector<std::string> plan_lines(const Config& config, const std::vector<CellPlan>& plans) {
  std::vector<std::string> lines;
  const auto n_seeds = static_cast<std::size_t>(config.num_seeds);
  for (std::size_t point = 0; point < config.points.size(); ++point) {
    for (const Estimator estimator : {Estimator::Reject, Estimator::Conditional, Estimator::Splitting}) {
      const auto first = plans.begin() + static_cast<std::ptrdiff_t>(point * n_seeds);
      const auto last = first + static_cast<std::ptrdiff_t>(n_seeds);
      const auto taken = [&](const CellPlan& plan) { return plan.estimator == estimator; };
      const auto count = std::count_if(first, last, taken);
      if (count == 0) continue;
      lines.push_back(fmt::format("width {}, depth {}: {} for {} of {} seeds ({}{})",
                                  width_name(config.points[point].width), config.points[point].depth,
                                  name_of(estimator), count, n_seeds, count > 1 ? "the first: " : "",
                                  std::find_if(first, last, taken)->reason));
    }
  }
  return lines;
}

}  // namespace gnc
