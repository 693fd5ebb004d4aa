#include "host/report/figure_formats.hpp"

#include <fmt/format.h>

namespace gnc {

std::string FigureFormat::commands() const {
  return fmt::format("set terminal {}\nset title font ',{}'\n", terminal, title_size);
}

std::array<FigureFormat, 3> figure_formats(const std::string& name, double height) {
  return {
      {{"pdf",
        fmt::format("pdfcairo size 5.2in,{:.3g}in font 'sans,12' linewidth 1.4 pointscale 0.6", 3.9 * height),
        "10", 30.2 * height},
       {"png",
        fmt::format("pngcairo size 1560,{:.0f} font 'sans,25' linewidth 3 pointscale 2.0", 1170.0 * height),
        "21", 30.2 * height},
       {"svg",
        fmt::format("svg size 780,{:.0f} font 'DejaVu Sans,Helvetica,Arial,sans-serif,15' linewidth 1.6 "
                    "name '{}' background rgb 'white'",
                    585.0 * height, name),
        "12.5", 26.0 * height}}};
}

}  // namespace gnc
