#include "host/cli/engine_choice.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "host/errors.hpp"
#include "host/problem/random_problem.hpp"
#include "tests/cuda/cuda_test.hpp"

namespace gnc {
namespace {

class EngineChoiceOnADevice : public CudaTest {};

std::string refusal(Device device, EngineChoice engine, const PilotPoints& points) {
  try {
    choose_engine(device, engine, 1, points);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST_F(EngineChoiceOnADevice, SplittingIsCudaFusedsWhereItHasTheKernel) {
  Config config;
  config.estimator = Estimator::Splitting;
  const auto points_at = [&](std::vector<Point> points) {
    const std::size_t count = points.size();
    return PilotPoints{count,
                       [&config, points = std::move(points)](std::size_t i) {
                         return std::make_unique<PreparedCell>(config, points[i], 0,
                                                               random_problem(config, 0));
                       },
                       config.gnc_eps_train};
  };
  const PilotPoints narrow = points_at({{5, 2, 0.0, 0.0}, {160, 2, 0.0, 0.0}});
  const PilotPoints wide = points_at({{5, 2, 0.0, 0.0}, {65, 3, 0.0, 0.0}});
  const ChosenEngine fused = choose_engine(Device::Auto, EngineChoice::Auto, 2, narrow);
  EXPECT_EQ(fused.name, "cuda-fused") << fused.note;
  EXPECT_EQ(choose_engine(Device::Cuda, EngineChoice::CudaFused, 2, narrow).name, "cuda-fused");
  EXPECT_NE(refusal(Device::Auto, EngineChoice::CudaGemm, narrow).find("it has no estimator splitting"),
            std::string::npos);
  const std::string named =
      "it has no kernel for 5 x 5 matrices at width 65 and depth 3 by estimator splitting";
  const ChosenEngine cpu = choose_engine(Device::Auto, EngineChoice::Auto, 2, wide);
  EXPECT_EQ(cpu.name, "cpu");
  EXPECT_NE(cpu.note.find(named), std::string::npos) << cpu.note;
  for (const auto& [device, engine] :
       {std::pair{Device::Cuda, EngineChoice::Auto}, std::pair{Device::Auto, EngineChoice::CudaFused}}) {
    const std::string what = refusal(device, engine, wide);
    EXPECT_NE(what.find(named), std::string::npos) << what;
  }
}

TEST_F(EngineChoiceOnADevice, AReleasedDeviceDrawsAgain) {
  Config config;
  const PreparedCell cell(config, {5, 2, 0, 0}, 0, random_problem(config, 0));
  const std::vector<double> tolerances = {0.1};
  const auto draw = [&] {
    const ChosenEngine chosen = choose_engine(Device::Cuda, EngineChoice::CudaFused, 1, {});
    const ChunkResult drawn = chosen.make(0)->run_chunk(cell, {0, 100'000}, tolerances, 10);
    chosen.release();
    return drawn;
  };
  const ChunkResult first = draw();
  EXPECT_GT(first.accepted[0].count, 10u);
  const ChunkResult again = draw();
  EXPECT_EQ(again.accepted, first.accepted);
  EXPECT_EQ(again.stored, first.stored);
}

}  // namespace
}  // namespace gnc
