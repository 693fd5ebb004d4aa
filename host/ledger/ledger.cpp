#include "host/ledger/ledger.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "host/config/config_json.hpp"
#include "host/config/json_file.hpp"
#include "host/config/names.hpp"
#include "host/config/parse_config.hpp"
#include "host/errors.hpp"
#include "host/ledger/ledger_draft.hpp"
#include "host/ledger/ledger_format.hpp"
#include "host/ledger/run_folder.hpp"
#include "host/ledger/seal.hpp"

namespace gnc {
namespace {

[[noreturn]] void throw_unreadable(const std::filesystem::path& path, const std::string& reason) {
  throw UsageError(
      fmt::format("{}: cannot be read ({}), expected the ledger of a run", path.string(), reason));
}

void require_readable(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    throw UsageError(fmt::format("{}: is not a file, expected the ledger of a run", path.string()));
  }
  // Closing a descriptor of it would drop SQLite's locks on a ledger that this process has open.
  if (::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0)
    throw_unreadable(path, std::generic_category().message(errno));
}

/// SQLite keeps a log beside each name, and writers by different names would not know of each other.
void require_one_name(const std::filesystem::path& path) {
  std::error_code error;
  const std::uintmax_t names = std::filesystem::hard_link_count(path, error);
  if (error || names <= 1) return;
  throw UsageError(
      fmt::format("{}: has {} names (hard links), expected one to draw for it; a copy in its place will do",
                  path.string(), names));
}

}  // namespace

bool Ledger::exists(const std::filesystem::path& directory) {
  std::error_code error;
  const bool there = std::filesystem::exists(file(directory), error);
  // No file can have a name that is too long.
  if (error && error != std::errc::filename_too_long) throw_unreadable(file(directory), error.message());
  return there;
}

void Ledger::require_none(const std::filesystem::path& directory, const std::string& expected) {
  if (!exists(directory)) return;
  throw UsageError(fmt::format("{} already holds a run, expected {}", directory.string(), expected));
}

Ledger Ledger::create(const std::filesystem::path& directory, const Config& config, const std::string& engine,
                      const std::string& arithmetic, const std::optional<std::string>& problem_json,
                      const std::vector<CellPlan>& plans, const Shard& shard) {
  return create(directory,
                {config, problem_json, engine, arithmetic, shard, planned_cells(config, engine, plans)});
}

Ledger Ledger::create(const std::filesystem::path& directory, const RunPlan& plan) {
  create_filled(directory, plan, [](Ledger&) {});
  return open(directory, Database::Mode::ReadWrite);
}

void Ledger::create_filled(const std::filesystem::path& directory, const RunPlan& plan,
                           const std::function<void(Ledger&)>& fill) {
  make_run_folder(directory);
  require_none(directory);
  LedgerDraft draft(file(directory));
  {
    Ledger ledger(Database(draft.file(), Database::Mode::Create));
    Database& database = ledger.database_;
    database.execute(fmt::format("PRAGMA application_id = {}", kLedgerApplication));
    database.execute(fmt::format("PRAGMA user_version = {}", kLedgerVersion));
    Transaction transaction(database);
    database.execute(kLedgerSchema);
    create_seal(database);
    keep_seal(database);
    ledger.plan_ = plan;
    ledger.record_plan();
    transaction.commit();
    ledger.untrimmed_.resize(plan.cells.size());
    fill(ledger);
  }
  draft.publish();
}

void Ledger::record_plan() {
  Statement meta = database_.prepare("INSERT INTO meta VALUES (?, ?)");
  const auto record = [&](std::string_view key, std::string_view value) {
    meta.bind(1, key).bind(2, value).run();
  };
  record("config", to_json(plan_.config).dump());
  record("engine", plan_.engine);
  record("arithmetic", plan_.arithmetic);
  record("shard", name_of(plan_.shard));
  if (plan_.problem_json) record("problem", *plan_.problem_json);
  Statement cells = database_.prepare("INSERT INTO cells VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  std::int64_t number = 0;
  for (const PlannedCell& cell : plan_.cells) {
    cells.bind(1, number++).bind(2, cell.point.width).bind(3, cell.point.depth).bind(4, cell.seed);
    cells.bind(5, as_signed(cell.chunk_size)).bind(6, std::string_view(name_of(cell.plan.estimator)));
    cells.bind(7, as_signed(cell.plan.budget)).bind(8, std::string_view(cell.plan.reason)).run();
  }
}

void Ledger::extend(const RunPlan& plan) {
  Transaction transaction(database_);
  database_.execute("DELETE FROM meta");
  database_.execute("DELETE FROM cells");
  const RunPlan before = std::exchange(plan_, plan);
  try {
    record_plan();
    transaction.commit();
  } catch (...) {
    plan_ = before;
    throw;
  }
}

Ledger Ledger::open(const std::filesystem::path& directory, Database::Mode mode) {
  if (!exists(directory)) {
    if (std::error_code error; std::filesystem::is_regular_file(directory, error)) {
      throw UsageError(fmt::format("{}: is a file, expected the folder of a run", directory.string()));
    }
    throw UsageError(fmt::format("{}: holds no run (there is no run.sqlite in it)", directory.string()));
  }
  require_readable(file(directory));
  if (mode != Database::Mode::ReadOnly) require_one_name(file(directory));
  Ledger ledger(Database(file(directory), mode));
  // A reader sees the run as it is now, whatever a running gnc adds meanwhile.
  if (mode == Database::Mode::ReadOnly) ledger.database_.execute("BEGIN");
  ledger.load();
  if (mode != Database::Mode::ReadOnly) ledger.prepare_writing();
  return ledger;
}

void Ledger::prepare_writing() {
  // With a rollback journal in its place readers would hold up the run.
  const std::string journal = single_value("PRAGMA journal_mode = WAL");
  if (journal != "wal") {
    throw RunError(
        fmt::format("{}: SQLite keeps no write-ahead log on this file system (journal mode {}), expected a "
                    "folder on a local disk",
                    database_.path().string(), journal));
  }
  database_.execute("PRAGMA synchronous = NORMAL");
  keep_seal(database_);
  count_untrimmed();
}

std::string Ledger::single_value(const std::string& sql) {
  Statement statement = database_.prepare(sql);
  require_sound(statement.next(), database_, "no answer to " + sql);
  return statement.text(0);
}

void Ledger::load() {
  require_sound(single_value("PRAGMA application_id") == std::to_string(kLedgerApplication), database_,
                "not a ledger of gnc");
  const std::string version = single_value("PRAGMA user_version");
  if (version != std::to_string(kLedgerVersion)) {
    throw UsageError(fmt::format("{}: ledger version {}, but this program reads version {}",
                                 database_.path().string(), version, kLedgerVersion));
  }
  std::string check = single_value("PRAGMA integrity_check(1)");
  std::replace(check.begin(), check.end(), '\n', ' ');
  require_sound(check == "ok", database_, check);
  check_seal(database_);

  Statement meta = database_.prepare("SELECT key, value FROM meta");
  bool has_config = false;
  while (meta.next()) {
    const std::string key = meta.text(0);
    if (key == "config") {
      const std::string source = database_.path().string();
      plan_.config = parse_config(parse_json(meta.text(1), source), source).config;
      has_config = true;
    } else if (key == "engine") {
      plan_.engine = meta.text(1);
    } else if (key == "arithmetic") {
      plan_.arithmetic = meta.text(1);
    } else if (key == "shard") {
      const std::optional<Shard> shard = parse_shard(meta.text(1));
      require_sound(shard.has_value(), database_, "an unknown shard");
      plan_.shard = *shard;
    } else if (key == "problem") {
      plan_.problem_json = meta.text(1);
    }
  }
  require_sound(has_config, database_, "no config in it");
  load_cells();
  untrimmed_.resize(plan_.cells.size());
}

void Ledger::load_cells() {
  Statement cells = database_.prepare(
      "SELECT cell, width, depth, seed, chunk_size, estimator, budget, reason FROM cells ORDER BY cell");
  const auto n_seeds = static_cast<std::size_t>(config().num_seeds);
  const std::vector<Point>& points = config().points;
  while (cells.next()) {
    const std::size_t number = plan_.cells.size();
    require_sound(number < points.size() * n_seeds, database_, "more cells than the config has");
    const Point& point = points[number / n_seeds];
    require_sound(cells.integer(0) == static_cast<std::int64_t>(number) && cells.integer(1) == point.width &&
                      cells.integer(2) == point.depth &&
                      cells.integer(3) == static_cast<std::int64_t>(number % n_seeds) &&
                      cells.integer(4) > 0 && cells.integer(6) > 0,
                  database_, fmt::format("cell {} does not match the config", number));
    const std::optional<Estimator> estimator = estimator_named(cells.text(5));
    require_sound(estimator && *estimator != Estimator::Auto, database_,
                  fmt::format("cell {} has an unknown estimator", number));
    plan_.cells.push_back({point,
                           cells.integer(3),
                           as_unsigned(cells.integer(4)),
                           {*estimator, as_unsigned(cells.integer(6)), cells.text(7)}});
  }
  require_sound(plan_.cells.size() == points.size() * n_seeds, database_, "fewer cells than the config has");
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
