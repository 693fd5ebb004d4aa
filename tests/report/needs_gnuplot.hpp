#pragma once

#include <fstream>

#include "host/report/gnuplot.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {

inline bool have_gnuplot() {
  const ScratchFolder folder;
  std::ofstream(folder.path() / "empty.gp") << "\n";
  return Gnuplot(folder.path(), "empty.gp").wait().found;
}

#define SKIP_WITHOUT_GNUPLOT() \
  if (!have_gnuplot()) GTEST_SKIP() << "gnuplot is not installed"

}  // namespace gnc
