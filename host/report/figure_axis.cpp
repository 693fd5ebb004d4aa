#include "host/report/figure_axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gnc {
namespace {

double position(const FigureAxis& axis, std::int64_t value) {
  const double x = static_cast<double>(value);
  return axis.log2 ? std::log2(x) : x;
}

double value_at(const FigureAxis& axis, double where) { return axis.log2 ? std::exp2(where) : where; }

bool is_infinite(const FigureAxis& axis, std::int64_t value) {
  return axis.infinity && value == kInfiniteWidth;
}

/// Position of the infinite width.
double infinity_position(const FigureAxis& axis) {
  return axis.log2 ? std::log2(*axis.infinity) : *axis.infinity;
}

double last_position(const FigureAxis& axis) {
  return axis.infinity ? infinity_position(axis) : position(axis, axis.values.back());
}

double first_position(const FigureAxis& axis) {
  return axis.values.empty() ? last_position(axis) : position(axis, axis.values.front());
}

/// What the axis extends beyond its first and last position.
double end_margin(const FigureAxis& axis) {
  return std::max(0.5 * axis.spacing, 0.05 * (last_position(axis) - first_position(axis)));
}

/// Which of the values have room for a label, from left to right: their labels are as far apart as half of
/// each and a digit between them take, in the font of the figures.
std::vector<bool> labels_that_fit(const FigureAxis& axis) {
  constexpr double kDigit = 0.0155;  // of the length of the axis
  const double length = last_position(axis) - first_position(axis) + 2.0 * end_margin(axis);
  const auto digits = [](std::int64_t value) {
    return static_cast<double>(fmt::formatted_size("{}", value));
  };
  std::vector<bool> fit;
  std::optional<std::int64_t> before;
  for (const std::int64_t value : axis.values) {
    fit.push_back(!before || position(axis, value) - position(axis, *before) >=
                                 kDigit * length * (1.0 + 0.5 * (digits(*before) + digits(value))));
    if (fit.back()) before = value;
  }
  return fit;
}

/// A place on the axis: on a linear one points may be apart by 1 at a million.
std::string place_text(const FigureAxis& axis, double place) {
  return axis.log2 ? fmt::format("{:.6g}", place) : fmt::format("{:.15g}", place);
}

/// What a logarithmic axis spans, in powers of ten.
struct Decades {
  double bottom = 0.0, top = 0.0;

  /// With a margin around [low, high] that leaves half a decade or more.
  static Decades around(double low, double high) {
    const double margin = std::max(0.05 * (high - low), 0.5 - 0.5 * (high - low));
    return {low - margin, high + margin};
  }
  double count() const { return top - bottom; }
  int first() const { return static_cast<int>(std::floor(bottom)); }
  int last() const { return static_cast<int>(std::ceil(top)); }
  /// Numbers that read well without powers of ten.
  bool plain() const { return bottom > -3.5 && top < 4.5; }
  /// Below a few decades the powers of ten alone would leave two labels.
  bool few() const { return count() < 2.6; }
  /// Where gnuplot labels every few decades, it would put the tics between at the low end of each gap alone.
  bool many() const { return count() > 10.0; }
};

/// Labelled tics at 1, 2 and 5 times the powers of ten; place(digit, power) is where one of them stands.
template <class Place>
std::string digit_tics(const Decades& decades, Place place) {
  std::string text = "set ytics (";
  std::string separator;
  for (int power = decades.first(); power <= decades.last(); ++power) {
    for (const int digit : {1, 2, 5}) {
      const std::string label = decades.plain() ? fmt::format("{:.3g}", digit * std::pow(10.0, power))
                                                : fmt::format("{}·10^{{{}}}", digit, power);
      text += fmt::format("{}'{}' {}", separator, label, place(digit, power));
      separator = ", ";
    }
  }
  return text + ")\n";
}

}  // namespace

const char* const kDefaultVerticalAxis =
    "unset logscale y\nset ytics autofreq\nset format y\nset mytics default\n";

FigureAxis figure_axis(const Config& config) {
  FigureAxis axis;
  axis.label = config.axis == SweepAxis::Depth ? "depth" : "width";
  for (const Point& point : config.points) axis.values.push_back(axis_value(config, point));
  std::sort(axis.values.begin(), axis.values.end());
  axis.values.erase(std::unique(axis.values.begin(), axis.values.end()), axis.values.end());
  const bool infinite =
      config.axis != SweepAxis::Depth && !axis.values.empty() && axis.values.back() == kInfiniteWidth;
  if (infinite) axis.values.pop_back();
  if (axis.values.empty()) {
    axis.infinity = infinite ? std::optional<double>(1.0) : std::nullopt;
    if (!infinite) axis.values.push_back(1);
    return axis;
  }
  axis.log2 = config.axis != SweepAxis::Depth && axis.values.back() > 4 * axis.values.front();
  if (axis.values.size() > 1) {
    axis.spacing = position(axis, axis.values.back()) - position(axis, axis.values.front());
    for (std::size_t i = 1; i < axis.values.size(); ++i) {
      axis.spacing =
          std::min(axis.spacing, position(axis, axis.values[i]) - position(axis, axis.values[i - 1]));
    }
  }
  if (infinite) {
    const double first = position(axis, axis.values.front());
    const double last = position(axis, axis.values.back());
    axis.infinity = value_at(axis, last + std::max(1.5 * axis.spacing, 0.18 * (last - first)));
  }
  return axis;
}

std::string axis_place(const FigureAxis& axis, std::int64_t value) {
  return is_infinite(axis, value) ? place_text(axis, *axis.infinity) : fmt::format("{}", value);
}

std::string row_break(const FigureAxis& axis, std::int64_t value) {
  return is_infinite(axis, value) && !axis.values.empty() ? "\n" : "";
}

std::string axis_comment(const FigureAxis& axis) {
  return axis.infinity ? fmt::format("# The infinite width stands at {}.\n", place_text(axis, *axis.infinity))
                       : "";
}

std::string axis_commands(const FigureAxis& axis) { return scale_commands(axis) + tic_commands(axis, true); }

std::string scale_commands(const FigureAxis& axis) {
  const double end = last_position(axis);
  const double first = first_position(axis);
  const double margin = end_margin(axis);
  std::string text = axis.log2 ? "set logscale x 2\n" : "";
  text += fmt::format("set xrange [{}:{}]\nunset mxtics\n", place_text(axis, value_at(axis, first - margin)),
                      place_text(axis, value_at(axis, end + margin)));
  if (axis.infinity && !axis.values.empty()) {
    const double middle = value_at(axis, 0.5 * (position(axis, axis.values.back()) + end));
    text += fmt::format(
        "set arrow from {0}, graph 0 to {0}, graph 1 nohead linecolor rgb '#999999' linewidth 0.6 "
        "dashtype 2\n",
        place_text(axis, middle));
  }
  text += axis.log2 ? fmt::format("shift(x, part) = x * 2**({:.6g} * part)\n", axis.spacing)
                    : fmt::format("shift(x, part) = x + {:.6g} * part\n", axis.spacing);
  return text;
}

std::string tic_commands(const FigureAxis& axis, bool labelled) {
  std::string text = labelled ? fmt::format("set xlabel '{}'\n", axis.label) : "unset xlabel\n";
  text += "set xtics (";
  // Crowded values keep their tic without a label.
  const std::vector<bool> fit = labels_that_fit(axis);
  for (std::size_t i = 0; i < axis.values.size(); ++i) {
    text += fmt::format("{}'{}' {}", i == 0 ? "" : ", ",
                        labelled && fit[i] ? fmt::format("{}", axis.values[i]) : "", axis.values[i]);
  }
  if (axis.infinity) {
    text += fmt::format("{}'{}' {}", axis.values.empty() ? "" : ", ", labelled ? "∞" : "",
                        place_text(axis, *axis.infinity));
  }
  return text + ")\n";
}

std::string log_range_commands(double low, double high) {
  Decades decades = Decades::around(std::log10(low), std::log10(high));
  // Down to the least number there is.
  decades.bottom = std::max(decades.bottom, -323.0);
  std::string text = fmt::format("set logscale y 10\nset yrange [{:.4g}:{:.4g}]\n",
                                 std::pow(10.0, decades.bottom), std::pow(10.0, decades.top));
  if (decades.few()) {
    return text +
           digit_tics(decades, [](int digit, int power) { return fmt::format("{}e{}", digit, power); });
  }
  if (decades.many()) text += "unset mytics\n";
  return text + (decades.plain() ? "set format y '%g'\n" : "set format y '10^{%L}'\n");
}

std::string log10_range_commands(double low, double high) {
  Decades decades = Decades::around(low, high);
  decades.top = std::min(decades.top, 0.0);
  std::string text = fmt::format("set yrange [{0:.6g}:{1:.6g}]\non_axis(y) = y > {0:.6g} ? y : {0:.6g}\n",
                                 decades.bottom, decades.top);
  if (decades.few()) {
    return text + digit_tics(decades, [](int digit, int power) {
             return fmt::format("{:.6g}", power + std::log10(digit));
           });
  }
  if (decades.many()) return text + "unset mytics\nset format y '10^{%g}'\n";
  std::string separator = "set ytics (";
  for (int power = decades.first(); power <= decades.last(); ++power) {
    const std::string label =
        decades.plain() ? fmt::format("{:g}", std::pow(10.0, power)) : fmt::format("10^{{{}}}", power);
    text += fmt::format("{}'{}' {}", separator, label, power);
    separator = ", ";
  }
  return text + fmt::format(")\nset for [p={}:{}] for [m=2:9] ytics add ('' p + log10(m) 1)\n",
                            decades.first(), decades.last());
}

std::string gnuplot_literal(const std::string& text) {
  std::string literal = "'";
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (code < ' ' || code == 127) {
      literal += ' ';
    } else {
      literal += letter;
      if (letter == '\'') literal += '\'';
    }
  }
  return literal + "'";
}

}  // namespace gnc
