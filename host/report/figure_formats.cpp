#include "host/report/figure_formats.hpp"

#include <fmt/format.h>

#include "host/report/report_names.hpp"

namespace gnc {

std::string FigureFormat::commands() const {
  return fmt::format("set terminal {}\nset title font ',{}'\n", terminal, title_size);
}

std::array<FigureFormat, 3> figure_formats(const std::string& name, double lines) {
  constexpr double usual_svg_lines = 26.0;
  const double svg_lines = usual_svg_lines + lines - kUsualPageLines;
  const double height = lines / kUsualPageLines;
  return {
      {{kPdf,
        fmt::format("pdfcairo size 5.2in,{:.3g}in font 'sans,12' linewidth 1.4 pointscale 0.6", 3.9 * height),
        "10", lines},
       {kPng,
        fmt::format("pngcairo size 1560,{:.0f} font 'sans,25' linewidth 3 pointscale 2.0", 1170.0 * height),
        "21", lines},
       {kSvg,
        fmt::format("svg size 780,{:.0f} font 'DejaVu Sans,Helvetica,Arial,sans-serif,15' linewidth 1.6 "
                    "name '{}' background rgb 'white'",
                    585.0 / usual_svg_lines * svg_lines, name),
        "12.5", svg_lines}}};
}

}  // namespace gnc
