#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "host/cuda/cuda_fused_engine.hpp"
#include "host/cuda/cuda_gemm_engine.hpp"
#include "host/problem/random_problem.hpp"
#include "host/statistics/loss_statistics.hpp"
#include "host/statistics/weight_statistics.hpp"
#include "tests/cuda/cuda_test.hpp"
#include "tests/engine/conditional_agreement.hpp"
#include "tests/engine/reference_cases.hpp"

namespace gnc {
namespace {

class CudaConditional : public CudaTest {};

TEST_F(CudaConditional, AgreesWithTheCpuEngine) {
  CudaFusedEngine engine;
  std::size_t number = 0;
  for (const ConditionalCase& c : conditional_cases()) {
    if (under_sanitizer() && number++ % 5 != 0) continue;
    const PreparedCell cell(c.config, c.point, 1, random_problem(c.config, 1));
    ASSERT_TRUE(CudaFusedEngine::takes(cell));
    EXPECT_FALSE(CudaGemmEngine::takes(cell));
    expect_conditional_as_on_the_cpu(c, cell, under_sanitizer() ? 2000 : 5000, runs(engine));
  }
}

TEST_F(CudaConditional, AWeightMayBeBelowTheRangeOfDoubles) {
  CudaFusedEngine engine;
  Config config;
  config.estimator = Estimator::Conditional;
  const PreparedCell cell(config, {5, 2, 0, 0}, 0, random_problem(config, 0));
  const std::vector<double> tolerances = {1e-2, 1e-40, 1e-105};
  const ChunkResult chunk =
      expect_weights_as_on_the_cpu(cell, {0, 500}, tolerances, 1e-3, runs(engine), "tiny tolerances");
  EXPECT_LT(chunk.weighted[1].sums[WeightTally::W].value().log(), std::log(10.0) * -270);
  EXPECT_LT(chunk.weighted[2].sums[WeightTally::W].value().log(), std::log(10.0) * -700);
}

TEST_F(CudaConditional, AnySplitIntoChunksGivesTheSameBits) {
  Config config;
  config.estimator = Estimator::Conditional;
  const std::vector<double> tolerances = {0.02, 1e-3, 1e-130};
  constexpr std::size_t kStored = 500;
  const PreparedCell cell(config, {5, 2, 0, 0}, 0, random_problem(config, 0));
  const std::uint64_t draws = under_sanitizer() ? 4000 : 1'000'000;
  CudaFusedEngine engine;
  const ChunkResult whole = engine.run_chunk(cell, {0, draws}, tolerances, kStored);
  expect_same_weights_in_chunks(cell, draws, draws / 3 + 17, tolerances, kStored, runs(engine), whole);
}

TEST_F(CudaConditional, ReferenceCasesWithin4CombinedStandardErrors) {
  CudaFusedEngine engine;
  int cases = 0;
  for (ReferenceCase& c : reference_cases()) {
    if (c.config.gnc_init != Prior::Gauss || c.config.gnc_normalize) continue;
    ++cases;
    c.config.estimator = Estimator::Conditional;
    const PreparedCell cell = prepared_cell(c);
    const std::uint64_t draws = under_sanitizer() ? 2000 : 2'000'000;
    const ChunkResult chunk = engine.run_chunk(cell, {0, draws}, c.config.gnc_eps_train, 0);
    const WeightStatistics found = weight_statistics(chunk.weighted[0], draws);
    const std::string name = fmt::format("{} width {} depth {} eps {}", c.problem, c.point.width,
                                         c.point.depth, c.config.gnc_eps_train.front());
    if (under_sanitizer()) continue;
    const double rate_se =
        std::hypot(c.rate_se, found.rate * std::sqrt(1.0 / *found.ess - 1.0 / static_cast<double>(draws)));
    EXPECT_LT(std::abs(found.rate - c.rate), 4 * rate_se) << name << ": " << found.rate;
    EXPECT_LT(std::abs(*found.gen - c.gen), 4 * std::hypot(c.gen_se, *found.gen_se))
        << name << ": " << *found.gen;
    fmt::print("{}: rate {:.5g} (reference {:.5g}, {:+.2f} standard errors), ESS {:.3g}, k {:.2f}\n", name,
               found.rate, c.rate, (found.rate - c.rate) / rate_se, *found.ess, found.pareto_k.value_or(0.0));
    if (c.prior > 0.0) {
      const LossStatistics loss = loss_statistics(chunk.prior);
      EXPECT_LT(std::abs(*loss.mean - c.prior), 4 * std::hypot(2e-5, *loss.standard_error)) << name;
    }
  }
  EXPECT_EQ(cases, 11);
}

TEST_F(CudaConditional, NothingSpills) {
  Config config;
  config.estimator = Estimator::Conditional;
  const PreparedCell cell(config, {5, 2, 0, 0}, 0, random_problem(config, 0));
  const KernelUse use = CudaFusedEngine::kernel_use(cell);
  EXPECT_LE(use.registers, 255);
  EXPECT_LE(use.local_bytes, 1024u);  // pointers to its memory; the matrices are elsewhere
  EXPECT_GT(use.occupancy, 0.0);
}

}  // namespace
}  // namespace gnc
