#include "kernels/cuda/plain_draw.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "host/engine/prepared_cell.hpp"
#include "host/problem/random_problem.hpp"
#include "kernels/cpu/draw_kernel.hpp"
#include "tests/cuda/cuda_test.hpp"

namespace gnc {
namespace {

class PlainDraw : public CudaTest {};

TEST_F(PlainDraw, LossesOnADeviceAgreeWithTheHost) {
  ScratchMemory memory;
  for (const Activation activation : {Activation::Linear, Activation::Tanh, Activation::LeakyRelu}) {
    for (const Prior prior : {Prior::Gauss, Prior::Unif}) {
      for (const bool normalize : {false, true}) {
        for (const Point point :
             {Point{5, 2, 0, 0}, Point{13, 2, 0, 0}, Point{40, 3, 0, 0}, Point{1, 4, 0, 0}}) {
          Config config;
          config.activation = activation;
          config.gnc_init = prior;
          config.gnc_normalize = normalize;
          const PreparedCell cell(config, point, 0, random_problem(config, 0));
          const std::vector<PlainLosses> losses = plain_cuda_losses(cell.view(), 1000, 300);
          for (std::size_t i = 0; i < losses.size(); ++i) {
            const ReplayedDraw draw = replay_draw(cell.view(), 1000 + i, memory);
            ASSERT_NEAR(losses[i].train_loss, draw.train_loss, 2e-5 * draw.train_loss + 1e-10);
            ASSERT_NEAR(losses[i].gen_loss, draw.gen_loss, 2e-5 * draw.gen_loss + 1e-10);
          }
        }
      }
    }
  }
}

TEST(PlainDrawSizes, RefusesCellsItHasNoRoomFor) {
  Config config;
  const PreparedCell cell(config, {400, 2, 0, 0}, 0, random_problem(config, 0));
  EXPECT_THROW(plain_cuda_losses(cell.view(), 0, 1), std::length_error);
}

}  // namespace
}  // namespace gnc
