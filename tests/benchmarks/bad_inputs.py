"""Bad inputs: ``python -m tests.benchmarks.bad_inputs``. Each ends in one sentence, exit status 2, within a second and bounded memory.

Words of the command line that are wrong, and hostile files (pipes, devices, loops, bombs, headers that lie, cells without end) before
every setting that takes a file. Each case is a process forked from a warm one, so that its time and its memory are its own.
"""

import io
import json
import os
import resource
import struct
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from core.__main__ import main as command_line
from tests.cli.test_bad_input import PLAIN

SECRET = "glasshouse-content-that-no-message-may-quote"
MOST_SECONDS, MOST_MEGABYTES, MOST_CHARACTERS = 1.0, 700, 900
SETTINGS = (  # experiment, setting, what stands before the path
    ("privacy", "dataset", "npz:"), ("privacy", "dataset", "folder:"), ("layernorm", "data", "csv:"),
    ("calibration_outputs", "outputs", "npz:"), ("calibration_outputs", "outputs", "csv:"), ("safety", "prompts", "csv:"),
    ("retraining_index", "features", ""),
    ("retraining_index", "weights", ""), ("layernorm", "post_model", "transformers:"))


@dataclass(frozen=True)
class Outcome:
    """How one case ended; processor seconds, since the machine may be busy."""

    status: int
    said: str
    seconds: float
    megabytes: float

    def faults(self) -> list[str]:
        """Return what is wrong with it."""
        checks = (("status", self.status == 2), ("one sentence", self.said.count("\n") == 1), ("traceback", "Traceback" not in self.said),
                  ("quotes", SECRET not in self.said), ("long", len(self.said) <= MOST_CHARACTERS), ("slow", self.seconds <= MOST_SECONDS),
                  ("memory", self.megabytes <= MOST_MEGABYTES))
        return [name for name, holds in checks if not holds]


def npy(shape: tuple[int, ...], data: bytes = b"", kind: str = "|u1") -> bytes:
    """Return an array file whose header says what it likes."""
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape!r}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data


def archive(path: Path, arrays: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in arrays.items():
            file.writestr(name, content)


def npz(path: Path, x: bytes) -> None:
    names = ("x_train", "x_test", "logits", "shifted_logits", "old", "new")
    archive(path, {f"{name}.npy": x for name in names} | {
        f"{name}.npy": npy((4,), bytes((0, 1, 0, 1))) for name in ("y_train", "y_test", "y", "shifted_y", "y_old", "y_new")})


def model(path: Path, name: str, content: bytes) -> None:
    path.mkdir()
    (path / name).write_bytes(content)
    (path / "config.json").write_text(json.dumps({"model_type": "bert"}))


def picture(path: Path) -> None:
    """Make a folder whose first image says that it has a billion pixels."""
    for part in ("train", "test"):
        for name in ("a", "b"):
            (path / part / name).mkdir(parents=True)
            Image.new("L", (9, 9)).save(path / part / name / "1.png")
    content = io.BytesIO()
    Image.new("L", (9, 9)).save(content, "PNG")
    raw = bytearray(content.getvalue())
    raw[16:24] = struct.pack(">II", 40_000, 40_000)
    (path / "train" / "a" / "1.png").write_bytes(bytes(raw))


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(40 << 30)


FILES: dict[str, Callable[[Path], None]] = {
    "missing": lambda path: None, "empty": lambda path: path.write_bytes(b""), "a folder": lambda path: path.mkdir(),
    "a pipe": lambda path: os.mkfifo(path), "a loop": lambda path: path.symlink_to(path),
    "a device": lambda path: path.symlink_to("/dev/zero"), "own memory": lambda path: path.symlink_to("/proc/self/mem"),
    "40 GB": sparse, "noise": lambda path: path.write_bytes(np.random.default_rng(0).bytes(200_000)),
    "words": lambda path: path.write_text(f"{SECRET}\n" * 50), "zero bytes": lambda path: path.write_bytes(b"text,label\n\0\0\0"),
    "half a zip": lambda path: (npz(path, npy((4, 9, 9), b"x" * 324)), path.write_bytes(path.read_bytes()[:400])),
    "shape beyond numbers": lambda path: npz(path, npy((10**40, 28, 28))),
    "a shape that lies": lambda path: npz(path, npy((10**6, 28, 28))),
    "a negative shape": lambda path: npz(path, npy((-4, 28, 28))), "objects": lambda path: npz(path, npy((4,), b"x" * 32, "|O")),
    "a bomb": lambda path: npz(path, npy((300, 1000, 1000), bytes(300_000_000))),
    "one name twice": lambda path: archive(path, {"x_train.npy": npy((4, 9, 9), b"x" * 324), "x_train": b"y", "logits": b"z", "y": b"1",
                                                  "logits.npy": b"z", "y.npy": b"1", "old": b"1", "old.npy": b"1"}),
    "a cell without end": lambda path: path.write_text("text,label\n\"" + "x" * 30_000_000),
    "rows without end": lambda path: path.write_text("text,label\n" + ",\n" * 500_000),
    "deep JSON": lambda path: path.write_text("[" * 200_000), "half UTF-16": lambda path: path.write_bytes(b"\xff\xfe\x00\xd8x"),
    "safetensors that lie": lambda path: model(path, "model.safetensors", struct.pack("<Q", 2**62) + b"{}"),
    "GGUF that lies": lambda path: model(path, "model.gguf", b"GGUF" + struct.pack("<IQQ", 3, 2**60, 2**60)),
    "a billion pixels": picture}
NAMES = ("~nosuchuser/x", "x" * 300, "d/" * 3000, "a\0b", "", "   ", "../../../../etc/shadow/x")


def run(words: list[str]) -> Outcome:
    """Run the command line in a forked process; return how it ended."""
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        os.dup2(writer, 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.stderr = os.fdopen(2, "w")
        status = 99
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
            status = command_line(words)
        except BaseException as error:
            sys.stderr.write(f"Traceback {type(error).__name__}\n")
        sys.stderr.flush()
        os._exit(status)
    os.close(writer)
    with os.fdopen(reader, errors="replace") as said:
        text = said.read()
    _, ended, used = os.wait4(process, 0)
    return Outcome(os.waitstatus_to_exitcode(ended), text, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def cases(folder: Path) -> list[tuple[str, list[str]]]:
    """Return every case by name; files are made as they are asked for."""
    found = [(" ".join(words)[:70], words) for words, _ in PLAIN]
    for name, make in FILES.items():
        path = folder / f"{name.replace(' ', '_')}.npz"
        make(path)
        for experiment, setting, prefix in SETTINGS:
            found.append((f"{name} as {setting}={prefix}", ["run", experiment, "--check", "--set", f"{setting}={prefix}{path}"]))
    for name in NAMES:
        for experiment, setting, prefix in SETTINGS[:-3]:
            found.append((f"{name[:12]!r} as {setting}={prefix}", ["run", experiment, "--check", "--set", f"{setting}={prefix}{name}"]))
    return found


def main() -> int:
    """Try them all; print what is wrong and the extremes; return the exit status."""
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "home"
        os.environ |= {"GLASSHOUSE_HOME": str(home), "GLASSHOUSE_DATA": f"{place}/data", "GLASSHOUSE_OFFLINE": "1"}
        began, bad, all_ended = time.monotonic(), 0, []
        for name, words in cases(Path(place)):
            ended = run(words)
            all_ended.append((name, ended))
            if faults := ended.faults():
                bad += 1
                print(f"{', '.join(faults):20} {name}: {ended.status} {ended.seconds:.2f} s {ended.megabytes:.0f} MB {ended.said[:200]!r}")
        left = [path for path in home.rglob("*") if path.is_file()]
    slowest, largest = (max(all_ended, key=lambda one, what=what: getattr(one[1], what)) for what in ("seconds", "megabytes"))
    print(f"{len(all_ended)} bad inputs in {time.monotonic() - began:.0f} s: {len(all_ended) - bad} end in one sentence and status 2; "
          f"slowest {slowest[1].seconds:.2f} s of CPU ({slowest[0]}), largest "
          f"{largest[1].megabytes:.0f} MB ({largest[0]}); written: {len(left)}")
    return 1 if bad or left else 0


if __name__ == "__main__":
    sys.exit(main())
