"""Bad uploads and bad addresses: ``python -m tests.benchmarks.bad_uploads``. The second half of ``tests.benchmarks.bad_inputs``.

Every hostile file that has bytes is brought under every ending, with archives made for the purpose; each ends in one sentence, within a
second of processor time and bounded memory, and is not kept. Then every page is opened with hostile words in its address.
"""

import io
import json
import os
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors.numpy import save
from streamlit.testing.v1 import AppTest

from core.lab.experiment import ROOT
from core.lab.uploads import KINDS
from core.subjects import looked
from pages._ui.rooms import CLAIMS, CONCERNS, HOME, LESSONS, RUNS
from tests.benchmarks.bad_inputs import FILES, SECRET, Outcome

BYTELESS = ("missing", "a folder", "a pipe", "a loop", "a device", "own memory", "40 GB", "a billion pixels")
ENDINGS = (".npz", ".csv", ".json", ".zip", ".safetensors", ".onnx")
ADDRESSES = {
    "run": ("../../etc/passwd", "0" * 16, "zz", "<b>", "%00", "9" * 4000, "0" * 8 + "'--"),
    "view": ("../x", "<script>alert(1)</script>", "x" * 500),
    "detail": ("nothing", "$x$"), "lesson": ("none", "leak\n"), "step": ("-1", "1e400", "٣"), "present": ("maybe",), "compare": ("a,b,c",)}


def zipped(files: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    """Return a zip of these files and symbolic links."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        for name, target in (links or {}).items():
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o120777 << 16
            archive.writestr(info, target)
    return buffer.getvalue()


def archives(picture: bytes) -> dict[str, bytes]:
    """Return archives that are hostile on purpose."""
    classes = {f"train/{name}/1.png": picture for name in "ab"} | {f"test/{name}/1.png": picture for name in "ab"}
    table = "img_filename,y,split\n" + "".join(f"{name},{n % 2},{0 if n < 4 else 2}\n" for n, name in enumerate(
        ["../../../../etc/passwd", "/etc/passwd", "train/a/1.png", "train/b/1.png", "test/a/1.png", "test/b/1.png"]))
    whole = zipped(classes)
    return {
        "leads out": zipped({"../../1.png": picture}), "absolute": zipped({"/tmp/1.png": picture}),
        "back slash": zipped({"..\\1.png": picture}),
        "links": zipped(classes, {"train/a/2.png": "/etc/passwd"}), "bomb": zipped({"train/a/1.png": bytes(300 << 20)}),
        "many": zipped({f"train/a/{n}.png": b"" for n in range(100_001)}), "a zip in a zip": zipped({"inner.zip": whole}),
        "cut": whole[:-40], "flipped": whole[:60] + bytes([whole[60] ^ 255]) + whole[61:],
        "table leads out": zipped({**classes, "metadata.csv": table.encode()}),
        "no images": zipped({"train/a/1.txt": SECRET.encode()}), "one class": zipped({"train/a/1.png": picture, "test/a/1.png": picture}),
        "damaged image": zipped({**classes, "train/a/2.png": picture[:30]}),
        "words as image": zipped({**classes, "train/a/2.png": SECRET.encode()})}


def look(path: Path) -> Outcome:
    """Look at a file as the server does, in a process forked from a warm one; return how it ended."""
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        os.dup2(writer, 1)
        sys.stdout = os.fdopen(1, "w")
        try:
            looked.main(KINDS[path.suffix], str(path))
        except BaseException as error:
            print(json.dumps({"refused": f"Traceback {type(error).__name__}"}))
        sys.stdout.flush()
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, errors="replace") as said:
        text = said.read()
    _, ended, used = os.wait4(process, 0)
    try:
        refused = json.loads(text.splitlines()[-1]).get("refused")
    except (ValueError, IndexError):
        refused = f"Traceback: ended by {ended}"
    return Outcome(0 if refused is None else 2, f"{refused}\n", used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every hostile file, by name."""
    found = {}
    for name, make in FILES.items():
        if name not in BYTELESS:
            path = folder / name.replace(" ", "_")
            make(path)
            inside = [one for one in path.iterdir() if one.name != "config.json"] if path.is_dir() else [path]
            found[name] = inside[0].read_bytes()
    return found


def addresses() -> list[str]:
    """Open every page with hostile words in its address; return what went wrong."""
    faults, n = [], 0
    for place, page in enumerate((HOME, LESSONS, *(concern.page for concern in CONCERNS), RUNS, CLAIMS)):
        for key, values in ADDRESSES.items():
            value = values[place % len(values)]
            opened = AppTest.from_file(str(ROOT / page), default_timeout=300)
            opened.query_params[key] = value
            opened.run()
            n += 1
            if opened.exception:
                faults.append(f"{page}?{key}={value[:20]!r}: {opened.exception[0].message[:100]}")
    print(f"{n} addresses: {n - len(faults)} without an exception", *faults, sep="\n  ")
    return faults


def main() -> int:
    """Try them all; print what is wrong and the extremes; return the exit status."""
    began, bad, taken, ended = time.monotonic(), 0, [], {}
    with tempfile.TemporaryDirectory() as place:
        buffer = io.BytesIO()
        Image.new("RGB", (9, 9)).save(buffer, "PNG")
        files = {(name, ending): content for name, content in contents(Path(place)).items() for ending in ENDINGS}
        files |= {(name, ".zip"): content for name, content in archives(buffer.getvalue()).items()}
        files |= {("NaN", ".safetensors"): save({"a": np.full(9, np.nan, np.float32)}),
                  ("one class", ".csv"): b"text,label\n" + b"a,b\n" * 9}
        for number, ((name, ending), content) in enumerate(files.items()):
            path = Path(place) / f"{number}" / f"upload{ending}"
            path.parent.mkdir()
            path.write_bytes(content)
            one = ended[f"{name}{ending}"] = look(path)
            if one.status == 0:
                taken.append(f"{name}{ending}")  # nothing is wrong with it under this ending
            elif faults := one.faults():
                bad += 1
                print(f"{', '.join(faults):20} {name}{ending}: {one.seconds:.2f} s {one.megabytes:.0f} MB {one.said[:200]!r}", flush=True)
    slowest, largest = (max(ended.items(), key=lambda one, what=what: getattr(one[1], what)) for what in ("seconds", "megabytes"))
    print(f"{len(ended)} bad uploads in {time.monotonic() - began:.0f} s: {len(ended) - bad - len(taken)} end in one sentence, "
          f"{len(taken)} are taken ({', '.join(taken)}); slowest {slowest[1].seconds:.2f} s of CPU ({slowest[0]}), largest "
          f"{largest[1].megabytes:.0f} MB ({largest[0]})", flush=True)
    return 1 if addresses() or bad else 0


if __name__ == "__main__":
    sys.exit(main())
