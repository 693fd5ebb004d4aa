#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <optional>
#include <string>

#include "host/config/config.hpp"

namespace gnc {

/// Where a run stands.
struct ProgressSnapshot {
  std::int64_t pilots_done = 0, pilots_total = 0;  ///< of the cells, before the run begins; 0 in all: it has
  std::int64_t cells_done = 0, cells_total = 0;
  std::int64_t cell = 0;                          ///< number of the one shown, from 1
  std::int64_t width = 0, depth = 0, seed = 0;    ///< its own
  Estimator cell_estimator = Estimator::Reject;   ///< its own, never Auto
  std::uint64_t cell_drawn = 0, cell_budget = 0;  ///< its draws; for splitting populations
  std::uint64_t cell_accepted = 0;                ///< for reject, its accepted draws at the largest tolerance
  double cell_level = 0.0;  ///< for splitting, train loss of a population under way; 0 unknown
  std::uint64_t draws_done = 0, draws_total = 0;  ///< over all cells; of splitting a guess
  std::uint64_t draws_before = 0;  ///< of `draws_done`, those of earlier sittings of a resumed run
  /// Draws weighted by their cost: done, done in earlier sittings, all. `work_total` 0: all cost the same.
  double work_done = 0.0, work_before = 0.0, work_total = 0.0;
  std::int64_t gd_done = 0, gd_total = 0;  ///< gradient-descent runs; gd_total 0: none
  double elapsed_seconds = 0.0;            ///< since this sitting began
  double descent_seconds = 0.0;            ///< of `elapsed_seconds`, those before the first draw
};

/// The state in one line without a line break: about 130 characters. `samples_per_second` of 0: not known
/// yet.
std::string format_progress(const ProgressSnapshot& snapshot, double samples_per_second);

/// The same in at most 79 characters for all but the longest runs.
std::string format_brief_progress(const ProgressSnapshot& snapshot, double samples_per_second);

/// The same in at most 39 characters for most runs: cell, share done and time left.
std::string format_least_progress(const ProgressSnapshot& snapshot);

/// Text cut to `columns` bytes of ASCII, with ".." at the end where something was cut.
std::string cut_to_width(const std::string& text, std::size_t columns);

enum class ProgressStyle { Quiet, Lines, Live };

/// Quiet if asked for; Live on a terminal that can rewrite a line; Lines otherwise.
ProgressStyle choose_progress_style(std::FILE* stream, bool quiet);

/// Shows a run's progress: one rewritten line at most 5 times a second (Live), a line every 10 seconds, after
/// ten minutes every 60th of the time so far, at last every 10 minutes (Lines), or nothing. Time is the
/// snapshots' own. Calls may come from any thread. A stream that fails is no error: the run goes on.
class Progress {
 public:
  Progress(std::FILE* stream, ProgressStyle style) : stream_(stream), style_(style) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Ends a live line.
  ~Progress();

  /// Shows the snapshot if it is time for one.
  void update(const ProgressSnapshot& snapshot);

  /// Shows the last snapshot, whatever the time, and ends the live line.
  void finish(const ProgressSnapshot& snapshot);

 private:
  void follow_descent(const ProgressSnapshot& snapshot);
  void show(ProgressSnapshot snapshot);
  double recent_rate(const ProgressSnapshot& snapshot);
  void end_live_line();

  std::FILE* stream_;
  ProgressStyle style_;
  std::mutex mutex_;
  std::optional<double> last_shown_;
  bool line_open_ = false;
  double window_start_ = 0.0;
  std::uint64_t window_draws_ = 0;
  bool window_set_ = false;
  double rate_ = 0.0;
  double descent_seconds_ = 0.0;
  bool descending_ = false;
};

}  // namespace gnc
