#include "host/cli/require_in_place.hpp"

#include <fmt/format.h>

#include "host/errors.hpp"
#include "host/report/shell_word.hpp"

namespace gnc {

void require_held(const RunLock& lock, const std::filesystem::path& folder) {
  const auto lost = lock.lost();
  if (!lost) return;
  throw RunError(fmt::format(
      "{} was removed or replaced while the run was going on, so that another process may draw for "
      "{} too. Once none does, to go on with what is saved:\n  gnc run --resume --out {}",
      lost->string(), folder.string(), shell_word(folder.string())));
}

void require_in_place(const Ledger& ledger, const RunLock& lock, const std::filesystem::path& folder) {
  if (!ledger.in_place()) {
    throw RunError(fmt::format(
        "{} was removed or replaced while the run was going on; where it was moved, gnc run --resume "
        "--out goes on with it there",
        Ledger::file(folder).string()));
  }
  require_held(lock, folder);
}

}  // namespace gnc
