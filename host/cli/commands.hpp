#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "host/config/config.hpp"
#include "host/config/overrides.hpp"

namespace gnc {

enum class Device { Auto, Cpu, Cuda };
enum class EngineChoice { Auto, Cpu, CudaFused, CudaGemm };

/// gnc run
struct RunCommand {
  std::string experiment;          ///< preset name or path of a config file
  std::optional<std::string> out;  ///< run folder
  Overrides overrides;
  Device device = Device::Auto;
  EngineChoice engine = EngineChoice::Auto;
  std::vector<int> devices;  ///< CUDA's numbers; empty: all alike
  bool cpu_beside = false;   ///< cores draw beside the devices
  int threads = 0;           ///< 0: one for each core
  bool resume = false;
  bool quiet = false;
  std::optional<std::string> shard;  ///< "i/n" as given
};

/// gnc presets
struct PresetsCommand {
  std::optional<std::string> name;  ///< absent: list them all
};

/// gnc show
struct ShowCommand {
  std::string folder;
  bool json = false;
  bool watch = false;     ///< until the run is finished
  double interval = 5.0;  ///< seconds between two looks
};

/// gnc report
struct ReportCommand {
  std::string folder;
  std::optional<std::string> out;  ///< where the report goes; default the run's folder
};

/// gnc replay
struct ReplayCommand {
  std::string folder;
  std::int64_t cell = 0;    ///< from 0, by point in the sweep's order, then by seed
  std::uint64_t index = 0;  ///< draw index within the cell
};

/// gnc problem
struct ProblemCommand {
  std::optional<std::string> config;  ///< preset name or path of a config file
  std::optional<std::int64_t> n_rows, n_cols, gt_rank, num_measurements;
  std::optional<double> gt_norm;
  bool completion = false;  ///< false: as in the config
  std::optional<std::uint64_t> seed;
  std::int64_t replicate = 0;
  std::optional<std::string> out;  ///< absent: standard output
};

/// gnc bench
struct BenchCommand {
  std::vector<std::int64_t> widths{5, 10, 20, 40, 80, 160};
  std::vector<std::int64_t> depths{2};
  Activation activation = Activation::Linear;
  DrawLaw draw = DrawLaw::Factors;
  Device device = Device::Auto;
  EngineChoice engine = EngineChoice::Auto;
  int threads = 0;       ///< 0: one for each core
  double seconds = 1.0;  ///< spent on each (width, depth)
  bool json = false;
};

/// gnc merge
struct MergeCommand {
  std::string out;
  std::vector<std::string> folders;
};

using Command = std::variant<RunCommand, PresetsCommand, ShowCommand, ReportCommand, ReplayCommand,
                             ProblemCommand, BenchCommand, MergeCommand>;

}  // namespace gnc
