"""Steps of gpu_check that time estimators and whole runs of gnc. Each takes the Check and returns (record, problems)."""
import json
import math
import tempfile
import time
from pathlib import Path
from statistics import median

from estimator_costs import (METHODS, Failed, Method, Refused, measure_cases, missing_lines, read_cells,
                             relative_interval, run_cells, summarized, sweep_summary)
from programs import StepFailed, card_use
from torch_comparison import best_draws

PRESET = "fig1-linear"
WIDTHS = (5, 160)
TOLERANCES = (0.02, 0.002, 0.0002)
PEER = "PyTorch"
INTERRUPTED = 3  # exit code of gnc
REPORT_SECONDS = 10  # left of the time of all steps for the report of a run that is interrupted
LONGEST = 40  # seconds of one run of the steps `accuracy` and `ratios`
ACCURACY_LIMIT = 100  # seconds of all runs of `accuracy`

# Per estimator: the option that its work grows with, its value on the device and in the CPU's pilot, further options, and
# the target of the ratio. Two populations keep a device busy and end soon.
DEVICE_OVER_CPU = (
    {"estimator": "conditional", "option": "--num-samples", "value": 1_000_000, "pilot": 20_000, "unit": "hidden draws",
     "words": (), "target": 20},
    {"estimator": "splitting", "option": "--particles", "value": 100_000, "pilot": 1000, "unit": "forward passes",
     "words": ("--populations", 2), "target": 30},
)
RATIO_SEEDS = 3
PRODUCT_WIDTH, PRODUCT_TARGET = 160, 15

SWEEP_TOLERANCE = 1e-4
SWEEP_SECONDS, SWEEP_HALF_WIDTH = 120, 0.02
RUN_TARGETS = {"fig1-linear": 120, "fig2-linear": 600}  # seconds
# A run of a large budget: how many times the preset's, and the share of its time that may be neither drawing nor descent.
LARGE_RUN, LARGE_TIMES, LARGE_OUTSIDE = "fig2-linear", 4, 0.02


def add_arguments(parser):
    parser.add_argument("--accuracy-seconds", type=float, default=1.0, help="of draws for each seed and method of accuracy")
    parser.add_argument("--accuracy-seeds", type=int, default=2, help="of accuracy")
    parser.add_argument("--cpu-threads", type=int, default=2, help="of the CPU in ratios")
    parser.add_argument("--cpu-seconds", type=float, default=15, help="of the CPU for each ratio, beside its pilot")
    parser.add_argument("--sweep-estimator", choices=["auto", "conditional", "splitting"], default="auto")
    parser.add_argument("--sweep-particles", type=int, default=100_000, help="--particles of the sweep, where it is by splitting")
    parser.add_argument("--sweep-limit", type=float, default=150, help="seconds of the sweep before it is interrupted")
    parser.add_argument("--fig1-limit", type=float, default=240, help="seconds of fig1-linear before it is interrupted")
    parser.add_argument("--fig2-limit", type=float, default=240, help="seconds of fig2-linear before it is interrupted")
    parser.add_argument("--num-samples", type=int, help="draws a cell of the runs (default: the preset's)")


def program(check, device, *more, end=math.inf):
    """Runs gnc on a device, for `run_cells`; not beyond `end`, a time of time.monotonic()."""
    def gnc(words):
        limit = min(LONGEST, end - time.monotonic())
        if limit <= 0:
            return 1, "no time left for this step"
        try:
            ended = check.run([check.gnc, *words, "--device", device, *more], fine=None, limit=limit)
        except StepFailed as error:
            return 1, str(error)
        return ended.code, (ended.text.splitlines() or [f"exit code {ended.code}"])[-1]
    return gnc


def device_methods(check):
    """Of the table of costs, with pilots that a GPU takes some time for."""
    if check.args.device == "cpu":
        return dict(METHODS)
    methods = {name: method._replace(pilot=method.pilot and 100 * method.pilot) for name, method in METHODS.items()}
    return {**methods, "factors": methods["factors"]._replace(words=("--engine", "cuda-fused"))}


def peer_records(seeds, rate):
    """Rejection by PyTorch as records of cells that accepted nothing: its cost follows from its draws per second."""
    return [{"seed": seed, "drawn": rate, "accepted": 0, "rate": 0, "relative_error": None, "gnc_seconds": 1.0,
             "pareto_k": None} for seed in range(seeds)]


def accuracy(check):
    """Seconds to 1 % of P by every method, and by PyTorch's draws per second on the same card."""
    cases, problems, rates = [], [], {}
    methods = device_methods(check)
    gnc = program(check, check.args.device, "--num-seeds", check.args.accuracy_seeds, end=time.monotonic() + ACCURACY_LIMIT)
    for width in WIDTHS:
        measured = measure_cases(gnc, PRESET, width, list(TOLERANCES), methods, check.args.accuracy_seconds)
        problems += missing_lines(measured)
        try:
            rates[width] = best_draws(check.peer_draws(width, 2, "Linear"))["draws_per_second"]
        except (StepFailed, ValueError) as error:
            problems.append(f"{PEER}, width {width}: {error}")
        for case in measured:
            if width in rates:
                case["records"][PEER] = peer_records(check.args.accuracy_seeds, rates[width])
            cases.append(summarized(case, {**methods, PEER: Method("reject", "factors", None)}, PEER))
    return {"cases": cases, "seeds": check.args.accuracy_seeds, "peer_draws_per_second": rates}, problems


def product_ratio(check):
    rates = {engine: rows[0]["draws_per_second"] for engine in check.engines
             if (rows := check.bench(engine, [PRODUCT_WIDTH], [2], "Linear"))}
    rows = check.bench(check.engines[-1], [PRODUCT_WIDTH], [2], "Linear", "product")
    if not rates or not rows:
        raise StepFailed(f"draws per second at width {PRODUCT_WIDTH}: {check.refusals}")
    product = rows[0]["draws_per_second"]
    return {"width": PRODUCT_WIDTH, "factors": rates, "product": product, "ratio": product / max(rates.values()),
            "target": PRODUCT_TARGET}


def estimator_rates(gnc, kind, width, value):
    """Work per second of each seed."""
    cells, _ = run_cells(gnc, PRESET, "--widths", width, "--num-seeds", RATIO_SEEDS, "--estimator", kind["estimator"],
                         kind["option"], value, *kind["words"])
    return {"value": value, "seconds": sum(float(cell["gnc_seconds"]) for cell in cells),
            "rates": [int(cell["drawn"]) / float(cell["gnc_seconds"]) for cell in cells]}


def device_over_cpu(check, kind, width):
    device = estimator_rates(program(check, check.args.device), kind, width, kind["value"])
    cpu_program = program(check, "cpu", "--threads", check.args.cpu_threads)
    pilot = estimator_rates(cpu_program, kind, width, kind["pilot"])
    affordable = kind["pilot"] * check.args.cpu_seconds / pilot["seconds"]
    cpu = estimator_rates(cpu_program, kind, width, max(kind["pilot"], min(kind["value"], round(affordable))))
    return {"estimator": kind["estimator"], "width": width, "unit": kind["unit"], "option": kind["option"], "device": device,
            "cpu": cpu, "cpu_threads": check.args.cpu_threads, "ratio": median(device["rates"]) / median(cpu["rates"]),
            "target": kind["target"]}


def ratios(check):
    """Draw law `product` over `factors`, and the device over a few cores of the same machine."""
    record, problems = {"device_over_cpu": []}, []
    try:
        record["product"] = product_ratio(check)
    except StepFailed as error:
        problems.append(str(error))
    for kind in DEVICE_OVER_CPU:
        for width in WIDTHS:
            try:
                record["device_over_cpu"].append(device_over_cpu(check, kind, width))
            except (Refused, Failed) as error:
                problems.append(f"{kind['estimator']}, width {width}: {error}")
    return record, problems


def bounded_run(check, limit, *words):
    """Cells and end of a `gnc run`, which is interrupted at the limit and then reports what it has."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        with card_use() as use:
            ended = check.run([check.gnc, "run", *words, "--device", check.args.device, "--quiet", "--out", out],
                              fine=(0, INTERRUPTED), limit=limit, interrupt=True, reserve=REPORT_SECONDS)
        if ended.code == INTERRUPTED:
            check.run([check.gnc, "report", out], limit=60)
        return read_cells(out), ended, use


def use_record(use):
    return {"card_in_use": sum(use) / len(use) / 100} if use else {}


def sweep(check):
    """All cells of a small tolerance: wall time, and the half-widths of the intervals."""
    words = [PRESET, "--eps-train", SWEEP_TOLERANCE, "--estimator", check.args.sweep_estimator, "--particles",
             check.args.sweep_particles, "--no-gd"]
    cells, ended, use = bounded_run(check, check.args.sweep_limit, *words)
    summary = sweep_summary(cells)
    halves = [width / 2 for width in map(relative_interval, cells) if width is not None]
    within = sum(half <= SWEEP_HALF_WIDTH for half in halves)
    return {"preset": PRESET, "eps": SWEEP_TOLERANCE, "options": " ".join(map(str, words[3:])), **summary,
            "wall_seconds": ended.seconds, "finished": ended.code == 0, "largest_half_width": max(halves, default=None),
            "within": within, "share_within": within / len(cells), "target_half_width": SWEEP_HALF_WIDTH,
            "target_seconds": SWEEP_SECONDS, **use_record(use)}, []


def run_name(preset, times):
    return preset if times == 1 else f"{preset}, {times} x its draws"


def run_record(check, name, times):
    samples = times * (check.args.num_samples or json.loads(check.run([check.gnc, "presets", name]).out)["gnc_num_samples"])
    limit = {"fig1-linear": check.args.fig1_limit, "fig2-linear": check.args.fig2_limit}[name]
    cells, ended, use = bounded_run(check, limit, name, "--num-samples", samples)
    published = times == 1 and not check.args.num_samples
    drawn = sum(int(cell["drawn"]) for cell in cells)
    drawing = sum(float(cell["gnc_seconds"] or 0) for cell in cells)
    descent = sum(float(cell["gd_seconds"] or 0) for cell in cells)
    return {"preset": name, "times": times, "cells": len(cells), "engines": sorted({cell["engine"] for cell in cells}),
            "drawn": drawn, "asked": len(cells) * samples, "finished": ended.code == 0, "wall_seconds": ended.seconds,
            "drawing_seconds": drawing, "descent_seconds": descent,
            "draws_per_second": drawn / drawing if drawing else None, "draws_per_wall_second": drawn / ended.seconds,
            "share_outside": 1 - (drawing + descent) / ended.seconds,
            "target_seconds": RUN_TARGETS[name] if published else None,
            "target_outside": LARGE_OUTSIDE if times == LARGE_TIMES else None,
            "gnuplot": [line.partition(";")[0] for line in ended.text.splitlines() if "gnuplot" in line], **use_record(use)}


def runs(check):
    """Whole experiments from the start of the program to its figures."""
    rows, problems = [], []
    for name, times in [*((name, 1) for name in RUN_TARGETS), (LARGE_RUN, LARGE_TIMES)]:
        try:
            rows.append(run_record(check, name, times))
        except StepFailed as error:
            problems.append(f"{run_name(name, times)}: {error}")
    return {"rows": rows}, problems


STEPS = {"accuracy": accuracy, "ratios": ratios, "sweep": sweep, "runs": runs}
