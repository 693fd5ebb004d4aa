#include "host/report/write_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "host/errors.hpp"
#include "host/files/write_file.hpp"
#include "host/report/cells_csv.hpp"
#include "host/report/curves_csv.hpp"
#include "host/report/report_html.hpp"
#include "host/report/report_names.hpp"
#include "host/report/results_csv.hpp"

namespace gnc {
namespace {

// Only a figure of this report: an earlier one on the disk may show other numbers.
std::optional<std::string> read_drawn(const ReportFiles& files, const std::filesystem::path& path) {
  if (std::find(files.written.begin(), files.written.end(), path) == files.written.end()) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (file.bad() || text.empty()) throw RunError(fmt::format("{}: cannot be read", path.string()));
  return text;
}

}  // namespace

ReportFiles write_report(const RunResults& run, const std::filesystem::path& folder,
                         const std::function<void()>& before_each) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw RunError(fmt::format("{}: cannot be created: {}", folder.string(), error.message()));

  ReportFiles files;
  const auto write = [&](std::string_view name, const std::string& text) {
    before_each();
    write_file(folder / name, text);
    files.written.push_back(folder / name);
  };
  write(kCellsCsv, cells_csv(run));
  for (std::size_t i = 0; i < run.config.gnc_eps_train.size(); ++i) {
    write(results_csv_name(run.config, i), results_csv(run, i));
  }
  if (has_curves(run)) write(kCurvesCsv, curves_csv(run));
  const ReportFiles figures = write_figures(run, folder, before_each);
  files.written.insert(files.written.end(), figures.written.begin(), figures.written.end());
  files.warnings = figures.warnings;
  const auto drawn = [&](std::string_view figure) {
    return read_drawn(files, folder / fmt::format("{}{}", figure, kSvg));
  };
  write(kReportPage, report_html(run, {drawn(kLossFigure), drawn(kAcceptanceFigure), drawn(kAcceptanceCurves),
                                       drawn(kLossCurves)}));
  return files;
}

}  // namespace gnc
