"""bench/gpu_check with stand-ins for the GPU, the programs and PyTorch, each of which answers with known numbers."""
import json
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

NVIDIA_SMI = '''
import os, sys
samples = "utilization" in sys.argv[1]
print("100\\n50" if samples else "NVIDIA Test X1, 999.1, 1000 MiB", flush=True)
if samples:
    open(os.path.join(os.environ["FAKE"], "sampled"), "w").close()
'''

# `bench`: 4e9 draws/s before the peer and in the table; 6e9 after it. The bound is 8e9. cuda-fused with FAKE_FUSED alone.
# `run`, with an estimator: P is 1e-4 at tolerance 0.02, 1e-9 at 0.002 and 1e-14 at 0.0002, in every seed. Draws per second:
# factors 1e9, product 4e9, hidden draws 1e7 on a device and 2.5e5 on the CPU. The interval is P exp(+-1.96 s), s^2 = 100 /
# draws, splitting s = 0.02 in 3 s. A particle of splitting takes 1000 passes, of 1e8 a second on a device, 2e6 on the CPU.
# The sweep: half of the cells to 1 % and half to 3 %.
GNC = '''
import json, math, os, signal, sys, time
words = sys.argv[1:]
def wait_for_samples():
    sampled = os.path.join(os.environ["FAKE"], "sampled")
    if os.path.exists(os.path.join(os.environ["FAKE"], "path", "nvidia-smi")):
        end = time.monotonic() + 60
        while not os.path.exists(sampled) and time.monotonic() < end:
            time.sleep(0.01)
        assert os.path.exists(sampled)
        os.unlink(sampled)
def values(key):
    rest = words[words.index(key) + 1:]
    end = next((i for i, word in enumerate(rest) if word.startswith("--")), len(rest))
    return rest[:end]
def value(key):
    return values(key)[0] if key in words else None
COLUMNS = ("width,seed,eps_train,estimator,engine,drawn,accepted,acceptance_rate,rate_low,rate_high,gnc_seconds,gd_seconds,"
           "pareto_k")
def write(out, rows):
    with open(os.path.join(out, "cells.csv"), "w") as file:
        print(COLUMNS, file=file)
        for row in rows:
            print(*row, sep=",", file=file)
def interval(P, s):
    return P, P * math.exp(-1.96 * s), P * math.exp(1.96 * s)
def estimated():
    estimator, draw, cpu = value("--estimator"), value("--draw"), value("--device") == "cpu"
    if estimator == os.environ.get("FAKE_REFUSED"):
        print(f"gnc: got {estimator}: not available yet", file=sys.stderr)
        sys.exit(2)
    assert cpu == ("--threads" in words) and "--no-gd" in words
    for seed in range(int(value("--num-seeds") or 8)):
        for eps in values("--eps-train") if "--eps-train" in words else ["0.02"]:
            P = {"0.02": 1e-4, "0.002": 1e-9, "0.0002": 1e-14, "0.0001": 1e-16}[eps]
            khat = ""
            if estimator == "reject":
                assert draw != "factors" or value("--engine") == "cuda-fused"
                N = int(value("--num-samples"))
                accepted, seconds = math.floor(P * N + 0.5), N / (1e9 if draw == "factors" else 4e9)
                rate = accepted / N, 0, 1
            elif estimator == "conditional":
                N = int(value("--num-samples"))
                accepted, seconds, khat = N, N / (2.5e5 if cpu else 1e7), 0.3
                rate = interval(P, math.sqrt(100 / N))
            else:
                particles = int(value("--particles") or 4096)
                assert "--particles" not in words or value("--populations") == "2"
                N = 1000 * particles
                accepted, rate, seconds = particles, interval(P, 0.02), 3
                if "--particles" in words:
                    seconds = N / (2e6 if cpu else 1e8)
            yield value("--widths"), seed, eps, estimator, "cuda-fused", N, accepted, *rate, seconds, "", khat
def swept(answered=48):
    for i in range(48):
        half = 0.01 if i % 2 else 0.03
        P = ("1e-16", 1e-16 * (1 - half), 1e-16 * (1 + half)) if i < answered else (0, 0, 1)
        yield 5, i, "0.0001", "conditional" if i % 2 else "splitting", "cuda-fused", 1000, 10, *P, 0.5, "", ""
def whole(share=1.0):
    for i in range(48):
        yield 5, i, "0.02", "reject", "cuda-gemm", int(100_000_000 * share), 10, 1e-7, 0, 1, 0.5 * share, 0.5, ""
if words == ["--version"]:
    print("gnc 9.9.9")
elif words[0] == "bench":
    if values("--engine") == [os.environ.get("FAKE_BROKEN")]:
        sys.exit("gnc: CUDA: out of memory")
    if values("--engine") != ["cuda-gemm"] and "FAKE_FUSED" not in os.environ:
        print("gnc: --engine: no such engine", file=sys.stderr)
        sys.exit(2)
    rows = []
    for depth in map(int, values("--depths")):
        for width in map(int, values("--widths")):
            rate = 4e9
            if len(values("--widths")) == 1:
                seen = os.path.join(os.environ["FAKE"], f"seen-{width}-{depth}-{values('--activation')[0]}")
                rate = 6e9 if os.path.exists(seen) else 4e9
                open(seen, "w").close()
            if values("--engine") == ["cuda-fused"]:
                rate = 120e9 if values("--draw") == ["product"] else 3e9
            rows.append({"width": width, "depth": depth, "activation": values("--activation")[0],
                         "draw": values("--draw")[0], "registers": 76, "local_bytes": 0, "occupancy": 0.375,
                         "engine": values("--engine")[0], "device": "Test X1", "draws_per_second": rate,
                         "numbers_per_second": rate * 10 * width, "number_bound_draws_per_second": 8e9})
    print(json.dumps(rows))
elif words[0] == "presets":
    print(json.dumps({"gnc_num_samples": 100_000_000 if words[1] == "fig1-linear" else 1_000_000_000}))
elif words[0] == "report":
    write(words[1], swept(24) if os.path.exists(os.path.join(words[1], "swept")) else whole(0.25))
elif words[0] == "run":
    assert words[1] in ("fig1-linear", "fig2-linear") and value("--device") in ("cuda", "cpu")
    out, a_sweep = value("--out"), value("--eps-train") == "0.0001"
    os.makedirs(out)
    if os.environ.get("FAKE_SLOW") == ("sweep" if a_sweep else words[1]):
        if a_sweep:
            open(os.path.join(out, "swept"), "w").close()
        signal.signal(signal.SIGINT, lambda *_: sys.exit(3))
        time.sleep(60)
    elif a_sweep:
        assert value("--estimator") == "auto" and value("--particles") == "100000"
        wait_for_samples()
        write(out, swept())
    elif "--estimator" in words:
        write(out, estimated())
    else:
        if value("--num-samples") != "1024":  # of the step of descent, which does not look at the card
            wait_for_samples()
        write(out, whole())
        print("gnc: no figures: gnuplot was not found; install it", file=sys.stderr)
'''

# Three tests, one of which takes all memory; processes share them as GoogleTest does.
CUDA_TEST = '''
import fnmatch, json, os, sys
def value(key):
    return next(word for word in sys.argv if word.startswith(key)).split("=", 1)[1]
positive, _, negative = value("--gtest_filter=").partition("-")
def matches(name, patterns):
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns.split(":"))
names = [name for name in ("GoodSumOfTheNumbers", "Other", "MemoryIsLeft")
         if matches("Suite." + name, positive or "*") and not matches("Suite." + name, negative)]
if "--gtest_list_tests" in sys.argv:
    if os.environ.get("FAKE_LIST") == positive:
        sys.exit("no list")
    print("Suite.", *names, sep="\\n  ")
    sys.exit()
shard, shards = int(os.environ["GTEST_SHARD_INDEX"]), int(os.environ["GTEST_TOTAL_SHARDS"])
assert shards <= len(names)  # the sanitizers fail where a process does nothing
assert "MemoryIsLeft" not in names or (names == ["MemoryIsLeft"] and shards == 1)
tests = [{"name": name, "classname": "Suite", "status": "RUN", "result": "COMPLETED"} for name in names[shard::shards]]
if "Reference" not in negative:
    assert os.environ["GNC_REFERENCE_DRAWS"] == "1e9" and os.path.exists(os.environ["GNC_REFERENCE_DIR"] + "/cases.json")
else:
    assert os.environ["GNC_SANITIZER_RUN"] == "1"
bad = [test for test in tests if test["name"] == "Other"]
for test in bad:
    if os.environ.get("FAKE_TEST") == "fails":
        test["failures"] = [{"failure": "expected 1"}]
        print("Suite.Other: expected 1")
    if os.environ.get("FAKE_TEST") == "skips":
        test["result"] = "SKIPPED"
    if os.environ.get("FAKE_TEST") == "crashes":
        os.abort()
json.dump({"testsuites": [{"testsuite": tests}]}, open(value("--gtest_output=").split(":", 1)[1], "w"))
sys.exit(1 if bad and os.environ.get("FAKE_TEST") == "fails" else 0)
'''

SANITIZER = '''
import os, subprocess, sys
tool = sys.argv[sys.argv.index("--tool") + 1]
program = next(i for i, word in enumerate(sys.argv) if word.endswith("_test"))
code = subprocess.run(sys.argv[program:]).returncode
bad = os.environ.get("FAKE_SANITIZER") == tool
if tool == "racecheck":
    hazards = 2 if os.environ.get("FAKE_SANITIZER") == "hazards" else 0
    print(f"========= RACECHECK SUMMARY: {hazards} hazards displayed (0 errors, {hazards} warnings)")
elif os.environ.get("FAKE_SANITIZER") != "silent":
    print(f"========= ERROR SUMMARY: {3 if bad else 0} errors")
print("line\\n" * 40)
sys.exit(int(sys.argv[sys.argv.index("--error-exitcode") + 1]) if bad else code)
'''

# Matrices per second: 4e6 of gnc, 1e6 and 2e6 of others, of which one cannot do n = 15.
EIGEN_BENCH = '''
import json, os, sys
for n in (5, 15):
    for method, rate in (("gnc", 4e6), ("slow", 1e6), ("fast", 2e6)):
        refused = method == ("gnc" if os.environ.get("FAKE_EIGEN") == "gnc" else "fast") and n == 15
        print(json.dumps({"n": n, "method": method, **({"refusal": "no room"} if refused else {"matrices_per_second": rate})}))
sys.exit(1 if os.environ.get("FAKE_EIGEN") == "ends" else 0)
'''

# The peer: 1e8 draws/s at 100,000, half of that elsewhere; 2,000 epochs/s of 1 run, 1,000 of 8.
PYTHON = '''
import json, os, sys
words = sys.argv[1:]
if words[0] == "-c":
    print("9.0" if "__version__" in words[1] else "")
    sys.exit()
assert words[0].endswith("peer_torch.py") and words[words.index("--device") + 1] == "cuda"
def values(key):
    rest = words[words.index(key) + 1:]
    end = next((i for i, word in enumerate(rest) if word.startswith("--")), len(rest))
    return rest[:end]
if words[1] == "draws":
    for batch in map(int, values("--batches")):
        if batch >= int(os.environ.get("FAKE_MEMORY", "100000000")):
            print(json.dumps({"batch": batch, "error": "CUDA out of memory."}))
        else:
            print(json.dumps({"batch": batch, "draws_per_second": 1e8 if batch == 100000 else 5e7}))
else:
    for runs in map(int, values("--runs")):
        print(json.dumps({"runs": runs, "epochs_per_second": 2000 if runs == 1 else 1000}))
'''

CARD = ["tests", "sanitizer", "throughput", "eigen", "comparison", "descent"]
ESTIMATORS = ["accuracy", "ratios", "sweep", "runs"]


class GpuCheck(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "out"
        for name, text in [("path/nvidia-smi", NVIDIA_SMI), ("path/compute-sanitizer", SANITIZER), ("bin/gnc", GNC),
                           ("bin/cuda_test", CUDA_TEST), ("bin/eigen_bench", EIGEN_BENCH), ("python", PYTHON)]:
            file = self.folder / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(f"#!{sys.executable}\n{text}")
            file.chmod(file.stat().st_mode | stat.S_IXUSR)

    def check(self, *words, **environment):
        """Exit code, standard error, and the record (None where none was written)."""
        result = subprocess.run(
            [sys.executable, str(ROOT / "bench/gpu_check"), "--bin", str(self.folder / "bin"), "--python",
             str(self.folder / "python"), "--out", str(self.out), *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env={"PATH": str(self.folder / "path"), "FAKE": str(self.folder), **environment})
        records = list(self.out.glob("*.json")) if self.out.exists() else []
        self.assertLessEqual(len(records), 1)
        return result.returncode, result.stderr, json.loads(records[0].read_text()) if records else None

    def page(self):
        return next(self.out.glob("*.md")).read_text()

    def test_no_gpu_is_one_message_and_exit_code_2(self):
        (self.folder / "path/nvidia-smi").unlink()
        code, error, record = self.check()
        self.assertEqual((code, record), (2, None))
        self.assertEqual(error, "gpu_check: no NVIDIA GPU: nvidia-smi is missing or lists none\n")

    def test_a_folder_without_programs_is_named(self):
        shutil.rmtree(self.folder / "bin")
        code, error, _ = self.check()
        self.assertEqual(code, 2)
        self.assertIn(f"{self.folder / 'bin'}: has no gnc", error)

    def test_the_steps_of_the_card(self):
        code, error, record = self.check("--only", *CARD)
        self.assertEqual(code, 0, error + json.dumps(record))
        self.assertEqual((record["gpu"]["name"], record["gpu"]["driver"], record["gnc"], record["not_run"]),
                         ("NVIDIA Test X1", "999.1", "gnc 9.9.9", ESTIMATORS))
        steps = record["steps"]
        self.assertEqual({step["outcome"] for step in steps.values()}, {"passed"})
        self.assertEqual(steps["tests"]["cuda_test"], {"passed": 3, "failed": [], "skipped": []})
        self.assertEqual(steps["sanitizer"]["racecheck"]["cuda_test"]["summary"], ["RACECHECK SUMMARY: 0 hazards displayed (0 errors, 0 warnings)"])
        self.assertEqual(len(steps["throughput"]["rows"]), 6 * 9 * 2)
        self.assertEqual({row["share_of_number_bound"] for row in steps["throughput"]["rows"]}, {0.5})
        self.assertIn("cuda-fused", steps["throughput"]["not_available"])
        # (4e9 + 6e9) / 2 beside 1e8 at the best batch and 5e7 at the published one; shares 1/2 and 3/4.
        points = [(row["width"], row["depth"], row["activation"]) for row in steps["comparison"]["rows"]]
        self.assertEqual(points, [(5, 2, "Linear"), (160, 2, "Linear"), (5, 2, "Tanh"), (160, 2, "Tanh"), (5, 10, "Linear")])
        for row in steps["comparison"]["rows"]:
            self.assertEqual(row["gnc_before_and_after"], [4e9, 6e9])
            self.assertEqual((row["ratio_to_best"], row["ratio_at_published_batch"]), (50, 100))
            self.assertEqual((row["peer_best"]["batch"], row["share_of_number_bound"]), (100_000, 0.625))
        self.assertEqual([row["published_batch"] for row in steps["comparison"]["rows"]],
                         [10_000_000, 200_000, 10_000_000, 200_000, 10_000_000])
        # 48 runs of 100,000 epochs in 24 s; the peer: six widths of 8 replicates at 1,000 epochs/s of all 8.
        self.assertEqual(steps["descent"]["gnc_epochs_per_second"], 200_000)
        self.assertEqual((steps["descent"]["peer_seconds_extrapolated"], steps["descent"]["ratio"]), (600, 25))
        text = (self.out / "gpu-nvidia-test-x1-partial.md").read_text()
        self.assertIn("| 160 | 6.4e+12 (50 %) |", text)
        self.assertIn("cuda-gemm, draw law factors, Linear: registers, bytes of local memory, occupancy", text)
        self.assertIn("| 5 | 76, 0, 38 % |", text)
        self.assertIn("| n | gnc | slow | fast | ratio |", text)
        self.assertIn("| 5 | 4e+06 | 1e+06 | 2e+06 | 2.0 |\n| 15 | 4e+06 | 1e+06 | - | 4.0 |\n\nfast: no room.\n", text)
        self.assertIn("| 5 | 10 | Linear | 5e+09 | 62 % | 1e+08 at 100,000 | 50.0 | 5e+07 at 10,000,000 | 100.0 |", text)

    def test_seconds_to_1_percent_are_those_of_the_stated_formulas(self):
        code, _, record = self.check("--only", "accuracy")
        step = record["steps"]["accuracy"]
        self.assertEqual((code, len(step["cases"]), step["peer_draws_per_second"]), (0, 6, {"5": 1e8, "160": 1e8}))
        for case in step["cases"]:
            rows = {row["method"]: row for row in case["rows"]}
            self.assertEqual(set(rows), {"factors", "product", "conditional", "splitting", "PyTorch"})
            P = {0.02: 1e-4, 0.002: 1e-9, 0.0002: 1e-14}[case["eps"]]
            for method, rate in (("factors", 1e9), ("product", 4e9), ("PyTorch", 1e8)):
                self.assertAlmostEqual(rows[method]["seconds_to_target"] / ((1 - P) / P / 1e-4 / rate), 1, places=6)
                self.assertEqual(rows[method]["extrapolated"], 0 if P == 1e-4 and method != "PyTorch" else 2)
            # 1e6 hidden draws at 1 % of 1e7 a second; 12 s of splitting at 2 % in 3 s.
            self.assertAlmostEqual(rows["conditional"]["seconds_to_target"], 0.1, places=6)
            self.assertAlmostEqual(rows["splitting"]["seconds_to_target"], 12, places=6)
            self.assertAlmostEqual(rows["splitting"]["ratio"] / ((1 - P) / P / 1e-4 / 1e8 / 12), 1, places=6)
        self.assertIn("| fig1-linear | 160 | 0.02 | PyTorch | 0.0001 | 1 | 1 | - | EXTRAPOLATED |", self.page())

    def test_an_estimator_that_is_refused_fails_the_step_and_leaves_the_others(self):
        code, _, record = self.check("--only", "accuracy", "ratios", FAKE_REFUSED="splitting", FAKE_FUSED="1")
        steps = record["steps"]
        self.assertEqual((code, len(steps["accuracy"]["problems"]), len(steps["ratios"]["problems"])), (1, 6, 2))
        self.assertIn("got splitting: not available yet", steps["accuracy"]["problems"][0])
        self.assertEqual([row["method"] for row in steps["accuracy"]["cases"][5]["rows"]],
                         ["factors", "product", "conditional", "PyTorch"])
        self.assertEqual(len(steps["ratios"]["device_over_cpu"]), 2)

    def test_ratios_are_of_rates_whatever_the_budgets(self):
        code, _, record = self.check("--only", "ratios", "--cpu-seconds", "9", FAKE_FUSED="1")
        step = record["steps"]["ratios"]
        # The faster of 4e9 by cuda-gemm and 3e9 by cuda-fused.
        self.assertEqual((code, step["product"]["ratio"]), (0, 30))
        rows = {(row["estimator"], row["width"]): row for row in step["device_over_cpu"]}
        # 9 s for 3 seeds are 750,000 hidden draws, and 6,000 particles.
        self.assertEqual({key: (round(row["ratio"], 6), row["device"]["value"], row["cpu"]["value"]) for key, row in rows.items()},
                         {(estimator, width): numbers for width in (5, 160) for estimator, numbers in
                          (("conditional", (40, 1_000_000, 750_000)), ("splitting", (50, 100_000, 6_000)))})
        self.assertIn("Ratio to the faster 30.0, target met (15).", self.page())
        self.assertIn("| 40.0 | met (20) |", self.page())

    def test_the_sweep_tells_which_cells_are_within_its_target(self):
        code, _, record = self.check("--only", "sweep")
        step = record["steps"]["sweep"]
        self.assertEqual((code, step["finished"], step["cells"], step["within"], step["share_within"]), (0, True, 48, 24, 0.5))
        self.assertAlmostEqual(step["largest_half_width"], 0.03, places=9)
        self.assertEqual((step["estimators"], step["card_in_use"]), ({"conditional": 24, "splitting": 24}, 0.75))
        self.assertIn("largest 3 %, 24 of 48 cells (50 %) within 2 %: target MISSED.", self.page())

    def test_a_sweep_past_its_limit_is_interrupted_and_tells_what_it_has(self):
        code, _, record = self.check("--only", "sweep", "--sweep-limit", "2", FAKE_SLOW="sweep")
        step = record["steps"]["sweep"]
        self.assertEqual((code, step["finished"], step["within"], step["without_answer"]), (0, False, 12, 24))
        self.assertIn("INTERRUPTED after ", self.page())

    def test_whole_runs_give_draws_seconds_and_what_gnc_says_of_figures(self):
        code, _, record = self.check("--only", "runs", "--fig2-limit", "2", FAKE_SLOW="fig2-linear")
        first, second, large = record["steps"]["runs"]["rows"]
        # 48 cells of 1e8 draws in 0.5 s each; the second is interrupted when a fortieth of 4.8e10 draws is done.
        self.assertEqual((code, first["drawn"], first["asked"], first["draws_per_second"]), (0, 4.8e9, 4.8e9, 2e8))
        self.assertEqual((first["drawing_seconds"], first["descent_seconds"], first["card_in_use"]), (24, 24, 0.75))
        self.assertEqual((first["finished"], first["gnuplot"]), (True, ["gnc: no figures: gnuplot was not found"]))
        self.assertEqual((second["finished"], second["drawn"], second["asked"]), (False, 1.2e9, 4.8e10))
        self.assertEqual(second["draws_per_second"], 2e8)
        self.assertGreater(second["wall_seconds"], 2)
        self.assertIn("\n\ngnc: no figures: gnuplot was not found\n", self.page())
        self.assertIn("| fig2-linear | cuda-gemm | 1.2e+09 of 4.8e+10 | INTERRUPTED after ", self.page())
        self.assertEqual((large["times"], large["asked"], large["target_seconds"]), (4, 4 * 4.8e10, None))
        self.assertIn("| fig2-linear, 4 x its draws | cuda-gemm | 1.2e+09 of 1.92e+11 | INTERRUPTED after ", self.page())

    def test_a_run_past_the_time_of_all_steps_tells_what_it_has(self):
        code, _, record = self.check("--only", "runs", "--minutes", "0.22", FAKE_SLOW="fig2-linear")
        first, second = record["steps"]["runs"]["rows"]
        self.assertEqual((code, first["finished"], second["finished"], second["drawn"]), (1, True, False, 1.2e9))
        self.assertEqual(record["steps"]["runs"]["problems"], ["fig2-linear, 4 x its draws: no time left (--minutes)"])

    def test_a_large_run_says_whether_its_time_is_the_cards(self):
        page = self.check("--only", "runs") and self.page()
        large = next(line for line in page.splitlines() if line.startswith("| fig2-linear, 4 x its draws "))
        self.assertRegex(large, r" \| -[0-9.]+ %, target met \(2 %\) \| 75\.0 % \|$")
        self.assertEqual(page.count("target met (2 %)"), 1)

    def test_calls_for_some_steps_make_one_whole_record(self):
        self.check("--only", "tests")
        code, _, record = self.check("--only", *CARD[1:], "ratios", FAKE_FUSED="1")
        self.assertEqual((code, record["not_run"]), (0, ["accuracy", "sweep", "runs"]))
        self.assertEqual(record["steps"]["tests"]["cuda_test"]["passed"], 3)
        code, error, record = self.check("--skip", *CARD, "ratios")
        self.assertEqual((code, record["not_run"], list(record["steps"])), (0, [], CARD + ESTIMATORS), error)
        self.assertEqual(sorted(path.name for path in self.out.iterdir()), ["gpu-nvidia-test-x1.json", "gpu-nvidia-test-x1.md"])
        self.assertNotIn("A partial run", self.page())

    def test_a_record_elsewhere_is_added_to_by_name(self):
        self.check("--only", "tests")
        kept = self.folder / "kept.json"
        next(self.out.glob("*.json")).rename(kept)
        code, _, record = self.check("--only", "sweep", "--merge", str(kept))
        self.assertEqual((code, list(record["steps"])), (0, ["tests", "sweep"]))

    def test_a_record_of_another_build_is_not_added_to(self):
        self.check("--only", "tests")
        path = next(self.out.glob("*.json"))
        path.write_text(path.read_text().replace("gnc 9.9.9", "gnc 9.9.8"))
        before = path.read_text()
        code, error, _ = self.check("--only", "sweep", "--merge", str(path))
        self.assertEqual((code, path.read_text()), (2, before))
        self.assertIn("has gnc gnc 9.9.8, this is gnc 9.9.9", error)
        code, error, record = self.check("--only", "sweep")
        self.assertEqual((code, list(record["steps"])), (0, ["sweep"]))
        self.assertIn("it is begun anew", error)

    def test_steps_without_time_are_left_to_another_call(self):
        code, _, record = self.check("--only", "tests", "sweep", "--minutes", "0.01")
        self.assertEqual((code, record["steps"]), (1, {}))

    def test_estimators_can_be_tried_without_a_gpu(self):
        (self.folder / "path/nvidia-smi").unlink()
        (self.folder / "bin/cuda_test").unlink()
        code, error, record = self.check("--device", "cpu", "--only", "runs")
        self.assertEqual((code, record["not_run"]), (0, ["accuracy", "ratios", "sweep"]), error)
        self.assertNotIn("card_in_use", record["steps"]["runs"]["rows"][0])
        self.assertEqual([path.name[:13] for path in self.out.glob("*.json")], ["gpu-check-on-"])

    def test_a_failing_test_is_told_and_hides_nothing(self):
        code, _, record = self.check("--only", "tests", "descent", FAKE_TEST="fails")
        self.assertEqual(code, 1)
        self.assertEqual(record["steps"]["tests"]["outcome"], "failed")
        counts = record["steps"]["tests"]["cuda_test"]
        self.assertEqual((counts["passed"], counts["failed"]), (2, ["Suite.Other"]))
        self.assertIn("expected 1", record["steps"]["tests"]["problems"][0])
        self.assertEqual(record["steps"]["descent"]["outcome"], "passed")

    def test_tests_that_were_run_are_told_where_the_rest_cannot_be(self):
        code, _, record = self.check("--only", "tests", FAKE_TEST="fails", FAKE_LIST="*MemoryIsLeft*")
        counts = record["steps"]["tests"]["cuda_test"]
        self.assertEqual((code, counts["passed"], counts["failed"]), (1, 1, ["Suite.Other"]))
        self.assertIn("no list", record["steps"]["tests"]["problems"][0])

    def test_a_skipped_test_counts_as_failure(self):
        code, _, record = self.check("--only", "tests", FAKE_TEST="skips")
        self.assertEqual((code, record["steps"]["tests"]["cuda_test"]["skipped"]), (1, ["Suite.Other"]))

    def test_a_process_that_crashes_leaves_the_counts_of_the_others(self):
        code, _, record = self.check("--only", "tests", FAKE_TEST="crashes")
        self.assertEqual((code, record["steps"]["tests"]["cuda_test"]["passed"]), (1, 2))
        self.assertIn("no record of tests", record["steps"]["tests"]["problems"][0])

    def test_the_sanitizer_filter_is_of_the_slow_tools(self):
        code, _, record = self.check("--only", "sanitizer", "--sanitizer-filter", "*Good*")
        passed = [record["steps"]["sanitizer"][tool]["cuda_test"]["passed"] for tool in ("memcheck", "racecheck", "initcheck")]
        self.assertEqual((code, passed), (0, [2, 1, 1]))
        code, _, record = self.check("--only", "sanitizer", "--sanitizer-filter", "*None*")
        self.assertEqual(code, 1)
        self.assertIn("initcheck: no test passed of *None*-", record["steps"]["sanitizer"]["problems"][0])

    def test_a_failing_sanitizer_is_told_and_the_other_tools_run(self):
        code, _, record = self.check("--only", "sanitizer", FAKE_SANITIZER="memcheck")
        self.assertEqual(code, 1)
        step = record["steps"]["sanitizer"]
        self.assertEqual(step["memcheck"]["cuda_test"]["summary"], ["ERROR SUMMARY: 3 errors"])
        self.assertNotIn("problem", step["initcheck"]["cuda_test"])
        self.assertEqual(len(step["problems"]), 1)

    def test_a_sanitizer_that_is_silent_or_warns_fails_the_step(self):
        _, _, record = self.check("--only", "sanitizer", FAKE_SANITIZER="silent")
        self.assertEqual([problem.splitlines()[:2] for problem in record["steps"]["sanitizer"]["problems"]],
                         [[f"{tool} of cuda_test:", "no summary"] for tool in ("memcheck", "initcheck")])
        code, _, record = self.check("--only", "sanitizer", FAKE_SANITIZER="hazards")
        self.assertEqual((code, record["steps"]["sanitizer"]["problems"]), (1, [
            "racecheck of cuda_test:\nRACECHECK SUMMARY: 2 hazards displayed (0 errors, 2 warnings)"]))

    def test_of_eigen_decompositions_what_is_measured_is_kept(self):
        code, _, record = self.check("--only", "eigen", FAKE_EIGEN="ends")
        self.assertEqual((code, len(record["steps"]["eigen"]["rows"])), (1, 6))
        self.assertIn("eigen_bench: exit code 1", record["steps"]["eigen"]["problems"][0])
        code, _, record = self.check("--only", "eigen", FAKE_EIGEN="gnc")
        self.assertEqual((code, record["steps"]["eigen"]["problems"]), (1, ["n = 15: no room"]))
        self.assertIn("| 15 | - | 1e+06 | 2e+06 |  |", self.page())

    def test_an_engine_that_fails_leaves_the_rates_of_the_other(self):
        code, _, record = self.check("--only", "throughput", FAKE_BROKEN="cuda-fused")
        step = record["steps"]["throughput"]
        self.assertEqual((code, step["outcome"], len(step["rows"])), (1, "failed", 6 * 9 * 2))
        self.assertIn("gnc: CUDA: out of memory", step["problems"][0])

    def test_a_partial_run_says_so_under_its_own_name(self):
        code, _, record = self.check("--only", "throughput")
        self.assertEqual((code, list(record["steps"])), (0, ["throughput"]))
        self.assertEqual(record["not_run"], ["tests", "sanitizer", "eigen", "comparison", "descent", *ESTIMATORS])
        self.assertIn("A partial run: tests, sanitizer, eigen, comparison, descent, accuracy, ratios, sweep, runs not run.",
                      (self.out / "gpu-nvidia-test-x1-partial.md").read_text())

    def test_a_peer_out_of_memory_at_a_batch_size_is_survived(self):
        code, _, record = self.check("--only", "comparison", FAKE_MEMORY="1000000")
        self.assertEqual(code, 0)
        row = record["steps"]["comparison"]["rows"][0]
        self.assertEqual(row["ratio_to_best"], 50)
        self.assertNotIn("ratio_at_published_batch", row)
        self.assertIn("out of memory at 10,000,000", next(self.out.glob("*.md")).read_text())

    def test_a_peer_out_of_memory_at_every_batch_size_fails_the_comparison(self):
        code, _, record = self.check("--only", "comparison", FAKE_MEMORY="1")
        self.assertEqual((code, record["steps"]["comparison"]["rows"]), (1, []))
        self.assertIn("CUDA out of memory.", record["steps"]["comparison"]["problems"][0])

    def test_no_time_left_is_told(self):
        (self.folder / "bin/cuda_test").write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n")
        code, _, record = self.check("--only", "tests", "--limit", "1")
        self.assertEqual(code, 1)
        self.assertIn("ended after 1 s", record["steps"]["tests"]["problems"][0])


if __name__ == "__main__":
    unittest.main()
