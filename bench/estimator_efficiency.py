#!/usr/bin/env python3
"""What a 1 % answer costs: seconds until the acceptance rate P has a relative standard error of 1 %, by method.

    bench/estimator_efficiency.py --gnc build/release/gnc

A method is an estimator with a draw law; the reference is `factors`, the estimator `reject` with the draw law `factors`.
Every cell is drawn for about --seconds. Its cost is gnc_seconds * (relative standard error / 0.01)^2, the standard error
from the counts under `reject`, else from the 95 % interval, as (ln rate_high - ln rate_low) / (2 * 1.96): where that is
Student's with few degrees of freedom, this counts against the method. Rejection with fewer than 100 accepted draws is
extrapolated: from its draws per second, and from P by the other method with the smallest error. `auto` is timed on a
sweep. What this gnc refuses (exit code 2) is listed as not available. Writes <out>/<name>.json and .md; exit code 1 where
a run failed or nothing was measured.
"""
import argparse
import csv
import datetime
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from compare_torch import cpu_name

HERE = Path(__file__).resolve().parent
TARGET = 0.01
NORMAL_QUANTILE = 1.96
ENOUGH_ACCEPTED = 100
KHAT_LIMIT = 0.7
REFERENCE = "factors"

# Estimator, draw law, and draws of the run that finds out how many fill --seconds (None: the estimator's own budget).
METHODS = {
    "factors": ("reject", "factors", 1_000_000),
    "product": ("reject", "product", 1_000_000),
    "conditional": ("conditional", "factors", 10_000),
    "splitting": ("splitting", "factors", None),
}
CASES = [
    {"preset": "fig1-linear", "width": 5, "eps": 0.02, "methods": ["factors", "product", "conditional"]},
    {"preset": "fig1-linear", "width": 160, "eps": 0.02, "methods": ["factors", "product", "conditional"]},
    {"preset": "fig1-tanh", "width": 5, "eps": 0.02, "methods": ["factors", "product", "conditional"]},
    {"preset": "fig1-tanh", "width": 160, "eps": 0.02, "methods": ["factors", "product", "conditional"]},
    {"preset": "fig1-linear", "width": 5, "eps": 0.005, "methods": ["factors", "conditional", "splitting"]},
]
AUTO_SWEEP = {"preset": "fig1-linear", "eps": 1e-4}


class Refused(Exception):
    """gnc answered with exit code 2: it does not know the method, or not for this configuration."""


class Failed(Exception):
    """gnc ended in any other way than done."""


def run_cells(args, *words):
    """Rows of cells.csv and wall seconds of one `gnc run`. Raises Refused or Failed with gnc's message."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        command = [args.gnc, "run", *words, "--num-seeds", args.num_seeds, "--threads", args.cores, "--device", args.device,
                   "--no-gd", "--quiet", "--out", out]
        start = time.monotonic()
        result = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        seconds = time.monotonic() - start
        message = (result.stderr.strip().splitlines() or [f"exit code {result.returncode}"])[-1]
        if result.returncode == 2:
            raise Refused(message)
        if result.returncode != 0:
            raise Failed(message)
        with open(out / "cells.csv", newline="") as file:
            return list(csv.DictReader(file)), seconds


def number(cell, column):
    return float(cell[column]) if cell.get(column) else None


def relative_error(cell):
    """Relative standard error of the acceptance rate of a row of cells.csv; None where the row gives none."""
    rate = number(cell, "acceptance_rate")
    if not rate:
        return None
    if cell["estimator"] == "reject":
        return math.sqrt((1 - rate) / int(cell["accepted"]))
    low, high = number(cell, "rate_low"), number(cell, "rate_high")
    return math.log(high / low) / (2 * NORMAL_QUANTILE) if low else None


def cell_record(cell):
    record = {"seed": int(cell["seed"]), "drawn": int(cell["drawn"]), "accepted": int(cell["accepted"]),
              "rate": number(cell, "acceptance_rate"), "relative_error": relative_error(cell),
              "gnc_seconds": float(cell["gnc_seconds"]), "ess": number(cell, "ess"), "pareto_k": number(cell, "pareto_k")}
    few = cell["estimator"] == "reject" and record["accepted"] < ENOUGH_ACCEPTED
    if record["relative_error"] and not few:
        record["seconds_to_target"] = record["gnc_seconds"] * (record["relative_error"] / TARGET) ** 2
    return record


def measure(args, case, method):
    """One record a seed."""
    estimator, draw, pilot = METHODS[method]
    words = [case["preset"], "--widths", case["width"], "--eps-train", case["eps"], "--estimator", estimator, "--draw", draw]
    if pilot is None:
        cells, _ = run_cells(args, *words)
    else:
        cells, _ = run_cells(args, *words, "--num-samples", pilot)
        mean_seconds = sum(float(cell["gnc_seconds"]) for cell in cells) / len(cells)
        samples = max(pilot, round(pilot * args.seconds / max(mean_seconds, 1e-4)))
        cells, _ = run_cells(args, *words, "--num-samples", samples)
    return [cell_record(cell) for cell in cells]


def extrapolate_rejection(methods):
    """Completes the records of rejection that accepted too few draws, from the most exact other method of that seed."""
    for method, records in methods.items():
        if METHODS[method][0] != "reject":
            continue
        for i, record in enumerate(records):
            if "seconds_to_target" in record:
                continue
            others = [other[i] for name, other in methods.items() if name != method and "seconds_to_target" in other[i]
                      and "extrapolated" not in other[i]]
            if others and record["gnc_seconds"] > 0:
                rate = min(others, key=lambda other: other["relative_error"])["rate"]
                per_second = record["drawn"] / record["gnc_seconds"]
                record.update(seconds_to_target=(1 - rate) / rate / TARGET ** 2 / per_second, extrapolated=True,
                              rate_of_another=rate)


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def apart(record, other):
    """How many combined standard errors lie between the logarithms of two estimates of P."""
    return abs(math.log(record["rate"] / other["rate"])) / math.hypot(record["relative_error"], other["relative_error"])


def summary(method, records, reference):
    """What the table says of a method; `reference`: the records of the reference, None where there are none."""
    known = [record for record in records if "seconds_to_target" in record]
    row = {"method": method, "seeds": records, "without_answer": len(records) - len(known),
           "extrapolated": sum("extrapolated" in record for record in known)}
    if known:
        row["rate"] = geometric_mean([record.get("rate_of_another", record["rate"]) for record in known])
        row["seconds_to_target"] = geometric_mean([record["seconds_to_target"] for record in known])
    khats = [record["pareto_k"] for record in records if record["pareto_k"] is not None]
    if khats:
        row["largest_pareto_k"] = max(khats)
    pairs = [(record, other) for record, other in zip(records, reference or [])
             if "seconds_to_target" in record and "seconds_to_target" in other]
    if pairs:
        ratios = [other["seconds_to_target"] / record["seconds_to_target"] for record, other in pairs]
        row.update(ratio=geometric_mean(ratios), least_ratio=min(ratios), largest_ratio=max(ratios))
    measured = [pair for pair in pairs if not any("extrapolated" in record for record in pair)]
    if measured and method != REFERENCE:
        row["furthest_from_reference"] = max(apart(*pair) for pair in measured)
    return row


def compare(args, case):
    methods, refused, failed = {}, {}, {}
    for method in case["methods"]:
        if METHODS[method][0] not in args.estimators or METHODS[method][1] not in args.draws:
            continue
        try:
            methods[method] = measure(args, case, method)
        except Refused as message:
            refused[method] = str(message)
        except Failed as message:
            failed[method] = str(message)
    extrapolate_rejection(methods)
    rows = [summary(method, records, methods.get(REFERENCE)) for method, records in methods.items()]
    return {**{key: case[key] for key in ("preset", "width", "eps")}, "rows": rows, "not_available": refused, "failed": failed}


def sweep(args):
    """All cells of AUTO_SWEEP by estimator `auto`: wall time, and how wide the widest interval is."""
    record = {**AUTO_SWEEP, "num_samples": args.auto_samples, "not_available": {}, "failed": {}}
    try:
        cells, seconds = run_cells(args, AUTO_SWEEP["preset"], "--eps-train", AUTO_SWEEP["eps"], "--estimator", "auto",
                                   "--num-samples", args.auto_samples)
    except Refused as message:
        return {**record, "not_available": {"auto": str(message)}}
    except Failed as message:
        return {**record, "failed": {"auto": str(message)}}
    taken, widths, khats = {}, [], []
    for cell in cells:
        taken[cell["estimator"]] = taken.get(cell["estimator"], 0) + 1
        rate, khat = number(cell, "acceptance_rate"), number(cell, "pareto_k")
        if rate:
            widths.append((number(cell, "rate_high") - number(cell, "rate_low")) / rate)
        if khat is not None:
            khats.append(khat)
    return {**record, "wall_seconds": seconds, "cells": len(cells), "estimators": taken,
            "without_answer": len(cells) - len(widths), "widest_relative_interval": max(widths, default=None),
            "largest_pareto_k": max(khats, default=None)}


def seconds_text(seconds):
    return f"{seconds:.3g}" if seconds < 1e6 else f"{seconds:.2e}"


def row_text(case, row):
    answer, seeds = row.get("seconds_to_target"), len(row["seeds"])
    how = "measured"
    if row["extrapolated"]:
        how = "EXTRAPOLATED" + ("" if row["extrapolated"] == seeds else f" for {row['extrapolated']} of {seeds} seeds")
    if row["without_answer"]:
        how = "no answer" if answer is None else f"{how}; no answer for {row['without_answer']} of {seeds} seeds"
    khat = row.get("largest_pareto_k")
    if khat is not None and khat > KHAT_LIMIT:
        how += f"; k-hat {khat:.2f}: not to be trusted"
    ratio = "-"
    if "ratio" in row:
        ratio = f"{row['ratio']:.3g}"
        if row["method"] != REFERENCE:
            ratio += f" ({row['least_ratio']:.3g} to {row['largest_ratio']:.3g})"
    furthest = f"{row['furthest_from_reference']:.1f}" if "furthest_from_reference" in row else "-"
    return (f"| {case['preset']} | {case['width']} | {case['eps']:g} | {row['method']} "
            f"| {'-' if answer is None else format(row['rate'], '.3g')} | {'-' if answer is None else seconds_text(answer)} "
            f"| {ratio} | {furthest} | {how} |")


def markdown(record):
    lines = [
        f"# Seconds to a 1 % standard error of the acceptance rate: {record['machine']}", "",
        f"{record['date']}, {record['cores']} threads, device {record['device']}, {record['gnc']}, "
        f"{record['num_seeds']} seeds; `bench/estimator_efficiency.py`.", "",
        "P and seconds are geometric means over seeds; the ratio is the reference's seconds over the method's, its geometric "
        "mean over seeds with least and largest; \"apart\" is the largest distance of P from the reference's, in combined standard "
        f"errors. The reference, `{REFERENCE}`, is rejection with every factor drawn. EXTRAPOLATED: fewer than "
        f"{ENOUGH_ACCEPTED} accepted draws; from the measured draws per second and the P of the most exact other method.", "",
        "| preset | width | tolerance | method | P | seconds | ratio | apart | |",
        "| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | --- |"]
    for case in record["cases"]:
        lines += [row_text(case, row) for row in case["rows"]]
    missing = []
    for part in record["cases"] + ([record["sweep"]] if record["sweep"] else []):
        for word, reasons in (("not available", part["not_available"]), ("failed", part["failed"])):
            missing += [f"- {method} at {part['preset']}" + (f", width {part['width']}" if "width" in part else "")
                        + f", tolerance {part['eps']:g}: {word}: {reason}" for method, reason in reasons.items()]
    swept = record["sweep"]
    if swept and "wall_seconds" in swept:
        kinds = ", ".join(f"{count} by {name}" for name, count in sorted(swept["estimators"].items()))
        lines += ["", f"Estimator `auto`, {swept['preset']} at tolerance {swept['eps']:g}, --num-samples "
                  f"{swept['num_samples']:,}: {swept['cells']} cells ({kinds}) in {swept['wall_seconds']:.1f} s of wall time."]
        if swept["widest_relative_interval"] is not None:
            lines[-1] += f" Widest 95 % interval: {swept['widest_relative_interval']:.3g} of its rate."
        if swept["without_answer"]:
            lines[-1] += f" Cells without an answer: {swept['without_answer']}."
        if swept["largest_pareto_k"] is not None:
            lines[-1] += f" Largest Pareto k-hat: {swept['largest_pareto_k']:.2f}."
    return "\n".join(lines + ([""] + missing if missing else []) + [""])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    estimators = sorted({estimator for estimator, _, _ in METHODS.values()} | {"auto"})
    draws = sorted({draw for _, draw, _ in METHODS.values()})
    parser.add_argument("--gnc", default="build/release/gnc")
    parser.add_argument("--estimators", nargs="+", choices=estimators, default=estimators)
    parser.add_argument("--draws", nargs="+", choices=draws, default=draws, help="draw laws")
    parser.add_argument("--num-seeds", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=5.0, help="of draws for each seed and method")
    parser.add_argument("--auto-samples", type=int, default=1_000_000, help="--num-samples of the sweep by auto")
    parser.add_argument("--cores", type=int, default=os.cpu_count())
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--name", help="of the files written (default: efficiency-<cpu>)")
    parser.add_argument("--out", type=Path, default=HERE / "results")
    args = parser.parse_args()
    record = {"machine": cpu_name(), "cores": args.cores, "device": args.device, "date": datetime.date.today().isoformat(),
              "gnc": subprocess.run([args.gnc, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip(),
              "num_seeds": args.num_seeds, "target": TARGET, "cases": [compare(args, case) for case in CASES],
              "sweep": sweep(args) if "auto" in args.estimators else None}
    args.out.mkdir(parents=True, exist_ok=True)
    name = args.name or re.sub(r"[^a-z0-9]+", "-", f"efficiency-{record['machine']}".lower()).strip("-")
    (args.out / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n")
    (args.out / f"{name}.md").write_text(markdown(record))
    print(markdown(record))
    parts = record["cases"] + ([record["sweep"]] if record["sweep"] else [])
    measured = any(part.get("rows") or "wall_seconds" in part for part in parts)
    sys.exit(0 if measured and not any(part["failed"] for part in parts) else 1)


if __name__ == "__main__":
    main()
