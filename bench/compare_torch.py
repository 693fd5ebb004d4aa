#!/usr/bin/env python3
"""Throughput of `gnc` on this machine's CPU beside the same procedure in PyTorch, one after the other in one run.

    bench/compare_torch.py --gnc build/release/gnc

Draws: the peer's best over batch sizes, threads and processes, and its rate at the published batch sizes. Gradient
descent: all 48 runs of fig1-linear; the peer's time is extrapolated from a short run, alone or in batches of 8
replicates, whichever is faster. Writes <out>/<cpu>.json and .md. Needs Python with PyTorch for the peer (--python).
"""
import argparse
import datetime
import json
import math
import os
import platform
import re
import tempfile
from pathlib import Path

from estimator_costs import read_cells
from torch_comparison import (EPOCHS, PUBLISHED_BATCH, best_draws, comparison_points, descent_seconds, ours, peer,
                              published_batch, run_text)

HERE = Path(__file__).resolve().parent
BATCHES = [500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000]


def cpu_name():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def bytes_of_memory():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def gnc_draws(args, width, depth, activation):
    rows = json.loads(run_text([args.gnc, "bench", "--json", "--widths", width, "--depths", depth, "--activation", activation,
                           "--seconds", args.seconds, "--threads", args.cores]))
    return rows[0]


def batch_in_memory(batch, width, depth):
    """The batch size, or the largest power of ten below it that half of the memory holds."""
    weights = 5 * width + (depth - 2) * width * width + 5 * width
    room = bytes_of_memory() / 2 / (4 * (15 * 25 * 2 + 2 * weights))
    return batch if batch <= room else 10 ** int(math.log10(room))


def compare_draws(args, width, depth, activation):
    common = ["draws", "--width", width, "--depth", depth, "--activation", activation, "--seconds", args.seconds]
    first = gnc_draws(args, width, depth, activation)
    rows = []
    for threads, processes in [(1, 1), (args.cores, 1), (1, args.cores)]:
        rows += peer(args.python, *common, "--threads", threads, "--processes", processes, "--batches", *BATCHES)
    published = published_batch(width, depth)
    at_published = best_draws(peer(args.python, *common, "--threads", args.cores,
                                   "--batches", batch_in_memory(published, width, depth)))
    second = gnc_draws(args, width, depth, activation)
    best = best_draws(rows)
    record = {"width": width, "depth": depth, "activation": activation, "simd": first["device"].split(",")[0], **ours(first, second)}
    rate = record["gnc_draws_per_second"]
    return {**record, "peer_best": best, "peer_all": rows, "ratio_to_best": rate / best["draws_per_second"],
            "published_batch": published, "peer_at_published_batch": at_published,
            "ratio_at_published_batch": rate / at_published["draws_per_second"]}


def compare_descent(args):
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        run_text([args.gnc, "run", "fig1-linear", "--num-samples", "1024", "--threads", args.cores, "--quiet", "--out", out])
        cells = read_cells(out)
    seconds = sum(float(cell["gd_seconds"]) for cell in cells)
    peer_seconds, peer_rows = 0.0, []
    for width in PUBLISHED_BATCH:
        rows = [row for threads in sorted({1, args.cores})
                for row in peer(args.python, "descent", "--width", width, "--runs", 1, 8, "--threads", threads,
                                "--epochs", args.epochs)]
        # One process a core, each at the rate measured alone: kinder to the peer than it would be in truth.
        peer_seconds += descent_seconds(rows, lambda row: args.cores if row["threads"] == 1 else 1)
        peer_rows += rows
    return {"runs": len(cells), "epochs": EPOCHS, "gnc_seconds": seconds, "peer_seconds_extrapolated": peer_seconds,
            "peer_epochs_measured": args.epochs, "peer_all": peer_rows, "ratio": peer_seconds / seconds}


def markdown(record):
    lines = [
        f"# gnc beside PyTorch on the CPU: {record['cpu']}", "",
        f"{record['date']}, {record['cores']} threads, {record['simd']}, PyTorch {record['torch']}; `bench/compare_torch.py`.",
        "", "Draws per second; 5 x 5, 15 measurements, tolerance 0.02. PyTorch's best is over batch sizes "
        f"{BATCHES[0]} to {BATCHES[-1]:,}, one thread, {record['cores']} threads, and one process a core.", "",
        "| width | depth | activation | gnc | weights/s | share of the number bound | PyTorch, best | at (batch, threads x processes) "
        "| ratio | PyTorch, published batch | ratio |",
        "| ---: | ---: | --- | ---: | ---: | ---: | ---: | --- | ---: | --- | ---: |"]
    for row in record["draws"]:
        best, published = row["peer_best"], row["peer_at_published_batch"]
        note = "" if published["batch"] == row["published_batch"] else f" ({row['published_batch']:,} does not fit)"
        lines.append(
            f"| {row['width']} | {row['depth']} | {row['activation']} | {row['gnc_draws_per_second']:.3g} "
            f"| {row['gnc_weights_per_second']:.3g} | {100 * row['share_of_number_bound']:.0f} % | {best['draws_per_second']:.3g} "
            f"| {best['batch']:,}, {best['threads']} x {best['processes']} | {row['ratio_to_best']:.1f} "
            f"| {published['draws_per_second']:.3g} at {published['batch']:,}{note} | {row['ratio_at_published_batch']:.0f} |")
    descent = record["descent"]
    lines += ["", f"All {descent['runs']} gradient-descent runs of fig1-linear, {descent['epochs']:,} epochs each: gnc "
              f"{descent['gnc_seconds']:.2f} s, PyTorch {descent['peer_seconds_extrapolated']:.0f} s (extrapolated from "
              f"{descent['peer_epochs_measured']:,} epochs a width, 8 replicates batched where that is faster, one process a core), "
              f"ratio {descent['ratio']:.0f}.", ""]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gnc", default="build/release/gnc")
    parser.add_argument("--python", default="python3", help="interpreter that has PyTorch")
    parser.add_argument("--widths", type=int, nargs="+", default=[5, 160])
    parser.add_argument("--activations", nargs="+", default=["Linear", "Tanh"])
    parser.add_argument("--seconds", type=float, default=1.0, help="measured for each configuration")
    parser.add_argument("--epochs", type=int, default=1000, help="of the peer's descent, from which it is extrapolated")
    parser.add_argument("--cores", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=Path, default=HERE / "results")
    args = parser.parse_args()
    rows = [compare_draws(args, *point) for point in comparison_points(args.widths, args.activations)]
    record = {"cpu": cpu_name(), "cores": args.cores, "date": datetime.date.today().isoformat(), "simd": rows[0]["simd"],
              "torch": run_text([args.python, "-c", "import torch; print(torch.__version__)"]).strip(),
              "draws": rows, "descent": compare_descent(args)}
    args.out.mkdir(parents=True, exist_ok=True)
    name = args.out / re.sub(r"[^a-z0-9]+", "-", f"cpu-{record['cpu']}-{record['simd']}".lower()).strip("-")
    name.with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n")
    name.with_suffix(".md").write_text(markdown(record))
    print(markdown(record))


if __name__ == "__main__":
    main()
