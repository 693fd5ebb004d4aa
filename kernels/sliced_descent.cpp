#include "kernels/sliced_descent.hpp"

#include <algorithm>

namespace gnc {

int descent_threads(const DescentModel& model) {
  const auto entries = [](int rows, int cols) { return std::int64_t{rows} * cols; };
  std::int64_t largest = std::max<std::int64_t>(model.n_entries(), model.n_train);
  if (model.depth > 1) {
    largest = std::max({largest, entries(model.n_rows, model.width), entries(model.width, model.n_cols)});
  }
  if (model.depth > 2) largest = std::max(largest, entries(model.width, model.width));
  constexpr std::int64_t kWarp = 32;
  return static_cast<int>(std::min<std::int64_t>((largest + kWarp - 1) / kWarp * kWarp, kMostDescentThreads));
}

std::uint32_t arrays_in_shared(const DescentModel& model, std::size_t floats) {
  DescentArrays arrays;
  auto room = static_cast<std::int64_t>(floats);
  std::uint32_t chosen = 0;
  std::uint32_t bit = 1;
  for_each_array(model, arrays, [&](float*&, std::int64_t entries, DescentArrayUse) {
    if (entries <= room) {
      room -= entries;
      chosen |= bit;
    }
    bit <<= 1;
  });
  return chosen;
}

std::size_t shared_floats(const DescentModel& model, std::uint32_t in_shared) {
  DescentArrays arrays;
  std::int64_t sum = 0;
  for_each_array(model, arrays, [&](float*&, std::int64_t entries, DescentArrayUse) {
    if ((in_shared & 1) != 0) sum += entries;
    in_shared >>= 1;
  });
  return static_cast<std::size_t>(sum);
}

SlicedDescent sliced_descent(const DescentInput& input, float* home, std::size_t shared) {
  SlicedDescent run;
  run.model = input.model;
  run.home = arrays_in(input.model, home, 1);
  run.in_shared = arrays_in_shared(input.model, shared);
  run.threads = descent_threads(input.model);
  run.epochs_left = input.epochs;
  return run;
}

int n_arrays_at_home(const SlicedDescent& run) {
  DescentArrays arrays;
  std::uint32_t in_shared = run.in_shared;
  int count = 0;
  for_each_array(run.model, arrays, [&](float*&, std::int64_t, DescentArrayUse) {
    if ((in_shared & 1) == 0) ++count;
    in_shared >>= 1;
  });
  return count;
}

void write_start(const DescentInput& input, float* memory) {
  std::fill_n(memory, n_array_entries(input.model), 0.0f);
  const DescentArrays arrays = arrays_in(input.model, memory, 1);
  std::copy(input.weights.begin(), input.weights.end(), arrays.weights);
  std::copy(input.A_train.begin(), input.A_train.end(), arrays.A_train);
  std::copy(input.b_train.begin(), input.b_train.end(), arrays.b_train);
  *arrays.lr = input.lr;
}

}  // namespace gnc
