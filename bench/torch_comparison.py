"""What the comparisons with PyTorch share: published batch sizes, running the peer, choosing its best, extrapolation."""
import json
import subprocess
from pathlib import Path

PEER = Path(__file__).resolve().parent / "peer_torch.py"
# Published batch sizes by width (width sweeps); depth sweeps have PUBLISHED_DEPTH_BATCH throughout.
PUBLISHED_BATCH = {5: 10_000_000, 10: 10_000_000, 20: 1_000_000, 40: 1_000_000, 80: 200_000, 160: 200_000}
PUBLISHED_DEPTH_BATCH = 10_000_000
REPLICATES = 8
DESCENT_RUNS = len(PUBLISHED_BATCH) * REPLICATES  # of fig1-linear
EPOCHS = 100_000


def published_batch(width, depth):
    return PUBLISHED_BATCH.get(width, 200_000) if depth == 2 else PUBLISHED_DEPTH_BATCH


def comparison_points(widths, activations):
    """(width, depth, activation) of the comparison: the widths at depth 2, and width 5 at depth 10."""
    return [(width, 2, activation) for activation in activations for width in widths] + [(5, 10, "Linear")]


def run_text(command):
    return subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True).stdout


def peer(python, *words, run=run_text):
    """Rows of peer_torch.py; `run` takes the command and returns what it printed."""
    return [json.loads(line) for line in run([python, PEER, *words]).splitlines() if line.startswith("{")]


def best_of(rows, rate):
    """The row of the highest rate(row) among those measured; ValueError when every one of them failed."""
    measured = [row for row in rows if "error" not in row]
    if not measured:
        raise ValueError(f"the peer measured nothing: {rows[0]['error'] if rows else 'no output'}")
    return max(measured, key=rate)


def best_draws(rows):
    return best_of(rows, lambda row: row["draws_per_second"])


def descent_seconds(rows, processes_of=lambda row: 1):
    """Seconds of all replicates of one width, from the fastest of the measured rows.

    `processes_of(row)` says how many processes run at once, each at the rate measured alone.
    """
    best = best_of(rows, lambda row: row["runs"] * row["epochs_per_second"])
    return REPLICATES * EPOCHS / (best["runs"] * best["epochs_per_second"]) / processes_of(best)


def ours(first, second):
    """gnc's part of a comparison, from its rows measured before and after the peer's."""
    rates = [row["draws_per_second"] for row in (first, second)]
    rate = sum(rates) / 2
    return {
        "gnc_draws_per_second": rate, "gnc_before_and_after": rates,
        "gnc_weights_per_second": rate * first["numbers_per_second"] / rates[0],
        "share_of_number_bound":
            sum(row["draws_per_second"] / row["number_bound_draws_per_second"] for row in (first, second)) / 2,
    }
