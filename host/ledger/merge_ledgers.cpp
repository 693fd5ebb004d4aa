#include "host/ledger/merge_ledgers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "host/config/config_difference.hpp"
#include "host/config/names.hpp"
#include "host/config/sweep.hpp"
#include "host/errors.hpp"
#include "host/files/file_identity.hpp"
#include "host/ledger/ledger.hpp"
#include "host/ledger/problem_difference.hpp"
#include "host/ledger/run_lock.hpp"

namespace gnc {
namespace {

/// A shard in its folder; the rest of its plan is that of all.
struct KnownShard {
  std::string folder;
  Shard shard;
  bool finished = false;

  DrawRange range(const RunPlan& plan, std::size_t cell) const {
    return part_of(plan.cells[cell].plan.budget, shard);
  }
};

std::string cell_text(const RunPlan& plan, std::size_t cell) {
  const PlannedCell& known = plan.cells[cell];
  return fmt::format("width {}, depth {}, seed {}", width_name(known.point.width), known.point.depth,
                     known.seed);
}

/// "draws 5 .. 9"
std::string range_text(const RunPlan& plan, std::size_t cell, const DrawRange& range) {
  const bool splitting = plan.cells[cell].plan.estimator == Estimator::Splitting;
  return fmt::format("{} {} .. {} of the cell of {}", splitting ? "populations" : "draws", range.begin,
                     range.end - 1, cell_text(plan, cell));
}

void require_same_run(const std::string& first_folder, const RunPlan& first, const std::string& other_folder,
                      const RunPlan& other) {
  const auto require = [&](bool same, std::string_view what, const std::string& there,
                           const std::string& here) {
    if (same) return;
    throw UsageError(
        fmt::format("gnc merge: {} and {} are not shards of one run: {} is {} in the first and {} in "
                    "the second",
                    first_folder, other_folder, what, there, here));
  };
  // Before the keys: the sizes of another problem are others.
  if (const auto difference =
          problem_difference(first.config, first.problem_json, other.config, other.problem_json)) {
    require(false, "the problem", difference->first, difference->second);
  }
  if (const auto difference = first_difference(first.config, other.config)) {
    require(false, fmt::format("\"{}\"", difference->key), difference->first, difference->second);
  }
  require(first.engine == other.engine, "the engine", first.engine, other.engine);
  require(first.arithmetic == other.arithmetic, "the arithmetic", fmt::format("\"{}\"", first.arithmetic),
          fmt::format("\"{}\"", other.arithmetic));
  for (std::size_t cell = 0; cell < first.cells.size(); ++cell) {
    const CellPlan& a = first.cells[cell].plan;
    const CellPlan& b = other.cells[cell].plan;
    require(a.estimator == b.estimator && a.budget == b.budget,
            fmt::format("the cell of {}", cell_text(first, cell)),
            fmt::format("{} of {}", name_of(a.estimator), a.budget),
            fmt::format("{} of {}", name_of(b.estimator), b.budget));
  }
}

bool is_finished(Ledger& ledger) {
  const RunPlan& plan = ledger.plan();
  for (std::size_t cell = 0; cell < plan.cells.size(); ++cell) {
    const DrawRange part = plan.range(cell);
    const std::vector<FinishedDraws> finished = ledger.finished(cell);
    const bool whole = part.size() == 0 || (finished.size() == 1 && finished.front().range == part);
    if (!whole || (plan.descends(cell) && !ledger.descent(cell))) return false;
  }
  return true;
}

/// "a, b, c and 5 more", of at least one.
std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 8;
  const std::size_t shown = std::min(names.size(), kShown);
  std::string text = fmt::format("{}", fmt::join(names.begin(), names.begin() + shown, ", "));
  if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

void require_finished(const std::vector<KnownShard>& shards) {
  std::vector<std::string> others;
  const KnownShard* first = nullptr;
  for (const KnownShard& shard : shards) {
    if (shard.finished) continue;
    if (first == nullptr) {
      first = &shard;
    } else {
      others.push_back(shard.folder);
    }
  }
  if (first == nullptr) return;
  throw UsageError(fmt::format("gnc merge: {}: shard {} is not finished{}; first: gnc run --resume --out {}",
                               first->folder, name_of(first->shard),
                               others.empty() ? "" : ", nor are those in " + some_of(others), first->folder));
}

/// Those that are missing where all are of as many parts, "shards 2/3, 3/3 of the run are"; else empty.
std::string missing_shards(const std::vector<KnownShard>& shards) {
  const std::int64_t of = shards.front().shard.of;
  std::vector<bool> there(static_cast<std::size_t>(of));
  for (const KnownShard& known : shards) {
    if (known.shard.of != of) return "";
    there[static_cast<std::size_t>(known.shard.number - 1)] = true;
  }
  std::vector<std::string> missing;
  for (std::int64_t number = 1; number <= of; ++number) {
    if (!there[static_cast<std::size_t>(number - 1)]) missing.push_back(name_of(Shard{number, of}));
  }
  if (missing.empty()) return "";
  const bool one = missing.size() == 1;
  return fmt::format("{} {} of the run {}", one ? "shard" : "shards", some_of(missing), one ? "is" : "are");
}

/// `lacking`: what of the run is in no shard, "draws 5 .. 9 of .. are", where that cannot be said by shards.
[[noreturn]] void throw_missing(const std::vector<KnownShard>& shards, const std::string& lacking) {
  const std::string missing = missing_shards(shards);
  if (missing.empty()) {
    throw UsageError(fmt::format("gnc merge: {} in none of the shards given", lacking));
  }
  throw UsageError(fmt::format("gnc merge: {} missing; expected the folders of all shards", missing));
}

/// That every draw and every descent of the run is in one shard, and in one alone.
void require_a_partition(const RunPlan& plan, const std::vector<KnownShard>& shards) {
  for (std::size_t cell = 0; cell < plan.cells.size(); ++cell) {
    std::vector<const KnownShard*> by_range;
    for (const KnownShard& shard : shards) {
      if (shard.range(plan, cell).size() > 0) by_range.push_back(&shard);
    }
    std::ranges::sort(by_range, {}, [&](const KnownShard* shard) { return shard->range(plan, cell).begin; });
    std::uint64_t covered = 0;
    const KnownShard* before = nullptr;
    const auto require_up_to = [&](std::uint64_t next) {
      if (next > covered) throw_missing(shards, range_text(plan, cell, {covered, next}) + " are");
    };
    for (const KnownShard* shard : by_range) {
      const DrawRange part = shard->range(plan, cell);
      if (part.begin < covered) {
        throw UsageError(fmt::format("gnc merge: {} (shard {}) and {} (shard {}) overlap: {} are in both",
                                     before->folder, name_of(before->shard), shard->folder,
                                     name_of(shard->shard),
                                     range_text(plan, cell, {part.begin, std::min(covered, part.end)})));
      }
      require_up_to(part.begin);
      covered = part.end;
      before = shard;
    }
    require_up_to(plan.cells[cell].plan.budget);
    if (!descends(plan.config, plan.cells[cell].point)) continue;
    const auto times = std::ranges::count_if(
        shards, [&](const KnownShard& shard) { return has_descent(shard.shard, cell); });
    const std::string descent = fmt::format("gradient descent of the cell of {} is", cell_text(plan, cell));
    if (times == 0) throw_missing(shards, descent);
    if (times > 1) {
      throw UsageError(fmt::format(
          "gnc merge: {} in several of the shards given, expected one: all shards I/N of one N", descent));
    }
  }
}

void require_different(const std::vector<std::filesystem::path>& folders) {
  std::map<std::pair<dev_t, ino_t>, std::size_t> known;
  for (std::size_t i = 0; i < folders.size(); ++i) {
    std::error_code missing;  // which opening it tells of
    if (!std::filesystem::exists(folders[i], missing)) continue;
    const FileIdentity folder = file_identity(folders[i]);
    const auto [first, fresh] = known.emplace(std::pair(folder.device, folder.number), i);
    if (fresh) continue;
    throw UsageError(fmt::format("gnc merge: {} and {} overlap: they are one folder",
                                 folders[first->second].string(), folders[i].string()));
  }
}

void require_new(const std::filesystem::path& out) {
  Ledger::require_none(out, "a new folder for the merged run, then those of its shards");
}

}  // namespace

void merge_ledgers(const std::filesystem::path& out, const std::vector<std::filesystem::path>& folders,
                   const std::function<void()>& before_each) {
  require_new(out);
  require_different(folders);
  std::optional<RunPlan> plan;
  // One ledger at a time: there may be more of them than a process can have open.
  const auto open = [&](const std::filesystem::path& folder) {
    before_each();
    Ledger ledger = Ledger::open(folder, Database::Mode::ReadOnly);
    if (!plan) plan = ledger.plan();
    require_same_run(folders.front().string(), *plan, folder.string(), ledger.plan());
    return ledger;
  };
  std::vector<KnownShard> shards;
  for (const std::filesystem::path& folder : folders) {
    Ledger ledger = open(folder);
    shards.push_back({folder.string(), ledger.plan().shard, is_finished(ledger)});
  }
  require_a_partition(*plan, shards);
  require_finished(shards);

  const RunLock lock(out);
  require_new(out);
  plan->shard = {};
  Ledger::create_filled(out, *plan, [&](Ledger& merged) {
    for (const KnownShard& known : shards) {
      Ledger shard = open(known.folder);
      if (shard.plan().shard != known.shard || !is_finished(shard)) {
        throw UsageError(fmt::format("gnc merge: {}: another run came there meanwhile", known.folder));
      }
      merged.absorb(shard);
    }
    before_each();
  });
}

}  // namespace gnc
