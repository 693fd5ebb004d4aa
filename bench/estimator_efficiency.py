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
import datetime
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from compare_torch import cpu_name
from estimator_costs import (METHODS, TARGET, Failed, Refused, cases_table, measure_cases, missing_lines, run_cells,
                             summarized, sweep_summary)

HERE = Path(__file__).resolve().parent
CASES = [
    {"preset": "fig1-linear", "width": 5, "eps": 0.02, "methods": ["factors", "product", "conditional"]},
    {"preset": "fig1-linear", "width": 160, "eps": 0.02, "methods": ["factors", "product", "conditional"]},
    {"preset": "fig1-tanh", "width": 5, "eps": 0.02, "methods": ["factors", "product", "conditional"]},
    {"preset": "fig1-tanh", "width": 160, "eps": 0.02, "methods": ["factors", "product", "conditional"]},
    {"preset": "fig1-linear", "width": 5, "eps": 0.005, "methods": ["factors", "conditional", "splitting"]},
]
AUTO_SWEEP = {"preset": "fig1-linear", "eps": 1e-4}


def program(args):
    """Runs gnc on the device of the command line; for `run_cells`."""
    def gnc(words):
        command = [args.gnc, *words, "--num-seeds", args.num_seeds, "--threads", args.cores, "--device", args.device]
        result = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        return result.returncode, (result.stderr.strip().splitlines() or [f"exit code {result.returncode}"])[-1]
    return gnc


def compare(args, case):
    methods = {name: METHODS[name] for name in case["methods"]
               if METHODS[name].estimator in args.estimators and METHODS[name].draw in args.draws}
    measured, = measure_cases(program(args), case["preset"], case["width"], [case["eps"]], methods, args.seconds)
    return summarized(measured, methods)


def sweep(args):
    """All cells of AUTO_SWEEP by estimator `auto`: wall time, and how wide the widest interval is."""
    record = {**AUTO_SWEEP, "num_samples": args.auto_samples, "not_available": {}, "failed": {}}
    try:
        cells, seconds = run_cells(program(args), AUTO_SWEEP["preset"], "--eps-train", AUTO_SWEEP["eps"], "--estimator", "auto",
                                   "--num-samples", args.auto_samples)
    except Refused as message:
        return {**record, "not_available": {"auto": str(message)}}
    except Failed as message:
        return {**record, "failed": {"auto": str(message)}}
    return {**record, "wall_seconds": seconds, **sweep_summary(cells)}


def markdown(record):
    lines = [
        f"# Seconds to a 1 % standard error of the acceptance rate: {record['machine']}", "",
        f"{record['date']}, {record['cores']} threads, device {record['device']}, {record['gnc']}, "
        f"{record['num_seeds']} seeds; `bench/estimator_efficiency.py`.", "",
        *cases_table(record["cases"])]
    missing = ["- " + line for line in missing_lines(record["cases"] + ([record["sweep"]] if record["sweep"] else []))]
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
    estimators = sorted({method.estimator for method in METHODS.values()} | {"auto"})
    draws = sorted({method.draw for method in METHODS.values()})
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
