#include "host/report/cells_csv.hpp"

#include <fmt/format.h>

#include <iterator>
#include <optional>

#include "host/config/names.hpp"
#include "host/report/csv_field.hpp"
#include "host/report/experiment_text.hpp"
#include "host/report/known_values.hpp"
#include "host/report/point_summary.hpp"

namespace gnc {
namespace {

constexpr const char* kHeader =
    "width,depth,seed,eps_train,estimator,draw,engine,drawn,accepted,acceptance_rate,rate_low,rate_high,"
    "gnc_gen,gnc_gen_se,gnc_gen_median,gnc_gen_q25,gnc_gen_q75,prior_gen,gd_gen,gd_train,"
    "gnc_seconds,gd_seconds,samples_per_second,ess,pareto_k,log10_rate,log10_rate_low,log10_rate_high,"
    "prior_gen_se\n";

void append_row(std::string& text, const RunResults& run, const CellResult& cell, double eps_train) {
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "{},{},{},{},{},{},{},{}", width_name(cell.width), cell.depth, cell.seed, eps_train,
                 name_of(cell.estimator), name_of(draw_law_of(run, cell)), csv_field(run.engine), cell.drawn);
  const ToleranceResult* result = find_tolerance(cell, eps_train);
  const KnownRates rates = result != nullptr ? known_rates(cell, *result) : KnownRates{};
  const auto field = [&](std::optional<double> ToleranceResult::*value) {
    return csv_field(result != nullptr ? result->*value : std::nullopt);
  };
  fmt::format_to(out, ",{},{},{},{}", result != nullptr ? fmt::format("{}", result->accepted) : "",
                 csv_field(rates.rate), csv_field(rates.low), csv_field(rates.high));
  fmt::format_to(out, ",{},{},{},{},{}", field(&ToleranceResult::gnc_gen),
                 field(&ToleranceResult::gnc_gen_se), field(&ToleranceResult::gnc_gen_median),
                 field(&ToleranceResult::gnc_gen_q25), field(&ToleranceResult::gnc_gen_q75));
  const KnownTimes times = known_times(cell);
  fmt::format_to(out, ",{},{},{},{},{},{}", csv_field(cell.prior_gen), csv_field(cell.gd_gen),
                 csv_field(cell.gd_train), csv_field(times.gnc_seconds), csv_field(times.gd_seconds),
                 csv_field(times.samples_per_second));
  fmt::format_to(out, ",{},{},{},{},{},{}\n", field(&ToleranceResult::ess), field(&ToleranceResult::pareto_k),
                 csv_field(rates.log10_rate), csv_field(rates.log10_low), csv_field(rates.log10_high),
                 csv_field(cell.prior_gen_se));
}

}  // namespace

std::string cells_csv(const RunResults& run) {
  std::string text = kHeader;
  for (const CellResult& cell : run.cells) {
    for (const double eps_train : run.config.gnc_eps_train) append_row(text, run, cell, eps_train);
  }
  return text;
}

}  // namespace gnc
