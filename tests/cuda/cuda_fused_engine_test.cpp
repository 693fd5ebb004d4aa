#include "host/cuda/cuda_fused_engine.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "host/cuda/cuda_gemm_engine.hpp"
#include "host/problem/random_problem.hpp"
#include "tests/cuda/cuda_test.hpp"
#include "tests/engine/engine_agreement.hpp"
#include "tests/engine/engine_cases.hpp"
#include "tests/engine/reference_cases.hpp"

namespace gnc {
namespace {

class CudaFused : public CudaTest {};

TEST_F(CudaFused, AgreesWithTheCpuEngine) {
  CudaFusedEngine engine;
  std::size_t number = 0;
  for (const EngineCase& c : cpu_cases()) {
    for (const Point point :
         {c.point, Point{10, c.point.depth, 0, 0}, Point{12, c.point.depth, 0, 0}, Point{20, 2, 0, 0}}) {
      const PreparedCell cell(c.config, point, 1, random_problem(c.config, 1));
      if (!CudaFusedEngine::takes(cell)) continue;
      if (under_sanitizer() && number++ % 16 != 0) continue;
      const std::uint64_t draws = under_sanitizer() ? 200 : 5000;
      expect_agreement_with_cpu(cell, {1000, 1000 + draws}, runs(engine),
                                c.name + ", taken as width " + std::to_string(point.width), true);
    }
  }
}

TEST_F(CudaFused, AgreesWithTheCpuEngineAtTheEdgesOfWhatItTakes) {
  CudaFusedEngine engine;
  for (const EngineCase& c : edges_of_cuda_fused()) {
    const PreparedCell cell(c.config, c.point, 0, random_problem(c.config, 0));
    ASSERT_TRUE(CudaFusedEngine::takes(cell)) << c.name;
    expect_agreement_with_cpu(cell, {1000, under_sanitizer() ? 1040u : 1200u}, runs(engine), c.name, true);
  }
}

TEST_F(CudaFused, AnySplitIntoChunksGivesTheSameBits) {
  Config config;
  const std::vector<double> tolerances = {0.2, 0.05};
  CudaFusedEngine engine;
  for (const Point point : {Point{5, 2, 0, 0}, Point{5, 10, 0, 0}, Point{160, 2, 0, 0}}) {
    const PreparedCell cell(config, point, 0, random_problem(config, 0));
    const std::uint64_t draws = under_sanitizer() ? 5'000 : 20'000'000;
    const ChunkResult whole = engine.run_chunk(cell, {0, draws}, tolerances, 1000);
    std::vector<LossSums> accepted(tolerances.size());
    LossSums prior;
    const std::uint64_t size = draws / 3 + 17;
    for (std::uint64_t begin = 0; begin < draws; begin += size) {
      const ChunkResult part = engine.run_chunk(cell, {begin, std::min(begin + size, draws)}, tolerances, 0);
      for (std::size_t t = 0; t < accepted.size(); ++t) accepted[t].add(part.accepted[t]);
      prior.add(part.prior);
    }
    EXPECT_EQ(accepted, whole.accepted);
    EXPECT_EQ(prior, whole.prior);
  }
}

TEST_F(CudaFused, StoresWhatTheGemmEngineStores) {
  Config config;
  const PreparedCell cell(config, {5, 2, 0, 0}, 0, random_problem(config, 0));
  const std::vector<double> tolerances = {0.02, 0.01};
  const ChunkResult fused = CudaFusedEngine().run_chunk(cell, {0, 30'000'000}, tolerances, 300);
  const ChunkResult gemm = CudaGemmEngine().run_chunk(cell, {0, 30'000'000}, tolerances, 300);
  std::vector<std::uint64_t> same;
  const auto index = [](const AcceptedDraw& draw) { return draw.index; };
  std::ranges::transform(fused.stored, std::back_inserter(same), index);
  const std::size_t stored = same.size();
  std::erase_if(same, [&](std::uint64_t draw) {
    return std::ranges::find(gemm.stored, draw, &AcceptedDraw::index) == gemm.stored.end();
  });
  // A draw within 1e-5 of the tolerance may be decided otherwise, and lets another one in at the end.
  EXPECT_GE(stored, 300u);
  EXPECT_GE(same.size() + 4, stored);
  EXPECT_GE(same.size() + 4, gemm.stored.size());
}

TEST_F(CudaFused, PublishedShapesStayInRegisters) {
  using Kind = std::pair<DrawLaw, Activation>;
  for (const auto& [draw, activation] :
       {Kind{DrawLaw::Factors, Activation::Linear}, Kind{DrawLaw::Product, Activation::Linear},
        Kind{DrawLaw::Factors, Activation::Tanh}, Kind{DrawLaw::Product, Activation::Tanh}}) {
    for (const Point point : {Point{5, 2, 0, 0}, Point{5, 10, 0, 0}, Point{160, 2, 0, 0}}) {
      Config config;
      config.draw = draw;
      config.activation = activation;
      const PreparedCell cell(config, point, 0, random_problem(config, 0));
      const KernelUse use = CudaFusedEngine::kernel_use(cell);
      EXPECT_GT(use.registers, 25);  // Y alone
      EXPECT_LE(use.registers, 255);
      EXPECT_EQ(use.local_bytes, 0u) << "width " << point.width << " depth " << point.depth;
      EXPECT_GT(use.occupancy, 0.0);
      EXPECT_LE(use.occupancy, 1.0);
    }
  }
}

TEST_F(CudaFused, ReferenceRatesWithin4CombinedStandardErrors) {
  const char* text = std::getenv("GNC_REFERENCE_DRAWS");
  const double budget = text != nullptr ? std::atof(text) : 1e9;
  CudaFusedEngine engine;
  int taken = 0;
  for (const DrawLaw draw : {DrawLaw::Factors, DrawLaw::Product}) {
    for (ReferenceCase& c : rejection_cases()) {
      c.config.draw = draw;
      const PreparedCell cell = prepared_cell(c);
      if (!CudaFusedEngine::takes(cell)) continue;
      if (draw == DrawLaw::Product && draw_form(cell.view()) == DrawForm::Factors) continue;
      ++taken;
      const std::uint64_t draws = draws_of(c, budget);
      const ChunkResult result = engine.run_chunk(cell, {0, draws}, c.config.gnc_eps_train, 0);
      expect_reference(c, result.accepted[0], result.prior, draws);
    }
  }
  EXPECT_GT(taken, 0);
}

}  // namespace
}  // namespace gnc
