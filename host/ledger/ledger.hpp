#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "host/engine/engine.hpp"
#include "host/ledger/database.hpp"
#include "host/ledger/population_record.hpp"
#include "host/ledger/run_plan.hpp"

namespace gnc {

/// Draws of a cell that are finished, with none missing between them, and what they accepted, one count per
/// tolerance.
struct FinishedDraws {
  DrawRange range;
  std::vector<std::uint64_t> accepted;

  bool operator==(const FinishedDraws&) const = default;
};

/// Sums over the finished draws of a cell.
struct CellTotals {
  std::uint64_t drawn = 0;         ///< of `splitting` forward passes
  std::uint64_t finished = 0;      ///< of the cell's budget; of `splitting` populations
  std::vector<LossSums> accepted;  ///< one per tolerance of the config
  LossSums prior;
  std::vector<WeightTally> weighted;  ///< one per tolerance; empty tallies where draws have no weights
  std::vector<PopulationRecord> populations;  ///< the finished ones, for `splitting`
  double seconds = 0.0;
};

/// Gradient descent's result for a cell; losses are infinite where it diverged.
struct DescentRecord {
  double gd_gen = 0.0;
  double gd_train = 0.0;
  double seconds = 0.0;
};

/// The record of a run, DIR/run.sqlite: its config, its cells, the finished draws, the accepted draws that
/// are kept, the results of gradient descent. A chunk is recorded in one transaction, so that a run killed at
/// any moment loses only the chunks in flight; finished draws that adjoin become one row, so that its size
/// does not grow with the budget. A ledger whose content was changed by anything else is refused (see
/// seal.hpp). Errors are those of Database.
class Ledger {
 public:
  /// Starts a ledger in `directory`, which is made if needed. UsageError where one lies there already.
  static Ledger create(const std::filesystem::path& directory, const RunPlan& plan);
  /// The same for a plan of these parts; `plans` as of planned_cells.
  static Ledger create(const std::filesystem::path& directory, const Config& config,
                       const std::string& engine, const std::string& arithmetic,
                       const std::optional<std::string>& problem_json,
                       const std::vector<CellPlan>& plans = {}, const Shard& shard = {});
  /// Starts a ledger that has no place in `directory` until `fill` has filled it. Where something fails the
  /// folder is left without a run.
  static void create_filled(const std::filesystem::path& directory, const RunPlan& plan,
                            const std::function<void(Ledger&)>& fill);
  /// Whether `directory` holds a run; UsageError where that cannot be told, as in a folder that this user may
  /// not read.
  static bool exists(const std::filesystem::path& directory);
  /// UsageError where `directory` holds a run; it ends with what was `expected`.
  static void require_none(
      const std::filesystem::path& directory,
      const std::string& expected = "another folder with --out, or --resume to go on with it");
  /// Opens the ledger of `directory`; UsageError where there is none, it cannot be read, is damaged, or of
  /// another version. ReadOnly shows the run as it was at that moment.
  static Ledger open(const std::filesystem::path& directory, Database::Mode mode);
  static std::filesystem::path file(const std::filesystem::path& directory) {
    return directory / "run.sqlite";
  }

  /// Whether the file of the folder is still the one that was opened.
  bool in_place() const { return database_.in_place(); }

  const RunPlan& plan() const { return plan_; }
  const Config& config() const { return plan_.config; }
  const std::vector<PlannedCell>& cells() const { return plan_.cells; }

  /// Gives cells more draws: `plan` is the ledger's but for larger budgets and what of the config says so.
  void extend(const RunPlan& plan);
  /// Takes over all that a shard of the same run has finished. UsageError where some of it is here already;
  /// nothing is then taken over.
  void absorb(Ledger& shard);

  /// By range, ascending; ranges neither overlap nor adjoin.
  std::vector<FinishedDraws> finished(std::size_t cell);
  /// UsageError where some of `range` is recorded already.
  void record_chunk(std::size_t cell, const DrawRange& range, const ChunkResult& result, double seconds);
  /// A finished population in place of its last state.
  void record_population(std::size_t cell, std::uint64_t population, const PopulationRecord& record,
                         double seconds);
  void record_population_state(std::size_t cell, std::uint64_t population, const PopulationState& state);
  std::optional<PopulationState> population_state(std::size_t cell, std::uint64_t population);
  CellTotals totals(std::size_t cell);

  /// Accepted draws that are kept, by index, without their Y.
  std::vector<AcceptedDraw> accepted(std::size_t cell);
  /// End-to-end matrix of an accepted draw, row-major; empty if the draw is not kept.
  std::vector<float> accepted_Y(std::size_t cell, std::uint64_t index);
  /// Drops the accepted draws that are not among the first `max_stored`, by index, at any tolerance, and the
  /// weighted draws that are neither among the cell's largest weights nor among its first `max_stored` at
  /// their tolerance. Happens on its own so that there are never more than twice as many draws as can be
  /// kept; what remains once a cell is finished does not depend on when, nor on the order in which its draws
  /// finished.
  void trim(std::size_t cell);

  void record_descent(std::size_t cell, const DescentRecord& record);
  std::optional<DescentRecord> descent(std::size_t cell);

 private:
  /// Sums of adjoining finished draws.
  struct FinishedSums {
    DrawRange range;
    std::uint64_t drawn = 0;
    double seconds = 0.0;
    LossSums prior;
    std::vector<LossSums> accepted;
  };

  explicit Ledger(Database database) : database_(std::move(database)) {}
  void load();
  void load_cells();
  void record_plan();
  void prepare_writing();
  std::string single_value(const std::string& sql);

  /// Those that meet or overlap `range`; all of the cell without one.
  std::vector<FinishedSums> finished_sums(std::size_t cell, std::optional<DrawRange> range = std::nullopt);
  void add_finished(std::size_t cell, FinishedSums sums);
  void add_weights(std::size_t cell, const std::vector<WeightTally>& tallies);
  std::vector<WeightTally> weight_sums(std::size_t cell);
  void read_weighted(std::size_t cell, CellTotals& totals);
  /// Rows of accepted and weighted draws that can remain after a trim.
  std::uint64_t most_kept(std::size_t cell) const;
  /// `trim` within the transaction of the caller.
  void drop_surplus(std::size_t cell);
  /// Of what an earlier connection left nobody knows what it has trimmed.
  void count_untrimmed();
  void trim_accepted(std::size_t cell);
  void trim_weighted(std::size_t cell);
  void remove_population_state(std::size_t cell, std::uint64_t population);
  void read_populations(std::size_t cell, CellTotals& totals);

  Database database_;
  RunPlan plan_;
  // Rows of accepted and weighted draws since the cell's last trim by this connection.
  std::vector<std::uint64_t> untrimmed_;
};

}  // namespace gnc
