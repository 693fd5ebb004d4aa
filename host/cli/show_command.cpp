#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <ostream>
#include <string>
#include <thread>

#include "host/cli/execute.hpp"
#include "host/cli/redrawn_text.hpp"
#include "host/cli/run_changes.hpp"
#include "host/cli/standard_output.hpp"
#include "host/experiment/collect_results.hpp"
#include "host/ledger/ledger.hpp"
#include "host/report/progress.hpp"
#include "host/report/results_json.hpp"
#include "host/report/table.hpp"
#include "host/stopwatch.hpp"

namespace gnc {
namespace {

/// The run is read anew after this many intervals even where nothing seems to have changed.
constexpr double kIntervalsUnread = 10.0;
/// Readings in a row that may fail once one has succeeded.
constexpr int kFailuresBorne = 2;

RunResults read_run(const std::string& folder) {
  Ledger ledger = Ledger::open(folder, Database::Mode::ReadOnly);
  return collect_results(ledger);
}

std::string full_text(const RunResults& results) {
  return format_cells(results) + '\n' + format_table(results);
}

winsize screen_size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
    return {24, 80, 0, 0};
  return size;
}

/// Prints a run again and again, each in the way that the output calls for.
class Watch {
 public:
  Watch(const ShowCommand& command, std::ostream& out)
      : json_(command.json),
        live_(!json_ && choose_progress_style(stdout, false) == ProgressStyle::Live),
        interval_(command.interval),
        out_(out) {}

  void show(const RunResults& results) {
    const std::string text = json_ ? results_json(results).dump() + '\n' : full_text(results);
    if (text != last_) since_change_.restart();
    if (live_) {
      redraw(results, text);
    } else if (text != last_) {
      out_ << (json_ || last_.empty() ? "" : "\n") << text;
    }
    last_ = text;
    require_written(out_);
  }

 private:
  void redraw(const RunResults& results, const std::string& text) {
    const winsize size = screen_size();
    if (results.finished) {
      // What stays is whole, however long and wide.
      out_ << screen_.show("", size.ws_row, size.ws_col) << text;
      return;
    }
    const std::string state =
        fmt::format("not finished; last change {:.0f} s ago; looking every {:g} s, Ctrl-C ends this\n",
                    since_change_.seconds(), interval_);
    const bool fits = std::count(text.begin(), text.end(), '\n') + 2 < size.ws_row;
    out_ << screen_.show(state + (fits ? text : format_table(results)), size.ws_row, size.ws_col);
  }

  bool json_;
  bool live_;
  double interval_;
  std::ostream& out_;
  RedrawnText screen_;
  std::string last_;
  Stopwatch since_change_;
};

void watch(const ShowCommand& command, std::ostream& out) {
  Watch view(command, out);
  RunChanges changes(command.folder);
  std::optional<RunResults> results;
  Stopwatch since_read;
  double pause = command.interval;
  int failures = 0;
  while (true) {
    const bool changed = changes.any();
    if (!results || changed || failures > 0 || since_read.seconds() > kIntervalsUnread * pause) {
      const Stopwatch reading;
      try {
        results = read_run(command.folder);
        failures = 0;
      } catch (const std::exception&) {
        // A folder that this process cannot write has no locks against a log that is just being taken over.
        if (!results || ++failures > kFailuresBorne) throw;
      }
      pause = watch_pause(command.interval, reading.seconds());
      since_read.restart();
    }
    view.show(*results);
    if (results->finished && failures == 0) return;
    std::this_thread::sleep_for(std::chrono::duration<double>(pause));
  }
}

}  // namespace

int execute(const ShowCommand& command, std::ostream& out) {
  if (command.watch) {
    watch(command, out);
    return kDone;
  }
  const RunResults results = read_run(command.folder);
  if (command.json) {
    out << results_json(results).dump(2) << '\n';
  } else {
    out << full_text(results);
  }
  return kDone;
}

}  // namespace gnc
