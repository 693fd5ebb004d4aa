#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>
#include <vector>

#include "host/cli/execute.hpp"
#include "host/config/config_json.hpp"
#include "host/engine/complete_network.hpp"
#include "host/errors.hpp"
#include "host/experiment/cell_source.hpp"
#include "host/ledger/ledger.hpp"
#include "kernels/cpu/draw_kernel.hpp"

namespace gnc {
namespace {

/// rows x cols values from `from` on, row by row.
nlohmann::ordered_json matrix_json(const float* from, std::int64_t rows, std::int64_t cols) {
  auto matrix = nlohmann::ordered_json::array();
  for (std::int64_t i = 0; i < rows; ++i)
    matrix.push_back(std::vector<float>(from + i * cols, from + (i + 1) * cols));
  return matrix;
}

}  // namespace

int execute(const ReplayCommand& command, std::ostream& out) {
  Ledger ledger = Ledger::open(command.folder, Database::Mode::ReadOnly);
  const auto n_cells = static_cast<std::int64_t>(ledger.cells().size());
  if (command.cell < 0 || command.cell >= n_cells) {
    throw UsageError(fmt::format("option --cell: got {}, expected a cell of {}, 0 to {}", command.cell,
                                 command.folder, n_cells - 1));
  }
  const auto number = static_cast<std::size_t>(command.cell);
  const PlannedCell& cell = ledger.cells()[number];
  if (cell.plan.estimator == Estimator::Splitting) {
    throw UsageError(fmt::format(
        "option --cell: got {}: estimator splitting moves particles, which are no draws with an index; "
        "expected a cell of estimator reject or conditional",
        command.cell));
  }
  if (command.index >= cell.plan.budget) {
    throw UsageError(fmt::format("option --index: got {}, expected a draw of the cell, 0 to {}",
                                 command.index, cell.plan.budget - 1));
  }
  const auto prepared = CellSource(ledger.plan()).prepare(number);
  const CellView& view = prepared->view();
  ScratchMemory memory;
  const ReplayedDraw draw = replay_draw(view, command.index, memory);
  const std::vector<float> weights = complete_network(view, draw);

  nlohmann::ordered_json json;
  json["cell"] = command.cell;
  json["width"] = width_json(cell.point.width);
  json["depth"] = cell.point.depth;
  json["seed"] = cell.seed;
  json["index"] = command.index;
  json["train_loss"] = draw.train_loss;
  json["gen_loss"] = draw.gen_loss;
  json["accepted"] = nlohmann::ordered_json::array();
  for (const double eps : ledger.config().gnc_eps_train) {
    json["accepted"].push_back(
        {{"eps_train", eps}, {"accepted", static_cast<double>(draw.train_loss) < eps}});
  }
  json["weights"] = nlohmann::ordered_json::array();
  // A network of infinite width has no weights to show; those of the view make its Y alone.
  const std::int64_t layers = cell.point.width == kInfiniteWidth ? 0 : view.depth;
  for (std::int64_t layer = 1; layer <= layers; ++layer) {
    const std::int64_t rows = layer == 1 ? view.n_rows : view.width;
    const std::int64_t cols = layer == view.depth ? view.n_cols : view.width;
    json["weights"].push_back(
        matrix_json(weights.data() + layer_offset(view.n_rows, view.width, layer), rows, cols));
  }
  json["Y"] = matrix_json(draw.Y.data(), view.n_rows, view.n_cols);
  out << json.dump(2) << '\n';
  return kDone;
}

}  // namespace gnc
