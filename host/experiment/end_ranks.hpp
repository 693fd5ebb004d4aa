#pragma once

#include <chrono>

#include "host/experiment/ranks.hpp"

namespace gnc {

/// Rank 0's last word to the others: the run ends, with this exit code. Takes what they have sent, unread,
/// until each has answered: a rank cannot go while a message of its own is on its way. Where one has not
/// answered after `patience`, or messages fail, aborts them all.
void end_ranks(Ranks& ranks, int code, std::chrono::milliseconds patience);

}  // namespace gnc
