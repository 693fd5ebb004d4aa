#pragma once

#include <nlohmann/json.hpp>

#include "host/config/parse_config.hpp"

namespace gnc {

/// An experiment of a second or less: 3 x 3, two points, two seeds, two tolerances that accept about one draw
/// in ten and one in a hundred.
inline nlohmann::ordered_json small_experiment_json() {
  return {{"n_rows", 3},
          {"n_cols", 3},
          {"num_measurements", 4},
          {"num_seeds", 2},
          {"activation", "Tanh"},
          {"gnc_num_samples", 20'000},
          {"gnc_eps_train", {0.1, 0.02}},
          {"gd_lrs", {0.01}},
          {"gd_init_scales", {0.1}},
          {"gd_epochs", 300},
          {"widths", {4, 7}},
          {"depth", 3},
          {"seed", 11},
          {"max_stored", 150}};
}

inline Config small_experiment(const nlohmann::ordered_json& changes = nlohmann::ordered_json::object()) {
  nlohmann::ordered_json json = small_experiment_json();
  json.update(changes);
  return parse_config(json, "small.json").config;
}

}  // namespace gnc
