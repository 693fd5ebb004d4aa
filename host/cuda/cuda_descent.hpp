#pragma once

#include "host/descent/descent.hpp"

namespace gnc {

/// Trains all runs on the current CUDA device, with the contract of run_descents: `finished` is called from
/// the calling thread, and once `stop` is true, what is not finished is given up after the slice of epochs
/// that is under way. Linear and Leaky ReLU runs end with the losses of run_descents on a CPU with fused
/// multiply-add, bit for bit; tanh differs in the last bits of each value, which training amplifies. Throws
/// RunError where the device fails or lacks the memory for one run.
void run_descents_on_device(std::span<const DescentRun> runs, const std::atomic<bool>& stop,
                            const DescentFinished& finished);

}  // namespace gnc
