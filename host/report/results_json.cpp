#include "host/report/results_json.hpp"

#include <cmath>

#include "host/config/config_json.hpp"
#include "host/config/names.hpp"
#include "host/report/experiment_text.hpp"
#include "host/report/known_values.hpp"

namespace gnc {
namespace {

nlohmann::ordered_json or_null(const std::optional<double>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

}  // namespace

nlohmann::ordered_json results_json(const RunResults& run) {
  nlohmann::ordered_json json;
  json["name"] = run.config.name;
  json["finished"] = run.finished;
  json["engine"] = run.engine;
  json["estimator"] = name_of(run.config.estimator);
  json["shard"] = run.shard.of > 1 ? nlohmann::ordered_json(name_of(run.shard)) : nullptr;
  json["descents_elsewhere"] = run.descents_elsewhere;
  json["config"] = to_json(run.config);
  json["cells"] = nlohmann::ordered_json::array();
  for (const CellResult& cell : run.cells) {
    nlohmann::ordered_json row;
    row["width"] = width_json(cell.width);
    row["depth"] = cell.depth;
    row["seed"] = cell.seed;
    row["estimator"] = name_of(cell.estimator);
    if (!cell.reason.empty()) row["reason"] = cell.reason;
    row["draw"] = name_of(draw_law_of(run, cell));
    row["drawn"] = cell.drawn;
    row["tolerances"] = nlohmann::ordered_json::array();
    for (const ToleranceResult& tolerance : cell.tolerances) {
      const KnownRates rates = known_rates(cell, tolerance);
      row["tolerances"].push_back({{"eps_train", tolerance.eps_train},
                                   {"accepted", tolerance.accepted},
                                   {"acceptance_rate", or_null(rates.rate)},
                                   {"rate_low", or_null(rates.low)},
                                   {"rate_high", or_null(rates.high)},
                                   {"gnc_gen", or_null(tolerance.gnc_gen)},
                                   {"gnc_gen_se", or_null(tolerance.gnc_gen_se)},
                                   {"gnc_gen_median", or_null(tolerance.gnc_gen_median)},
                                   {"gnc_gen_q25", or_null(tolerance.gnc_gen_q25)},
                                   {"gnc_gen_q75", or_null(tolerance.gnc_gen_q75)},
                                   {"quantile_draws", tolerance.quantile_draws},
                                   {"ess", or_null(tolerance.ess)},
                                   {"pareto_k", or_null(tolerance.pareto_k)},
                                   {"population_spread", or_null(tolerance.population_spread)},
                                   {"log10_rate", or_null(rates.log10_rate)},
                                   {"log10_rate_low", or_null(rates.log10_low)},
                                   {"log10_rate_high", or_null(rates.log10_high)}});
    }
    if (!cell.curve.empty()) {
      row["curve"] = nlohmann::ordered_json::array();
      for (const CurveResult& point : cell.curve) {
        const KnownRates rates = known_rates(cell, point);
        row["curve"].push_back({{"eps_train", point.eps_train},
                                {"acceptance_rate", or_null(rates.rate)},
                                {"rate_low", or_null(rates.low)},
                                {"rate_high", or_null(rates.high)},
                                {"gnc_gen", or_null(point.gnc_gen)},
                                {"gnc_gen_se", or_null(point.gnc_gen_se)},
                                {"log10_rate", or_null(rates.log10_rate)},
                                {"log10_rate_low", or_null(rates.log10_low)},
                                {"log10_rate_high", or_null(rates.log10_high)}});
      }
    }
    row["level_reached"] = or_null(cell.level_reached);
    row["prior_gen"] = or_null(cell.prior_gen);
    row["prior_gen_se"] = or_null(cell.prior_gen_se);
    row["gd_gen"] = or_null(cell.gd_gen);
    row["gd_train"] = or_null(cell.gd_train);
    row["gd_diverged"] = cell.gd_gen && !std::isfinite(*cell.gd_gen);
    const KnownTimes times = known_times(cell);
    row["gnc_seconds"] = or_null(times.gnc_seconds);
    row["gd_seconds"] = or_null(times.gd_seconds);
    row["samples_per_second"] = or_null(times.samples_per_second);
    row["saturated"] = cell.saturated;
    json["cells"].push_back(std::move(row));
  }
  return json;
}

}  // namespace gnc
