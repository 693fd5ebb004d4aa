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

NVIDIA_SMI = 'print("NVIDIA Test X1, 999.1, 1000 MiB")'

# 4e9 draws/s before the peer and in the table; 6e9 after it. The bound is 8e9.
GNC = '''
import json, os, sys
words = sys.argv[1:]
def values(key):
    rest = words[words.index(key) + 1:]
    end = next((i for i, word in enumerate(rest) if word.startswith("--")), len(rest))
    return rest[:end]
if words == ["--version"]:
    print("gnc 9.9.9")
elif words[0] == "bench":
    if values("--engine") == [os.environ.get("FAKE_BROKEN")]:
        sys.exit("gnc: CUDA: out of memory")
    if values("--engine") != ["cuda-gemm"]:
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
            rows.append({"width": width, "depth": depth, "activation": values("--activation")[0],
                         "draw": values("--draw")[0], "registers": 76, "local_bytes": 0, "occupancy": 0.375,
                         "engine": "cuda-gemm", "device": "Test X1", "draws_per_second": rate,
                         "numbers_per_second": rate * 10 * width, "number_bound_draws_per_second": 8e9})
    print(json.dumps(rows))
elif words[0] == "run":
    assert words[1:2] == ["fig1-linear"] and values("--device") == ["cuda"]
    out = values("--out")[0]
    os.makedirs(out)
    with open(os.path.join(out, "cells.csv"), "w") as file:
        file.write("width,gd_seconds\\n" + "5,0.5\\n" * 48)
'''

CUDA_TEST = '''
import json, os, sys
output = next(word for word in sys.argv if word.startswith("--gtest_output=json:")).split(":", 1)[1]
tests = [{"name": "Good", "classname": "Suite", "status": "RUN", "result": "COMPLETED"},
         {"name": "Other", "classname": "Suite", "status": "RUN", "result": "COMPLETED"}]
if "--gtest_filter=-*Reference*:*MemoryIsLeft*:*GemmEngineStores*" not in sys.argv:
    assert os.environ["GNC_REFERENCE_DRAWS"] == "1e9" and os.path.exists(os.environ["GNC_REFERENCE_DIR"] + "/cases.json")
else:
    assert os.environ["GNC_SANITIZER_RUN"] == "1"
if os.environ.get("FAKE_TEST") == "fails":
    tests[1]["failures"] = [{"failure": "expected 1"}]
    print("Suite.Other: expected 1")
if os.environ.get("FAKE_TEST") == "skips":
    tests[1]["result"] = "SKIPPED"
json.dump({"testsuites": [{"testsuite": tests}]}, open(output, "w"))
sys.exit(1 if os.environ.get("FAKE_TEST") == "fails" else 0)
'''

SANITIZER = '''
import os, subprocess, sys
tool = sys.argv[sys.argv.index("--tool") + 1]
program = next(i for i, word in enumerate(sys.argv) if word.endswith("_test"))
code = subprocess.run(sys.argv[program:]).returncode
bad = os.environ.get("FAKE_SANITIZER") == tool
print(f"========= ERROR SUMMARY: {3 if bad else 0} errors")
sys.exit(int(sys.argv[sys.argv.index("--error-exitcode") + 1]) if bad else code)
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


class GpuCheck(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "out"
        for name, text in [("path/nvidia-smi", NVIDIA_SMI), ("path/compute-sanitizer", SANITIZER), ("bin/gnc", GNC),
                           ("bin/cuda_test", CUDA_TEST), ("python", PYTHON)]:
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

    def test_all_good(self):
        code, error, record = self.check()
        self.assertEqual(code, 0, error + json.dumps(record))
        self.assertEqual((record["gpu"]["name"], record["gpu"]["driver"], record["gnc"], record["not_run"]),
                         ("NVIDIA Test X1", "999.1", "gnc 9.9.9", []))
        steps = record["steps"]
        self.assertEqual({step["outcome"] for step in steps.values()}, {"passed"})
        self.assertEqual(steps["tests"]["cuda_test"], {"passed": 2, "failed": [], "skipped": []})
        self.assertEqual(steps["sanitizer"]["racecheck"]["cuda_test"]["summary"], ["ERROR SUMMARY: 0 errors"])
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
        text = (self.out / "gpu-nvidia-test-x1.md").read_text()
        self.assertIn("| 160 | 6.4e+12 (50 %) |", text)
        self.assertIn("cuda-gemm, draw law factors, Linear: registers, bytes of local memory, occupancy", text)
        self.assertIn("| 5 | 76, 0, 38 % |", text)
        self.assertIn("| 5 | 10 | Linear | 5e+09 | 62 % | 1e+08 at 100,000 | 50.0 | 5e+07 at 10,000,000 | 100.0 |", text)

    def test_a_failing_test_is_told_and_hides_nothing(self):
        code, _, record = self.check("--skip", "sanitizer", FAKE_TEST="fails")
        self.assertEqual(code, 1)
        self.assertEqual(record["steps"]["tests"]["outcome"], "failed")
        self.assertEqual(record["steps"]["tests"]["cuda_test"]["failed"], ["Suite.Other"])
        self.assertIn("expected 1", record["steps"]["tests"]["problems"][0])
        self.assertEqual(record["steps"]["descent"]["outcome"], "passed")

    def test_a_skipped_test_counts_as_failure(self):
        code, _, record = self.check("--only", "tests", FAKE_TEST="skips")
        self.assertEqual((code, record["steps"]["tests"]["cuda_test"]["skipped"]), (1, ["Suite.Other"]))

    def test_a_failing_sanitizer_is_told_and_the_other_tools_run(self):
        code, _, record = self.check("--only", "sanitizer", FAKE_SANITIZER="memcheck")
        self.assertEqual(code, 1)
        step = record["steps"]["sanitizer"]
        self.assertEqual(step["memcheck"]["cuda_test"]["summary"], ["ERROR SUMMARY: 3 errors"])
        self.assertNotIn("problem", step["initcheck"]["cuda_test"])
        self.assertEqual(len(step["problems"]), 1)

    def test_an_engine_that_fails_leaves_the_rates_of_the_other(self):
        code, _, record = self.check("--only", "throughput", FAKE_BROKEN="cuda-fused")
        step = record["steps"]["throughput"]
        self.assertEqual((code, step["outcome"], len(step["rows"])), (1, "failed", 6 * 9 * 2))
        self.assertIn("gnc: CUDA: out of memory", step["problems"][0])

    def test_a_partial_run_says_so_under_its_own_name(self):
        code, _, record = self.check("--only", "throughput")
        self.assertEqual((code, list(record["steps"])), (0, ["throughput"]))
        self.assertEqual(record["not_run"], ["tests", "sanitizer", "comparison", "descent"])
        self.assertIn("A partial run: tests, sanitizer, comparison, descent not run.",
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
