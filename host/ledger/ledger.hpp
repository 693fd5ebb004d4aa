#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/config/config.hpp"
#include "host/engine/engine.hpp"
#include "host/ledger/cell_plan.hpp"
#include "host/ledger/database.hpp"
#include "host/ledger/population_record.hpp"

namespace gnc {

/// A cell as the ledger numbers it: by point in the sweep's order, then by seed.
struct LedgerCell {
  Point point;
  std::int64_t seed = 0;
  std::uint64_t chunk_size = 0;  ///< in the units of the plan's budget; a population is a chunk
  CellPlan plan;
};

/// Sums over the finished chunks of a cell.
struct CellTotals {
  std::uint64_t drawn = 0;
  std::uint64_t chunks = 0;
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

/// The record of a run, DIR/run.sqlite: its config, its cells, every finished chunk, the accepted draws that
/// are kept, the results of gradient descent. A chunk is recorded in one transaction, so that a run killed at
/// any moment loses only the chunks in flight. A ledger whose content was changed by anything else is refused
/// (see seal.hpp). Errors are those of Database.
class Ledger {
 public:
  /// Starts a ledger in `directory`, which is made if needed. UsageError where one lies there already.
  /// `problem_json` is the text of the problem file the config names, kept so that the run stands on its own.
  /// `plans`: one for each cell, by point, then by seed; may be empty where the config's estimator is not
  /// Auto.
  static Ledger create(const std::filesystem::path& directory, const Config& config,
                       const std::string& engine, const std::string& arithmetic,
                       const std::optional<std::string>& problem_json,
                       const std::vector<CellPlan>& plans = {});
  /// UsageError where `directory` holds a run.
  static void require_none(const std::filesystem::path& directory);
  /// Opens the ledger of `directory`; UsageError where there is none, it is damaged, or of another version.
  /// ReadOnly shows the run as it was at that moment.
  static Ledger open(const std::filesystem::path& directory, Database::Mode mode);
  static std::filesystem::path file(const std::filesystem::path& directory) {
    return directory / "run.sqlite";
  }

  const Config& config() const { return config_; }
  const std::optional<std::string>& problem_json() const { return problem_json_; }
  /// Engine the chunks are computed with.
  const std::string& engine() const { return engine_; }
  /// What decides the bits of its losses; a resumed run must use the same to give the same bits.
  const std::string& arithmetic() const { return arithmetic_; }
  const std::vector<LedgerCell>& cells() const { return cells_; }
  std::uint64_t n_chunks(std::size_t cell) const;
  /// Draws of chunk `chunk`; the last one of a cell may be shorter.
  DrawRange chunk_range(std::size_t cell, std::uint64_t chunk) const;

  /// Numbers of the finished chunks, ascending.
  std::vector<std::uint64_t> finished_chunks(std::size_t cell);
  void record_chunk(std::size_t cell, std::uint64_t chunk, const ChunkResult& result, double seconds);
  /// A finished population in place of its last state; `chunk` is its number.
  void record_population(std::size_t cell, std::uint64_t chunk, const PopulationRecord& record,
                         double seconds);
  void record_population_state(std::size_t cell, std::uint64_t chunk, const PopulationState& state);
  std::optional<PopulationState> population_state(std::size_t cell, std::uint64_t chunk);
  CellTotals totals(std::size_t cell);

  /// Accepted draws of each finished chunk, one count per tolerance.
  std::map<std::uint64_t, std::vector<std::uint64_t>> accepted_by_chunk(std::size_t cell);

  /// Accepted draws that are kept, by index, without their Y.
  std::vector<AcceptedDraw> accepted(std::size_t cell);
  /// End-to-end matrix of an accepted draw, row-major; empty if the draw is not kept.
  std::vector<float> accepted_Y(std::size_t cell, std::uint64_t index);
  /// Drops the accepted draws beyond the first `max_stored` at every tolerance. For a cell whose chunks are
  /// all finished; what remains does not depend on the order in which they finished.
  void trim_accepted(std::size_t cell);

  /// Drops the weighted draws that are neither among the cell's largest weights nor among its first
  /// `max_stored` at their tolerance. For a cell whose chunks are all finished.
  void trim_weighted(std::size_t cell);

  void record_descent(std::size_t cell, const DescentRecord& record);
  std::optional<DescentRecord> descent(std::size_t cell);

 private:
  explicit Ledger(Database database) : database_(std::move(database)) {}
  void load();
  void record_weighted(std::size_t cell, std::uint64_t chunk, std::size_t tolerance,
                       const WeightTally& tally);
  void read_weighted(std::size_t cell, CellTotals& totals);
  void record_sums(std::size_t cell, std::uint64_t chunk, const ChunkResult& result, double seconds);
  void remove_population_state(std::size_t cell, std::uint64_t chunk);
  void read_populations(std::size_t cell, CellTotals& totals);
  void prepare_writing();
  std::string single_value(const std::string& sql);

  Database database_;
  Config config_;
  std::string engine_;
  std::string arithmetic_;
  std::optional<std::string> problem_json_;
  std::vector<LedgerCell> cells_;
};

}  // namespace gnc
