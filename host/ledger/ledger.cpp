#include "host/ledger/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>

#include "host/config/config_json.hpp"
#include "host/config/json_file.hpp"
#include "host/config/names.hpp"
#include "host/config/parse_config.hpp"
#include "host/config/sweep.hpp"
#include "host/errors.hpp"
#include "host/ledger/run_folder.hpp"
#include "host/ledger/seal.hpp"

namespace gnc {
namespace {

constexpr int kFormatVersion = 3;
constexpr int kApplicationId = 0x676e6321;

constexpr const char* kSchema = R"(
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE cells (cell INTEGER PRIMARY KEY, width INTEGER NOT NULL, depth INTEGER NOT NULL, seed INTEGER NOT NULL,
  chunk_size INTEGER NOT NULL, estimator TEXT NOT NULL, budget INTEGER NOT NULL, reason TEXT NOT NULL);
CREATE TABLE chunks (cell INTEGER NOT NULL, chunk INTEGER NOT NULL, drawn INTEGER NOT NULL, seconds REAL NOT NULL,
  PRIMARY KEY (cell, chunk)) WITHOUT ROWID;
CREATE TABLE sums (cell INTEGER NOT NULL, chunk INTEGER NOT NULL, tolerance INTEGER NOT NULL, count INTEGER NOT NULL,
  loss_high INTEGER NOT NULL, loss_low INTEGER NOT NULL, square_high INTEGER NOT NULL, square_low INTEGER NOT NULL,
  saturated INTEGER NOT NULL, PRIMARY KEY (cell, chunk, tolerance)) WITHOUT ROWID;
CREATE TABLE accepted (cell INTEGER NOT NULL, draw INTEGER NOT NULL, train_loss REAL NOT NULL, gen_loss REAL NOT NULL,
  Y BLOB NOT NULL, PRIMARY KEY (cell, draw)) WITHOUT ROWID;
CREATE TABLE weight_sums (cell INTEGER NOT NULL, chunk INTEGER NOT NULL, tolerance INTEGER NOT NULL,
  sum INTEGER NOT NULL, band INTEGER NOT NULL, high INTEGER NOT NULL, low INTEGER NOT NULL,
  PRIMARY KEY (cell, chunk, tolerance, sum, band)) WITHOUT ROWID;
CREATE TABLE weighted (cell INTEGER NOT NULL, tolerance INTEGER NOT NULL, posterior INTEGER NOT NULL,
  draw INTEGER NOT NULL, fraction REAL NOT NULL, exponent INTEGER NOT NULL, gen_loss REAL NOT NULL,
  PRIMARY KEY (cell, tolerance, posterior, draw)) WITHOUT ROWID;
CREATE TABLE populations (cell INTEGER NOT NULL, chunk INTEGER NOT NULL, level REAL NOT NULL,
  particles INTEGER NOT NULL,  PRIMARY KEY (cell, chunk)) WITHOUT ROWID;
CREATE TABLE curve (cell INTEGER NOT NULL, chunk INTEGER NOT NULL, point INTEGER NOT NULL, eps_train REAL NOT NULL,
  reached INTEGER NOT NULL, log_rate REAL NOT NULL, gen REAL NOT NULL, gen_median REAL NOT NULL,
  gen_q25 REAL NOT NULL, gen_q75 REAL NOT NULL, PRIMARY KEY (cell, chunk, point)) WITHOUT ROWID;
CREATE TABLE population_states (cell INTEGER NOT NULL, chunk INTEGER NOT NULL, levels INTEGER NOT NULL,
  seconds REAL NOT NULL, state BLOB NOT NULL, PRIMARY KEY (cell, chunk));
CREATE TABLE descent (cell INTEGER PRIMARY KEY, gd_gen REAL NOT NULL, gd_train REAL NOT NULL, seconds REAL NOT NULL);
)";

/// Row of `sums` that holds the prior share.
constexpr std::int64_t kPriorRow = -1;

/// Cost of a draw, in random numbers.
std::int64_t draw_work(const Config& config, const Point& point, Estimator estimator) {
  if (estimator == Estimator::Reject) return numbers_per_draw(config, point);
  const std::int64_t weights = weights_per_draw(config, point);
  // The reduction of a covariance of the measurements, about their cube in multiplications, four at once.
  const std::int64_t n = config.num_measurements;
  return weights + n * n * n / 4;
}

std::uint64_t chunk_size_of(const Config& config, const Point& point, const CellPlan& plan,
                            const std::string& engine) {
  if (plan.estimator == Estimator::Splitting) return 1;
  if (config.chunk_size != 0) return config.chunk_size;
  return default_chunk_size(engine, draw_work(config, point, plan.estimator), plan.budget);
}

std::int64_t as_signed(std::uint64_t x) { return static_cast<std::int64_t>(x); }
std::uint64_t as_unsigned(std::int64_t x) { return static_cast<std::uint64_t>(x); }

void require(bool condition, const Database& database, std::string_view what) {
  if (!condition)
    throw UsageError(fmt::format("{}: {}; the ledger is damaged", database.path().string(), what));
}

}  // namespace

void Ledger::require_none(const std::filesystem::path& directory) {
  if (std::filesystem::exists(file(directory))) {
    throw UsageError(
        fmt::format("{} already holds a run; go on with it by --resume, or choose another folder with --out",
                    directory.string()));
  }
}

Ledger Ledger::create(const std::filesystem::path& directory, const Config& config, const std::string& engine,
                      const std::string& arithmetic, const std::optional<std::string>& problem_json,
                      const std::vector<CellPlan>& plans) {
  make_run_folder(directory);
  require_none(directory);
  // Written under another name first: a folder holds a whole ledger or none.
  const std::filesystem::path draft = directory / "run.sqlite.new";
  std::error_code error;
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
    std::filesystem::remove(draft.string() + suffix, error);
  }
  {
    Database database(draft, Database::Mode::Create);
    database.execute(fmt::format("PRAGMA application_id = {}", kApplicationId));
    database.execute(fmt::format("PRAGMA user_version = {}", kFormatVersion));
    Transaction transaction(database);
    database.execute(kSchema);
    create_seal(database);
    keep_seal(database);
    Statement meta = database.prepare("INSERT INTO meta VALUES (?, ?)");
    meta.bind(1, std::string_view("config")).bind(2, std::string_view(to_json(config).dump())).run();
    meta.bind(1, std::string_view("engine")).bind(2, std::string_view(engine)).run();
    meta.bind(1, std::string_view("arithmetic")).bind(2, std::string_view(arithmetic)).run();
    if (problem_json)
      meta.bind(1, std::string_view("problem")).bind(2, std::string_view(*problem_json)).run();
    Statement cells = database.prepare("INSERT INTO cells VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    std::int64_t number = 0;
    for (const Point& point : config.points) {
      for (std::int64_t seed = 0; seed < config.num_seeds; ++seed) {
        const CellPlan plan = plans.empty() ? plan_of(config) : plans.at(static_cast<std::size_t>(number));
        cells.bind(1, number++).bind(2, point.width).bind(3, point.depth).bind(4, seed);
        cells.bind(5, as_signed(chunk_size_of(config, point, plan, engine)));
        cells.bind(6, std::string_view(name_of(plan.estimator))).bind(7, as_signed(plan.budget));
        cells.bind(8, std::string_view(plan.reason)).run();
      }
    }
    transaction.commit();
  }
  std::filesystem::rename(draft, file(directory), error);
  if (error)
    throw RunError(fmt::format("{}: cannot be written: {}", file(directory).string(), error.message()));
  return open(directory, Database::Mode::ReadWrite);
}

Ledger Ledger::open(const std::filesystem::path& directory, Database::Mode mode) {
  std::error_code error;
  if (!std::filesystem::exists(file(directory), error)) {
    throw UsageError(fmt::format("{}: holds no run (there is no run.sqlite in it)", directory.string()));
  }
  if (!std::filesystem::is_regular_file(file(directory), error)) {
    throw UsageError(
        fmt::format("{}: is not a file, expected the ledger of a run", file(directory).string()));
  }
  Ledger ledger(Database(file(directory), mode));
  // A reader sees the run as it is now, whatever a running gnc adds meanwhile.
  if (mode == Database::Mode::ReadOnly) ledger.database_.execute("BEGIN");
  ledger.load();
  if (mode != Database::Mode::ReadOnly) ledger.prepare_writing();
  return ledger;
}

void Ledger::prepare_writing() {
  database_.execute("PRAGMA journal_mode = WAL");
  database_.execute("PRAGMA synchronous = NORMAL");
  keep_seal(database_);
}

std::string Ledger::single_value(const std::string& sql) {
  Statement statement = database_.prepare(sql);
  require(statement.next(), database_, "no answer to " + sql);
  return statement.text(0);
}

void Ledger::load() {
  require(single_value("PRAGMA application_id") == std::to_string(kApplicationId), database_,
          "not a ledger of gnc");
  const std::string version = single_value("PRAGMA user_version");
  if (version != std::to_string(kFormatVersion)) {
    throw UsageError(fmt::format("{}: ledger version {}, but this program reads version {}",
                                 database_.path().string(), version, kFormatVersion));
  }
  std::string check = single_value("PRAGMA quick_check(1)");
  std::replace(check.begin(), check.end(), '\n', ' ');
  require(check == "ok", database_, check);
  check_seal(database_);

  Statement meta = database_.prepare("SELECT key, value FROM meta");
  bool has_config = false;
  while (meta.next()) {
    const std::string key = meta.text(0);
    if (key == "config") {
      const std::string source = database_.path().string();
      config_ = parse_config(parse_json(meta.text(1), source), source).config;
      has_config = true;
    } else if (key == "engine") {
      engine_ = meta.text(1);
    } else if (key == "arithmetic") {
      arithmetic_ = meta.text(1);
    } else if (key == "problem") {
      problem_json_ = meta.text(1);
    }
  }
  require(has_config, database_, "no config in it");

  Statement cells = database_.prepare(
      "SELECT cell, width, depth, seed, chunk_size, estimator, budget, reason FROM cells ORDER BY cell");
  const auto n_seeds = static_cast<std::size_t>(config_.num_seeds);
  while (cells.next()) {
    const std::size_t number = cells_.size();
    require(number < config_.points.size() * n_seeds, database_, "more cells than the config has");
    const Point& point = config_.points[number / n_seeds];
    require(cells.integer(0) == static_cast<std::int64_t>(number) && cells.integer(1) == point.width &&
                cells.integer(2) == point.depth &&
                cells.integer(3) == static_cast<std::int64_t>(number % n_seeds) && cells.integer(4) > 0 &&
                cells.integer(6) > 0,
            database_, fmt::format("cell {} does not match the config", number));
    CellPlan plan{Estimator::Reject, as_unsigned(cells.integer(6)), cells.text(7)};
    const auto name = std::ranges::find(estimator_names(), cells.text(5));
    plan.estimator = static_cast<Estimator>(name - estimator_names().begin());
    require(name != estimator_names().end() && plan.estimator != Estimator::Auto, database_,
            fmt::format("cell {} has an unknown estimator", number));
    cells_.push_back({point, cells.integer(3), as_unsigned(cells.integer(4)), std::move(plan)});
  }
  require(cells_.size() == config_.points.size() * n_seeds, database_, "fewer cells than the config has");
}

std::uint64_t Ledger::n_chunks(std::size_t cell) const {
  const std::uint64_t size = cells_[cell].chunk_size;
  const std::uint64_t budget = cells_[cell].plan.budget;
  return budget / size + (budget % size != 0 ? 1 : 0);
}

DrawRange Ledger::chunk_range(std::size_t cell, std::uint64_t chunk) const {
  const std::uint64_t size = cells_[cell].chunk_size;
  const std::uint64_t begin = chunk * size;
  const std::uint64_t left = cells_[cell].plan.budget - begin;
  return {begin, begin + (left < size ? left : size)};
}

std::vector<std::uint64_t> Ledger::finished_chunks(std::size_t cell) {
  Statement statement = database_.prepare("SELECT chunk, drawn FROM chunks WHERE cell = ? ORDER BY chunk");
  statement.bind(1, static_cast<std::int64_t>(cell));
  std::vector<std::uint64_t> chunks;
  while (statement.next()) {
    const std::uint64_t chunk = as_unsigned(statement.integer(0));
    const bool known = chunk < n_chunks(cell);
    const DrawRange range = known ? chunk_range(cell, chunk) : DrawRange{};
    // A population's forward passes are not known beforehand.
    const bool whole = cells_[cell].plan.estimator == Estimator::Splitting ||
                       range.end - range.begin == as_unsigned(statement.integer(1));
    require(known && whole, database_,
            fmt::format("chunk {} of cell {} does not match the config", chunk, cell));
    chunks.push_back(chunk);
  }
  return chunks;
}

void Ledger::record_chunk(std::size_t cell, std::uint64_t chunk, const ChunkResult& result, double seconds) {
  Transaction transaction(database_);
  record_sums(cell, chunk, result, seconds);
  for (std::size_t t = 0; t < result.weighted.size(); ++t)
    record_weighted(cell, chunk, t, result.weighted[t]);
  transaction.commit();
}

void Ledger::record_sums(std::size_t cell, std::uint64_t chunk, const ChunkResult& result, double seconds) {
  const auto c = static_cast<std::int64_t>(cell);
  database_.prepare("INSERT INTO chunks VALUES (?, ?, ?, ?)")
      .bind(1, c)
      .bind(2, as_signed(chunk))
      .bind(3, as_signed(result.drawn))
      .bind(4, seconds)
      .run();
  Statement sums = database_.prepare("INSERT INTO sums VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const auto record = [&](std::int64_t row, const LossSums& s) {
    sums.bind(1, c).bind(2, as_signed(chunk)).bind(3, row).bind(4, as_signed(s.count));
    sums.bind(5, as_signed(s.loss.high)).bind(6, as_signed(s.loss.low));
    sums.bind(7, as_signed(s.square.high)).bind(8, as_signed(s.square.low));
    sums.bind(9, as_signed(s.saturated)).run();
  };
  record(kPriorRow, result.prior);
  for (std::size_t t = 0; t < result.accepted.size(); ++t)
    record(static_cast<std::int64_t>(t), result.accepted[t]);
  Statement accepted = database_.prepare("INSERT INTO accepted VALUES (?, ?, ?, ?, ?)");
  for (const AcceptedDraw& draw : result.stored) {
    accepted.bind(1, c).bind(2, as_signed(draw.index));
    accepted.bind(3, static_cast<double>(draw.train_loss)).bind(4, static_cast<double>(draw.gen_loss));
    accepted.bind_blob(5, std::as_bytes(std::span(draw.Y))).run();
  }
}

void Ledger::record_population(std::size_t cell, std::uint64_t chunk, const PopulationRecord& record,
                               double seconds) {
  const auto c = static_cast<std::int64_t>(cell);
  ChunkResult sums;
  sums.drawn = record.passes;
  sums.prior = record.prior;
  sums.accepted.resize(config_.gnc_eps_train.size());
  Transaction transaction(database_);
  record_sums(cell, chunk, sums, seconds);
  database_.prepare("INSERT INTO populations VALUES (?, ?, ?, ?)")
      .bind(1, c)
      .bind(2, as_signed(chunk))
      .bind(3, record.level)
      .bind(4, as_signed(record.particles))
      .run();
  Statement curve = database_.prepare("INSERT INTO curve VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (std::size_t i = 0; i < record.curve.size(); ++i) {
    const CurvePoint& point = record.curve[i];
    curve.bind(1, c).bind(2, as_signed(chunk)).bind(3, static_cast<std::int64_t>(i));
    curve.bind(4, point.eps_train).bind(5, std::int64_t{point.reached ? 1 : 0}).bind(6, point.log_rate);
    curve.bind(7, point.gen).bind(8, point.gen_median).bind(9, point.gen_q25).bind(10, point.gen_q75).run();
  }
  remove_population_state(cell, chunk);
  transaction.commit();
}

void Ledger::record_population_state(std::size_t cell, std::uint64_t chunk, const PopulationState& state) {
  Transaction transaction(database_);
  remove_population_state(cell, chunk);
  database_.prepare("INSERT INTO population_states VALUES (?, ?, ?, ?, ?)")
      .bind(1, static_cast<std::int64_t>(cell))
      .bind(2, as_signed(chunk))
      .bind(3, static_cast<std::int64_t>(state.levels))
      .bind(4, state.seconds)
      .bind_blob(5, state.state)
      .run();
  transaction.commit();
}

void Ledger::remove_population_state(std::size_t cell, std::uint64_t chunk) {
  database_.prepare("DELETE FROM population_states WHERE cell = ? AND chunk = ?")
      .bind(1, static_cast<std::int64_t>(cell))
      .bind(2, as_signed(chunk))
      .run();
}

std::optional<PopulationState> Ledger::population_state(std::size_t cell, std::uint64_t chunk) {
  Statement statement =
      database_.prepare("SELECT levels, seconds, state FROM population_states WHERE cell = ? AND chunk = ?");
  statement.bind(1, static_cast<std::int64_t>(cell)).bind(2, as_signed(chunk));
  if (!statement.next()) return std::nullopt;
  const std::span<const std::byte> blob = statement.blob(2);
  return PopulationState{
      static_cast<int>(statement.integer(0)), statement.real(1), {blob.begin(), blob.end()}};
}

void Ledger::read_populations(std::size_t cell, CellTotals& totals) {
  const auto c = static_cast<std::int64_t>(cell);
  std::map<std::int64_t, PopulationRecord> records;
  Statement populations =
      database_.prepare("SELECT chunk, level, particles FROM populations WHERE cell = ? ORDER BY chunk");
  populations.bind(1, c);
  while (populations.next()) {
    PopulationRecord& record = records[populations.integer(0)];
    record.level = populations.real(1);
    record.particles = as_unsigned(populations.integer(2));
  }
  Statement curve = database_.prepare(
      "SELECT chunk, point, eps_train, reached, log_rate, gen, gen_median, gen_q25, gen_q75 FROM curve WHERE "
      "cell = ? ORDER BY chunk, point");
  curve.bind(1, c);
  while (curve.next()) {
    std::vector<CurvePoint>& points = records[curve.integer(0)].curve;
    require(curve.integer(1) == static_cast<std::int64_t>(points.size()), database_,
            fmt::format("cell {} has points of a curve missing", cell));
    CurvePoint& point = points.emplace_back();
    point.eps_train = curve.real(2);
    point.reached = curve.integer(3) != 0;
    point.log_rate = curve.real(4);
    point.gen = curve.real(5);
    point.gen_median = curve.real(6);
    point.gen_q25 = curve.real(7);
    point.gen_q75 = curve.real(8);
  }
  require(records.size() == totals.chunks, database_,
          fmt::format("cell {} has curves of some populations missing", cell));
  for (auto& [chunk, record] : records) totals.populations.push_back(std::move(record));
}

void Ledger::record_weighted(std::size_t cell, std::uint64_t chunk, std::size_t tolerance,
                             const WeightTally& tally) {
  const auto c = static_cast<std::int64_t>(cell);
  const auto t = static_cast<std::int64_t>(tolerance);
  Statement sums = database_.prepare("INSERT INTO weight_sums VALUES (?, ?, ?, ?, ?, ?, ?)");
  for (std::size_t s = 0; s < tally.sums.size(); ++s) {
    for (const auto& [band, sum] : tally.sums[s].bands()) {
      sums.bind(1, c).bind(2, as_signed(chunk)).bind(3, t).bind(4, static_cast<std::int64_t>(s));
      sums.bind(5, band).bind(6, as_signed(sum.high)).bind(7, as_signed(sum.low)).run();
    }
  }
  Statement draws = database_.prepare("INSERT INTO weighted VALUES (?, ?, ?, ?, ?, ?, ?)");
  const auto record = [&](std::int64_t posterior, const WeightedDraw& draw) {
    draws.bind(1, c).bind(2, t).bind(3, posterior).bind(4, as_signed(draw.index));
    draws.bind(5, draw.weight.fraction).bind(6, draw.weight.exponent).bind(7, draw.gen_loss).run();
  };
  for (const WeightedDraw& draw : tally.largest) record(0, draw);
  for (const WeightedDraw& draw : tally.posterior) record(1, draw);
}

void Ledger::read_weighted(std::size_t cell, CellTotals& totals) {
  const auto c = static_cast<std::int64_t>(cell);
  std::vector<WeightTally>& tallies = totals.weighted;
  tallies.resize(totals.accepted.size());
  Statement sums = database_.prepare(
      "SELECT tolerance, sum, band, high, low FROM weight_sums WHERE cell = ? ORDER BY chunk");
  sums.bind(1, c);
  while (sums.next()) {
    const auto t = as_unsigned(sums.integer(0));
    const auto s = as_unsigned(sums.integer(1));
    require(t < tallies.size() && s < WeightTally::kSums, database_,
            fmt::format("cell {} has sums of weights that are unknown", cell));
    WideSum wide;
    wide.high = as_unsigned(sums.integer(3));
    wide.low = as_unsigned(sums.integer(4));
    tallies[t].sums[s].add(sums.integer(2), wide);
  }
  Statement draws = database_.prepare(
      "SELECT tolerance, posterior, draw, fraction, exponent, gen_loss FROM weighted WHERE cell = ? ORDER BY "
      "tolerance, posterior, draw");
  draws.bind(1, c);
  while (draws.next()) {
    const auto t = as_unsigned(draws.integer(0));
    require(t < tallies.size(), database_,
            fmt::format("cell {} has weighted draws at an unknown tolerance", cell));
    const WeightedDraw draw{as_unsigned(draws.integer(2)), {draws.real(3), draws.integer(4)}, draws.real(5)};
    std::vector<WeightedDraw>& kept = draws.integer(1) != 0 ? tallies[t].posterior : tallies[t].largest;
    if (draws.integer(1) == 0 || static_cast<std::int64_t>(kept.size()) < config_.max_stored)
      kept.push_back(draw);
  }
  for (std::size_t t = 0; t < tallies.size(); ++t) {
    keep_largest(tallies[t].largest);
    tallies[t].nonzero = totals.accepted[t].count;
  }
}

void Ledger::trim_weighted(std::size_t cell) {
  CellTotals totals;
  totals.accepted.resize(config_.gnc_eps_train.size());
  read_weighted(cell, totals);
  Transaction transaction(database_);
  Statement remove = database_.prepare(
      "DELETE FROM weighted WHERE cell = ? AND tolerance = ? AND posterior = ? AND draw = ?");
  Statement find =
      database_.prepare("SELECT draw FROM weighted WHERE cell = ? AND tolerance = ? AND posterior = ?");
  for (std::size_t t = 0; t < totals.weighted.size(); ++t) {
    for (const std::int64_t posterior : {0, 1}) {
      const WeightTally& tally = totals.weighted[t];
      std::set<std::uint64_t> kept;
      for (const WeightedDraw& draw : posterior != 0 ? tally.posterior : tally.largest)
        kept.insert(draw.index);
      std::vector<std::int64_t> surplus;
      const auto c = static_cast<std::int64_t>(cell);
      find.bind(1, c).bind(2, static_cast<std::int64_t>(t)).bind(3, posterior);
      while (find.next()) {
        if (!kept.contains(as_unsigned(find.integer(0)))) surplus.push_back(find.integer(0));
      }
      find.reset();
      for (const std::int64_t draw : surplus) {
        remove.bind(1, c).bind(2, static_cast<std::int64_t>(t)).bind(3, posterior).bind(4, draw).run();
      }
    }
  }
  transaction.commit();
}

CellTotals Ledger::totals(std::size_t cell) {
  CellTotals totals;
  totals.accepted.resize(config_.gnc_eps_train.size());
  Statement chunks = database_.prepare("SELECT drawn, seconds FROM chunks WHERE cell = ? ORDER BY chunk");
  chunks.bind(1, static_cast<std::int64_t>(cell));
  while (chunks.next()) {
    ++totals.chunks;
    totals.drawn += as_unsigned(chunks.integer(0));
    totals.seconds += chunks.real(1);
  }
  Statement sums = database_.prepare(
      "SELECT tolerance, count, loss_high, loss_low, square_high, square_low, saturated FROM sums WHERE cell "
      "= ?");
  sums.bind(1, static_cast<std::int64_t>(cell));
  std::uint64_t rows = 0;
  while (sums.next()) {
    const std::int64_t row = sums.integer(0);
    require(row >= kPriorRow && row < static_cast<std::int64_t>(totals.accepted.size()), database_,
            fmt::format("cell {} has sums at an unknown tolerance", cell));
    LossSums chunk;
    chunk.count = as_unsigned(sums.integer(1));
    chunk.loss = {as_unsigned(sums.integer(3)), as_unsigned(sums.integer(2))};
    chunk.square = {as_unsigned(sums.integer(5)), as_unsigned(sums.integer(4))};
    chunk.saturated = as_unsigned(sums.integer(6));
    (row == kPriorRow ? totals.prior : totals.accepted[static_cast<std::size_t>(row)]).add(chunk);
    ++rows;
  }
  require(rows == totals.chunks * (totals.accepted.size() + 1), database_,
          fmt::format("cell {} has sums missing", cell));
  if (cells_[cell].plan.estimator == Estimator::Conditional) read_weighted(cell, totals);
  if (cells_[cell].plan.estimator == Estimator::Splitting) read_populations(cell, totals);
  return totals;
}

std::map<std::uint64_t, std::vector<std::uint64_t>> Ledger::accepted_by_chunk(std::size_t cell) {
  Statement statement =
      database_.prepare("SELECT chunk, tolerance, count FROM sums WHERE cell = ? AND tolerance >= 0");
  statement.bind(1, static_cast<std::int64_t>(cell));
  std::map<std::uint64_t, std::vector<std::uint64_t>> counts;
  const std::size_t n_tolerances = config_.gnc_eps_train.size();
  while (statement.next()) {
    std::vector<std::uint64_t>& chunk = counts[as_unsigned(statement.integer(0))];
    chunk.resize(n_tolerances);
    const auto tolerance = as_unsigned(statement.integer(1));
    require(tolerance < n_tolerances, database_,
            fmt::format("cell {} has sums at an unknown tolerance", cell));
    chunk[tolerance] = as_unsigned(statement.integer(2));
  }
  return counts;
}

std::vector<AcceptedDraw> Ledger::accepted(std::size_t cell) {
  Statement statement =
      database_.prepare("SELECT draw, train_loss, gen_loss FROM accepted WHERE cell = ? ORDER BY draw");
  statement.bind(1, static_cast<std::int64_t>(cell));
  std::vector<AcceptedDraw> draws;
  while (statement.next()) {
    AcceptedDraw& draw = draws.emplace_back();
    draw.index = as_unsigned(statement.integer(0));
    draw.train_loss = static_cast<float>(statement.real(1));
    draw.gen_loss = static_cast<float>(statement.real(2));
  }
  return draws;
}

std::vector<float> Ledger::accepted_Y(std::size_t cell, std::uint64_t index) {
  Statement statement = database_.prepare("SELECT Y FROM accepted WHERE cell = ? AND draw = ?");
  statement.bind(1, static_cast<std::int64_t>(cell)).bind(2, as_signed(index));
  if (!statement.next()) return {};
  const std::span<const std::byte> blob = statement.blob(0);
  std::vector<float> Y(blob.size() / sizeof(float));
  std::memcpy(Y.data(), blob.data(), Y.size() * sizeof(float));
  return Y;
}

void Ledger::trim_accepted(std::size_t cell) {
  const std::vector<double>& tolerances = config_.gnc_eps_train;
  std::vector<std::int64_t> kept(tolerances.size(), 0);
  std::vector<std::uint64_t> surplus;
  for (const AcceptedDraw& draw : accepted(cell)) {
    bool keep = false;
    for (std::size_t t = 0; t < tolerances.size() && static_cast<double>(draw.train_loss) < tolerances[t];
         ++t) {
      keep = keep || kept[t] < config_.max_stored;
      ++kept[t];
    }
    if (!keep) surplus.push_back(draw.index);
  }
  if (surplus.empty()) return;
  Transaction transaction(database_);
  Statement remove = database_.prepare("DELETE FROM accepted WHERE cell = ? AND draw = ?");
  for (const std::uint64_t index : surplus) {
    remove.bind(1, static_cast<std::int64_t>(cell)).bind(2, as_signed(index)).run();
  }
  transaction.commit();
}

void Ledger::record_descent(std::size_t cell, const DescentRecord& record) {
  database_.prepare("INSERT INTO descent VALUES (?, ?, ?, ?)")
      .bind(1, static_cast<std::int64_t>(cell))
      .bind(2, record.gd_gen)
      .bind(3, record.gd_train)
      .bind(4, record.seconds)
      .run();
}

std::optional<DescentRecord> Ledger::descent(std::size_t cell) {
  Statement statement = database_.prepare("SELECT gd_gen, gd_train, seconds FROM descent WHERE cell = ?");
  statement.bind(1, static_cast<std::int64_t>(cell));
  if (!statement.next()) return std::nullopt;
  return DescentRecord{statement.real(0), statement.real(1), statement.real(2)};
}

}  // namespace gnc
