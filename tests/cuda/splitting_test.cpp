#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <vector>

#include "host/cuda/cuda_fused_engine.hpp"
#include "host/cuda/cuda_gemm_engine.hpp"
#include "host/cuda/device_particle_store.hpp"
#include "host/errors.hpp"
#include "tests/batched/host_backend.hpp"
#include "tests/cuda/cuda_test.hpp"
#include "tests/host_device/host_particles.hpp"
#include "tests/splitting/particle_agreement.hpp"
#include "tests/splitting/splitting_reference.hpp"

namespace gnc {
namespace {

class CudaSplitting : public CudaTest {
 protected:
  /// Those of particle_cases that a run under a sanitizer has time for.
  static std::vector<ParticleCase> cases() {
    std::vector<ParticleCase> all = particle_cases();
    if (under_sanitizer()) all = {all[0], all[4], all[7]};
    return all;
  }
  MakeParticles made_by(CudaFusedEngine& engine) const {
    return [&engine](const PreparedCell& cell, std::uint32_t populations, std::uint64_t count) {
      return engine.particles(cell, populations, count);
    };
  }
  CudaFusedEngine engine_;
};

TEST_F(CudaSplitting, ParticlesAreDrawnAsOnTheCpu) {
  for (const ParticleCase& c : cases()) expect_particles_drawn_as_on_the_cpu(c, made_by(engine_));
}

TEST_F(CudaSplitting, ParticlesAreMovedAsOnTheCpu) {
  for (const ParticleCase& c : cases()) expect_particles_moved_as_on_the_cpu(c, made_by(engine_));
}

TEST_F(CudaSplitting, PopulationsSideBySideAreThoseAlone) {
  const SplittingSettings settings{under_sanitizer() ? 101u : 5000u, 4};
  for (const ParticleCase& c : cases()) expect_side_by_side_as_alone(c, settings, made_by(engine_));
}

TEST_F(CudaSplitting, InterruptedAtEveryLevelGivesTheSameBits) {
  const SplittingSettings settings{under_sanitizer() ? 101u : 600u, 4};
  for (const ParticleCase& c : cases()) {
    if (c.point.depth == 1) continue;  // too few levels
    expect_same_bits_through_states(c, settings, made_by(engine_));
  }
}

TEST_F(CudaSplitting, GoesOnFromTheCpusState) { expect_to_go_on_from_the_cpus_state(made_by(engine_)); }

TEST_F(CudaSplitting, EstimatesAreTheCpus) {
  expect_estimates_of_the_cpu({under_sanitizer() ? 128u : 2048u, kDefaultSweeps}, made_by(engine_));
}

TEST_F(CudaSplitting, ReferenceCasesWithin4CombinedStandardErrors) {
  const std::uint64_t populations = under_sanitizer() ? 2 : 16;
  std::vector<std::uint64_t> numbers(populations);
  std::iota(numbers.begin(), numbers.end(), 0);
  int cases = 0;
  for (ReferenceCase& c : reference_cases()) {
    c.config.estimator = Estimator::Splitting;
    const PreparedCell cell = prepared_cell(c);
    if (!CudaFusedEngine::takes(cell)) {
      fmt::print("{} width {} depth {}: not taken\n", c.problem, c.point.width, c.point.depth);
      continue;
    }
    ++cases;
    const std::uint64_t particles = under_sanitizer() ? 64 : draws_of(c, 25'000);
    const auto start = std::chrono::steady_clock::now();
    Populations all =
        side_by_side(made_by(engine_), cell, numbers, {particles, kDefaultSweeps}, c.config.gnc_eps_train);
    while (!all.finished()) all.advance();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::vector<CurvePoint> points;
    std::uint64_t passes = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      points.push_back(all[i].curve().front());
      passes += all[i].passes();
    }
    if (!under_sanitizer()) expect_splitting_reference(c, points);
    fmt::print("{} populations of {} particles, {} levels: {:.3g} s, {:.3g} passes/s\n", populations,
               particles, all[0].levels(), seconds.count(), static_cast<double>(passes) / seconds.count());
  }
  EXPECT_EQ(cases, 17);
}

TEST_F(CudaSplitting, TakesWhatItHasAKernelFor) {
  Config config;
  config.estimator = Estimator::Splitting;
  const Problem problem = random_problem(config, 0);
  const PreparedCell narrow(config, {5, 2, 0, 0}, 0, problem);
  EXPECT_TRUE(CudaFusedEngine::takes(narrow));
  EXPECT_FALSE(CudaGemmEngine::takes(narrow));
  const PreparedCell wide(config, {65, 3, 0, 0}, 0, problem);
  EXPECT_FALSE(CudaFusedEngine::takes(wide));
  EXPECT_THROW(engine_.particles(wide, 1, 100), std::invalid_argument);
  // About 260 MB a population.
  EXPECT_GT(engine_.populations_at_once(narrow, 1 << 20), 8u);
  EXPECT_EQ(engine_.populations_at_once(narrow, std::uint64_t{1} << 31), 1u);
  const KernelUse use = CudaFusedEngine::kernel_use(narrow);
  EXPECT_LE(use.registers, 255);
  EXPECT_GT(use.occupancy, 0.0);
  fmt::print("the kernel of moves: {} registers, {} bytes of local memory, occupancy {:.2f}\n", use.registers,
             use.local_bytes, use.occupancy);
}

// On a device that the host plays.
TEST(DeviceParticleStore, TellsOfALostDeviceAndOfTooLittleMemory) {
  const PreparedCell cell = prepared(particle_cases()[0]);
  HostDevice& device = HostDevice::current();
  const auto failure = [&] {
    DeviceParticleStore store(host_particles(cell.view(), 1, 100), cell.view());
    std::string what;
    try {
      store.draw(std::vector<ParticleDraw>{{0, {1, 2}, 0}});
      store.order_losses(std::vector<std::uint32_t>{0});
    } catch (const RunError& error) {
      what = error.what();
    }
    return what;
  };
  EXPECT_EQ(failure(), "");
  device.calls_until_lost = device.calls + 8;
  EXPECT_NE(failure().find("--resume"), std::string::npos);
  device = HostDevice{};
  device.allowed_bytes = 10'000;
  EXPECT_NE(failure().find("a single population of particles of width 5 and depth 2"), std::string::npos);
  device = HostDevice{};
}

}  // namespace
}  // namespace gnc
