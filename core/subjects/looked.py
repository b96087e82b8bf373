"""The process that looks at an upload: ``python -m core.subjects.looked KIND PATH``, one line of JSON for ``core.lab.looking``.

Every reader that could take a file of its kind is tried. What they found is said in words, with classes, groups and sixteen images; where
none takes it, the sentence of the reader that comes closest is the answer. Imports no torch.
"""

import base64
import io
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.data import prompts, texts
from core.data.archive import check_worth, declared_bytes, members, read
from core.data.csv_source import load_csv
from core.data.dataset import ImageDataset
from core.data.files import read_whole
from core.data.folder import load_folder
from core.data.npz import load_npz
from core.data.rows import read_rows
from core.data.unpack import unpack
from core.lab.errors import GlasshouseError, InputError
from core.lab.looking import BYTES, GAVE_UP, SECONDS, limit
from core.lab.seeds import generator
from core.models.weights_file import check_finite, read_header
from core.subjects.onnx import OnnxModel, read_onnx
from core.subjects.output_files import BROKEN
from core.subjects.outputs import read_outputs_file

SHOWN, SIDE, MOST_LISTED, MOST_NAME = 16, 64, 24, 60
PAIRED = (("prompt", "instruction", "question"), ("response", "output", "answer"))
FEATURES, MOST_BYTES = ("old", "y_old", "new", "y_new"), 2**30
MARKS = {"images": ("x_train", "train_images", "y_train"), "outputs": ("logits", "probs", "predictions", "logit_0", "prob_0"),
         "texts": ("label",), "prompts": ("prompt", "goal", "behavior")}

Read = dict[str, Any]


def main(kind: str, path: str) -> None:
    """Print what was read of a file."""
    limit(BYTES, SECONDS)
    try:
        answer = READERS[kind](Path(path))
    except GlasshouseError as error:
        answer = {"refused": str(error)}
    except (MemoryError, RecursionError):
        answer = {"refused": GAVE_UP}
    print(json.dumps(answer))  # noqa: T201


def _npz(path: Path) -> Read:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.removesuffix(".npy").lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise InputError(f"an npz file must be one that numpy.savez wrote, got {path.name}: write it again.") from None
    if names >= set(FEATURES):
        return _features(path)
    return _first(names, {"images": lambda: _images(load_npz(path)), "outputs": lambda: _outputs(path)})


def _features(path: Path) -> Read:
    """Look at features and classes of old and new data; what they must have in common, the room that takes them says."""
    what = "a file of features"
    try:
        with zipfile.ZipFile(path) as archive:
            held = members(archive, what)
            for name in FEATURES:
                if (declared := declared_bytes(archive, held[name], name)) > MOST_BYTES:
                    raise InputError(f"{name} may take at most {MOST_BYTES >> 20} MB, got more: use fewer samples.")
                check_worth(held[name], declared, name)
            old, _, new, _ = (read(archive, held[name]) for name in FEATURES)
    except BROKEN:
        raise InputError(f"{what} must be one that numpy.savez wrote, got {path.name}: write it again.") from None
    if old.ndim != 2 or new.ndim != 2 or old.dtype.kind not in "fiu":
        raise InputError(f"old and new must be numbers of samples x features, got shapes {old.shape} and {new.shape}: reshape them.")
    return {"uses": ["features"], "words": f"{old.shape[1]} features of {len(old):,} old and {len(new):,} new samples", "notes": []}


def _zip(path: Path) -> Read:
    notes = unpack(path, path.with_suffix(""))
    found = _images(load_folder(path.with_suffix("")))
    return found | {"notes": [*notes, *found["notes"]]}


def _csv(path: Path) -> Read:
    content = read_whole(path, "a CSV", texts.MOST_BYTES)
    table = read_rows(content, path, "a CSV")
    if not table.rows:
        raise InputError(f"a CSV must hold a header and at least one row, got {len(table.rows)} rows in {path.name}: add rows.")
    names = set(table.names)
    tried: dict[str, Callable[[], Read]] = {
        "outputs": lambda: _outputs(path, is_csv=True), "texts": lambda: _texts(path), "pairs": lambda: _pairs(table),
        "prompts": lambda: _prompts(path), "images": lambda: _images(load_csv(f"csv:{path}"))}
    return _first(names, tried)


def _first(names: set[str], tried: dict[str, Callable[[], Read]]) -> Read:
    """Return what the readers found, the first one's words leading; if none takes the file, raise what the closest said."""
    found, refused = None, {}
    for use, tell in tried.items():
        try:
            one = tell()
        except InputError as error:
            refused[use] = error
            continue
        found = one if found is None else found | {"uses": [*found["uses"], *one["uses"]]}
    if found is not None:
        return found
    closest = next((use for use in refused if names & set(MARKS.get(use, ()))), next(iter(refused)))
    raise refused[closest]


def _images(data: ImageDataset) -> Read:
    shape = " x ".join(map(str, data.x_train.shape[1:]))
    is_table = data.source.startswith("csv:")  # a lone one lists no images
    what = "rows" if is_table else f"images of {shape}"
    counts = [np.bincount(y, minlength=len(data.class_names)).tolist() for y in (data.y_train, data.y_test)]
    return {"uses": ["images"], "notes": list(data.notes),
            "words": f"{len(data.x_train):,} training and {len(data.x_test):,} test {what}, {len(data.class_names)} classes",
            "classes": [[str(name)[:MOST_NAME], *map(int, n)] for name, *n in zip(data.class_names, *counts, strict=True)][:MOST_LISTED],
            "groups": _groups(data), "pictures": [] if is_table else _pictures(data)}


def _groups(data: ImageDataset) -> list[list[object]]:
    if data.attribute_train is None:
        return []
    n = max(int(data.attribute_train.max(initial=0)), int(data.attribute_test.max(initial=0))) + 1
    counts = [np.bincount(one, minlength=n) for one in (data.attribute_train, data.attribute_test)]
    names = data.attribute_names or tuple(f"group {index}" for index in range(n))
    return [[str(name)[:MOST_NAME], int(a), int(b)] for name, a, b in zip(names, *counts, strict=False) if a or b][:MOST_LISTED]


def _pictures(data: ImageDataset) -> list[list[str]]:
    """Return sixteen training images as data addresses with the names of their classes, each class in its turn."""
    order = generator(0, "looked").permutation(len(data.y_train))
    seen: dict[int, int] = {}
    ranks = np.empty(len(order), np.int64)
    for place, row in enumerate(order):
        ranks[place] = seen[int(data.y_train[row])] = seen.get(int(data.y_train[row]), -1) + 1
    rows = order[np.lexsort((data.y_train[order], ranks))][:SHOWN]
    return [[_as_png(data.x_train[row]), str(data.class_names[data.y_train[row]])[:MOST_NAME]] for row in rows]


def _as_png(image: np.ndarray) -> str:
    picture = Image.fromarray(np.ascontiguousarray(image[..., 0] if image.shape[-1] == 1 else image))
    picture.thumbnail((SIDE, SIDE))
    times = max(1, SIDE // max(picture.size))  # small ones are enlarged here: a browser would blur them
    picture = picture.resize((picture.width * times, picture.height * times), Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def _outputs(path: Path, *, is_csv: bool = False) -> Read:
    given = read_outputs_file(path, is_csv=is_csv)
    groups = [[str(name)[:MOST_NAME], int((given.group == index).sum()), 0] for index, name in enumerate(given.group_names)] if (
        given.group is not None) else []
    counts = np.bincount(given.y, minlength=given.logits.shape[1])
    return {"uses": ["outputs"], "words": given.words, "notes": list(given.notes), "groups": groups[:MOST_LISTED],
            "classes": [[f"class {index}", int(n), 0] for index, n in enumerate(counts)][:MOST_LISTED]}


def _texts(path: Path) -> Read:
    read = texts.load_texts(f"csv:{path}")
    counts = np.bincount(read.y, minlength=len(read.class_names))
    return {"uses": ["texts"], "words": f"{len(read.texts):,} texts, {len(read.class_names)} labels", "notes": list(read.notes),
            "classes": [[name[:MOST_NAME], int(n), 0] for name, n in zip(read.class_names, counts, strict=True)][:MOST_LISTED]}


def _pairs(table: Any) -> Read:
    if any(table.column(*names) < 0 for names in PAIRED):
        raise InputError("prompts with answers must have the columns prompt and response: name them in the first line.")
    return {"uses": ["pairs"], "words": f"{len(table.rows):,} prompts with answers", "notes": list(table.notes)}


def _prompts(path: Path) -> Read:
    source = f"csv:{path}"
    return {"uses": ["prompts"], "words": f"{len(prompts.requests(source)):,} requests", "notes": list(prompts.notes_on(source))}


def _weights(path: Path) -> Read:
    header = read_header(path)
    check_finite(path, header)
    n = sum(int(np.prod(shape, dtype=np.int64)) for shape in header.shapes.values())
    return {"uses": ["model", "weights"], "words": f"{len(header.shapes):,} tensors of {n:,} numbers", "notes": []}


def _onnx(path: Path) -> Read:
    model = OnnxModel(read_onnx(path)[0], name=path.name)
    shape = " x ".join("any" if side is None else str(side) for side in model.shape)
    return {"uses": ["model"], "words": f"an ONNX model of images, which takes arrays of {shape}", "notes": []}


READERS = {"npz": _npz, "csv": _csv, "folder": _zip, "weights": _weights, "onnx": _onnx}


if __name__ == "__main__":
    main(*sys.argv[1:])
