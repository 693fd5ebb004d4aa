#include "host/splitting/population.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>
#include <utility>

#include "host/splitting/state_bytes.hpp"
#include "host/statistics/quantile.hpp"
#include "kernels/cpu/splitting_kernel.hpp"
#include "kernels/random_stream.hpp"

namespace gnc {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::uint64_t kStateVersion = 0x676e632d73706c31;  // "gnc-spl1"
constexpr double kAcceptance = 0.25;

PhiloxKey population_key(PhiloxKey cell, std::uint64_t population) {
  const std::uint64_t key = static_cast<std::uint64_t>(cell.k1) << 32 | cell.k0;
  const std::uint64_t mixed = splitmix64(key ^ splitmix64(population));
  return {static_cast<std::uint32_t>(mixed), static_cast<std::uint32_t>(mixed >> 32)};
}

/// Beyond these a move forgets where it came from.
double largest_step(Prior prior) { return prior == Prior::Gauss ? 1.0 : 2.0; }

std::uint64_t padded(std::uint64_t particles) {
  return (particles + kParticleBlock - 1) / kParticleBlock * kParticleBlock;
}

/// The smallest of `points` above what the targets' part outside the measurements' range leaves; infinite
/// where there is none.
double reachable_target(const CellView& cell, const std::vector<double>& points) {
  const float least = cell.filter_base / static_cast<float>(cell.n_train);
  double target = kInfinity;
  for (const double point : points) {
    if (point > static_cast<double>(least)) target = point;
  }
  return target;
}

}  // namespace

Population::Population(const PreparedCell& cell, std::uint64_t population, SplittingSettings settings,
                       std::vector<double> eps_points)
    : cell_(cell),
      settings_(settings),
      eps_points_(std::move(eps_points)),
      key_(population_key(cell.view().key, population)),
      n_weights_(n_weights(cell.view().n_rows, cell.view().n_cols, cell.view().width, cell.view().depth)),
      target_(reachable_target(cell.view(), eps_points_)),
      level_(kInfinity),
      next_level_(kInfinity),
      step_sizes_(static_cast<std::size_t>(cell.view().depth), largest_step(cell.view().prior)) {
  if (settings.particles < 2 || settings.particles >= std::uint64_t{1} << 32 || settings.sweeps < 1) {
    throw std::invalid_argument("Population: particles must be 2 .. 2^32 - 1, sweeps at least 1");
  }
  const bool decreasing = std::ranges::adjacent_find(eps_points_, std::less_equal()) == eps_points_.end();
  if (eps_points_.empty() || !decreasing || !(eps_points_.back() > 0.0)) {
    throw std::invalid_argument("Population: eps_points must be positive and strictly decreasing");
  }
}

void Population::allocate() {
  const std::uint64_t count = padded(settings_.particles);
  const std::uint64_t n = count * static_cast<std::uint64_t>(n_weights_);
  weights_ = weight_memory_.reserve(n);
  losses_ = loss_memory_.reserve(count);
  // Lanes beyond the last particle are computed and never looked at.
  std::fill(losses_ + settings_.particles, losses_ + count, 0.0f);
  std::fill(weights_ + (count - kParticleBlock) * static_cast<std::uint64_t>(n_weights_), weights_ + n, 0.0f);
}

Particles Population::particles() const { return {weights_, losses_, settings_.particles}; }

/// Place of the particle's first weight; the others follow at a distance of kParticleBlock.
std::size_t Population::weight_at(std::uint64_t particle) const {
  return particle / kParticleBlock * static_cast<std::uint64_t>(n_weights_) * kParticleBlock +
         particle % kParticleBlock;
}

void Population::advance() {
  if (finished_) return;
  if (step_ == 0) {
    draw();
  } else {
    descend();
  }
  choose_next_level();
  answer_points();
}

void Population::draw() {
  allocate();
  draw_particles(cell_.view(), key_, step_++, particles(), scratch_);
  passes_ += settings_.particles;
}

void Population::descend() {
  const std::uint64_t n = settings_.particles;
  const auto below = [&](float loss) { return static_cast<double>(loss) < next_level_; };
  const auto survivors = static_cast<std::uint64_t>(std::count_if(losses_, losses_ + n, below));
  level_ = next_level_;
  ++levels_;
  log_rate_ += std::log(static_cast<double>(survivors) / static_cast<double>(n));
  refill(survivors);
  for (int i = 0; i < settings_.sweeps; ++i) sweep();
}

/// Particles not below the level become copies of those that are, as many of each as possible; which ones
/// are copied once more is decided by a random rotation.
void Population::refill(std::uint64_t survivors) {
  const std::uint64_t n = settings_.particles;
  const std::uint64_t dead = n - survivors;
  const std::uint64_t rotation =
      static_cast<std::uint64_t>(
          RandomStream(key_, Stream::Splitting, static_cast<std::uint64_t>(step_++) << 32).word()) *
          survivors >>
      32;
  const auto alive = [&](std::uint64_t p) { return static_cast<double>(losses_[p]) < level_; };
  std::vector<bool> survived(n);
  for (std::uint64_t p = 0; p < n; ++p) survived[p] = alive(p);
  std::uint64_t slot = 0;
  std::uint64_t i = 0;  // number of the survivor
  for (std::uint64_t p = 0; p < n; ++p) {
    if (!survived[p]) continue;
    std::uint64_t copies = ((i + 1) * dead + rotation) / survivors - (i * dead + rotation) / survivors;
    ++i;
    for (; copies > 0; --copies, ++slot) {
      while (survived[slot]) ++slot;
      losses_[slot] = losses_[p];
      const float* from = weights_ + weight_at(p);
      float* to = weights_ + weight_at(slot);
      for (std::int64_t w = 0; w < n_weights_; ++w) to[w * kParticleBlock] = from[w * kParticleBlock];
    }
  }
}

/// Moves one layer of every particle; the layers take turns.
void Population::sweep() {
  const CellView& cell = cell_.view();
  const std::uint32_t moves_before = step_ - 1 - static_cast<std::uint32_t>(levels_);
  const std::size_t layer = moves_before % step_sizes_.size();
  double& size = step_sizes_[layer];
  const auto begin_of = [&](std::size_t l) {
    return l == step_sizes_.size() ? n_weights_
                                   : layer_offset(cell.n_rows, cell.width, static_cast<std::int64_t>(l) + 1);
  };
  ParticleMove move;
  move.keep = static_cast<float>(std::sqrt(1.0 - std::min(1.0, size * size)));
  move.step = static_cast<float>(size);
  move.begin = begin_of(layer);
  move.end = begin_of(layer + 1);
  const std::uint64_t accepted = move_particles(cell, key_, step_++, move, level_, particles(), scratch_);
  passes_ += settings_.particles;
  const double acceptance = static_cast<double>(accepted) / static_cast<double>(settings_.particles);
  size = std::clamp(size * (1.0 + acceptance - kAcceptance), 1e-7, largest_step(cell.prior));
}

/// The median of the train losses, but not below the target; or, where no particle is below the median, the
/// next larger loss. `finished_` where there is no further level.
void Population::choose_next_level() {
  const auto stop = [&] {
    finished_ = true;
    next_level_ = -kInfinity;
  };
  if (level_ <= target_ || levels_ == kMostLevels) return stop();
  std::vector<float> losses(losses_, losses_ + settings_.particles);
  const auto middle = losses.begin() + static_cast<std::ptrdiff_t>(losses.size() / 2);
  std::ranges::nth_element(losses, middle);
  const double median = *middle;
  const double least = *std::min_element(losses.begin(), middle + 1);
  if (median <= target_ && least < target_) {
    next_level_ = target_;
  } else if (least < median) {
    next_level_ = median;
  } else {
    double larger = -kInfinity;
    for (auto loss = middle; loss != losses.end(); ++loss) {
      if (*loss > median && (larger < 0.0 || *loss < larger)) larger = *loss;
    }
    if (larger < 0.0) return stop();
    next_level_ = larger;
  }
}

/// Answers the points above the next level, or all that are left once finished.
void Population::answer_points() {
  const bool first = step_ == 1;
  const auto due = [&] {
    return curve_.size() < eps_points_.size() && (finished_ || eps_points_[curve_.size()] > next_level_);
  };
  if (!first && !due()) return;
  float* gen_losses = gen_memory_.reserve(padded(settings_.particles));
  generalization_losses(cell_.view(), particles(), gen_losses, scratch_);
  if (first) {
    for (std::uint64_t p = 0; p < settings_.particles; ++p) prior_.add(gen_losses[p]);
  } else {
    passes_ += settings_.particles;
  }
  while (due()) answer(eps_points_[curve_.size()], gen_losses);
}

void Population::answer(double eps_train, const float* gen_losses) {
  std::vector<double> below;
  for (std::uint64_t p = 0; p < settings_.particles; ++p) {
    if (static_cast<double>(losses_[p]) < eps_train) below.push_back(static_cast<double>(gen_losses[p]));
  }
  CurvePoint point;
  point.eps_train = eps_train;
  point.log_rate = log_rate_;
  if (!below.empty()) {
    point.reached = true;
    point.log_rate += std::log(static_cast<double>(below.size()) / static_cast<double>(settings_.particles));
    double sum = 0.0;
    for (const double gen : below) sum += gen;
    point.gen = sum / static_cast<double>(below.size());
    const Quartiles q = *quartiles(std::move(below));
    point.gen_median = q.median;
    point.gen_q25 = q.q25;
    point.gen_q75 = q.q75;
  }
  curve_.push_back(point);
}

std::uint64_t Population::fingerprint() const {
  std::uint64_t mix = splitmix64(kStateVersion);
  const auto add = [&](std::uint64_t x) { mix = splitmix64(mix ^ x); };
  add(static_cast<std::uint64_t>(key_.k1) << 32 | key_.k0);
  add(settings_.particles);
  add(static_cast<std::uint64_t>(settings_.sweeps));
  add(static_cast<std::uint64_t>(n_weights_));
  add(step_sizes_.size());
  for (const double point : eps_points_) add(std::bit_cast<std::uint64_t>(point));
  return mix;
}

std::vector<std::byte> Population::state() const {
  const std::uint64_t n = step_ == 0 || finished_ ? 0 : settings_.particles;
  StateWriter writer(256 + 8 * step_sizes_.size() + curve_.size() * 56 +
                     n * static_cast<std::uint64_t>(n_weights_ + 1) * sizeof(float));
  writer.u64(kStateVersion);
  writer.u64(fingerprint());
  writer.u32(finished_ ? 1 : 0);
  writer.u32(step_);
  writer.u32(static_cast<std::uint32_t>(levels_));
  for (const double x : {level_, next_level_, log_rate_}) writer.real(x);
  for (const double x : step_sizes_) writer.real(x);
  writer.u64(passes_);
  for (const std::uint64_t x : {prior_.count, prior_.loss.low, prior_.loss.high, prior_.square.low,
                                prior_.square.high, prior_.saturated}) {
    writer.u64(x);
  }
  writer.u64(curve_.size());
  for (const CurvePoint& point : curve_) {
    writer.u32(point.reached ? 1 : 0);
    for (const double x : {point.log_rate, point.gen, point.gen_median, point.gen_q25, point.gen_q75}) {
      writer.real(x);
    }
  }
  // The particles of a finished population are of no further use.
  for (std::uint64_t p = 0; p < n; ++p) writer.real(losses_[p]);
  for (std::uint64_t p = 0; p < n; ++p) {
    const float* from = weights_ + weight_at(p);
    for (std::int64_t w = 0; w < n_weights_; ++w) writer.real(from[w * kParticleBlock]);
  }
  return writer.take();
}

void Population::restore(std::span<const std::byte> state) {
  StateReader reader(state);
  if (reader.u64() != kStateVersion || reader.u64() != fingerprint()) {
    throw std::invalid_argument("the state is that of another population");
  }
  const bool finished = reader.u32() != 0;
  const std::uint32_t step = reader.u32();
  const auto levels = static_cast<int>(reader.u32());
  double reals[3];
  for (double& x : reals) x = reader.real64();
  std::vector<double> step_sizes(step_sizes_.size());
  for (double& x : step_sizes) x = reader.real64();
  const std::uint64_t passes = reader.u64();
  LossSums prior;
  for (std::uint64_t* x : {&prior.count, &prior.loss.low, &prior.loss.high, &prior.square.low,
                           &prior.square.high, &prior.saturated}) {
    *x = reader.u64();
  }
  std::vector<CurvePoint> curve(std::min<std::uint64_t>(reader.u64(), eps_points_.size()));
  for (std::size_t i = 0; i < curve.size(); ++i) {
    CurvePoint& point = curve[i];
    point.eps_train = eps_points_[i];
    point.reached = reader.u32() != 0;
    for (double* x : {&point.log_rate, &point.gen, &point.gen_median, &point.gen_q25, &point.gen_q75}) {
      *x = reader.real64();
    }
  }
  const std::uint64_t n = step == 0 || finished ? 0 : settings_.particles;
  if (reader.left() != n * static_cast<std::uint64_t>(n_weights_ + 1) * sizeof(float)) {
    throw std::invalid_argument("the state of a population has the wrong size");
  }
  if (n > 0) allocate();
  for (std::uint64_t p = 0; p < n; ++p) losses_[p] = reader.real32();
  for (std::uint64_t p = 0; p < n; ++p) {
    float* to = weights_ + weight_at(p);
    for (std::int64_t w = 0; w < n_weights_; ++w) to[w * kParticleBlock] = reader.real32();
  }
  finished_ = finished;
  step_ = step;
  levels_ = levels;
  level_ = reals[0];
  next_level_ = reals[1];
  log_rate_ = reals[2];
  step_sizes_ = std::move(step_sizes);
  passes_ = passes;
  prior_ = prior;
  curve_ = std::move(curve);
}

}  // namespace gnc
