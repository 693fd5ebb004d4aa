#include "host/report/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "host/errors.hpp"
#include "host/files/write_file.hpp"
#include "host/report/curves_csv.hpp"
#include "host/report/figure_source.hpp"
#include "host/report/gnuplot.hpp"
#include "host/report/report_names.hpp"
#include "host/report/shell_word.hpp"

namespace gnc {
namespace {

/// A folder beside the results in which gnuplot draws, so that a reader never finds half a figure; removed at
/// the end.
class DrawingFolder {
 public:
  explicit DrawingFolder(const std::filesystem::path& parent)
      : path_(parent / (".figures" + temporary_ending())) {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
    std::filesystem::create_directory(path_, error);
    if (error) throw RunError(fmt::format("{}: cannot be created: {}", path_.string(), error.message()));
  }
  DrawingFolder(const DrawingFolder&) = delete;
  DrawingFolder& operator=(const DrawingFolder&) = delete;
  ~DrawingFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

void write_and_list(const std::filesystem::path& path, const std::string& text, ReportFiles& files) {
  write_file(path, text);
  files.written.push_back(path);
}

std::string script_name(const FigureSource& source) { return source.name + std::string(kScriptEnding); }
std::string data_name(const FigureSource& source) { return source.name + std::string(kDataEnding); }

struct Format {
  std::string_view ending;  ///< of the file's name
  std::string_view last;    ///< that a whole file has near its end
};
constexpr std::array<Format, 3> kFormats{{{kPdf, "%%EOF"}, {kPng, "IEND"}, {kSvg, "</svg>"}}};

std::string drawn_name(const std::string& name, const Format& format) {
  return name + std::string(format.ending);
}

/// Whether a figure is there to its end: gnuplot does not tell of a disk that fills up.
bool is_whole(const std::filesystem::path& path, const Format& format) {
  constexpr std::streamoff kEnd = 64;
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  file.seekg(-std::min<std::streamoff>(kEnd, file.tellg()), std::ios::end);
  const std::string end{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return end.find(format.last) != std::string::npos;
}

void move_drawn(const std::filesystem::path& from, const std::filesystem::path& to, ReportFiles& files) {
  std::error_code error;
  std::filesystem::rename(from, to, error);
  if (error) throw RunError(fmt::format("{}: cannot be written: {}", to.string(), error.message()));
  files.written.push_back(to);
}

/// Removes the figures of that name, which show numbers of before; whether there were any.
bool remove_outdated(const std::string& name, const std::filesystem::path& folder) {
  bool any = false;
  for (const Format& format : kFormats) {
    const std::filesystem::path path = folder / drawn_name(name, format);
    std::error_code error;
    any = std::filesystem::remove(path, error) || any;
    if (error) throw RunError(fmt::format("{}: cannot be removed: {}", path.string(), error.message()));
  }
  return any;
}

}  // namespace

ReportFiles write_figures(const RunResults& run, const std::filesystem::path& folder,
                          const std::function<void()>& before_each) {
  ReportFiles files;
  const DrawingFolder drawing(folder);
  bool have_gnuplot = true;
  bool removed = false;
  std::vector<FigureSource> sources{loss_figure(run), acceptance_figure(run)};
  if (has_curves(run)) {
    sources.push_back(acceptance_curve_figure(run));
    sources.push_back(loss_curve_figure(run));
  }
  std::vector<Gnuplot> drawings;  // all at once
  for (const FigureSource& source : sources) {
    write_file(drawing.path() / script_name(source), source.script);
    write_file(drawing.path() / data_name(source), source.data);
    drawings.emplace_back(drawing.path(), script_name(source));
  }
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const FigureSource& source = sources[i];
    before_each();
    write_and_list(folder / script_name(source), source.script, files);
    write_and_list(folder / data_name(source), source.data, files);
    if (!have_gnuplot) {
      removed = remove_outdated(source.name, folder) || removed;
      continue;
    }
    const GnuplotOutcome outcome = drawings[i].wait();
    have_gnuplot = outcome.found;
    if (!outcome.failure.empty()) {
      before_each();  // what ends the report may have ended gnuplot: earlier figures then stay
      removed = remove_outdated(source.name, folder) || removed;
      if (outcome.found) files.warnings.push_back(fmt::format("no {}: {}", source.name, outcome.failure));
      continue;
    }
    for (const Format& format : kFormats) {
      const std::string name = drawn_name(source.name, format);
      if (!is_whole(drawing.path() / name, format)) {
        before_each();
        throw RunError(
            fmt::format("{}: cannot be written: gnuplot left it unfinished; check that the disk has room",
                        (folder / name).string()));
      }
    }
    for (const Format& format : kFormats) {
      const std::string name = drawn_name(source.name, format);
      move_drawn(drawing.path() / name, folder / name, files);
    }
  }
  if (!have_gnuplot) {
    files.warnings.push_back(
        fmt::format("no figures: gnuplot was not found; install it with: apt-get install gnuplot-nox, then: "
                    "gnc report {}",
                    shell_word(folder.string())));
  }
  if (removed) files.warnings.emplace_back("figures of earlier numbers were removed");
  return files;
}

}  // namespace gnc
