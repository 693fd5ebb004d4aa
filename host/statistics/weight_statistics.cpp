#include "host/statistics/weight_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "host/statistics/clopper_pearson.hpp"
#include "host/statistics/rate_from_log.hpp"
#include "host/statistics/residual_share.hpp"
#include "host/statistics/student_t.hpp"
#include "host/statistics/weight_tail.hpp"

namespace gnc {
namespace {

/// The losses of the draws of the largest weights, each for itself, and of the first ones, which stand for
/// all others, with their weights in units of the largest.
std::vector<WeightedValue> posterior_sample(const WeightTally& tally) {
  const double unit = tally.largest.front().weight.log();
  const auto weight_of = [&](const WeightedDraw& draw) { return std::exp(draw.weight.log() - unit); };
  std::vector<WeightedValue> sample;
  std::vector<std::uint64_t> largest;
  double of_largest = 0.0;
  for (const WeightedDraw& draw : tally.largest) {
    // A run of arithmetic revision 4 or less has drawn losses for the first ones alone.
    if (!(draw.gen_loss > 0.0)) continue;
    sample.push_back({draw.gen_loss, weight_of(draw)});
    of_largest += sample.back().weight;
    largest.push_back(draw.index);
  }
  std::ranges::sort(largest);
  const std::size_t others = sample.size();
  double of_others = 0.0;
  for (const WeightedDraw& draw : tally.posterior) {
    if (std::ranges::binary_search(largest, draw.index)) continue;
    sample.push_back({draw.gen_loss, weight_of(draw)});
    of_others += sample.back().weight;
  }
  if (sample.size() < tally.nonzero) {
    const double all = std::exp(tally.sums[WeightTally::W].value().log() - unit);
    const double scale = of_others > 0.0 ? std::max(0.0, all - of_largest) / of_others : 0.0;
    for (std::size_t i = others; i < sample.size(); ++i) sample[i].weight *= scale;
  }
  std::erase_if(sample, [](const WeightedValue& loss) { return !(loss.weight > 0.0); });
  return sample;
}

/// Sets the quartiles and the number that they rest on.
void add_quartiles(const WeightTally& tally, WeightStatistics& statistics) {
  if (tally.posterior.empty()) return;
  std::vector<WeightedValue> sample = posterior_sample(tally);
  double total = 0.0, squares = 0.0;
  for (const auto& [value, weight] : sample) {
    total += weight;
    squares += weight * weight;
  }
  statistics.quartile_draws = total * total / squares;
  statistics.gen_quartiles = weighted_quartiles(std::move(sample));
}

/// Sum of the cubes of the normalised weights, which have sum 1; `log_w`: the logarithm of their sum before.
/// Weights that are not kept count as if they were as large as the smallest kept one, at most.
double sum_of_cubes(const WeightTally& tally, double log_w, double squares) {
  double cubes = 0.0, kept_squares = 0.0, smallest = 0.0;
  for (const WeightedDraw& draw : tally.largest) {
    smallest = std::exp(draw.weight.log() - log_w);
    kept_squares += smallest * smallest;
    cubes += smallest * smallest * smallest;
  }
  if (tally.nonzero > tally.largest.size()) cubes += smallest * std::max(0.0, squares - kept_squares);
  return cubes;
}

}  // namespace

WeightStatistics weight_statistics(const WeightTally& tally, std::uint64_t drawn) {
  WeightStatistics statistics;
  if (drawn == 0) return statistics;
  const auto n = static_cast<double>(drawn);
  if (tally.nonzero == 0) {
    statistics.rate_high = std::min(1.0, kMostWeight * clopper_pearson(0, drawn).high);
    statistics.log10.high = std::log10(statistics.rate_high);
    return statistics;
  }
  const auto sum = [&](WeightTally::Sum which) { return tally.sums[which].value(); };
  const ScaledReal w = sum(WeightTally::W), w_squared = w * w;
  const double ess = ratio(w_squared, sum(WeightTally::W2));
  statistics.ess = ess;
  // The mean's logarithm is nearer to normal than the mean; Student's t with the effective sample size allows
  // for a variance that rests on few draws.
  const double relative = drawn > 1 ? std::sqrt(std::max(0.0, (1.0 / ess - 1.0 / n) * n / (n - 1.0))) : 1.0;
  const double half = student_half_width(std::max(1.0, ess - 1.0)) * relative;
  // Upwards also for large weights that have not been met: these would make the rate larger, not smaller.
  double upper = half;
  if (const auto tail = weight_tail(tally, drawn)) {
    statistics.pareto_k = tail->shape;
    upper = std::max(half, tail->log_room);
  }
  // Draws that all have the same weight still leave room for some that do not.
  const double unseen = clopper_pearson(drawn, drawn).low;
  const double log_rate = w.log() - std::log(n);
  statistics.rate = rate_from_log(log_rate);
  statistics.rate_low = statistics.rate * std::min(std::exp(-half), unseen);
  statistics.rate_high = rate_bound_from_log(log_rate + upper);
  statistics.log10 = {log10_of_log(log_rate), log10_of_log(log_rate + std::min(-half, std::log(unseen))),
                      log10_of_log(log_rate + upper)};

  const double gen = ratio(sum(WeightTally::WX), w);
  statistics.gen = gen;
  if (tally.nonzero >= 2) {
    const double w2x2 = ratio(sum(WeightTally::W2X2), w_squared);
    const double w2x = ratio(sum(WeightTally::W2X), w_squared);
    const double residuals = w2x2 - 2.0 * gen * w2x + gen * gen / ess;
    const double squares = 1.0 / ess;
    const double left = residual_share(squares, sum_of_cubes(tally, w.log(), squares));
    // Below these the differences are rounding.
    if (residuals > 1e-13 * w2x2 && left > 1e-12) {
      statistics.gen_se = std::sqrt(residuals / left) * (half > 0.0 ? upper / half : 1.0);
    }
  }
  add_quartiles(tally, statistics);
  return statistics;
}

}  // namespace gnc
