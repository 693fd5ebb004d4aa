"""Running programs beside CUDA: where it lies, limits of time, and how the programs end."""
import glob
import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
GRACE = 15  # seconds that an interrupted program may take to save what it has


class StepFailed(Exception):
    pass


def one_line(command):
    """What a command printed, or None where it is missing or fails."""
    try:
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                              timeout=60).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None


def find_gpu():
    text = one_line(["nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"])
    if not text:
        return None
    name, driver, memory = [field.strip() for field in text.splitlines()[0].split(",")]
    return {"name": name, "driver": driver, "memory": memory}


class Places:
    """Where CUDA is: folders of its programs and libraries, in the order they are looked through."""

    def __init__(self, python):
        packages = one_line([python, "-c", "import importlib.util as u, os; s = u.find_spec('torch'); "
                             "print(os.path.dirname(os.path.dirname(s.origin)) if s else '')"])
        wheels = sorted(glob.glob(f"{packages}/nvidia/*")) if packages else []
        homes = [os.environ[key] for key in ("CUDA_HOME", "CUDA_PATH") if os.environ.get(key)]
        nvcc = shutil.which("nvcc")
        homes += [str(Path(nvcc).resolve().parent.parent)] if nvcc else []
        homes += ["/usr/local/cuda", *wheels]
        self.programs = os.pathsep.join([os.environ.get("PATH", "")] + [f"{home}/bin" for home in homes]
                                        + [f"{home}/compute-sanitizer" for home in homes])
        libraries = [f"{home}/{folder}" for home in homes for folder in ("lib64", "targets/x86_64-linux/lib", "lib")]
        own = [os.environ["LD_LIBRARY_PATH"]] if os.environ.get("LD_LIBRARY_PATH") else []
        self.libraries = os.pathsep.join(own + [folder for folder in libraries if os.path.isdir(folder)])

    def find(self, program):
        return shutil.which(program, path=self.programs)

    def cuda_version(self):
        found = re.search(r"release ([0-9.]+)", one_line([self.find("nvcc") or "nvcc", "--version"]) or "")
        return found.group(1) if found else None


def shown(text):
    """Text for a record: of absolute paths the last part alone, which means something elsewhere."""
    return re.sub(r"(?<![\w.-])/(?:[^\s/:'\"=]+/)+", "", text)


class Ended(NamedTuple):
    """How a program ended; `text` is the end of all that it printed."""
    code: int
    out: str
    text: str
    seconds: float


class Programs:
    """Runs programs, each at most `limit` seconds, and none beyond `end`, a time of time.monotonic() or None."""

    def __init__(self, python, limit):
        self.places = Places(python)
        self.limit = limit
        self.end = None

    def run(self, command, fine=(0,), cuda=True, limit=None, interrupt=False, reserve=0, **environment):
        """StepFailed for other exit codes than `fine` (None: all are) and out of time.

        `limit` takes the place of the own one, and the last `reserve` seconds before `end` are left to others. With
        `interrupt` a program out of time is interrupted as by Ctrl-C instead.
        """
        if self.end is not None:  # before, a build takes what it takes
            limit = min(limit or self.limit, self.end - time.monotonic() - reserve)
            if limit <= 0:
                raise StepFailed("no time left (--minutes)")
        command = [str(word) for word in command]
        # PyTorch brings its own libraries; the toolkit's must not come before them.
        own = {"LD_LIBRARY_PATH": self.places.libraries, "PATH": self.places.programs} if cuda else {}
        begin = time.monotonic()
        try:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                       errors="replace", env={**os.environ, **own, **environment}, cwd=ROOT,
                                       start_new_session=True)
        except OSError as error:
            raise StepFailed(f"{command[0]}: {error.strerror}") from error
        killed = False
        try:
            out, err = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            killed = not interrupt
            os.killpg(process.pid, signal.SIGINT if interrupt else signal.SIGKILL)
            try:
                out, err = process.communicate(timeout=GRACE)
            except subprocess.TimeoutExpired:
                killed = True
                os.killpg(process.pid, signal.SIGKILL)
                out, err = process.communicate()
        seconds = time.monotonic() - begin
        text = "\n".join((out + "\n" + err).strip().splitlines()[-30:])
        if killed:
            raise StepFailed(shown(f"{' '.join(command)}: ended after {seconds:.0f} s\n{text}"))
        if fine is not None and process.returncode not in fine:
            raise StepFailed(shown(f"{' '.join(command)}: exit code {process.returncode}\n{text}"))
        return Ended(process.returncode, out, text, seconds)


@contextmanager
def card_use(period_ms=200):
    """Yields a list that holds, afterwards, the per cents of time that the card was in use, by nvidia-smi, period by period."""
    samples = []
    try:
        process = subprocess.Popen(["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", "-i", "0",
                                    "-lms", str(period_ms)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    except OSError:
        yield samples
        return
    try:
        yield samples
    finally:
        process.terminate()
        samples += [int(line) for line in process.communicate()[0].split() if line.isdigit()]
