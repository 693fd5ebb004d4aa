"""bench/estimator_efficiency.py with a stand-in for gnc that answers with known rates, errors and seconds."""
import json
import math
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# P is 1e-4, times seed + 1, at tolerance 0.02, and 1e-9 below it. Draws per second: factors 1e6, product 4e6, conditional
# 1e4. The interval of anything but reject is P exp(+-1.96 s), s^2 = 100 / draws. Splitting: s = 0.02 in 3 seconds.
GNC = '''
import math, os, sys
words = sys.argv[1:]
if words == ["--version"]:
    print("gnc 9.9.9")
    sys.exit()
def value(key):
    return words[words.index(key) + 1] if key in words else None
assert words[0] == "run" and "--no-gd" in words and value("--device") == "cpu"
estimator, draw = value("--estimator"), value("--draw")
if os.environ.get("FAKE_REFUSED", "nothing") in (estimator, draw):
    print(f"gnc: got {os.environ['FAKE_REFUSED']}: not available yet", file=sys.stderr)
    sys.exit(2)
if os.environ.get("FAKE_BROKEN", "nothing") in (estimator, draw):
    print("gnc: disk full", file=sys.stderr)
    sys.exit(1)
os.makedirs(value("--out"))
rows = []
for width in [value("--widths")] if value("--widths") else ["5", "160"]:
    for seed in range(int(value("--num-seeds"))):
        P = 1e-4 * (seed + 1) if value("--eps-train") == "0.02" else 1e-9
        got, khat = estimator, ""
        if estimator == "splitting":
            assert value("--num-samples") is None
            N, seconds, s = 1000, 3.0, 0.02
        elif estimator == "auto":
            assert value("--num-samples") == "1000000"
            got = "conditional" if width == "160" else "splitting"
            N, seconds, s = 1000, 3.0, 0.1 if width == "160" else 0.2
        else:
            N = int(value("--num-samples"))
            seconds = N / {"factors": 1e6, "product": 4e6}[draw] if estimator == "reject" else N / 1e4
            s = math.sqrt(100 / N)
            khat = os.environ.get("FAKE_KHAT", "0.3") if estimator == "conditional" else ""
        accepted = math.floor(P * N + 0.5)
        rate = accepted / N if estimator == "reject" else P
        low, high = (0, 1) if estimator == "reject" else (P * math.exp(-1.96 * s), P * math.exp(1.96 * s))
        rows.append([width, seed, value("--eps-train"), got, N, accepted, rate, low, high, seconds, khat])
with open(os.path.join(value("--out"), "cells.csv"), "w") as file:
    print("width,seed,eps_train,estimator,drawn,accepted,acceptance_rate,rate_low,rate_high,gnc_seconds,pareto_k", file=file)
    for row in rows:
        print(*row, sep=",", file=file)
'''


class EstimatorEfficiency(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "gnc").write_text(f"#!{sys.executable} -SE\n{GNC}")
        (self.folder / "gnc").chmod(0o755)

    def measure(self, *words, **environment):
        """Exit code, the record and the page."""
        result = subprocess.run(
            [sys.executable, str(ROOT / "bench/estimator_efficiency.py"), "--gnc", str(self.folder / "gnc"), "--out",
             str(self.folder / "out"), "--name", "test", "--seconds", "10", "--num-seeds", "2", *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        self.assertTrue((self.folder / "out/test.json").exists(), result.stderr)
        return (result.returncode, json.loads((self.folder / "out/test.json").read_text()),
                (self.folder / "out/test.md").read_text())

    @staticmethod
    def rows(record, preset, width, eps):
        case = next(case for case in record["cases"] if (case["preset"], case["width"], case["eps"]) == (preset, width, eps))
        return {row["method"]: row for row in case["rows"]}

    def test_measured_costs_are_those_of_the_stated_formula(self):
        code, record, page = self.measure()
        self.assertEqual(code, 0)
        rows = self.rows(record, "fig1-tanh", 160, 0.02)
        self.assertEqual(set(rows), {"factors", "product", "conditional"})
        # 10 s are 1e7 draws, 1000 and 2000 of them accepted: (1 - P) / P / 1e-4 / 1e6 seconds to 1 %.
        for record_of_seed, P in zip(rows["factors"]["seeds"], (1e-4, 2e-4)):
            self.assertEqual(record_of_seed["drawn"], 10_000_000)
            self.assertAlmostEqual(record_of_seed["seconds_to_target"] / ((1 - P) / P / 1e-4 / 1e6), 1, places=9)
        self.assertAlmostEqual(rows["product"]["ratio"], 4, places=9)
        # 10 s are 1e5 hidden draws of error sqrt(1e-3): 1e6 for 1 %, 100 s; rejection takes 99.99 s and 49.99 s.
        conditional = rows["conditional"]
        self.assertAlmostEqual(conditional["seconds_to_target"], 100, places=6)
        self.assertAlmostEqual(conditional["ratio"], (0.9999 * 0.4999) ** 0.5, places=6)
        self.assertAlmostEqual(conditional["least_ratio"], 0.4999, places=6)
        self.assertAlmostEqual(conditional["furthest_from_reference"], 0, places=9)
        self.assertIn("| fig1-tanh | 160 | 0.02 | conditional | 0.000141 | 100 | 0.707 (0.5 to 1) | 0.0 | measured |", page)

    def test_rejection_without_enough_accepted_draws_is_extrapolated_and_says_so(self):
        code, record, page = self.measure()
        rows = self.rows(record, "fig1-linear", 5, 0.005)
        # Draws at 1e6 a second for P = 1e-9: 1e13 of them. Splitting: 3 s at 2 % are 12 s at 1 %.
        self.assertEqual((code, rows["factors"]["extrapolated"]), (0, 2))
        self.assertAlmostEqual(rows["factors"]["seconds_to_target"] / 1e7, 1, places=6)
        self.assertAlmostEqual(rows["splitting"]["seconds_to_target"], 12, places=6)
        self.assertAlmostEqual(rows["splitting"]["ratio"] / (1e7 / 12), 1, places=6)
        self.assertNotIn("furthest_from_reference", rows["splitting"])
        self.assertIn("| factors | 1e-09 | 1.00e+07 | 1 | - | EXTRAPOLATED |", page)

    def test_nothing_to_extrapolate_from_is_no_answer(self):
        code, record, page = self.measure("--estimators", "reject", "--draws", "factors")
        rows = self.rows(record, "fig1-linear", 5, 0.005)
        self.assertEqual((code, rows["factors"]["without_answer"], record["sweep"]), (0, 2, None))
        self.assertNotIn("seconds_to_target", rows["factors"])
        self.assertIn("| fig1-linear | 5 | 0.005 | factors | - | - | - | - | no answer |", page)

    def test_the_sweep_tells_its_widest_interval_and_who_answered(self):
        _, record, page = self.measure()
        sweep = record["sweep"]
        self.assertEqual((sweep["cells"], sweep["without_answer"]), (4, 0))
        self.assertEqual(sweep["estimators"], {"conditional": 2, "splitting": 2})
        self.assertAlmostEqual(sweep["widest_relative_interval"], 2 * math.sinh(0.392), places=9)
        self.assertIn("4 cells (2 by conditional, 2 by splitting) in ", page)

    def test_what_gnc_refuses_is_listed_and_no_error(self):
        for refused in ("product", "splitting", "auto"):
            code, record, page = self.measure(FAKE_REFUSED=refused)
            self.assertEqual(code, 0)
            self.assertIn(f"not available: gnc: got {refused}: not available yet", page)
            self.assertNotIn(refused, self.rows(record, "fig1-linear", 160, 0.02))
        self.assertEqual(record["sweep"]["not_available"], {"auto": "gnc: got auto: not available yet"})

    def test_a_failed_run_is_told_hides_nothing_and_is_exit_code_1(self):
        code, record, page = self.measure(FAKE_BROKEN="conditional")
        self.assertEqual(code, 1)
        self.assertIn("- conditional at fig1-linear, width 5, tolerance 0.02: failed: gnc: disk full", page)
        self.assertIn("product", self.rows(record, "fig1-linear", 5, 0.02))

    def test_a_tail_too_heavy_is_told(self):
        _, _, page = self.measure(FAKE_KHAT="0.85")
        self.assertIn("measured; k-hat 0.85: not to be trusted |", page)

    def test_nothing_measured_is_exit_code_1(self):
        code, record, _ = self.measure("--estimators", "conditional", FAKE_REFUSED="conditional")
        self.assertEqual((code, sum(len(case["rows"]) for case in record["cases"])), (1, 0))


if __name__ == "__main__":
    unittest.main()
