#include "host/report/curves_csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "host/config/names.hpp"
#include "host/report/csv_field.hpp"
#include "host/report/known_values.hpp"

namespace gnc {

bool has_curves(const RunResults& run) {
  return std::ranges::any_of(run.cells, [](const CellResult& cell) { return !cell.curve.empty(); });
}

std::string curves_csv(const RunResults& run) {
  std::string text =
      "width,depth,seed,eps_train,acceptance_rate,rate_low,rate_high,gnc_gen,gnc_gen_se,"
      "log10_rate,log10_rate_low,log10_rate_high\n";
  for (const CellResult& cell : run.cells) {
    for (const CurveResult& point : cell.curve) {
      const KnownRates rates = known_rates(cell, point);
      fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{},{},{},{},{},{},{}\n",
                     width_name(cell.width), cell.depth, cell.seed, point.eps_train, csv_field(rates.rate),
                     csv_field(rates.low), csv_field(rates.high), csv_field(point.gnc_gen),
                     csv_field(point.gnc_gen_se), csv_field(rates.log10_rate), csv_field(rates.log10_low),
                     csv_field(rates.log10_high));
    }
  }
  return text;
}

}  // namespace gnc
