#include "host/report/results_csv.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <tuple>

#include "host/config/names.hpp"
#include "host/report/csv_field.hpp"
#include "host/report/point_summary.hpp"
#include "host/report/report_names.hpp"

namespace gnc {
namespace {

std::string header(const Config& config) {
  std::string text = config.axis == SweepAxis::Width   ? "width"
                     : config.axis == SweepAxis::Depth ? "depth"
                                                       : "width,depth";
  for (std::int64_t seed = 0; seed < config.num_seeds; ++seed) {
    text += fmt::format(",gnc_gen_seed={}", seed);
    if (config.axis != SweepAxis::Depth) text += fmt::format(",prior_gen_seed={}", seed);
    text += fmt::format(",gd_gen_seed={}", seed);
  }
  return text + '\n';
}

}  // namespace

std::string results_csv_name(const Config& config, std::size_t tolerance_index) {
  if (tolerance_index == 0) return std::string(kResultsCsv);
  return fmt::format("{}{}{}", kResultsCsvBegin, config.gnc_eps_train.at(tolerance_index), kResultsCsvEnd);
}

std::string results_csv(const RunResults& run, std::size_t tolerance_index) {
  const Config& config = run.config;
  const double eps_train = config.gnc_eps_train.at(tolerance_index);
  std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t>, const CellResult*> cells;
  for (const CellResult& cell : run.cells) cells[{cell.width, cell.depth, cell.seed}] = &cell;

  std::string text = header(config);
  const auto out = std::back_inserter(text);
  for (const Point& point : config.points) {
    switch (config.axis) {
      case SweepAxis::Width:
        text += width_name(point.width);
        break;
      case SweepAxis::Depth:
        fmt::format_to(out, "{}", point.depth);
        break;
      case SweepAxis::Grid:
        fmt::format_to(out, "{},{}", width_name(point.width), point.depth);
        break;
    }
    for (std::int64_t seed = 0; seed < config.num_seeds; ++seed) {
      std::optional<double> gnc_gen;
      std::optional<double> prior_gen;
      std::optional<double> gd_gen;
      const auto found = cells.find({point.width, point.depth, seed});
      if (found != cells.end()) {
        const ToleranceResult* result = find_tolerance(*found->second, eps_train);
        if (result != nullptr) gnc_gen = result->gnc_gen;
        prior_gen = found->second->prior_gen;
        gd_gen = found->second->gd_gen;
      }
      fmt::format_to(out, ",{}", csv_field(gnc_gen));
      if (config.axis != SweepAxis::Depth) fmt::format_to(out, ",{}", csv_field(prior_gen));
      fmt::format_to(out, ",{}", csv_field(gd_gen));
    }
    text += '\n';
  }
  return text;
}

}  // namespace gnc
