"""What a trained model says of a data set, as the outputs that every audit of outputs reads.

Training images are the members and test images the others: that is true where the model was trained on the training part, as it must be
said by whoever brings it.
"""

import hashlib
from dataclasses import replace

import numpy as np

from core.data.corruptions import corrupt
from core.data.dataset import ImageDataset
from core.data.output_rules import SUM_TOLERANCE
from core.lab.errors import InputError
from core.lab.seeds import generator
from core.subjects.folders import order_of
from core.subjects.models import OWN, Opened
from core.subjects.output_checks import checked
from core.subjects.outputs import GivenOutputs
from core.subjects.pixels import SCALES

TRIED = 500  # training images on which scales of pixels are compared
HARDLY = 1.5  # times the commonest class, below which a model does not know the data


def chosen_scale(model: Opened, data: ImageDataset, asked: str) -> tuple[str, str]:
    """Return the scale of pixels that a model wants, and a clause that says why.

    Where it is neither known nor said, each scale is tried on some training images, and the one on which the model is right most often is
    taken.
    """
    if model.scale == OWN:
        return OWN, "pixels go in as its own folder says"
    if asked != "auto" or model.scale:
        name = asked if asked != "auto" else model.scale
        return name, f"pixels go in {SCALES[name][0]}"
    rows = generator(0, "subjects", "scales").permutation(len(data.y_train))[:TRIED]
    right = {}
    for name in SCALES:
        said = model.ask(data.x_train[rows], name)[0]
        right[name] = float((two_columns(said).argmax(axis=1) == data.y_train[rows]).mean())
    best = max(right, key=right.__getitem__)
    told = ", ".join(f"{100 * share:.0f}% {SCALES[name][0]}" for name, share in right.items())
    return best, f"pixels go in {SCALES[best][0]}, where the model is right most often on {len(rows)} training images ({told})"


def rows_asked(data: ImageDataset, n_rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return which training and which test images a model is asked about, equally many, in ascending order."""
    n = min(n_rows, len(data.y_train), len(data.y_test))
    return tuple(np.sort(generator(seed, "subjects", part).permutation(len(y))[:n]) for part, y in (
        ("train", data.y_train), ("test", data.y_test)))


def images_asked(data: ImageDataset, n_rows: int, seed: int = 0) -> np.ndarray:
    """Return the images that a model is asked about at home, training images first."""
    train, test = rows_asked(data, n_rows, seed)
    return np.concatenate([data.x_train[train], data.x_test[test]])


def outputs_of(model: Opened, data: ImageDataset, *, scale: str, n_rows: int, corruption: str = "", level: int = 0,
               seed: int = 0) -> GivenOutputs:
    """Return what a model says of as many training as test images, and of corrupted test images where a corruption is named.

    Args:
        model: The model.
        data: Images with classes; attributes become groups.
        scale: Name of ``pixels.SCALES``, or ``auto``.
        n_rows: Most rows of each part.
        corruption: Name of ``core.data.corruptions``; empty for none.
        level: Its strength, 1 to 5.
        seed: Decides which images are taken, and what a corruption draws.

    Raises:
        InputError: If the model cannot take the images, or does not know the data.
    """
    name, why = chosen_scale(model, data, scale)
    train, test = rows_asked(data, n_rows, seed)
    n, images, y = len(train), images_asked(data, n_rows, seed), np.concatenate([data.y_train[train], data.y_test[test]])
    order, how = order_of(data.class_names, model.class_names) if model.class_names else (slice(None), "")
    said, features = model.ask(images, name)
    said = two_columns(said)[:, order]
    commonest = np.bincount(y).max() / len(y)
    notes = [f"{n:,} training images are members and {n:,} test images are not", why, *([how] if how else [])]
    if (accuracy := float((said.argmax(axis=1) == y).mean())) < min(HARDLY * commonest, (1 + commonest) / 2):
        raise InputError(f"a model must know the data, got one that is right on {100 * accuracy:.0f}% of images, of which the commonest "
                         f"class makes {100 * commonest:.0f}%: check that its classes are numbered as the data's are, or set the scale.")
    arrays = {_kind(said): said, "y": y, "members": np.arange(2 * n) < n}
    if data.attribute_train is not None:
        arrays["group"] = _named(np.concatenate([data.attribute_train[train], data.attribute_test[test]]), data)
    if features is not None:
        arrays["features"] = features
    if corruption:
        worse = corrupt(data.x_test[test], corruption, level, generator(seed, "subjects", "corruption", corruption, level))
        shifted, inner = model.ask(worse, name)
        arrays |= {f"shifted_{_kind(said)}": two_columns(shifted)[:, order], "shifted_y": data.y_test[test]}
        if data.attribute_test is not None:
            arrays["shifted_group"] = _named(data.attribute_test[test], data)
        if inner is not None:
            arrays["shifted_features"] = inner
    given = GivenOutputs(**checked(arrays, notes), fingerprint=hashlib.blake2b(said.tobytes(), digest_size=32).hexdigest())
    return replace(given, notes=(*notes, *model.notes))


def two_columns(said: np.ndarray) -> np.ndarray:
    """Return one number a row, as a model of yes and no answers, as two logits or probabilities."""
    if said.shape[1] > 1:
        return said
    is_probs = bool((said >= 0).all() and (said <= 1).all())
    return np.concatenate([1 - said if is_probs else np.zeros_like(said), said], axis=1)


def _kind(said: np.ndarray) -> str:
    return "probs" if said.min() >= 0 and (np.abs(said.sum(axis=1) - 1) <= SUM_TOLERANCE).all() else "logits"


def _named(group: np.ndarray, data: ImageDataset) -> np.ndarray:
    return np.array(data.attribute_names)[group] if data.attribute_names else group
