#include "host/cuda/cuda_gemm_engine.hpp"

#include <cuda_runtime.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "host/problem/random_problem.hpp"
#include "kernels/cuda/device_buffer.hpp"
#include "kernels/cuda/sum_weights.hpp"
#include "tests/cuda/cuda_test.hpp"
#include "tests/engine/engine_agreement.hpp"
#include "tests/engine/engine_cases.hpp"
#include "tests/engine/reference_cases.hpp"

namespace gnc {
namespace {

class CudaGemm : public CudaTest {};

TEST_F(CudaGemm, AgreesWithTheCpuEngine) {
  CudaGemmEngine engine;
  std::size_t number = 0;
  for (const EngineCase& c : engine_cases()) {
    if (under_sanitizer() && number++ % 9 != 0) continue;
    const PreparedCell cell(c.config, c.point, 1, random_problem(c.config, 1));
    const std::uint64_t draws = under_sanitizer() ? 200 : 3000;
    expect_agreement_with_cpu(cell, {1000, 1000 + draws}, runs(engine), c.name);
  }
}

// No wider: the rounding of the longest sums, which cuBLAS adds in another order, would be all that is seen.
TEST_F(CudaGemm, WideLayersOfTanhAgreeWithTheCpuEngine) {
  Config config;
  config.activation = Activation::Tanh;
  const PreparedCell cell(config, {16'384, 2, 0, 0}, 0, random_problem(config, 0));
  CudaGemmEngine engine;
  expect_agreement_with_cpu(cell, {0, under_sanitizer() ? 24u : 40u}, runs(engine), "Tanh, width 16384");
}

TEST_F(CudaGemm, AnySplitIntoChunksGivesTheSameBits) {
  Config config;
  const std::vector<double> tolerances = {0.2, 0.05};
  CudaGemmEngine engine;
  for (const Activation activation : {Activation::Linear, Activation::Tanh}) {
    for (const Point point : {Point{5, 2, 0, 0}, Point{33, 4, 0, 0}, Point{160, 2, 0, 0}}) {
      config.activation = activation;
      const PreparedCell cell(config, point, 0, random_problem(config, 0));
      const std::uint64_t draws = under_sanitizer() ? 5'000 : 3'000'000;
      const ChunkResult whole = engine.run_chunk(cell, {0, draws}, tolerances, 1000);
      expect_exact_sums(engine.run_chunk(cell, {0, 5000}, tolerances, 5000), {0, 5000}, tolerances, "");
      std::vector<LossSums> accepted(tolerances.size());
      LossSums prior;
      const std::uint64_t size = draws / 3 + 17;
      for (std::uint64_t begin = 0; begin < draws; begin += size) {
        const ChunkResult part =
            engine.run_chunk(cell, {begin, std::min(begin + size, draws)}, tolerances, 0);
        for (std::size_t t = 0; t < accepted.size(); ++t) accepted[t].add(part.accepted[t]);
        prior.add(part.prior);
      }
      EXPECT_EQ(accepted, whole.accepted);
      EXPECT_EQ(prior, whole.prior);
    }
  }
}

TEST_F(CudaGemm, StoresWhatTheCpuEngineStores) {
  Config config;
  const PreparedCell cell(config, {5, 2, 0, 0}, 0, random_problem(config, 0));
  const std::vector<double> tolerances = {0.4, 0.1};
  CudaGemmEngine engine;
  CpuEngine cpu;
  const ChunkResult got = engine.run_chunk(cell, {0, 20'000}, tolerances, 5);
  const ChunkResult expected = cpu.run_chunk(cell, {0, 20'000}, tolerances, 5);
  ASSERT_EQ(got.stored.size(), expected.stored.size());
  for (std::size_t i = 0; i < got.stored.size(); ++i)
    EXPECT_EQ(got.stored[i].index, expected.stored[i].index);
}

// Memory that somebody else holds makes the batches smaller, not the run fail.
TEST_F(CudaGemm, DrawsInWhatMemoryIsLeft) {
  Config config;
  const PreparedCell cell(config, {160, 2, 0, 0}, 0, random_problem(config, 0));
  const std::vector<double> tolerances = {0.2};
  const ChunkResult expected = CudaGemmEngine().run_chunk(cell, {0, 300'000}, tolerances, 0);
  CudaGemmEngine engine;
  std::size_t free = 0;
  std::size_t total = 0;
  check(cudaMemGetInfo(&free, &total), "asking for the free memory");
  const DeviceBuffer<std::byte> held(free - (std::size_t{256} << 20));
  const ChunkResult got = engine.run_chunk(cell, {0, 300'000}, tolerances, 0);
  // Smaller calls of cuBLAS may round differently; draws at the tolerance may then be decided otherwise.
  const double count = static_cast<double>(expected.accepted[0].count);
  EXPECT_NEAR(static_cast<double>(got.accepted[0].count), count, 1e-4 * count);
}

TEST_F(CudaGemm, SumOfTheNumbersIsTheCpus) {
  Config config;
  ScratchMemory memory;
  for (const Prior prior : {Prior::Gauss, Prior::Unif}) {
    config.gnc_init = prior;
    // Half a million weights, added in another order: those of many small draws, and of few large ones.
    for (const auto& [point, end] :
         {std::pair{Point{7, 3, 0, 0}, 4096}, std::pair{Point{160, 3, 0, 0}, 80}}) {
      const PreparedCell cell(config, point, 0, random_problem(config, 0));
      const auto limit = static_cast<std::uint64_t>(end);
      const float expected = sum_weights(cell.view(), 64, limit, memory);
      for (const WordSource source : {WordSource::Curand, WordSource::Rounds}) {
        CudaWeightSum sum(source);
        EXPECT_NEAR(sum(cell.view(), 64, limit), expected, 0.5);
        EXPECT_NEAR(sum(cell.view(), 64, limit), expected, 0.5) << "for the second time";
      }
    }
  }
}

TEST_F(CudaGemm, DrawsInABatchAreKnownOnceItDrew) {
  Config config;
  const PreparedCell cell(config, {5, 2, 0, 0}, 0, random_problem(config, 0));
  const std::vector<double> tolerances = {0.02};
  CudaGemmEngine engine;
  engine.run_chunk(cell, {0, 1}, tolerances, 0);
  EXPECT_GT(engine.batch_draws(), 10'000u);
}

TEST_F(CudaGemm, ReferenceRatesWithin4CombinedStandardErrors) {
  const char* text = std::getenv("GNC_REFERENCE_DRAWS");
  const double budget = text != nullptr ? std::atof(text) : 1e9;
  CudaGemmEngine engine;
  for (const ReferenceCase& c : rejection_cases()) {
    const PreparedCell cell = prepared_cell(c);
    const std::uint64_t draws = draws_of(c, budget);
    const ChunkResult result = engine.run_chunk(cell, {0, draws}, c.config.gnc_eps_train, 0);
    expect_reference(c, result.accepted[0], result.prior, draws);
  }
}

}  // namespace
}  // namespace gnc
