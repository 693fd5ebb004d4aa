#pragma once

namespace gnc {

/// Entry-wise activation of every layer but the last.
enum class Activation { Linear, Tanh, LeakyRelu };

/// Prior of the weights: `Gauss` iid N(0, 1), `Unif` iid U(-1, 1).
enum class Prior { Gauss, Unif };

/// Draw law: `Factors` draws every weight, `Product` the end-to-end matrix from its exact distribution
/// (docs/methods.md, draw law `product`), prior `Gauss` alone.
enum class DrawLaw { Factors, Product };

/// Calls `call` with the activation as a compile-time constant: call.operator()<kActivation>().
template <class Call>
auto with_activation(Activation activation, const Call& call) {
  switch (activation) {
    case Activation::Tanh:
      return call.template operator()<Activation::Tanh>();
    case Activation::LeakyRelu:
      return call.template operator()<Activation::LeakyRelu>();
    default:
      return call.template operator()<Activation::Linear>();
  }
}

/// The same for the prior.
template <class Call>
auto with_prior(Prior prior, const Call& call) {
  return prior == Prior::Gauss ? call.template operator()<Prior::Gauss>()
                               : call.template operator()<Prior::Unif>();
}

}  // namespace gnc
