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

std::string refusal(Device device, EngineChoice engine) {
  try {
    choose_engine(device, engine, 1, {});
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
    EXPECT_EQ(chosen.make(0)->name(), "cpu");
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

TEST(EngineChoice, NamesOfEnginesComeBack) {
  EXPECT_EQ(engine_named("cpu"), EngineChoice::Cpu);
  EXPECT_EQ(engine_named("cuda-gemm"), EngineChoice::CudaGemm);
  EXPECT_EQ(engine_named("cuda-fused"), EngineChoice::CudaFused);
  EXPECT_EQ(engine_named(std::string("cuda-fused") + kCpuBeside), EngineChoice::CudaFused);
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
