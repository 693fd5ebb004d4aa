#include "host/cli/engine_choice.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "host/errors.hpp"
#include "host/problem/random_problem.hpp"

#ifdef GNC_HAVE_CUDA
#include "host/cuda/cuda_gemm_engine.hpp"
#endif

namespace gnc {
namespace {

bool has_device() {
#ifdef GNC_HAVE_CUDA
  return !find_cuda_devices().devices.empty();
#else
  return false;
#endif
}

std::string refusal(Device device, EngineChoice engine, const PilotPoints& points = {}) {
  try {
    choose_engine(device, engine, 1, points);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(EngineChoice, CpuIsAlwaysThere) {
  for (const auto& [device, engine] :
       {std::pair{Device::Cpu, EngineChoice::Auto}, std::pair{Device::Auto, EngineChoice::Cpu}}) {
    const ChosenEngine chosen = choose_engine(device, engine, 3, {});
    EXPECT_EQ(chosen.name, "cpu");
    EXPECT_EQ(chosen.workers, 3);
    EXPECT_EQ(chosen.note, "");
    EXPECT_EQ(chosen.make()->name(), "cpu");
  }
}

TEST(EngineChoice, ContradictionsAreNamed) {
  EXPECT_NE(
      refusal(Device::Cpu, EngineChoice::CudaGemm).find("--engine: got cuda-gemm together with --device cpu"),
      std::string::npos);
  EXPECT_NE(refusal(Device::Cuda, EngineChoice::Cpu).find("--engine: got cpu together with --device cuda"),
            std::string::npos);
}

TEST(EngineChoice, WithoutADeviceItSaysWhatWasFound) {
  if (has_device()) GTEST_SKIP() << "this machine has a CUDA device";
#ifdef GNC_HAVE_CUDA
  const std::string found = "found";
#else
  const std::string found = "built without CUDA";
#endif
  const std::string device = refusal(Device::Cuda, EngineChoice::Auto);
  EXPECT_NE(device.find("option --device: got cuda: no CUDA device"), std::string::npos) << device;
  EXPECT_NE(device.find(found), std::string::npos) << device;
  const std::string engine = refusal(Device::Auto, EngineChoice::CudaGemm);
  EXPECT_NE(engine.find("option --engine: got cuda-gemm: no CUDA device"), std::string::npos) << engine;
  const ChosenEngine chosen = choose_engine(Device::Auto, EngineChoice::Auto, 2, {});
  EXPECT_EQ(chosen.name, "cpu");
  EXPECT_NE(chosen.note.find(found), std::string::npos) << chosen.note;
}

TEST(EngineChoice, SplittingIsCudaFusedsWhereItHasTheKernel) {
  if (!has_device()) GTEST_SKIP() << "this machine has no CUDA device";
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

TEST(EngineChoice, NamesOfEnginesComeBack) {
  EXPECT_EQ(engine_named("cpu"), EngineChoice::Cpu);
  EXPECT_EQ(engine_named("cuda-gemm"), EngineChoice::CudaGemm);
}

#ifdef GNC_HAVE_CUDA

// 1600 weights of four bytes each, written and read.
TEST(EngineChoice, CudaGemmTakesNoLessThanTheTrafficOfTheWeights) {
  Config config;
  const PreparedCell cell(config, {160, 2, 0, 0}, 0, random_problem(config, 0));
  CudaDevice device;
  EXPECT_EQ(CudaGemmEngine::least_seconds(cell, device), 0.0);
  device.memory_bytes_per_second = 3.2e12;
  EXPECT_DOUBLE_EQ(CudaGemmEngine::least_seconds(cell, device), 4e-9);
}

#endif

}  // namespace
}  // namespace gnc
