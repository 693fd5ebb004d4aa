#pragma once

namespace gnc {

/// Entry-wise activation of every layer but the last.
enum class Activation { Linear, Tanh, LeakyRelu };

/// Prior of the weights: `Gauss` iid N(0, 1), `Unif` iid U(-1, 1).
enum class Prior { Gauss, Unif };

}  // namespace gnc
