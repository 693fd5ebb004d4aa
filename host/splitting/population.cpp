#include "host/splitting/population.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>
#include <utility>

#include "kernels/random_stream.hpp"

namespace gnc {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::uint64_t kStateVersion = 0x676e632d73706c32;  // "gnc-spl2"
constexpr double kAcceptance = 0.25;

PhiloxKey population_key(PhiloxKey cell, std::uint64_t population) {
  const std::uint64_t key = static_cast<std::uint64_t>(cell.k1) << 32 | cell.k0;
  const std::uint64_t mixed = splitmix64(key ^ splitmix64(population));
  return {static_cast<std::uint32_t>(mixed), static_cast<std::uint32_t>(mixed >> 32)};
}

/// Beyond these a move forgets where it came from.
double largest_step(Prior prior) { return prior == Prior::Gauss ? 1.0 : 2.0; }

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

Population::Population(const CellView& cell, std::uint64_t population, SplittingSettings settings,
                       std::vector<double> eps_points)
    : settings_(settings),
      eps_points_(std::move(eps_points)),
      prior_law_(cell.prior),
      key_(population_key(cell.key, population)),
      n_weights_(n_weights(cell.n_rows, cell.n_cols, cell.width, cell.depth)),
      target_(reachable_target(cell, eps_points_)),
      level_(kInfinity),
      next_level_(kInfinity),
      step_sizes_(static_cast<std::size_t>(cell.depth), largest_step(cell.prior)) {
  if (settings.particles < 2 || settings.particles >= std::uint64_t{1} << 32 || settings.sweeps < 1) {
    throw std::invalid_argument("Population: particles must be 2 .. 2^32 - 1, sweeps at least 1");
  }
  const bool decreasing = std::ranges::adjacent_find(eps_points_, std::less_equal()) == eps_points_.end();
  if (eps_points_.empty() || !decreasing || !(eps_points_.back() > 0.0)) {
    throw std::invalid_argument("Population: eps_points must be positive and strictly decreasing");
  }
  for (int layer = 1; layer <= cell.depth; ++layer) {
    layer_begins_.push_back(layer_offset(cell.n_rows, cell.width, layer));
  }
  layer_begins_.push_back(n_weights_);
}

ParticleDraw Population::draw(std::uint32_t number) {
  passes_ += settings_.particles;
  return {number, key_, step_++};
}

ParticleRefill Population::descend(std::uint32_t number, std::uint64_t survivors) {
  level_ = next_level_;
  ++levels_;
  log_rate_ += std::log(static_cast<double>(survivors) / static_cast<double>(settings_.particles));
  // Which survivors are copied once more than others is decided by a random rotation.
  RandomStream random(key_, Stream::Splitting, static_cast<std::uint64_t>(step_++) << 32);
  return {number, survivors, static_cast<std::uint64_t>(random.word()) * survivors >> 32};
}

LayerMove Population::next_move(std::uint32_t number) {
  const std::uint32_t moves_before = step_ - 1 - static_cast<std::uint32_t>(levels_);
  moved_layer_ = moves_before % step_sizes_.size();
  const double size = step_sizes_[moved_layer_];
  LayerMove next{number, key_, step_++, {}, level_};
  next.move.keep = static_cast<float>(std::sqrt(1.0 - std::min(1.0, size * size)));
  next.move.step = static_cast<float>(size);
  next.move.begin = layer_begins_[moved_layer_];
  next.move.end = layer_begins_[moved_layer_ + 1];
  passes_ += settings_.particles;
  return next;
}

void Population::moved(std::uint64_t accepted) {
  double& size = step_sizes_[moved_layer_];
  const double acceptance = static_cast<double>(accepted) / static_cast<double>(settings_.particles);
  size = std::clamp(size * (1.0 + acceptance - kAcceptance), 1e-7, largest_step(prior_law_));
}

std::uint64_t Population::fewest() const {
  constexpr std::uint64_t kFewest = 20;
  return std::clamp<std::uint64_t>(settings_.particles / 4, 1, kFewest);
}

void Population::stop() {
  finished_ = true;
  next_level_ = -kInfinity;
}

void Population::choose_next_level(const LossOrder& losses) {
  if (level_ <= target_ || levels_ == kMostLevels) return stop();
  const double median = losses.middle;
  const double least = losses.least;
  if (median <= target_ && least < target_) {
    next_level_ = target_;
  } else if (least < median) {
    next_level_ = median;
  } else {
    if (losses.next < 0.0f) return stop();
    next_level_ = losses.next;
  }
}

std::optional<double> Population::due() const {
  if (curve_.size() == eps_points_.size()) return std::nullopt;
  const double point = eps_points_[curve_.size()];
  return finished_ || point > next_level_ ? std::optional(point) : std::nullopt;
}

std::vector<std::uint64_t> Population::ranks(std::uint64_t count) {
  std::vector<std::uint64_t> ranks(std::min(count, kSampledLosses));
  // Each in the middle of its share.
  for (std::uint64_t i = 0; i < ranks.size(); ++i) ranks[i] = (2 * i + 1) * count / (2 * ranks.size());
  return ranks;
}

void Population::answer(const GeneralizationSum& below, std::span<const float> at_ranks) {
  CurvePoint point;
  point.eps_train = *due();
  point.log_rate = log_rate_;
  if (below.count >= fewest()) {
    point.reached = true;
    const auto count = static_cast<double>(below.count);
    point.log_rate += std::log(count / static_cast<double>(settings_.particles));
    point.below = below.count;
    point.gen = below.sum / count;
    point.gen_losses.assign(at_ranks.begin(), at_ranks.end());
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

std::size_t Population::state_bytes() const {
  std::size_t bytes = 256 + 8 * step_sizes_.size();
  for (const CurvePoint& point : curve_) bytes += 36 + sizeof(float) * point.gen_losses.size();
  return bytes;
}

void Population::write_to(StateWriter& writer) const {
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
    writer.real(point.log_rate);
    writer.u64(point.below);
    writer.real(point.gen);
    writer.u64(point.gen_losses.size());
    for (const float loss : point.gen_losses) writer.real(loss);
  }
}

void Population::read_from(StateReader& reader) {
  if (reader.u64() != kStateVersion || reader.u64() != fingerprint()) {
    throw std::invalid_argument("the state is that of another population");
  }
  finished_ = reader.u32() != 0;
  step_ = reader.u32();
  levels_ = static_cast<int>(reader.u32());
  for (double* x : {&level_, &next_level_, &log_rate_}) *x = reader.real64();
  for (double& x : step_sizes_) x = reader.real64();
  passes_ = reader.u64();
  for (std::uint64_t* x : {&prior_.count, &prior_.loss.low, &prior_.loss.high, &prior_.square.low,
                           &prior_.square.high, &prior_.saturated}) {
    *x = reader.u64();
  }
  curve_.assign(std::min<std::uint64_t>(reader.u64(), eps_points_.size()), {});
  for (std::size_t i = 0; i < curve_.size(); ++i) {
    CurvePoint& point = curve_[i];
    point.eps_train = eps_points_[i];
    point.reached = reader.u32() != 0;
    point.log_rate = reader.real64();
    point.below = reader.u64();
    point.gen = reader.real64();
    point.gen_losses.resize(std::min(reader.u64(), kSampledLosses));
    for (float& loss : point.gen_losses) loss = reader.real32();
  }
}

}  // namespace gnc
