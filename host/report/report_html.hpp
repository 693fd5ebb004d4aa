#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "host/report/run_results.hpp"

namespace gnc {

/// The figures of a report as SVG documents; absent where they could not be drawn.
struct ReportFigures {
  std::optional<std::string> loss;
  std::optional<std::string> acceptance;
  std::optional<std::string> acceptance_curves{};
  std::optional<std::string> loss_curves{};
};

/// A page that needs no other file: figures, tables, the config as run, what the numbers mean and what they
/// do not, and by which gnc it was written when.
std::string report_html(const RunResults& run, const ReportFigures& figures,
                        std::chrono::system_clock::time_point now = std::chrono::system_clock::now());

/// Text with the characters that HTML gives a meaning replaced.
std::string escape_html(const std::string& text);

}  // namespace gnc
