#include "host/report/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "host/config/names.hpp"
#include "host/report/letters.hpp"
#include "host/report/value_text.hpp"

namespace gnc {
namespace {

constexpr double kLivePeriod = 0.2;
constexpr double kLinesPeriod = 10.0;
constexpr double kLongestLinesPeriod = 600.0;
// Cells differ in cost, so the rate shown is that of the last few seconds.
constexpr double kRateWindow = 4.0;

std::size_t terminal_columns(std::FILE* stream) {
  winsize size{};
  if (::ioctl(::fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

std::optional<double> seconds_left(const ProgressSnapshot& snapshot) {
  if (snapshot.draws_done <= snapshot.draws_before || snapshot.draws_done > snapshot.draws_total)
    return std::nullopt;
  double done = static_cast<double>(snapshot.draws_done - snapshot.draws_before);
  double left = static_cast<double>(snapshot.draws_total - snapshot.draws_done);
  if (snapshot.work_total > 0.0 && snapshot.work_done > snapshot.work_before) {
    done = snapshot.work_done - snapshot.work_before;
    left = snapshot.work_total - snapshot.work_done;
  }
  const double seconds = std::max(0.0, snapshot.elapsed_seconds - snapshot.descent_seconds);
  return seconds / done * std::max(0.0, left);
}

/// By the work that draws are, where it is known.
std::optional<double> share_done(const ProgressSnapshot& snapshot) {
  if (snapshot.draws_total == 0) return std::nullopt;
  if (snapshot.work_total > 0.0) return snapshot.work_done / snapshot.work_total;
  return static_cast<double>(snapshot.draws_done) / static_cast<double>(snapshot.draws_total);
}

/// Gradient descent comes before the draws.
bool in_descent(const ProgressSnapshot& snapshot) {
  return snapshot.gd_done < snapshot.gd_total && snapshot.draws_done <= snapshot.draws_before;
}

std::string pilots_text(const ProgressSnapshot& snapshot) {
  return fmt::format("pilots of {}/{} cells, {}", snapshot.pilots_done, snapshot.pilots_total,
                     duration_text(snapshot.elapsed_seconds));
}

std::string descent_text(const ProgressSnapshot& snapshot) {
  return fmt::format("gradient descent {}/{} runs, {}", snapshot.gd_done, snapshot.gd_total,
                     duration_text(snapshot.elapsed_seconds));
}

/// This sitting has drawn nothing and has nothing left to draw.
bool all_drawn_before(const ProgressSnapshot& snapshot) {
  return snapshot.cells_total > 0 && snapshot.cells_done == snapshot.cells_total &&
         snapshot.draws_done <= snapshot.draws_before;
}

std::string all_drawn_text(const ProgressSnapshot& snapshot) {
  std::string text =
      snapshot.cells_total == 1
          ? "nothing left to draw: the cell is finished"
          : fmt::format("nothing left to draw: all {} cells are finished", snapshot.cells_total);
  if (snapshot.gd_total > 0) text += fmt::format("  GD {}/{}", snapshot.gd_done, snapshot.gd_total);
  return text;
}

/// What the cell's budget counts.
const char* budget_unit(Estimator estimator) {
  return estimator == Estimator::Splitting     ? "populations"
         : estimator == Estimator::Conditional ? "hidden draws"
                                               : "draws";
}

/// A number without the signs and zeros of its exponent: 3.2e7.
std::string brief_number(double value, int digits) {
  std::string text = fmt::format("{:.{}g}", value, digits);
  if (const auto sign = text.find("e+"); sign != std::string::npos) text.erase(sign + 1, 1);
  const auto exponent = text.find('e');
  if (exponent == std::string::npos) return text;
  const std::size_t first = exponent + (text[exponent + 1] == '-' ? 2 : 1);
  if (text[first] == '0') text.erase(first, 1);
  return text;
}

/// "3 m 20 s"
std::string brief_duration(double seconds) {
  std::string text = duration_text(seconds);
  const auto minutes = text.find(" min");
  if (minutes != std::string::npos) text.erase(minutes + 2, 2);
  return text;
}

}  // namespace

std::string format_progress(const ProgressSnapshot& snapshot, double samples_per_second) {
  if (snapshot.pilots_total > 0) return pilots_text(snapshot);
  if (in_descent(snapshot)) return descent_text(snapshot);
  if (all_drawn_before(snapshot)) return all_drawn_text(snapshot);
  std::string text =
      fmt::format("cell {}/{} (width {}, depth {}, seed {})", snapshot.cell, snapshot.cells_total,
                  width_name(snapshot.width), snapshot.depth, snapshot.seed);
  const bool splitting = snapshot.cell_estimator == Estimator::Splitting;
  text += fmt::format("  {:.3g}/{:.3g} {}", static_cast<double>(snapshot.cell_drawn),
                      static_cast<double>(snapshot.cell_budget), budget_unit(snapshot.cell_estimator));
  if (snapshot.cell_estimator == Estimator::Reject) {
    text += fmt::format(", {} accepted", count_text(snapshot.cell_accepted));
    if (snapshot.cell_drawn > 0 && snapshot.cell_accepted > 0) {
      text += fmt::format(" ({:.2g})", static_cast<double>(snapshot.cell_accepted) /
                                           static_cast<double>(snapshot.cell_drawn));
    }
  }
  if (splitting && snapshot.cell_level > 0.0) {
    text += fmt::format(", one at train loss {:.2g}", snapshot.cell_level);
  }
  if (samples_per_second > 0.0 && !splitting) text += fmt::format("  {:.2e}/s", samples_per_second);
  if (const auto share = share_done(snapshot)) text += fmt::format("  {:.1f} %", 100.0 * *share);
  const auto left = seconds_left(snapshot);
  if (left) text += fmt::format("  {} left", duration_text(*left));
  if (snapshot.gd_total > 0) text += fmt::format("  GD {}/{}", snapshot.gd_done, snapshot.gd_total);
  return text;
}

std::string format_brief_progress(const ProgressSnapshot& snapshot, double samples_per_second) {
  if (snapshot.pilots_total > 0) return pilots_text(snapshot);
  if (in_descent(snapshot)) return descent_text(snapshot);
  if (all_drawn_before(snapshot)) return all_drawn_text(snapshot);
  std::string text =
      fmt::format("{}/{} w{} d{} s{}  {}/{}", snapshot.cell, snapshot.cells_total, width_name(snapshot.width),
                  snapshot.depth, snapshot.seed, brief_number(static_cast<double>(snapshot.cell_drawn), 3),
                  brief_number(static_cast<double>(snapshot.cell_budget), 3));
  const bool splitting = snapshot.cell_estimator == Estimator::Splitting;
  const bool reject = snapshot.cell_estimator == Estimator::Reject;
  if (reject) {
    text += fmt::format("  {} acc", brief_number(static_cast<double>(snapshot.cell_accepted),
                                                 snapshot.cell_accepted < 100'000 ? 5 : 3));
  } else {
    text += fmt::format(" {}", budget_unit(snapshot.cell_estimator));
  }
  if (splitting && snapshot.cell_level > 0.0) text += fmt::format(" loss {:.2g}", snapshot.cell_level);
  if (reject && snapshot.cell_drawn > 0 && snapshot.cell_accepted > 0) {
    text += fmt::format(" {}", brief_number(static_cast<double>(snapshot.cell_accepted) /
                                                static_cast<double>(snapshot.cell_drawn),
                                            2));
  }
  if (samples_per_second > 0.0 && !splitting)
    text += fmt::format("  {}/s", brief_number(samples_per_second, 2));
  const auto left = seconds_left(snapshot);
  if (left) text += fmt::format("  {} left", brief_duration(*left));
  return text;
}

std::string format_least_progress(const ProgressSnapshot& snapshot) {
  if (in_descent(snapshot)) return fmt::format("GD {}/{}", snapshot.gd_done, snapshot.gd_total);
  std::string text = fmt::format("{}/{} w{} d{} s{}", snapshot.cell, snapshot.cells_total,
                                 width_name(snapshot.width), snapshot.depth, snapshot.seed);
  if (const auto share = share_done(snapshot)) text += fmt::format(" {:.0f} %", 100.0 * *share);
  if (const auto left = seconds_left(snapshot)) text += fmt::format(" {} left", brief_duration(*left));
  return text;
}

std::string cut_to_width(const std::string& text, std::size_t columns) {
  std::string fits = first_columns(text, columns);
  if (fits.size() == text.size() || columns <= 2) return fits;
  return first_columns(text, columns - 2) + "..";
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
  follow_descent(snapshot);
  const double period = style_ == ProgressStyle::Live
                            ? kLivePeriod
                            : std::clamp(snapshot.elapsed_seconds / 60.0, kLinesPeriod, kLongestLinesPeriod);
  const bool first = !last_shown_ && style_ == ProgressStyle::Live;
  if (!first && snapshot.elapsed_seconds - last_shown_.value_or(0.0) < period) return;
  show(snapshot);
}

void Progress::finish(const ProgressSnapshot& snapshot) {
  if (style_ == ProgressStyle::Quiet) return;
  const std::lock_guard lock(mutex_);
  follow_descent(snapshot);
  show(snapshot);
  end_live_line();
}

void Progress::follow_descent(const ProgressSnapshot& snapshot) {
  const bool was_descending = descending_;
  descending_ = in_descent(snapshot);
  // The draws begin when the last descent is reported.
  if (descending_ || was_descending) descent_seconds_ = snapshot.elapsed_seconds;
}

double Progress::recent_rate(const ProgressSnapshot& snapshot) {
  if (!window_set_) {
    window_set_ = true;
    window_start_ = descent_seconds_;
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

void Progress::show(ProgressSnapshot snapshot) {
  last_shown_ = snapshot.elapsed_seconds;
  snapshot.descent_seconds = descent_seconds_;
  const double rate = descending_ ? 0.0 : recent_rate(snapshot);
  std::string text = format_progress(snapshot, rate);
  if (style_ == ProgressStyle::Live) {
    // The last column stays free: some terminals wrap when it is written.
    const std::size_t room = terminal_columns(stream_) - 1;
    if (text.size() > room) text = format_brief_progress(snapshot, rate);
    if (text.size() > room && snapshot.pilots_total == 0) text = format_least_progress(snapshot);
    const std::string line = cut_to_width(text, room);
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
