#pragma once

#include <cstdint>

#include "kernels/fixed_point.hpp"
#include "kernels/lane_scope.hpp"

namespace gnc {

/// Rows of a batch whose draws are asked for: begin <= draw index < end.
struct AskedRows {
  std::uint64_t first_draw;
  std::uint64_t begin;
  std::uint64_t end;

  GNC_FN bool contains(std::uint32_t row) const {
    const std::uint64_t index = first_draw + row;
    return begin <= index && index < end;
  }
};

/// An accepted draw of a batch.
struct AcceptedRow {
  std::uint32_t row;
  float train_loss;
  float gen_loss;
};

/// An accepted row's term of the sums at one tolerance.
struct AcceptedTerm {
  const AcceptedRow* accepted;
  double tolerance;

  GNC_FN LossSums operator()(std::uint32_t i) const {
    LossSums term;
    if (static_cast<double>(accepted[i].train_loss) < tolerance) term.add(accepted[i].gen_loss);
    return term;
  }
};

}  // namespace gnc
