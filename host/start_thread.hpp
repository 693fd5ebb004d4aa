#pragma once

#include <fmt/format.h>

#include <system_error>
#include <thread>
#include <utility>

#include "host/errors.hpp"

namespace gnc {

/// A thread that is joined with its object. Throws RunError where the system allows no further one.
template <class Work>
std::jthread start_thread(Work&& work) {
  try {
    return std::jthread(std::forward<Work>(work));
  } catch (const std::system_error& error) {
    throw RunError(fmt::format("cannot start a thread: {}; use fewer --threads", error.code().message()));
  }
}

}  // namespace gnc
