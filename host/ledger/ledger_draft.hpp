#pragma once

#include <filesystem>

namespace gnc {

/// A ledger in the making, under a name of its own beside the ledger's: a folder holds a whole ledger or
/// none. SQLite's journal must be the rollback journal that a new database has, with which all that is
/// committed lies in the one file. Goes with the object unless it was published.
class LedgerDraft {
 public:
  /// Removes what an interrupted gnc left of a draft; RunError where it cannot be removed.
  explicit LedgerDraft(const std::filesystem::path& ledger);
  LedgerDraft(const LedgerDraft&) = delete;
  LedgerDraft& operator=(const LedgerDraft&) = delete;
  ~LedgerDraft();

  const std::filesystem::path& file() const { return draft_; }
  /// Gives the draft the ledger's name once no connection to it is open. Logs of a ledger that lay there
  /// before are removed: SQLite would apply them to this one.
  void publish();

 private:
  std::filesystem::path ledger_;
  std::filesystem::path draft_;
};

}  // namespace gnc
