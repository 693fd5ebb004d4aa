#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "host/config/config.hpp"
#include "host/config/names.hpp"
#include "host/engine/prepared_cell.hpp"
#include "host/problem/random_problem.hpp"
#include "kernels/draw_form.hpp"

namespace gnc {

/// A cell that every engine must draw like the others.
struct EngineCase {
  std::string name;
  Config config;
  Point point;
};

/// All activations, priors, normalisation; shapes square, tall, wide, of width 1, shallow and deep.
inline std::vector<EngineCase> engine_cases() {
  struct Shape {
    std::int64_t n_rows, n_cols, width, depth;
  };
  const std::vector<Shape> shapes = {
      {5, 5, 5, 2}, {5, 5, 1, 2}, {5, 5, 13, 2},  {5, 5, 64, 2},  {5, 5, 67, 2}, {5, 5, 160, 2},
      {5, 5, 5, 1}, {5, 5, 5, 3}, {5, 5, 5, 10},  {5, 5, 33, 4},  {4, 6, 7, 3},  {7, 3, 12, 2},
      {1, 4, 3, 2}, {6, 1, 2, 3}, {11, 9, 20, 3}, {2, 2, 300, 2}, {3, 3, 300, 3}};
  std::vector<EngineCase> all;
  for (const Shape& shape : shapes) {
    for (const Activation activation : {Activation::Linear, Activation::Tanh, Activation::LeakyRelu}) {
      for (const Prior prior : {Prior::Gauss, Prior::Unif}) {
        for (const bool normalize : {false, true}) {
          EngineCase c;
          c.config.n_rows = shape.n_rows;
          c.config.n_cols = shape.n_cols;
          c.config.num_measurements = std::max<std::int64_t>(1, shape.n_rows * shape.n_cols * 3 / 5);
          c.config.activation = activation;
          c.config.gnc_init = prior;
          c.config.gnc_normalize = normalize;
          c.config.completion = shape.n_rows == 7;
          c.config.seed = 5;
          c.point = {shape.width, shape.depth, 0.0, 0.0};
          c.name = std::to_string(shape.n_rows) + "x" + std::to_string(shape.n_cols) + " width " +
                   std::to_string(shape.width) + " depth " + std::to_string(shape.depth) + " activation " +
                   std::to_string(static_cast<int>(activation)) +
                   (prior == Prior::Gauss ? " gauss" : " unif") + (normalize ? " normalized" : "");
          all.push_back(c);
        }
      }
    }
  }
  return all;
}

/// Those that draw law `product` draws in a form of its own.
inline std::vector<EngineCase> product_cases() {
  std::vector<EngineCase> cases = engine_cases();
  std::erase_if(cases, [](EngineCase& c) {
    c.config.draw = DrawLaw::Product;
    c.name += " product";
    if (c.config.gnc_init != Prior::Gauss) return true;
    const PreparedCell cell(c.config, c.point, 0, random_problem(c.config, 0));
    return draw_form(cell.view()) == DrawForm::Factors;
  });
  return cases;
}

/// All that the CPU engine draws.
inline std::vector<EngineCase> cpu_cases() {
  std::vector<EngineCase> cases = engine_cases();
  const std::vector<EngineCase> product = product_cases();
  cases.insert(cases.end(), product.begin(), product.end());
  return cases;
}

/// Shapes at the edges of what engine cuda-fused takes.
inline std::vector<EngineCase> edges_of_cuda_fused() {
  struct Shape {
    std::int64_t n_rows, n_cols, width, depth;
    Activation activation = Activation::Linear;
    DrawLaw draw = DrawLaw::Factors;
  };
  constexpr auto kTanh = Activation::Tanh;
  constexpr auto kLinear = Activation::Linear;
  constexpr auto kProduct = DrawLaw::Product;
  std::vector<EngineCase> edges;
  for (const Shape& shape :
       {Shape{16, 16, 40, 2}, Shape{16, 1, 64, 4}, Shape{1, 16, 63, 3}, Shape{5, 5, 64, 32},
        Shape{5, 5, 4096, 2}, Shape{16, 2, 4095, 2}, Shape{4, 4, 64, 32}, Shape{16, 16, 1, 1},
        Shape{16, 16, 64, 32, kTanh}, Shape{16, 16, 4096, 2, kTanh}, Shape{16, 16, 64, 3, kTanh, kProduct},
        Shape{16, 16, 4096, 2, kTanh, kProduct}, Shape{16, 16, 1000, 32, kLinear, kProduct},
        Shape{16, 3, 2, 5, kLinear, kProduct}}) {
    EngineCase c;
    c.config.n_rows = shape.n_rows;
    c.config.n_cols = shape.n_cols;
    c.config.num_measurements = std::max<std::int64_t>(1, shape.n_rows * shape.n_cols / 2);
    c.config.activation = shape.activation;
    c.config.draw = shape.draw;
    c.point = {shape.width, shape.depth, 0.0, 0.0};
    c.name = name_of(shape.activation) + " " + name_of(shape.draw) + " " + std::to_string(shape.n_rows) +
             "x" + std::to_string(shape.n_cols) + " width " + std::to_string(shape.width) + " depth " +
             std::to_string(shape.depth);
    edges.push_back(c);
  }
  return edges;
}

/// A tolerance that every finite train loss meets.
constexpr double kEverything = 1e30;

}  // namespace gnc
