#include "host/report/figure_frame.hpp"

#include <fmt/format.h>

#include <array>

#include "host/report/figure_axis.hpp"

namespace gnc {

namespace {

constexpr std::array<const char*, 7> kColours{"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                              "#E69F00", "#56B4E9", "#000000"};

}  // namespace

const char* curve_colour(std::size_t index) { return kColours[index % kColours.size()]; }

int curve_dash(std::size_t index) {
  constexpr std::size_t dash_types = 5;
  return static_cast<int>(index / kColours.size() % dash_types) + 1;
}

int curve_point(std::size_t index) {
  static constexpr std::array<int, 5> kPoints{7, 5, 9, 13, 15};
  return kPoints[index % kPoints.size()];
}

std::string open_points(const std::string& name, std::size_t block, double aside, int point) {
  return fmt::format(
      "'{}.dat' index {} using (shift($1, {:.3f})):($5 < 1 ? $2 : NaN) with points linecolor rgb 'white' "
      "pointtype {} pointsize 0.5 notitle",
      name, block, aside, point);
}

std::string open_points_legend() {
  return "NaN with points linecolor rgb '#444444' linewidth 1.6 pointtype 6 pointsize 1 title 'open: not all "
         "seeds'";
}

std::size_t tolerance_style(std::size_t index) { return index == 0 ? 0 : index + 2; }

std::string frame_commands(const std::string& name, const std::string& title, const std::string& subtitle) {
  return fmt::format(
      "# Edit, then run in this folder: gnuplot {0}.gp\n"
      "set encoding utf8\n"
      "set title {1}.\"\\n\".{2} noenhanced\n"
      "set border 3 linewidth 1\n"
      "set grid ytics linetype 1 linecolor rgb '#e4e4e4' linewidth 0.6\n"
      "set key bmargin center horizontal Left reverse noenhanced maxcols 3 samplen 2 width 1 height 0.8\n"
      "set errorbars 0.7\n"
      "set tics out nomirror scale 0.6\n"
      "set mytics default\n",
      name, gnuplot_literal(title), gnuplot_literal(subtitle));
}

std::string output_commands(const std::string& name, const std::vector<std::string>& elements) {
  std::string text;
  std::string plot = "plot ";
  if (elements.empty()) {
    text += "set label 'no values yet' at graph 0.5, 0.5 center\nunset logscale y\nset yrange [0:1]\n";
    plot += "-1 notitle";
  }
  for (std::size_t i = 0; i < elements.size(); ++i) plot += (i == 0 ? "" : ", \\\n     ") + elements[i];
  text += fmt::format(
      "set terminal pdfcairo size 5.2in,3.9in font 'sans,12' linewidth 1.4 pointscale 0.6\n"
      "set output '{0}.pdf'\n{1}\n"
      "set terminal pngcairo size 1560,1170 font 'sans,25' linewidth 3 pointscale 2.0\n"
      "set output '{0}.png'\nreplot\n"
      "set terminal svg size 780,585 font 'DejaVu Sans,Helvetica,Arial,sans-serif,15' linewidth 1.6 "
      "name '{0}' background rgb 'white'\n"
      "set output '{0}.svg'\nreplot\nset output\n",
      name, plot);
  return text;
}

}  // namespace gnc
