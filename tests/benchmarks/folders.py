"""Reading a folder of images beside a plain Pillow loop over the same files: CPU seconds, in turn, so that both meet the same load.

    python -m tests.benchmarks.folders [IMAGES] [REPEATS]
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from core.data.folder import load_folder

SIDE, CLASSES = 32, 4


def write(root: Path, n: int) -> list[Path]:
    """Write ``n`` PNG files, four fifths of them for training; return where they lie."""
    rng, files = np.random.default_rng(0), []
    for number in range(n):
        folder = root / ("test" if number % 5 == 4 else "train") / f"class {number % CLASSES}"
        folder.mkdir(parents=True, exist_ok=True)
        files.append(folder / f"{number:06}.png")
        Image.fromarray(rng.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)).save(files[-1])
    return files


def plain(files: list[Path]) -> np.ndarray:
    """Return the images as a loop of three lines reads them."""
    made = np.empty((len(files), SIDE, SIDE, 3), np.uint8)
    for place, file in enumerate(files):
        with Image.open(file) as image:
            made[place] = np.asarray(image)
    return made


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds that a piece of work takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main(n: int = 2000, repeats: int = 5) -> None:
    """Print both times and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        files = write(Path(folder), n)
        load_folder(Path(folder))
        both = np.array([(seconds(lambda: plain(files)), seconds(lambda: load_folder(Path(folder)))) for _ in range(repeats)])
    ratios = np.sort(both[:, 1] / both[:, 0])
    print(f"{n:,} images, {repeats} repeats: plain {np.median(both[:, 0]):.3f} s, folder {np.median(both[:, 1]):.3f} s, "
          f"ratio {np.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
