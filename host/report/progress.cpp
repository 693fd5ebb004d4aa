#include "host/report/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "host/report/value_text.hpp"

namespace gnc {
namespace {

constexpr double kLivePeriod = 0.2;
constexpr double kLinesPeriod = 10.0;
// Cells differ in cost, so the rate shown is that of the last few seconds.
constexpr double kRateWindow = 4.0;

std::size_t terminal_columns(std::FILE* stream) {
  winsize size{};
  if (::ioctl(::fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

std::optional<double> seconds_left(const ProgressSnapshot& snapshot) {
  if (snapshot.seconds_left) return snapshot.seconds_left;
  if (snapshot.draws_done <= snapshot.draws_before || snapshot.draws_done > snapshot.draws_total)
    return std::nullopt;
  const auto done = static_cast<double>(snapshot.draws_done - snapshot.draws_before);
  return snapshot.elapsed_seconds / done * static_cast<double>(snapshot.draws_total - snapshot.draws_done);
}

}  // namespace

std::string format_progress(const ProgressSnapshot& snapshot, double samples_per_second) {
  const std::int64_t cell = std::min(snapshot.cells_done + 1, snapshot.cells_total);
  std::string text = fmt::format("cell {}/{} (width {}, depth {}, seed {})", cell, snapshot.cells_total,
                                 snapshot.width, snapshot.depth, snapshot.seed);
  text += fmt::format("  {:.3g}/{:.3g} draws, {} accepted", static_cast<double>(snapshot.cell_drawn),
                      static_cast<double>(snapshot.cell_budget), count_text(snapshot.cell_accepted));
  if (snapshot.cell_drawn > 0 && snapshot.cell_accepted > 0) {
    text += fmt::format(
        " ({:.2g})", static_cast<double>(snapshot.cell_accepted) / static_cast<double>(snapshot.cell_drawn));
  }
  if (samples_per_second > 0.0) text += fmt::format("  {:.2e}/s", samples_per_second);
  if (snapshot.draws_total > 0) {
    text += fmt::format("  {:.1f} %", 100.0 * static_cast<double>(snapshot.draws_done) /
                                          static_cast<double>(snapshot.draws_total));
  }
  const auto left = seconds_left(snapshot);
  if (left) text += fmt::format("  {} left", duration_text(*left));
  if (snapshot.gd_total > 0) text += fmt::format("  GD {}/{}", snapshot.gd_done, snapshot.gd_total);
  return text;
}

std::string cut_to_width(const std::string& text, std::size_t columns) {
  if (text.size() <= columns) return text;
  if (columns <= 2) return text.substr(0, columns);
  return text.substr(0, columns - 2) + "..";
}

ProgressStyle choose_progress_style(std::FILE* stream, bool quiet) {
  if (quiet) return ProgressStyle::Quiet;
  if (::isatty(::fileno(stream)) != 1) return ProgressStyle::Lines;
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal == nullptr || std::strcmp(terminal, "dumb") == 0;
  return dumb ? ProgressStyle::Lines : ProgressStyle::Live;
}

Progress::~Progress() {
  const std::lock_guard lock(mutex_);
  end_live_line();
}

void Progress::update(const ProgressSnapshot& snapshot) {
  if (style_ == ProgressStyle::Quiet) return;
  const std::lock_guard lock(mutex_);
  const double period = style_ == ProgressStyle::Live ? kLivePeriod : kLinesPeriod;
  const bool first = !last_shown_ && style_ == ProgressStyle::Live;
  if (!first && snapshot.elapsed_seconds - last_shown_.value_or(0.0) < period) return;
  show(snapshot);
}

void Progress::finish(const ProgressSnapshot& snapshot) {
  if (style_ == ProgressStyle::Quiet) return;
  const std::lock_guard lock(mutex_);
  show(snapshot);
  end_live_line();
}

void Progress::message(const std::string& line) {
  const std::lock_guard lock(mutex_);
  if (line_open_) std::fputs("\r\x1b[K", stream_);
  line_open_ = false;
  std::fputs((line + '\n').c_str(), stream_);
  std::fflush(stream_);
}

double Progress::recent_rate(const ProgressSnapshot& snapshot) {
  if (!window_set_) {
    window_set_ = true;
    window_draws_ = snapshot.draws_before;
  }
  const double seconds = snapshot.elapsed_seconds - window_start_;
  if (seconds > 0.0 && snapshot.draws_done >= window_draws_ && (rate_ == 0.0 || seconds >= kRateWindow)) {
    rate_ = static_cast<double>(snapshot.draws_done - window_draws_) / seconds;
    if (seconds >= kRateWindow) {
      window_start_ = snapshot.elapsed_seconds;
      window_draws_ = snapshot.draws_done;
    }
  }
  return rate_;
}

void Progress::show(const ProgressSnapshot& snapshot) {
  last_shown_ = snapshot.elapsed_seconds;
  const std::string text = format_progress(snapshot, recent_rate(snapshot));
  if (style_ == ProgressStyle::Live) {
    // The last column stays free: some terminals wrap when it is written.
    const std::string line = cut_to_width(text, terminal_columns(stream_) - 1);
    std::fputs(fmt::format("\r{}\x1b[K", line).c_str(), stream_);
    line_open_ = true;
  } else {
    std::fputs((text + '\n').c_str(), stream_);
  }
  std::fflush(stream_);
}

void Progress::end_live_line() {
  if (!line_open_) return;
  std::fputs("\n", stream_);
  std::fflush(stream_);
  line_open_ = false;
}

}  // namespace gnc
