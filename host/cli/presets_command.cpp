#include <fmt/format.h>

#include <ostream>

#include "host/cli/execute.hpp"
#include "host/config/presets.hpp"

namespace gnc {

int execute(const PresetsCommand& command, std::ostream& out) {
  if (command.name) {
    out << preset_json(*command.name).dump(2) << '\n';
    return kDone;
  }
  for (const std::string& name : preset_names())
    out << fmt::format("{:<18} {}\n", name, preset_description(name));
  return kDone;
}

}  // namespace gnc
