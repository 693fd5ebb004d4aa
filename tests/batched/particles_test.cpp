#include "kernels/batched/particle_shapes.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "host/problem/random_problem.hpp"
#include "tests/batched/host_backend.hpp"
#include "tests/host_device/host_particles.hpp"
#include "tests/splitting/particle_agreement.hpp"

namespace gnc {
namespace {

std::unique_ptr<ParticleStore> on_host_device(const PreparedCell& cell, std::uint32_t populations,
                                              std::uint64_t count) {
  return host_particles(cell.view(), populations, count);
}

class ParticlesOnTheHost : public testing::Test {
 protected:
  ParticlesOnTheHost() { HostDevice::current() = {}; }
};

TEST_F(ParticlesOnTheHost, DrawTheCpusParticles) {
  for (const ParticleCase& c : particle_cases()) expect_particles_drawn_as_on_the_cpu(c, on_host_device);
}

TEST_F(ParticlesOnTheHost, MoveRefillAndAnswerAsTheCpus) {
  for (const ParticleCase& c : particle_cases()) expect_particles_moved_as_on_the_cpu(c, on_host_device);
}

TEST_F(ParticlesOnTheHost, PopulationsSideBySideAreThoseAlone) {
  for (const ParticleCase& c : particle_cases()) expect_side_by_side_as_alone(c, {101, 4}, on_host_device);
}

TEST_F(ParticlesOnTheHost, InterruptedAtEveryLevelGivesTheSameBits) {
  expect_same_bits_through_states(particle_cases()[5], {101, 4}, on_host_device);
}

TEST_F(ParticlesOnTheHost, GoOnFromTheCpusState) { expect_to_go_on_from_the_cpus_state(on_host_device); }

TEST_F(ParticlesOnTheHost, EstimatesAreTheCpus) {
#ifdef __SANITIZE_ADDRESS__
  expect_estimates_of_the_cpu({128, kDefaultSweeps}, on_host_device);
#else
  expect_estimates_of_the_cpu({512, kDefaultSweeps}, on_host_device);
#endif
}

TEST_F(ParticlesOnTheHost, LossesThatAreAllAlike) {
  Config config;
  config.n_rows = config.n_cols = 1;
  config.gnc_normalize = true;
  config.gnc_softening = 0.0;
  Problem problem;
  problem.ground_truth = RowMatrix::Constant(1, 1, 1.0);
  problem.A_train = RowMatrix::Constant(1, 1, 1.0);
  problem.b_train = Eigen::VectorXd::Constant(1, 3.0);
  problem.A_test = problem.A_train;
  problem.b_test = problem.b_train;
  const PreparedCell cell(config, {1, 2, 0.0, 0.0}, 0, problem);
  // Losses are (1 - 3)^2 or (-1 - 3)^2, each for half of the draws.
  Populations populations = side_by_side(on_host_device, cell, {0}, {1000, 3}, {20.0, 10.0, 5.0, 3.0});
  while (!populations.finished()) populations.advance();
  const auto& curve = populations[0].curve();
  ASSERT_EQ(curve.size(), 4u);
  EXPECT_EQ(curve[0].log_rate, 0.0);
  EXPECT_NEAR(std::exp(curve[1].log_rate), 0.5, 4 * 0.5 / std::sqrt(1000.0));
  EXPECT_TRUE(curve[2].reached);
  EXPECT_FALSE(curve[3].reached);
}

TEST_F(ParticlesOnTheHost, RefuseWhatNoShapeTakes) {
  Config config;
  config.n_rows = 17;
  const PreparedCell tall(config, {5, 2, 0, 0}, 0, random_problem(config, 0));
  EXPECT_FALSE(particles_taken(tall.view()));
  EXPECT_THROW(host_particles(tall.view(), 1, 100), std::invalid_argument);
  config.n_rows = 5;
  const PreparedCell wide(config, {65, 3, 0, 0}, 0, random_problem(config, 0));
  EXPECT_FALSE(particles_taken(wide.view()));
  const PreparedCell shallow(config, {5000, 2, 0, 0}, 0, random_problem(config, 0));
  EXPECT_TRUE(particles_taken(shallow.view()));
  EXPECT_THROW(host_particles(shallow.view(), 1u << 30, 100), std::invalid_argument);
}

}  // namespace
}  // namespace gnc
