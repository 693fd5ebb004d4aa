#include "host/ledger/ledger_format.hpp"

#include <fmt/format.h>

#include "host/errors.hpp"

namespace gnc {

void require_sound(bool condition, const Database& database, std::string_view what) {
  if (!condition)
    throw UsageError(fmt::format("{}: {}; the ledger is damaged", database.path().string(), what));
}

}  // namespace gnc
