#include "host/splitting/populations.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <utility>

namespace gnc {

Populations::Populations(const CellView& cell, std::span<const std::uint64_t> numbers,
                         SplittingSettings settings, const std::vector<double>& eps_points,
                         std::unique_ptr<ParticleStore> store)
    : n_weights_(static_cast<std::size_t>(n_weights(cell.n_rows, cell.n_cols, cell.width, cell.depth))),
      store_(std::move(store)) {
  for (const std::uint64_t number : numbers) populations_.emplace_back(cell, number, settings, eps_points);
}

bool Populations::finished() const { return std::ranges::all_of(populations_, &Population::finished); }

std::vector<std::uint32_t> Populations::under_way() const {
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t i = 0; i < populations_.size(); ++i) {
    if (!populations_[i].finished()) numbers.push_back(i);
  }
  return numbers;
}

void Populations::advance() {
  const std::vector<std::uint32_t> all = under_way();
  if (all.empty()) return;
  std::vector<std::uint32_t> fresh, drawn;
  for (const std::uint32_t i : all) (populations_[i].drawn() ? drawn : fresh).push_back(i);
  if (!fresh.empty()) draw(fresh);
  if (!drawn.empty()) descend(drawn);
  const std::vector<LossOrder> losses = store_->order_losses(all);
  for (std::size_t j = 0; j < all.size(); ++j) {
    if (!populations_[all[j]].finished()) populations_[all[j]].choose_next_level(losses[j]);
  }
  answer_points(all);
}

void Populations::draw(std::span<const std::uint32_t> numbers) {
  std::vector<ParticleDraw> draws;
  for (const std::uint32_t i : numbers) draws.push_back(populations_[i].draw(i));
  store_->draw(draws);
}

void Populations::descend(std::span<const std::uint32_t> numbers) {
  const std::vector<std::uint64_t> survivors = count_survivors(numbers);
  std::vector<std::uint32_t> going_on;
  for (std::size_t j = 0; j < numbers.size(); ++j) {
    Population& population = populations_[numbers[j]];
    if (survivors[j] >= population.fewest()) {
      going_on.push_back(numbers[j]);
    } else {
      population.stop();
    }
  }
  if (going_on.size() == numbers.size()) {
    move_below(numbers, survivors);
  } else if (!going_on.empty()) {
    move_below(going_on, count_survivors(going_on));
  }
}

/// How many particles are below the next level; `move_below` of the same populations goes by that.
std::vector<std::uint64_t> Populations::count_survivors(std::span<const std::uint32_t> numbers) {
  std::vector<ParticlesBelow> below;
  for (const std::uint32_t i : numbers) below.push_back({i, populations_[i].next_level()});
  return store_->count_below(below);
}

void Populations::move_below(std::span<const std::uint32_t> numbers,
                             std::span<const std::uint64_t> survivors) {
  std::vector<ParticleRefill> refills;
  int sweeps = 0;
  for (std::size_t j = 0; j < numbers.size(); ++j) {
    Population& population = populations_[numbers[j]];
    refills.push_back(population.descend(numbers[j], survivors[j]));
    sweeps = population.settings().sweeps;
  }
  store_->refill(refills);
  std::vector<LayerMove> moves(numbers.size());
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    for (std::size_t j = 0; j < numbers.size(); ++j) {
      moves[j] = populations_[numbers[j]].next_move(numbers[j]);
    }
    const std::vector<std::uint64_t> accepted = store_->move(moves);
    for (std::size_t j = 0; j < numbers.size(); ++j) populations_[numbers[j]].moved(accepted[j]);
  }
}

void Populations::answer_points(std::span<const std::uint32_t> numbers) {
  std::vector<std::uint32_t> asked, at_prior;
  for (const std::uint32_t i : numbers) {
    Population& population = populations_[i];
    if (population.at_prior()) {
      at_prior.push_back(i);
    } else if (population.due()) {
      population.count_passes();
    } else {
      continue;
    }
    asked.push_back(i);
  }
  if (asked.empty()) return;
  store_->generalize(asked);
  if (!at_prior.empty()) {
    const std::vector<LossSums> sums = store_->generalization(at_prior);
    for (std::size_t j = 0; j < at_prior.size(); ++j) populations_[at_prior[j]].set_prior(sums[j]);
  }
  while (answer_next(asked)) {
  }
}

/// Answers one point of each population that has one due; whether there was any.
bool Populations::answer_next(std::span<const std::uint32_t> numbers) {
  std::vector<ParticlesBelow> below;
  for (const std::uint32_t i : numbers) {
    if (const std::optional<double> point = populations_[i].due()) below.push_back({i, *point});
  }
  if (below.empty()) return false;
  const std::vector<GeneralizationSum> sums = store_->generalization_below(below);
  std::vector<GeneralizationRank> ranks;
  for (std::size_t j = 0; j < below.size(); ++j) {
    for (const std::uint64_t rank : Population::ranks(sums[j].count)) {
      ranks.push_back({below[j].population, rank});
    }
  }
  std::vector<float> values;
  if (!ranks.empty()) values = store_->generalization_at(ranks);
  std::size_t at = 0;
  for (std::size_t j = 0; j < below.size(); ++j) {
    const std::size_t count = Population::ranks(sums[j].count).size();
    populations_[below[j].population].answer(sums[j], std::span(values).subspan(at, count));
    at += count;
  }
  return true;
}

/// Particles whose weights are moved at once: some MiB of them.
std::uint64_t Populations::particles_at_once() const {
  constexpr std::uint64_t kFloats = std::uint64_t{1} << 20;
  return std::max<std::uint64_t>(1, kFloats / n_weights_ / kParticlesAtOnce) * kParticlesAtOnce;
}

std::vector<std::byte> Populations::state(std::size_t i) const {
  const Population& population = populations_[i];
  const std::uint64_t n = population.has_particles() ? population.settings().particles : 0;
  StateWriter writer(population.state_bytes() + n * (n_weights_ + 1) * sizeof(float));
  population.write_to(writer);
  const auto number = static_cast<std::uint32_t>(i);
  std::vector<float> losses(n), weights;
  if (n > 0) store_->read_losses(number, losses);
  for (const float x : losses) writer.real(x);
  for (std::uint64_t first = 0; first < n; first += particles_at_once()) {
    weights.resize(std::min(particles_at_once(), n - first) * n_weights_);
    store_->read_weights(number, first, weights);
    for (const float x : weights) writer.real(x);
  }
  return writer.take();
}

void Populations::restore(std::size_t i, std::span<const std::byte> state) {
  StateReader reader(state);
  Population restored = populations_[i];
  restored.read_from(reader);
  const std::uint64_t n = restored.has_particles() ? restored.settings().particles : 0;
  if (reader.left() != n * (n_weights_ + 1) * sizeof(float)) {
    throw std::invalid_argument("the state of a population has the wrong size");
  }
  const auto number = static_cast<std::uint32_t>(i);
  std::vector<float> losses(n), weights;
  for (float& x : losses) x = reader.real32();
  if (n > 0) store_->write_losses(number, losses);
  for (std::uint64_t first = 0; first < n; first += particles_at_once()) {
    weights.resize(std::min(particles_at_once(), n - first) * n_weights_);
    for (float& x : weights) x = reader.real32();
    store_->write_weights(number, first, weights);
  }
  populations_[i] = std::move(restored);
}

}  // namespace gnc
