"""bench/soak with a stand-in for gnc whose memory grows by a known amount."""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Holds 40 MiB, in the middle of its time FAKE_GROWTH MiB more; a ledger of 1000 bytes with a log of 500.
GNC = '''
import os, sys, time
words = sys.argv[1:]
out = words[words.index("--out") + 1]
draws = int(words[words.index("--num-samples") + 1])
assert words[0] == "run" and "--no-gd" in words and "--quiet" in words
if os.environ.get("FAKE_BROKEN"):
    sys.exit("gnc: disk full")
os.makedirs(out)
held = [b"x" * (40 << 20)]
for name, size in (("run.sqlite", 1000), ("run.sqlite-wal", 500)):
    with open(os.path.join(out, name), "wb") as file:
        file.write(bytes(size))
time.sleep(2.5)
held.append(b"x" * (int(os.environ.get("FAKE_GROWTH", "0")) << 20))
time.sleep(1.0)
os.remove(os.path.join(out, "run.sqlite-wal"))
with open(os.path.join(out, "cells.csv"), "w") as file:
    print("width,depth,seed,drawn,accepted", file=file)
    print(2, 2, 0, draws - int(os.environ.get("FAKE_LOST", "0")), 7, sep=",", file=file)
os._exit(0)  # an interpreter that ends frees its memory first
'''


class Soak(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.gnc = Path(folder.name) / "gnc"
        self.gnc.write_text(f"#!{sys.executable} -SE\n{GNC}")
        self.gnc.chmod(0o755)

    def soak(self, *words, **environment):
        """Exit code and what was printed."""
        result = subprocess.run(
            [sys.executable, str(ROOT / "bench/soak"), "--gnc", str(self.gnc), "--draws", "1e6", "--period", "0.05",
             "--warm-up", "1.5", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        self.assertEqual(result.stderr, "")
        return result.returncode, result.stdout

    def test_level_memory_passes_with_the_sizes_told(self):
        code, out = self.soak("--json")
        record = json.loads(out)
        self.assertEqual((code, record["problems"]), (0, []), out)
        self.assertEqual((record["drawn"], record["accepted"], record["ledger_bytes"]), (1_000_000, 7, 1000))
        self.assertEqual(record["ledger_bytes_largest"], 1500)
        self.assertGreater(record["rss_min"], 40 << 20)
        self.assertLess(record["rss_spread"], 0.05)
        self.assertAlmostEqual(record["draws_per_second"] * record["seconds"], 1e6, delta=1e-3)

    def test_growing_memory_is_exit_code_1(self):
        code, out = self.soak("--json", FAKE_GROWTH="20")
        record = json.loads(out)
        self.assertEqual((code, len(record["problems"])), (1, 1), out)
        self.assertIn("resident memory moved by", record["problems"][0])
        self.assertAlmostEqual(record["rss_max"] - record["rss_min"], 20 << 20, delta=1 << 20)

    def test_the_limit_is_an_option(self):
        code, out = self.soak("--limit", "0.8", FAKE_GROWTH="20")
        self.assertEqual(code, 0, out)
        self.assertIn("1e+06 draws in ", out)

    def test_lost_draws_a_failed_run_and_no_samples_are_told(self):
        code, out = self.soak(FAKE_LOST="5")
        self.assertEqual(code, 1)
        self.assertIn("soak: 999995 draws in cells.csv, expected 1000000", out)
        code, out = self.soak(FAKE_BROKEN="1")
        self.assertEqual((code, out), (1, "soak: gnc ended with exit code 1: gnc: disk full\n"))
        code, out = self.soak("--warm-up", "60")
        self.assertEqual(code, 1)
        self.assertIn("soak: 0 samples of memory after the warm-up", out)


if __name__ == "__main__":
    unittest.main()
