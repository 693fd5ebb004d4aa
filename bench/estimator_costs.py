"""What a 1 % answer costs: runs of gnc by method, their relative errors, extrapolation of rejection, and their table."""
import csv
import math
import tempfile
import time
from pathlib import Path
from typing import NamedTuple, Optional

TARGET = 0.01
NORMAL_QUANTILE = 1.96
ENOUGH_ACCEPTED = 100
KHAT_LIMIT = 0.7
REFERENCE = "factors"
BAD_USAGE = 2  # of gnc: it does not know the method, or not for this configuration


class Method(NamedTuple):
    estimator: str
    draw: str
    pilot: Optional[int]  # draws of the run that finds out how many fill the time; None: the estimator's own budget
    words: tuple = ()     # further options of gnc run


METHODS = {
    "factors": Method("reject", "factors", 1_000_000),
    "product": Method("reject", "product", 1_000_000),
    "conditional": Method("conditional", "factors", 10_000),
    "splitting": Method("splitting", "factors", None),
}


class Refused(Exception):
    """gnc answered with exit code 2: it does not know the method, or not for this configuration."""


class Failed(Exception):
    """gnc ended in any other way than done."""


def read_cells(folder):
    """Rows of the cells.csv of a run folder."""
    with open(Path(folder) / "cells.csv", newline="") as file:
        return list(csv.DictReader(file))


def run_cells(gnc, *words):
    """Rows of cells.csv and wall seconds of one `gnc run` without descent.

    gnc(words) runs the program and returns its exit code and message. Raises Refused or Failed with that message.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        start = time.monotonic()
        code, message = gnc(["run", *words, "--no-gd", "--quiet", "--out", out])
        seconds = time.monotonic() - start
        if code == BAD_USAGE:
            raise Refused(message)
        if code != 0:
            raise Failed(message)
        return read_cells(out), seconds


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


def relative_interval(cell):
    """Width of the 95 % interval of the acceptance rate over the rate; None where no rate is known."""
    rate = number(cell, "acceptance_rate")
    return (number(cell, "rate_high") - number(cell, "rate_low")) / rate if rate else None


def sweep_summary(cells):
    """Which estimators answered the cells of a sweep, and how wide the widest interval is."""
    taken = {}
    for cell in cells:
        taken[cell["estimator"]] = taken.get(cell["estimator"], 0) + 1
    widths = [width for width in map(relative_interval, cells) if width is not None]
    khats = [khat for khat in (number(cell, "pareto_k") for cell in cells) if khat is not None]
    return {"cells": len(cells), "estimators": taken, "without_answer": len(cells) - len(widths),
            "widest_relative_interval": max(widths, default=None), "largest_pareto_k": max(khats, default=None)}


def cell_record(cell):
    record = {"seed": int(cell["seed"]), "drawn": int(cell["drawn"]), "accepted": int(cell["accepted"]),
              "rate": number(cell, "acceptance_rate"), "relative_error": relative_error(cell),
              "gnc_seconds": float(cell["gnc_seconds"]), "ess": number(cell, "ess"), "pareto_k": number(cell, "pareto_k"),
              "engine": cell.get("engine")}
    few = cell["estimator"] == "reject" and record["accepted"] < ENOUGH_ACCEPTED
    if record["relative_error"] and not few:
        record["seconds_to_target"] = record["gnc_seconds"] * (record["relative_error"] / TARGET) ** 2
    return record


def measure(gnc, words, method, seconds):
    """Rows of cells.csv of a run whose cells take about `seconds` each, or the estimator's own budget."""
    words = [*words, "--estimator", method.estimator, "--draw", method.draw, *method.words]
    if method.pilot is None:
        return run_cells(gnc, *words)[0]
    samples = method.pilot
    for _ in range(3):  # the first launches on a device take longer than the draws of a pilot
        cells, _ = run_cells(gnc, *words, "--num-samples", samples)
        mean = sum(float(cell["gnc_seconds"]) for cell in cells) / len(cells)
        if mean >= seconds / 2:
            break
        samples = max(samples, round(samples * seconds / max(mean, 1e-4)))
    return cells


def measure_cases(gnc, preset, width, tolerances, methods, seconds):
    """A case for each tolerance: records of its cells by method, and the messages of what was refused or failed.

    Rejection answers all tolerances by one run, the other estimators take a run for each.
    """
    cases = {eps: {"preset": preset, "width": width, "eps": eps, "records": {}, "not_available": {}, "failed": {}}
             for eps in tolerances}
    for name, method in methods.items():
        for together in [tolerances] if method.estimator == "reject" else [[eps] for eps in tolerances]:
            try:
                cells = measure(gnc, [preset, "--widths", width, "--eps-train", *together], method, seconds)
                for eps in together:
                    cases[eps]["records"][name] = [cell_record(cell) for cell in cells if float(cell["eps_train"]) == eps]
            except (Refused, Failed) as error:
                for eps in together:
                    cases[eps]["not_available" if isinstance(error, Refused) else "failed"][name] = str(error)
    return list(cases.values())


def extrapolate_rejection(records_of, methods):
    """Completes the records of rejection that accepted too few draws, from the most exact other method of that seed.

    One whose k-hat is beyond its limit is the last to be asked.
    """
    for name, records in records_of.items():
        if methods[name].estimator != "reject":
            continue
        for i, record in enumerate(records):
            if "seconds_to_target" in record:
                continue
            others = [other[i] for another, other in records_of.items() if another != name
                      and "seconds_to_target" in other[i] and "extrapolated" not in other[i]]
            if others and record["gnc_seconds"] > 0:
                rate = min(others, key=lambda other: ((other["pareto_k"] or 0) > KHAT_LIMIT, other["relative_error"]))["rate"]
                per_second = record["drawn"] / record["gnc_seconds"]
                record.update(seconds_to_target=(1 - rate) / rate / TARGET ** 2 / per_second, extrapolated=True,
                              rate_of_another=rate)


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def apart(record, other):
    """How many combined standard errors lie between the logarithms of two estimates of P."""
    return abs(math.log(record["rate"] / other["rate"])) / math.hypot(record["relative_error"], other["relative_error"])


def answered(records, others):
    """Pairs of the records of both methods that have an answer."""
    return [(record, other) for record, other in zip(records, others)
            if "seconds_to_target" in record and "seconds_to_target" in other]


def summary(method, records_of, compared_with):
    """What the table says of a method; the ratio is that of the seconds of the method `compared_with`."""
    records = records_of[method]
    known = [record for record in records if "seconds_to_target" in record]
    row = {"method": method, "seeds": records, "without_answer": len(records) - len(known),
           "extrapolated": sum("extrapolated" in record for record in known)}
    if known:
        row["rate"] = geometric_mean([record.get("rate_of_another", record["rate"]) for record in known])
        row["seconds_to_target"] = geometric_mean([record["seconds_to_target"] for record in known])
    khats = [record["pareto_k"] for record in records if record["pareto_k"] is not None]
    if khats:
        row["largest_pareto_k"] = max(khats)
    pairs = answered(records, records_of.get(compared_with, []))
    if pairs:
        ratios = [other["seconds_to_target"] / record["seconds_to_target"] for record, other in pairs]
        row.update(ratio=geometric_mean(ratios), least_ratio=min(ratios), largest_ratio=max(ratios))
    measured = [pair for pair in answered(records, records_of.get(REFERENCE, []))
                if not any("extrapolated" in record for record in pair)]
    if measured and method != REFERENCE:
        row["furthest_from_reference"] = max(apart(*pair) for pair in measured)
    return row


def summarized(case, methods, compared_with=REFERENCE):
    """The case of `measure_cases` with a row for each method in place of the records."""
    extrapolate_rejection(case["records"], methods)
    rows = [summary(method, case["records"], compared_with) for method in case["records"]]
    return {**{key: case[key] for key in ("preset", "width", "eps")}, "rows": rows, "not_available": case["not_available"],
            "failed": case["failed"]}


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
        if row["least_ratio"] < row["largest_ratio"]:
            ratio += f" ({row['least_ratio']:.3g} to {row['largest_ratio']:.3g})"
    furthest = f"{row['furthest_from_reference']:.1f}" if "furthest_from_reference" in row else "-"
    return (f"| {case['preset']} | {case['width']} | {case['eps']:g} | {row['method']} "
            f"| {'-' if answer is None else format(row['rate'], '.3g')} | {'-' if answer is None else seconds_text(answer)} "
            f"| {ratio} | {furthest} | {how} |")


def cases_table(cases, compared_with=REFERENCE):
    """The table of summarized cases, with what its columns mean."""
    whose = "the reference's" if compared_with == REFERENCE else f"{compared_with}'s"
    return [
        f"P and seconds are geometric means over seeds; the ratio is {whose} seconds over the method's, its geometric "
        "mean over seeds with least and largest; \"apart\" is the largest distance of P from the reference's, in combined standard "
        f"errors. The reference, `{REFERENCE}`, is rejection with every factor drawn. EXTRAPOLATED: fewer than "
        f"{ENOUGH_ACCEPTED} accepted draws; from the measured draws per second and the P of the most exact other method.", "",
        "| preset | width | tolerance | method | P | seconds | ratio | apart | |",
        "| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | --- |",
        *(row_text(case, row) for case in cases for row in case["rows"])]


def missing_lines(cases):
    """A line for everything that was refused or failed."""
    return [f"{method} at {case['preset']}" + (f", width {case['width']}" if "width" in case else "")
            + f", tolerance {case['eps']:g}: {word}: {reason}"
            for case in cases for word, reasons in (("not available", case["not_available"]), ("failed", case["failed"]))
            for method, reason in reasons.items()]
