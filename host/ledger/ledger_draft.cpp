#include "host/ledger/ledger_draft.hpp"

#include <fmt/format.h>

#include <array>
#include <string>
#include <system_error>

#include "host/errors.hpp"

namespace gnc {
namespace {

/// Removes a file of gnc's if it is there, and says why it could not.
std::error_code remove_file(const std::string& name) {
  std::error_code error;
  std::filesystem::remove(name, error);
  return error;
}

void require_removed(const std::string& name) {
  if (const std::error_code error = remove_file(name))
    throw RunError(fmt::format("{}: cannot be removed: {}", name, error.message()));
}

/// What SQLite keeps beside a database.
constexpr std::array<const char*, 3> kLogs = {"-journal", "-wal", "-shm"};

}  // namespace

LedgerDraft::LedgerDraft(const std::filesystem::path& ledger)
    : ledger_(ledger), draft_(ledger.string() + ".new") {
  require_removed(draft_.string());
  for (const char* log : kLogs) require_removed(draft_.string() + log);
}

LedgerDraft::~LedgerDraft() {
  // What cannot be removed now is in the way of the next draft, which says so.
  remove_file(draft_.string());
  for (const char* log : kLogs) remove_file(draft_.string() + log);
}

void LedgerDraft::publish() {
  for (const char* log : kLogs) require_removed(ledger_.string() + log);
  std::error_code error;
  std::filesystem::rename(draft_, ledger_, error);
  if (error) throw RunError(fmt::format("{}: cannot be written: {}", ledger_.string(), error.message()));
}

}  // namespace gnc
