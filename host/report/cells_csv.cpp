#include "host/report/cells_csv.hpp"

#include <fmt/format.h>

#include <iterator>
#include <optional>

#include "host/config/names.hpp"
#include "host/report/csv_field.hpp"
#include "host/report/experiment_text.hpp"
#include "host/report/point_summary.hpp"

namespace gnc {
namespace {

constexpr const char* kHeader =
    "width,depth,seed,eps_train,estimator,draw,engine,drawn,accepted,acceptance_rate,rate_low,rate_high,"
    "gnc_gen,gnc_gen_se,gnc_gen_median,gnc_gen_q25,gnc_gen_q75,prior_gen,gd_gen,gd_train,"
    "gnc_seconds,gd_seconds,samples_per_second,ess,pareto_k,log10_rate,log10_rate_low,log10_rate_high,"
    "prior_gen_se\n";

std::string known_if_positive(double value) { return value > 0.0 ? fmt::format("{}", value) : std::string(); }

void append_row(std::string& text, const RunResults& run, const CellResult& cell, double eps_train) {
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "{},{},{},{},{},{},{},{}", width_name(cell.width), cell.depth, cell.seed, eps_train,
                 name_of(cell.estimator), name_of(draw_law_of(run, cell)), csv_field(run.engine), cell.drawn);
  const ToleranceResult* result = find_tolerance(cell, eps_train);
  if (result == nullptr) {
    text += ",,,,,,,,,";
  } else {
    fmt::format_to(out, ",{}", result->accepted);
    if (cell.drawn > 0) {
      fmt::format_to(out, ",{},{},{}", result->acceptance_rate, result->rate_low, result->rate_high);
    } else {
      text += ",,,";
    }
    fmt::format_to(out, ",{},{},{},{},{}", csv_field(result->gnc_gen), csv_field(result->gnc_gen_se),
                   csv_field(result->gnc_gen_median), csv_field(result->gnc_gen_q25),
                   csv_field(result->gnc_gen_q75));
  }
  fmt::format_to(out, ",{},{},{},{},{},{},{},{}", csv_field(cell.prior_gen), csv_field(cell.gd_gen),
                 csv_field(cell.gd_train), known_if_positive(cell.gnc_seconds),
                 known_if_positive(cell.gd_seconds), known_if_positive(cell.samples_per_second),
                 csv_field(result != nullptr ? result->ess : std::nullopt),
                 csv_field(result != nullptr ? result->pareto_k : std::nullopt));
  if (result != nullptr && cell.drawn > 0) {
    fmt::format_to(out, ",{},{},{}", log10_field(result->rate()), log10_field(result->low()),
                   log10_field(result->high()));
  } else {
    text += ",,,";
  }
  fmt::format_to(out, ",{}\n", csv_field(cell.prior_gen_se));
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
