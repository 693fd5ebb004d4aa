#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/batched/accepted_row.hpp"
#include "kernels/cell_view.hpp"
#include "kernels/draw_tally.hpp"
#include "kernels/fixed_point.hpp"
#include "kernels/losses.hpp"
#include "kernels/scalar_lanes.hpp"

namespace gnc {

/// End-to-end products of a batch of draws, before `output_scale` and normalisation: row-major matrices,
/// `stride` floats apart.
struct ProductBatch {
  const float* entries;
  std::size_t stride;

  GNC_FN const float* of(std::uint32_t row) const { return entries + row * stride; }
};

/// Train and generalization loss of one draw per index, from the products' projections on all measurements.
struct DrawLosses {
  CellView cell;  ///< on the device: filter_targets and b_test
  ProductBatch products;
  const float* projections;  ///< (n_filter + n_test) x batch: rows of the train filter, then of A_test
  std::uint32_t batch;
  float* train_losses;
  float* gen_losses;

  GNC_FN void operator()(std::uint32_t row) const {
    using L = plain::ScalarLanes;
    const float factor = plain::output_factor<L>(cell, products.of(row));
    const float* projection = projections + row;
    float train = cell.filter_base;
    for (int i = 0; i < cell.n_filter; ++i, projection += batch) {
      train = plain::add_squared_residual<L>(*projection, cell.filter_targets[i], factor, train);
    }
    float gen = 0.0f;
    for (int i = 0; i < cell.n_test; ++i, projection += batch) {
      gen = plain::add_squared_residual<L>(*projection, cell.b_test[i], factor, gen);
    }
    train_losses[row] = train / static_cast<float>(cell.n_train);
    gen_losses[row] = gen / static_cast<float>(cell.n_test);
  }
};

/// Whether the draw of a row is accepted at the largest tolerance.
struct IsAccepted {
  AskedRows asked;
  const float* train_losses;
  double tolerance;

  GNC_FN bool operator()(std::uint32_t row) const {
    return static_cast<double>(train_losses[row]) < tolerance && asked.contains(row);
  }
};

/// A row's term of the prior's sums.
struct PriorTerm {
  AskedRows asked;
  const float* gen_losses;

  GNC_FN LossSums operator()(std::uint32_t row) const {
    LossSums term;
    if (in_prior_share(asked.first_draw + row) && asked.contains(row)) term.add(gen_losses[row]);
    return term;
  }
};

/// Gathers the accepted rows' losses.
struct GatherAccepted {
  const std::uint32_t* rows;
  const float* train_losses;
  const float* gen_losses;
  AcceptedRow* to;

  GNC_FN void operator()(std::uint32_t i) const {
    const std::uint32_t row = rows[i];
    to[i] = {row, train_losses[row], gen_losses[row]};
  }
};

/// End-to-end matrices of the rows that are kept, one row per index; `to` is row-major, p floats a matrix.
struct GatherY {
  CellView cell;
  ProductBatch products;
  const std::uint32_t* rows;
  float* to;

  GNC_FN void operator()(std::uint32_t i) const {
    const float* product = products.of(rows[i]);
    const float factor = plain::output_factor<plain::ScalarLanes>(cell, product);
    const int p = cell.n_entries();
    for (int e = 0; e < p; ++e)
      to[static_cast<std::size_t>(i) * static_cast<std::size_t>(p) + static_cast<std::size_t>(e)] =
          factor * product[e];
  }
};

}  // namespace gnc
