#pragma once

#include "kernels/descent.hpp"
#include "kernels/scalar_lanes.hpp"
#include "kernels/sliced_descent.hpp"

namespace gnc::plain {

/// Calls visit(array, place, entries, use) for each array of the run that is in shared memory during a slice:
/// `array` is its pointer in `arrays`, `place` where it is in `shared`.
template <class Visit>
GNC_FN void for_each_shared_array(const DescentModel& model, std::uint32_t in_shared, float* shared,
                                  DescentArrays& arrays, Visit visit) {
  for_each_array(model, arrays, [&](float*& array, std::int64_t entries, DescentArrayUse use) {
    if ((in_shared & 1) != 0) {
      visit(array, shared, entries, use);
      shared += entries;
    }
    in_shared >>= 1;
  });
}

/// Copies entries, shared out among the team.
template <class Team>
GNC_FN void copy_entries(const Team& team, const float* from, float* to, std::int64_t entries) {
  team.for_each(entries, [=](std::int64_t i) GNC_LAMBDA { to[i] = from[i]; });
}

/// Trains the run for `count` epochs, or for what it has left, and leaves its weights and Y at home.
/// `shared` has the floats that the run was placed for.
template <class Team>
GNC_FN void descent_slice(const Team& team, SlicedDescent* run, float* shared, std::int64_t count) {
  const std::int64_t epochs = count < run->epochs_left ? count : run->epochs_left;
  if (epochs == 0) return;
  const DescentModel model = run->model;
  const std::uint32_t in_shared = run->in_shared;
  DescentArrays arrays = run->home;
  for_each_shared_array(model, in_shared, shared, arrays,
                        [&](float*& array, float* place, std::int64_t entries, DescentArrayUse use) {
                          if (use != DescentArrayUse::Scratch) copy_entries(team, array, place, entries);
                          array = place;
                        });
  team.sync();
  const double decay_power = descent_epochs<ExactLanes>(team, model, arrays, run->decay_power, epochs);
  DescentArrays home = run->home;
  for_each_shared_array(model, in_shared, shared, home,
                        [&](float*& array, float* place, std::int64_t entries, DescentArrayUse use) {
                          if (use == DescentArrayUse::State) copy_entries(team, place, array, entries);
                        });
  team.for_each(1, [=](int) GNC_LAMBDA {
    run->decay_power = decay_power;
    run->epochs_left -= epochs;
  });
  team.sync();
}

}  // namespace gnc::plain
