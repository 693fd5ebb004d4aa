#pragma once

#include <array>
#include <string_view>

namespace gnc {

// Names of the files that a report writes.
inline constexpr std::string_view kCellsCsv = "cells.csv";
inline constexpr std::string_view kResultsCsv = "results.csv";  ///< of the largest tolerance
inline constexpr std::string_view kResultsCsvBegin = "results_eps=",
                                  kResultsCsvEnd = ".csv";  ///< of the others
inline constexpr std::string_view kCurvesCsv = "curves.csv";
inline constexpr std::string_view kReportPage = "report.html";

// Figures, which have a script, its data, and what gnuplot draws by them.
inline constexpr std::string_view kLossFigure = "figure";
inline constexpr std::string_view kAcceptanceFigure = "acceptance";
inline constexpr std::string_view kAcceptanceCurves = "curves";
inline constexpr std::string_view kLossCurves = "curves_gen";
inline constexpr std::array kFigures{kLossFigure, kAcceptanceFigure, kAcceptanceCurves, kLossCurves};

inline constexpr std::string_view kScriptEnding = ".gp";
inline constexpr std::string_view kDataEnding = ".dat";
inline constexpr std::string_view kPdf = ".pdf", kPng = ".png", kSvg = ".svg";
inline constexpr std::array kFigureEndings{kScriptEnding, kDataEnding, kPdf, kPng, kSvg};

}  // namespace gnc
