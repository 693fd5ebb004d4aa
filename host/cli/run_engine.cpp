#include "host/cli/run_engine.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "host/cli/threads.hpp"
#include "host/config/names.hpp"
#include "host/errors.hpp"
#include "host/experiment/cell_source.hpp"
#include "host/experiment/estimator_choice.hpp"

namespace gnc {
namespace {

/// The devices that a rank draws on; `engine` is that of the run, where it has begun.
DeviceRequest devices_of_rank(const RunCommand& command, const Ranks& ranks, const std::string& engine) {
  const bool cpu = command.cpu_beside || engine.ends_with(kCpuBeside);
  if (cpu && ranks.size() > 1) {
    throw UsageError(
        "option --devices: got cpu together with several ranks: expected a rank of its own for the cores of "
        "a run on the CPU, or devices alone");
  }
  return {command.devices, cpu, ranks.local_rank(), ranks.local_size(), true};
}

/// Throws UsageError where cores are to move populations beside devices: theirs would end long after.
void require_no_cores_beside(const Config& config, const RunCommand& command) {
  if (!config.may_split() || !command.cpu_beside) return;
  throw UsageError(
      fmt::format("option --devices: got cpu together with estimator {}: a core takes far longer "
                  "for a population than a device for all of them, expected devices alone",
                  name_of(config.estimator)));
}

/// The points of the run, each by its first replicate, with each estimator that it may get.
PilotPoints pilot_points(const RequestedRun& run) {
  std::vector<std::pair<Point, Estimator>> pilots;
  for (const Point& point : run.config.points) {
    for (const Estimator estimator : possible_estimators(run.config, point)) {
      pilots.emplace_back(point, estimator);
    }
  }
  const std::size_t count = pilots.size();
  return {count,
          [&run, pilots = std::move(pilots), problem = std::optional<Problem>()](std::size_t pilot) mutable {
            if (!problem) {
              problem = replicate_problem(run.config, run.problem_json, 0);
            }
            Config config = run.config;
            config.estimator = pilots[pilot].second;
            return std::make_unique<PreparedCell>(config, pilots[pilot].first, 0, *problem);
          },
          run.config.gnc_eps_train};
}

}  // namespace

int threads_of_rank(const RunCommand& command, const Ranks& ranks) {
  if (command.threads != 0 || ranks.local_size() == 1) return command.threads;
  const int cores = threads_or_all(0);
  return cores < ::sysconf(_SC_NPROCESSORS_ONLN) ? cores : std::max(1, cores / ranks.local_size());
}

ChosenEngine new_run_engine(const RequestedRun& asked, const RunCommand& command, const Ranks& ranks) {
  require_no_cores_beside(asked.config, command);
  return choose_engine(command.device, command.engine, threads_of_rank(command, ranks), pilot_points(asked),
                       devices_of_rank(command, ranks, ""));
}

ChosenEngine begun_run_engine(const RunPlan& plan, const RunCommand& command, const Ranks& ranks,
                              const std::string& folder) {
  const EngineChoice begun_with = engine_named(plan.engine);
  if (command.engine != EngineChoice::Auto && command.engine != begun_with) {
    throw UsageError(fmt::format(
        "{}: the run there was begun with engine {}, and goes on with that alone; leave --engine out", folder,
        plan.engine));
  }
  ChosenEngine engine;
  try {
    engine = choose_engine(command.device, begun_with, threads_of_rank(command, ranks), {},
                           devices_of_rank(command, ranks, plan.engine));
  } catch (const UsageError& error) {
    throw UsageError(
        fmt::format("{}: the run there was begun with engine {}: {}", folder, plan.engine, error.what()));
  }
  if (plan.arithmetic != engine.arithmetic) {
    throw UsageError(fmt::format(
        "{}: the run there was computed with arithmetic \"{}\", this program on this machine would go on "
        "with \"{}\", whose losses differ in the last bits; resume it where it was begun",
        folder, plan.arithmetic, engine.arithmetic));
  }
  return engine;
}

}  // namespace gnc
