"""The page of a record of gpu_check."""
from statistics import median

from estimator_costs import cases_table
from gpu_estimators import run_name


def table(heads, rows):
    return ["| " + " | ".join(heads) + " |", "|" + " ---: |" * len(heads)] + ["| " + " | ".join(row) + " |" for row in rows]


def throughput_tables(rows):
    lines = []
    for kind in dict.fromkeys((row["engine"], row["draw"], row["activation"]) for row in rows):
        points = {(row["width"], row["depth"]): row for row in rows
                  if (row["engine"], row["draw"], row["activation"]) == kind}
        engine, draw, activation = kind
        widths, depths = sorted({width for width, _ in points}), sorted({depth for _, depth in points})
        texts = [("draws/s", lambda row: f"{row['draws_per_second']:.3g}"),
                 ("numbers/s (share of the bound)", lambda row: f"{row['numbers_per_second']:.3g} "
                                                                f"({100 * row['share_of_number_bound']:.0f} %)")]
        if all("registers" in row for row in points.values()):
            texts.append(("registers, bytes of local memory, occupancy",
                          lambda row: f"{row['registers']}, {row['local_bytes']}, {100 * row['occupancy']:.0f} %"))
        for title, text in texts:
            lines += ["", f"{engine}, draw law {draw}, {activation}: {title}", ""] + table(
                ["width"] + [f"depth {depth}" for depth in depths],
                [[str(width)] + [text(points[width, depth]) if (width, depth) in points else "" for depth in depths]
                 for width in widths])
    return lines


def eigen_lines(step):
    if not step.get("rows"):
        return []
    methods = list(dict.fromkeys(row["method"] for row in step["rows"]))
    rates = {(row["n"], row["method"]): row["matrices_per_second"] for row in step["rows"] if "refusal" not in row}
    rows = []
    for n in dict.fromkeys(row["n"] for row in step["rows"]):
        others = [rates[n, method] for method in methods if method != "gnc" and (n, method) in rates]
        ratio = f"{rates[n, 'gnc'] / max(others):.1f}" if others and (n, "gnc") in rates else ""
        rows.append([str(n), *(f"{rates[n, method]:.3g}" if (n, method) in rates else "-" for method in methods), ratio])
    refusals = dict.fromkeys(f"{row['method']}: {row['refusal']}." for row in step["rows"] if "refusal" in row)
    return ["", "Symmetric n x n matrices per second: gnc's reduction to tridiagonal form with its factor, in double precision, "
            "beside cuSOLVER's eigen-decompositions; ratio of gnc to the fastest of those.", "", *table(
                ["n", *methods, "ratio"], rows), *(["", *refusals] if refusals else [])]


def comparison_table(rows):
    cells = []
    for row in rows:
        best, published = row["peer_best"], row["peer_at_published_batch"]
        cells.append([str(row["width"]), str(row["depth"]), row["activation"], f"{row['gnc_draws_per_second']:.3g}",
                      f"{100 * row['share_of_number_bound']:.0f} %",
                      f"{best['draws_per_second']:.3g} at {best['batch']:,}", f"{row['ratio_to_best']:.1f}",
                      f"{'out of memory' if 'error' in published else format(published['draws_per_second'], '.3g')} at "
                      f"{row['published_batch']:,}",
                      "" if "error" in published else f"{row['ratio_at_published_batch']:.1f}"])
    return table(["width", "depth", "activation", "gnc, draws/s", "share of the bound", "PyTorch, best batch", "ratio",
                  "PyTorch, published batch", "ratio"], cells)


def accuracy_lines(step):
    if not step.get("cases"):
        return []
    return ["", f"Seconds to a relative standard error of 1 % of P, over {step['seeds']} seeds. PyTorch is rejection at its "
            "best measured draws per second on this machine, extrapolated in the same way.", "",
            *cases_table(step["cases"], "PyTorch")]


def against(value, target):
    return f"{'met' if value >= target else 'MISSED'} ({target:g})"


def ratio_lines(step):
    lines = []
    if "product" in step:
        product = step["product"]
        factors = ", ".join(f"{engine} {rate:.3g}" for engine, rate in product["factors"].items())
        lines += ["", f"Width {product['width']}, depth 2, Linear: {product['product']:.3g} draws/s by draw law product; by "
                  f"factors {factors}. Ratio to the faster {product['ratio']:.1f}, target "
                  f"{against(product['ratio'], product['target'])}."]
    if step.get("device_over_cpu"):
        rows = [[row["estimator"], str(row["width"]), f"{row['device']['value']:,}", seconds(row["device"]),
                 rate_text(row["device"]), f"{row['cpu']['value']:,}", seconds(row["cpu"]), rate_text(row["cpu"]),
                 f"{row['ratio']:.1f}", against(row["ratio"], row["target"])] for row in step["device_over_cpu"]]
        first = step["device_over_cpu"][0]
        lines += ["", f"The device beside {first['cpu_threads']} threads of the same machine, each seed's work per second of "
                  f"drawing (conditional: hidden draws; splitting: forward passes). Rates are medians over "
                  f"{len(first['device']['rates'])} seeds with the lowest and highest, seconds those of all seeds; a CPU budget "
                  "below the device's was cut to save time, which favours it where its caches then hold the population.", ""] + table(
            ["estimator", "width", "device: budget", "seconds", "rate", "CPU: budget", "seconds", "rate", "ratio", "target"], rows)
    return lines


def seconds(part):
    return f"{part['seconds']:.3g}"


def rate_text(part):
    rates = sorted(part["rates"])
    return f"{median(rates):.3g} ({rates[0]:.3g} to {rates[-1]:.3g})"


def wall_text(part):
    """Wall time beside its target, which a run that was interrupted does not meet, nor one of another budget."""
    target, seconds_taken = part["target_seconds"], part["wall_seconds"]
    if not part["finished"]:
        return f"INTERRUPTED after {seconds_taken:.1f} s" + (f" (target {target} s)" if target else "")
    if target is None:
        return f"{seconds_taken:.1f} s of wall time"
    return f"{seconds_taken:.1f} s of wall time, target {'met' if seconds_taken < target else 'MISSED'} ({target} s)"


def sweep_lines(step):
    if "wall_seconds" not in step:
        return []
    kinds = ", ".join(f"{count} by {name}" for name, count in sorted(step["estimators"].items()))
    text = (f"{step['preset']} at tolerance {step['eps']:g}, {step['options']}: {step['cells']} cells ({kinds}), "
            f"{wall_text(step)}. ")
    target = step["target_half_width"]
    if step["largest_half_width"] is None:
        text += "No cell has an interval."
    else:
        text += (f"Half-widths of the 95 % intervals over P: largest {100 * step['largest_half_width']:.2g} %, "
                 f"{step['within']} of {step['cells']} cells ({100 * step['share_within']:.0f} %) within "
                 f"{100 * target:g} %: target {'met' if step['within'] == step['cells'] else 'MISSED'}.")
    if step["without_answer"]:
        text += f" Cells without an answer: {step['without_answer']}."
    if step["largest_pareto_k"] is not None:
        text += f" Largest Pareto k-hat: {step['largest_pareto_k']:.2f}."
    return ["", text]


def run_lines(step):
    if not step.get("rows"):
        return []
    def share(row, key):
        return f"{100 * row[key]:.1f} %" if key in row else "unknown"
    def outside(row):
        target = row.get("target_outside")
        if target is None or not row["finished"]:
            return share(row, "share_outside")
        met = "met" if row["share_outside"] < target else "MISSED"
        return f"{share(row, 'share_outside')}, target {met} ({100 * target:g} %)"
    rows = [[run_name(row["preset"], row["times"]), ", ".join(row["engines"]), f"{row['drawn']:.4g} of {row['asked']:.4g}", wall_text(row),
             "-" if row["draws_per_second"] is None else f"{row['draws_per_second']:.3g}", f"{row['draws_per_wall_second']:.3g}",
             f"{row['drawing_seconds']:.1f}", f"{row['descent_seconds']:.1f}", outside(row),
             share(row, "card_in_use")] for row in step["rows"]]
    notes = dict.fromkeys(note for row in step["rows"] for note in row["gnuplot"])
    return ["", "Whole runs by `gnc run`, from its start to its figures. Outside: the share of the wall time that is neither "
            "drawing nor descent by cells.csv (below 0 where both went on at once). Card in use: nvidia-smi's share of the time in which a kernel ran.", ""] + table(
        ["run", "engine", "draws", "wall time", "draws/s of drawing", "draws/s of wall time", "drawing, s", "descent, s",
         "outside", "card in use"], rows) + ([""] + [*notes] if notes else [])


def markdown(record):
    gpu, steps = record["gpu"], record["steps"]
    lines = [f"# gnc on {gpu['name']}", "",
             f"{record['date']}, driver {gpu['driver']}, {gpu['memory']}, CUDA {record['cuda'] or 'unknown'}, "
             f"{record['gnc']}, commit {record['commit'] or 'unknown'}; `bench/gpu_check`.", ""]
    if record["not_run"]:
        lines += [f"A partial run: {', '.join(record['not_run'])} not run.", ""]
    lines += table(["step", "outcome", "seconds"],
                   [[name, step["outcome"], f"{step['seconds']:.0f}"] for name, step in steps.items()])
    for name, step in steps.items():
        for problem in step.get("problems", []):
            lines += ["", f"{name} failed:", "", "```", problem, "```"]
    if steps.get("throughput", {}).get("rows"):
        lines += ["", "The bound is a kernel that draws the same numbers and only sums them, measured in the same run."]
        missing = steps["throughput"]["not_available"]
        lines += [f"Not available in this build: {', '.join(missing)}."] if missing else []
        lines += throughput_tables(steps["throughput"]["rows"])
    lines += eigen_lines(steps.get("eigen", {}))
    if steps.get("comparison", {}).get("rows"):
        batches = [row["batch"] for row in steps["comparison"]["rows"][0]["peer_all"]]
        lines += ["", f"Beside PyTorch {steps['comparison']['torch']} on the same card, in full single precision; 5 x 5, 15 "
                  f"measurements, tolerance 0.02; best over batch sizes {min(batches):,} to {max(batches):,}.", ""]
        lines += comparison_table(steps["comparison"]["rows"])
    descent = steps.get("descent", {})
    if "gnc_seconds" in descent:
        lines += ["", f"All {descent['runs']} gradient-descent runs of fig1-linear, {descent['epochs']:,} epochs each: gnc "
                  f"{descent['gnc_seconds']:.3g} s, {descent['gnc_epochs_per_second']:.3g} epochs/s."]
    if "ratio" in descent:
        lines += [f"PyTorch {descent['peer_seconds_extrapolated']:.3g} s (extrapolated from "
                  f"{descent['peer_epochs_measured']:,} epochs a width, 8 replicates batched where that is faster), ratio "
                  f"{descent['ratio']:.1f}."]
    for name, lines_of in (("accuracy", accuracy_lines), ("ratios", ratio_lines), ("sweep", sweep_lines),
                           ("runs", run_lines)):
        if name in steps:
            lines += lines_of(steps[name])
    return "\n".join(lines) + "\n"


