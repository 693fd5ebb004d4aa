#include "host/report/report_html.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <utility>
#include <vector>

#include "host/config/names.hpp"
#include "host/config/unused_keys.hpp"
#include "host/report/curves_csv.hpp"
#include "host/report/experiment_text.hpp"
#include "host/report/figure_source.hpp"
#include "host/report/honest_notes.hpp"
#include "host/report/inline_svg.hpp"
#include "host/report/point_summary.hpp"
#include "host/report/table.hpp"
#include "host/report/version.hpp"

namespace gnc {
namespace {

// A page of more rows than this is slow to open; cells.csv holds them all.
constexpr std::size_t kMostRows = 2000;

constexpr const char* kStyle = R"(
body { font: 16px/1.5 "DejaVu Sans", Helvetica, Arial, sans-serif; color: #1b1b1b; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
figure { margin: 1rem 0; } figure svg { max-width: 100%; height: auto; } figcaption { color: #555; font-size: .9rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .7rem .25rem 0; border-bottom: 1px solid #e2e2e2; white-space: nowrap; }
th { border-bottom: 1px solid #888; } .note { border-left: 4px solid #D55E00; padding: .1rem .8rem; background: #fdf3ec; }
dt { font-weight: bold; margin-top: .5rem; } dd { margin-left: 1.2rem; }
)";

std::string table_html(const TableRows& rows) {
  std::string text = "<div class=\"scroll\"><table>\n";
  for (std::size_t i = 0; i < rows.size() && i <= kMostRows; ++i) {
    const char* tag = i == 0 ? "th" : "td";
    text += "<tr>";
    for (const std::string& field : rows[i]) text += fmt::format("<{0}>{1}</{0}>", tag, escape_html(field));
    text += "</tr>\n";
  }
  text += "</table></div>\n";
  if (rows.size() > kMostRows + 1) {
    text += fmt::format("<p>The first {} of {} rows; cells.csv holds all.</p>\n", kMostRows, rows.size() - 1);
  }
  return text;
}

/// `name`: another for each figure of the page.
std::string figure_html(const std::string& name, const std::optional<std::string>& svg,
                        const std::string& caption) {
  const std::optional<std::string> drawn = svg ? inline_svg(*svg, name + "-") : std::nullopt;
  if (!drawn) {
    return "<p>Not drawn: gnuplot was not found (apt-get install gnuplot-nox) or failed; gnc report draws it "
           "anew.</p>\n";
  }
  return fmt::format("<figure>\n{}\n<figcaption>{}</figcaption>\n</figure>\n", *drawn, escape_html(caption));
}

std::string join_points(const Config& config, double Point::*value) {
  std::string text;
  for (const Point& point : config.points) text += fmt::format("{}{}", text.empty() ? "" : " ", point.*value);
  return text;
}

TableRows config_rows(const Config& config) {
  std::string points;
  for (const Point& point : config.points) {
    points += fmt::format("{}{} × {}", points.empty() ? "" : ", ", width_name(point.width), point.depth);
  }
  std::string tolerances;
  for (const double eps_train : config.gnc_eps_train) {
    tolerances += fmt::format("{}{}", tolerances.empty() ? "" : " ", eps_train);
  }
  const auto yes_no = [](bool value) { return std::string(value ? "true" : "false"); };
  const auto if_used = [&](const char* key, const auto& value) -> std::vector<std::string> {
    return {key, is_unused(config, key) ? "not used" : fmt::format("{}", value)};
  };
  return {{"key", "value"},
          {"n_rows", fmt::format("{}", config.n_rows)},
          {"n_cols", fmt::format("{}", config.n_cols)},
          {"gt_rank", fmt::format("{}", config.gt_rank)},
          {"gt_norm", fmt::format("{}", config.gt_norm)},
          {"num_measurements", fmt::format("{}", config.num_measurements)},
          {"completion", yes_no(config.completion)},
          {"problem file", config.problem_file.value_or("none: a problem per seed")},
          {"num_seeds", fmt::format("{}", config.num_seeds)},
          {"run seed", fmt::format("{}", config.seed)},
          {"width × depth", points},
          {"activation", name_of(config.activation)},
          if_used("negative_slope", config.negative_slope),
          if_used("gnc_num_samples", config.gnc_num_samples),
          {"gnc_eps_train", tolerances},
          {"gnc_init", name_of(config.gnc_init)},
          {"gnc_normalize", yes_no(config.gnc_normalize)},
          if_used("gnc_softening", config.gnc_softening),
          {"estimator", name_of(config.estimator)},
          if_used("splitting_particles", config.splitting_particles),
          if_used("splitting_sweeps", config.splitting_sweeps),
          if_used("splitting_populations", config.splitting_populations),
          if_used("draw", name_of(config.draw)),
          {"max_stored", fmt::format("{}", config.max_stored)},
          {"gradient descent", yes_no(config.gd)},
          if_used("gd_epochs", config.gd_epochs),
          if_used("gd_momentum", config.gd_momentum),
          if_used("gd_lrs", join_points(config, &Point::gd_lr)),
          if_used("gd_init_scales", join_points(config, &Point::gd_init_scale))};
}

constexpr const char* kMeaning = R"(<h2>What the numbers mean</h2>
<dl>
<dt>Guess &amp; Check (G&amp;C)</dt><dd>Weights are drawn from the prior and kept when their train loss is below the tolerance. Its generalization
loss is the mean over the kept draws: what a network that fits the data achieves without any optimiser's preference.</dd>
<dt>GD</dt><dd>Generalization loss of gradient descent after its last epoch, on the same problem.</dd>
<dt>prior</dt><dd>Mean generalization loss over all draws, kept or not: what knowing no data achieves.</dd>
<dt>Train and generalization loss</dt><dd>Mean squared error on the measurements, and on an orthonormal basis of what they leave unseen,
or on the A_test of a problem file.</dd>
<dt>Acceptance rate</dt><dd>Kept draws over draws, or what estimates it, of any smallness. Brackets behind one cell's rate are its 95 % interval.
“&lt; b” means that the rate is known by an upper bound alone, b, the upper end of that interval and not an estimate: no draw was kept, or some
population of splitting did not reach the tolerance or is not finished; the cell then has no G&amp;C loss. Below 2.2e-308, the least normal double,
acceptance_rate in cells.csv is 0 and log10_rate, the base-10 logarithm, gives the rate; without an estimate log10_rate is empty.</dd>
<dt>Estimators</dt><dd><em>reject</em> counts kept draws; its interval is exact (Clopper and Pearson). <em>conditional</em> draws the hidden layers
alone and averages the probability that the last layer fits; its interval, on the logarithm of the rate, rests on the effective sample size of the
weights. <em>splitting</em> moves populations of particles down to the tolerance, level by level; its interval, on the logarithm of the rate, comes
from how far independent populations differ, and is a Monte Carlo error only: run again with twice the sweeps to see what too few moves would
hide.</dd>
<dt>Median, quartiles, range</dt><dd>Taken over seeds. Each seed is a problem of its own, so they show how problems differ, not how precisely one was
measured; a cell's standard error shows that. Of a problem file all seeds share the problem, and differ by chance alone. Points without a known value are left out, of medians too; “(1 of 2 seeds)” and open markers
say where seeds are missing: without a kept draw, not done yet, or of another shard. A rate over seeds ranks seeds without one lowest, as 0, and
says how many there are and the bound on their rates; a median that such a seed would decide is not known.</dd>
<dt>Quantiles in cells.csv</dt><dd>gnc_gen_median, gnc_gen_q25 and gnc_gen_q75 rest on the stored draws: where more were kept than max_stored, on the
first max_stored of them by draw index, which are a random sample as good as any. Counts, rates and means rest on all.</dd>
</dl>
)";

}  // namespace

std::string escape_html(const std::string& text) {
  std::string escaped;
  for (const char letter : text) {
    switch (letter) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += letter;
    }
  }
  return escaped;
}

std::string report_html(const RunResults& run, const ReportFigures& figures,
                        std::chrono::system_clock::time_point now) {
  const std::string title =
      run.config.name.empty() ? std::string("Guess & Check") : "Guess & Check: " + run.config.name;
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n<title>{}</title>\n<style>{}</style>\n"
      "</head>\n<body>\n<h1>{}</h1>\n<p>{}.</p>\n",
      escape_html(title), kStyle, escape_html(title), escape_html(experiment_headline(run)));
  for (const std::string& note : honest_notes(run))
    page += "<p class=\"note\">" + escape_html(note) + "</p>\n";
  const bool one_seed = run.config.num_seeds == 1;
  page += "<h2>Generalization loss</h2>\n" +
          figure_html("loss", figures.loss,
                      one_seed ? "Losses of the one seed." : "Median and quartiles over seeds.");
  const std::string rates = one_seed
                                ? "Rate of the one seed with its 95 % interval. Arrows: upper bounds where "
                                  "the rate is not known."
                                : std::string(run.config.num_seeds <= kMostSeedsShown
                                                  ? "Points: seeds, with 95 % intervals. Line: median over "
                                                    "seeds."
                                                  : "Median and quartiles over seeds.") +
                                      " Arrows: upper bounds of seeds without a rate, one "
                                      "for all of them, the largest.";
  page += "<h2>Acceptance rate</h2>\n" + figure_html("acceptance", figures.acceptance, rates);
  if (has_curves(run)) {
    const std::string others =
        run.config.estimator == Estimator::Auto ? " Open points: cells of other estimators." : "";
    page += "<h2>Curves</h2>\n" +
            figure_html(
                "curves", figures.acceptance_curves,
                "Acceptance rate of each seed against the tolerance; shaded: its 95 % interval." + others) +
            figure_html(
                "curves_gen", figures.loss_curves,
                "Posterior mean of the generalization loss of each seed against the tolerance; shaded: its "
                "95 % interval." +
                    others);
  }
  page += "<h2>Points</h2>\n<p>" + escape_html(point_caption(run)) + "</p>\n" + table_html(point_rows(run));
  page += kMeaning;
  page += "<h2>Config as run</h2>\n" + table_html(config_rows(run.config));
  page += "<h2>Cells</h2>\n<p>Acceptance rate with its 95 % interval.</p>\n" + table_html(cell_rows(run));
  page += fmt::format("<p>Written by gnc {} on {:%Y-%m-%d at %H:%M} UTC.</p>\n", version(),
                      fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
  return page + "</body>\n</html>\n";
}

}  // namespace gnc
