#include "host/ledger/merge_ledgers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "host/config/config_difference.hpp"
#include "host/config/names.hpp"
#include "host/config/sweep.hpp"
#include "host/errors.hpp"
#include "host/ledger/ledger.hpp"
#include "host/ledger/problem_difference.hpp"
#include "host/ledger/run_lock.hpp"

namespace gnc {
namespace {

struct ShardLedger {
  std::string folder;
  Ledger ledger;

  const RunPlan& plan() const { return ledger.plan(); }
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

void require_same_run(const ShardLedger& first, const ShardLedger& other) {
  const auto require = [&](bool same, std::string_view what, const std::string& there,
                           const std::string& here) {
    if (same) return;
    throw UsageError(
        fmt::format("gnc merge: {} and {} are not shards of one run: {} is {} in the first and {} in "
                    "the second",
                    first.folder, other.folder, what, there, here));
  };
  // Before the keys: the sizes of another problem are others.
  if (const auto difference = problem_difference(first.plan().config, first.plan().problem_json,
                                                 other.plan().config, other.plan().problem_json)) {
    require(false, "the problem", difference->first, difference->second);
  }
  if (const auto difference = first_difference(first.plan().config, other.plan().config)) {
    require(false, fmt::format("\"{}\"", difference->key), difference->first, difference->second);
  }
  require(first.plan().engine == other.plan().engine, "the engine", first.plan().engine, other.plan().engine);
  require(first.plan().arithmetic == other.plan().arithmetic, "the arithmetic",
          fmt::format("\"{}\"", first.plan().arithmetic), fmt::format("\"{}\"", other.plan().arithmetic));
  for (std::size_t cell = 0; cell < first.plan().cells.size(); ++cell) {
    const CellPlan& a = first.plan().cells[cell].plan;
    const CellPlan& b = other.plan().cells[cell].plan;
    require(a.estimator == b.estimator && a.budget == b.budget,
            fmt::format("the cell of {}", cell_text(first.plan(), cell)),
            fmt::format("{} of {}", name_of(a.estimator), a.budget),
            fmt::format("{} of {}", name_of(b.estimator), b.budget));
  }
}

void require_finished(ShardLedger& shard) {
  for (std::size_t cell = 0; cell < shard.plan().cells.size(); ++cell) {
    const DrawRange part = shard.plan().range(cell);
    const std::vector<FinishedDraws> finished = shard.ledger.finished(cell);
    const bool whole = part.size() == 0 || (finished.size() == 1 && finished.front().range == part);
    const bool descended = !shard.plan().descends(cell) || shard.ledger.descent(cell).has_value();
    if (!whole || !descended) {
      throw UsageError(
          fmt::format("gnc merge: {}: shard {} is not finished; first: gnc run --resume --out {}",
                      shard.folder, name_of(shard.plan().shard), shard.folder));
    }
  }
}

/// That every draw and every descent of the run is in one shard, and in one alone.
void require_a_partition(std::vector<ShardLedger>& shards) {
  const RunPlan& plan = shards.front().plan();
  for (std::size_t cell = 0; cell < plan.cells.size(); ++cell) {
    std::vector<const ShardLedger*> by_range;
    for (const ShardLedger& shard : shards) {
      if (shard.plan().range(cell).size() > 0) by_range.push_back(&shard);
    }
    std::ranges::sort(by_range, {},
                      [&](const ShardLedger* shard) { return shard->plan().range(cell).begin; });
    std::uint64_t covered = 0;
    const ShardLedger* before = nullptr;
    const auto require_up_to = [&](std::uint64_t next) {
      if (next > covered) {
        throw UsageError(fmt::format("gnc merge: {} are in none of the shards given",
                                     range_text(plan, cell, {covered, next})));
      }
    };
    for (const ShardLedger* shard : by_range) {
      const DrawRange part = shard->plan().range(cell);
      if (part.begin < covered) {
        throw UsageError(fmt::format("gnc merge: {} (shard {}) and {} (shard {}) overlap: {} are in both",
                                     before->folder, name_of(before->plan().shard), shard->folder,
                                     name_of(shard->plan().shard),
                                     range_text(plan, cell, {part.begin, std::min(covered, part.end)})));
      }
      require_up_to(part.begin);
      covered = part.end;
      before = shard;
    }
    require_up_to(plan.cells[cell].plan.budget);
    if (!descends(plan.config, plan.cells[cell].point)) continue;
    const auto times =
        std::ranges::count_if(shards, [&](const ShardLedger& shard) { return shard.plan().descends(cell); });
    if (times != 1) {
      throw UsageError(
          fmt::format("gnc merge: gradient descent of the cell of {} is in {} of the shards given, "
                      "expected one: all shards I/N of one N",
                      cell_text(plan, cell), times == 0 ? "none" : "several"));
    }
  }
}

void require_different(const std::vector<std::filesystem::path>& folders) {
  for (std::size_t i = 0; i < folders.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      std::error_code missing;  // which opening it tells of
      if (!std::filesystem::equivalent(folders[j], folders[i], missing)) continue;
      throw UsageError(fmt::format("gnc merge: {} and {} overlap: they are one folder", folders[j].string(),
                                   folders[i].string()));
    }
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
  std::vector<ShardLedger> shards;
  for (const std::filesystem::path& folder : folders) {
    before_each();
    shards.push_back({folder.string(), Ledger::open(folder, Database::Mode::ReadOnly)});
    require_same_run(shards.front(), shards.back());
  }
  require_a_partition(shards);
  for (ShardLedger& shard : shards) require_finished(shard);

  const RunLock lock(out);
  require_new(out);
  RunPlan plan = shards.front().plan();
  plan.shard = {};
  Ledger::create_filled(out, plan, [&](Ledger& merged) {
    for (ShardLedger& shard : shards) {
      before_each();
      merged.absorb(shard.ledger);
    }
    before_each();
  });
}

}  // namespace gnc
