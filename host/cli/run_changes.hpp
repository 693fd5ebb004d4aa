#pragma once

#include <cstdint>
#include <filesystem>
#include <tuple>

namespace gnc {

/// Tells when a run folder is worth reading again. Reading a ledger checks every row of it; looking here
/// costs two calls of the system.
class RunChanges {
 public:
  explicit RunChanges(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Something was written to the ledger or its log since the last call, or there was none. May miss what
  /// falls within one tick of the file system's clock, and on a network.
  bool any();

 private:
  /// Size and time of change of the ledger, then of its log; -1 where there is none.
  using Stamp = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t>;

  std::filesystem::path folder_;
  Stamp last_{-2, 0, 0, 0};
};

/// Seconds to wait after a reading that took `reading_seconds`: the interval, more where readings would
/// otherwise take more than a twentieth of a core.
double watch_pause(double interval, double reading_seconds);

}  // namespace gnc
