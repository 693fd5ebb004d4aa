#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "host/config/checked_value.hpp"
#include "host/config/config.hpp"

namespace gnc {

/// The sweep's distinct widths and depths, in its order.
std::vector<std::int64_t> sweep_widths(const Config& config);
std::vector<std::int64_t> sweep_depths(const Config& config);

/// The network whose draws are a point's: its own or, at infinite width, that of depth 1. There the factors
/// 1/sqrt(width) of a Linear network with Gaussian weights turn every product of hidden layers into a matrix
/// with orthonormal rows, whatever the depth, and Y into G / sqrt(n_cols) with G of iid N(0,1) entries.
Point network_of(const Point& point);

/// Entries of W_1 .. W_d of the point's network together, the random numbers of one draw of law `factors`.
std::int64_t weights_per_draw(const Config& config, const Point& point);

/// Random numbers of one draw of estimator `reject` by the config's draw law.
std::int64_t numbers_per_draw(const Config& config, const Point& point);

/// Whether gradient descent is run at a point: it has no network of infinite width to train.
bool descends(const Config& config, const Point& point);

/// Names where the value of a config key came from.
using OriginOfKey = std::function<ValueOrigin(std::string_view key)>;

/// Checks what the values' own ranges do not: sizes, rank, number of measurements, weights of a draw, hidden
/// draws, number of cells, and that names taken from files are text. Where a problem file decides the sizes,
/// only what does not depend on it is checked. Throws UsageError.
void check_combination(const Config& config, const OriginOfKey& origin_of);

/// Checks that a sweep with an infinite width is one that has this limit and draws it: Linear, of Gaussian
/// weights, by draw law `product`. Called once the command line has had its say about the draw law. `origin`:
/// that of the widths. Throws UsageError.
void check_infinite_width(const Config& config, const ValueOrigin& origin);

}  // namespace gnc
