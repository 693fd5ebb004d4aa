#include "host/cuda/cuda_descent.hpp"

#include <chrono>
#include <memory>
#include <vector>

#include "host/descent/batched_descent.hpp"
#include "kernels/cuda/descent.hpp"

namespace gnc {
namespace {

class CudaBatch : public DescentBatch {
 public:
  explicit CudaBatch(std::span<const DescentInput> inputs) : runs_(inputs) {}

  void run_epochs(std::int64_t count) override { runs_.run_epochs(count); }
  std::vector<float> Y(std::size_t run) override { return runs_.Y(run); }

 private:
  CudaDescents runs_;
};

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

void run_descents_on_device(std::span<const DescentRun> runs, const std::atomic<bool>& stop,
                            const DescentFinished& finished) {
  run_batched_descents(
      runs, stop, finished,
      [](std::span<const DescentInput> inputs) { return std::make_unique<CudaBatch>(inputs); }, seconds_now);
}

}  // namespace gnc
