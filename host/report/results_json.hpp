#pragma once

#include <nlohmann/json.hpp>

#include "host/report/run_results.hpp"

namespace gnc {

/// The run as JSON: its config, whether it is finished, which shard it is ("1/3", null for a whole run), and
/// its cells with the fields of RunResults and their draw law; unknown values are null.
nlohmann::ordered_json results_json(const RunResults& run);

}  // namespace gnc
