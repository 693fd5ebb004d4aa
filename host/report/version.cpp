#include "host/report/version.hpp"

namespace gnc {

std::string_view version() { return GNC_VERSION; }

}  // namespace gnc
