#include <fmt/format.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <ostream>
#include <thread>
#include <vector>

#include "host/cli/engine_choice.hpp"
#include "host/cli/execute.hpp"
#include "host/cli/standard_output.hpp"
#include "host/config/names.hpp"
#include "host/engine/throughput.hpp"
#include "host/first_error.hpp"
#include "host/problem/random_problem.hpp"
#include "host/start_thread.hpp"
#include "kernels/draw_form.hpp"

namespace gnc {
namespace {

/// Draws per second over all threads, of which each calls `measure` with its number. Throws what one of them
/// threw.
double throughput(int n_threads, const std::function<double(int)>& measure) {
  std::vector<double> rates(static_cast<std::size_t>(n_threads));
  FirstError error;
  std::vector<std::jthread> threads;
  threads.reserve(rates.size());
  for (std::size_t t = 0; t < rates.size(); ++t) {
    threads.push_back(start_thread([&, t] {
      try {
        rates[t] = measure(static_cast<int>(t));
      } catch (...) {
        error.keep();
      }
    }));
  }
  threads.clear();
  error.rethrow();
  return std::accumulate(rates.begin(), rates.end(), 0.0);
}

}  // namespace

int execute(const BenchCommand& command, std::ostream& out) {
  Config config;
  config.activation = command.activation;
  config.draw = command.draw;
  config.gnc_eps_train = {0.02};  // that of the published sweep over widths
  const Problem problem = random_problem(config, 0);
  const auto cell_at = [&](std::int64_t width, std::int64_t depth) {
    return std::make_unique<PreparedCell>(config, Point{width, depth, 0.0, 0.0}, 0, problem);
  };
  const std::size_t n_widths = command.widths.size();
  // An engine that is named draws those of the points that it takes.
  const std::size_t to_choose_by =
      command.engine == EngineChoice::Auto ? n_widths * command.depths.size() : 0;
  const ChosenEngine engine =
      choose_engine(command.device, command.engine, command.threads,
                    {to_choose_by,
                     [&](std::size_t point) {
                       return cell_at(command.widths[point % n_widths], command.depths[point / n_widths]);
                     },
                     config.gnc_eps_train});
  auto rows = nlohmann::ordered_json::array();
  if (!command.json) {
    out << fmt::format("{} engine ({}), draw law {}, {} activation, {} x {}, {} measurements, eps {}\n",
                       engine.name, engine.device, name_of(config.draw), name_of(config.activation),
                       config.n_rows, config.n_cols, config.num_measurements, config.gnc_eps_train.front());
    out << fmt::format("{:>7} {:>6} {:>12} {:>12} {:>22}\n", "width", "depth", "draws/s", "numbers/s",
                       "share of number bound");
  }
  for (const std::int64_t depth : command.depths) {
    for (const std::int64_t width : command.widths) {
      const std::unique_ptr<PreparedCell> prepared = cell_at(width, depth);
      const PreparedCell& cell = *prepared;
      if (!engine.takes(cell)) continue;
      const double rate = throughput(engine.workers, [&](int worker) {
        return draws_per_second(command.seconds, *engine.make(worker), cell, config.gnc_eps_train);
      });
      const double bound = throughput(engine.workers, [&](int worker) {
        return draws_per_second(command.seconds, [&, sum = engine.make_sum_weights(worker), total = 0.0f](
                                                     std::uint64_t begin, std::uint64_t end) mutable {
          total += sum(cell.view(), begin, end);
        });
      });
      const auto numbers = static_cast<double>(numbers_per_draw(cell.view()));
      if (command.json) {
        rows.push_back({{"width", width},
                        {"depth", depth},
                        {"activation", name_of(config.activation)},
                        {"draw", name_of(config.draw)},
                        {"engine", engine.name},
                        {"device", engine.device},
                        {"threads", engine.workers},
                        {"draws_per_second", rate},
                        {"numbers_per_second", rate * numbers},
                        {"number_bound_draws_per_second", bound}});
        if (engine.kernel_use) {
          const KernelUse use = engine.kernel_use(cell);
          rows.back()["registers"] = use.registers;
          rows.back()["local_bytes"] = use.local_bytes;
          rows.back()["occupancy"] = use.occupancy;
        }
      } else {
        out << fmt::format("{:>7} {:>6} {:>12.4g} {:>12.4g} {:>21.0f}%\n", width, depth, rate, rate * numbers,
                           100.0 * rate / bound);
        require_written(out);
      }
    }
  }
  if (command.json) out << rows.dump(2) << '\n';
  return kDone;
}

}  // namespace gnc
