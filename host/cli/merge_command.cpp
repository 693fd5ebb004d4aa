#include "host/cli/availability.hpp"
#include "host/cli/execute.hpp"

namespace gnc {

int execute(const MergeCommand& command, std::ostream& /*out*/) {
  require_available(command);
  return kDone;
}

}  // namespace gnc
