#include "host/config/config_json.hpp"

#include <algorithm>
#include <vector>

#include "host/config/names.hpp"
#include "host/config/sweep.hpp"

namespace gnc {
namespace {

std::vector<double> per_point(const Config& config, double Point::*member) {
  std::vector<double> values;
  for (const Point& point : config.points) values.push_back(point.*member);
  const bool all_equal =
      std::all_of(values.begin(), values.end(), [&](double v) { return v == values.front(); });
  if (all_equal && values.size() > 1) values.erase(values.begin() + 1, values.end());
  return values;
}

}  // namespace

nlohmann::ordered_json to_json(const Config& config) {
  nlohmann::ordered_json json;
  json["name"] = config.name;
  json["n_rows"] = config.n_rows;
  json["n_cols"] = config.n_cols;
  json["gt_rank"] = config.gt_rank;
  json["gt_norm"] = config.gt_norm;
  json["num_seeds"] = config.num_seeds;
  json["completion"] = config.completion;
  json["num_measurements"] = config.num_measurements;
  json["activation"] = name_of(config.activation);
  json["negative_slope"] = config.negative_slope;
  json["gnc_num_samples"] = config.gnc_num_samples;
  if (!config.gnc_batch_sizes.empty()) json["gnc_batch_sizes"] = config.gnc_batch_sizes;
  json["gnc_eps_train"] = config.gnc_eps_train;
  json["gnc_init"] = name_of(config.gnc_init);
  json["gnc_normalize"] = config.gnc_normalize;
  json["gnc_softening"] = config.gnc_softening;
  json["gd_lrs"] = per_point(config, &Point::gd_lr);
  json["gd_epochs"] = config.gd_epochs;
  json["gd_init_scales"] = per_point(config, &Point::gd_init_scale);
  json["gd_log_period"] = config.gd_log_period;
  json["gd_print_period"] = config.gd_print_period;
  json["gd_momentum"] = config.gd_momentum;
  json["gd_verbose"] = config.gd_verbose;
  json["gd"] = config.gd;
  const auto widths = sweep_widths(config);
  const auto depths = sweep_depths(config);
  if (config.axis == SweepAxis::Depth) {
    json["width"] = width_json(widths.front());
  } else {
    json["widths"] = nlohmann::ordered_json::array();
    for (const std::int64_t width : widths) json["widths"].push_back(width_json(width));
  }
  if (config.axis == SweepAxis::Width) {
    json["depth"] = depths.front();
  } else {
    json["depths"] = depths;
  }
  json["seed"] = config.seed;
  json["estimator"] = name_of(config.estimator);
  json["splitting_particles"] = config.splitting_particles;
  json["splitting_sweeps"] = config.splitting_sweeps;
  json["splitting_populations"] = config.splitting_populations;
  json["draw"] = name_of(config.draw);
  json["chunk_size"] = config.chunk_size;
  json["max_stored"] = config.max_stored;
  if (config.problem_file) json["problem"] = *config.problem_file;
  return json;
}

nlohmann::ordered_json width_json(std::int64_t width) {
  if (width == kInfiniteWidth) return width_name(width);
  return width;
}

}  // namespace gnc
