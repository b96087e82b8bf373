"""What a classifier of texts says of a file of texts, as the outputs that every audit of outputs reads.

Rows of the part ``train`` are the members; those of the part ``shifted`` have drifted.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from core.data.metadata import in_order
from core.data.text_parts import AWAY, TEST, TRAIN, TextParts
from core.lab.errors import InputError
from core.lab.seeds import generator
from core.subjects.folders import order_of
from core.subjects.output_checks import checked
from core.subjects.outputs import GivenOutputs


def outputs_of_texts(ask: Callable[[Sequence[str]], tuple[np.ndarray, np.ndarray | None]], data: TextParts, known: Sequence[str], *,
                     n_rows: int, away: bool, seed: int = 0) -> GivenOutputs:
    """Return what a model says of as many training as test texts, and of those that have drifted.

    Args:
        ask: Takes texts, returns logits (N, C) and features or None.
        data: The texts.
        known: The model's classes in the order of its outputs.
        n_rows: Most rows of each part.
        away: Whether texts that have drifted are needed.
        seed: Decides which texts are taken.

    Raises:
        InputError: If a part that is needed is missing, or labels are no classes of the model.
    """
    parts = {part: _drawn(data, part, n_rows, seed) for part in (TRAIN, TEST, AWAY)}
    if data.has_split and not away and len(parts[TRAIN]) and len(parts[TEST]):  # as many of each, so that accuracy is no sign
        n = min(len(parts[TRAIN]), len(parts[TEST]))
        parts |= {part: parts[part][:n] for part in (TRAIN, TEST)}
    if away and not len(parts[AWAY]):
        raise InputError("texts must tell which of them have drifted, since nothing corrupts a text here, got no rows of the part shifted: "
                         "write shifted into their column split.")
    y, how = labels_of(data, known)
    home = np.concatenate([parts[TRAIN], parts[TEST]])
    said, features = ask([data.texts[row] for row in home])
    notes = [*data.notes, how]
    arrays: dict[str, np.ndarray] = {"logits": said, "y": y[home]}
    if data.has_split:
        arrays["members"] = np.arange(len(home)) < len(parts[TRAIN])
        notes.append(f"{len(parts[TRAIN]):,} training texts are members and {len(parts[TEST]):,} test texts are not")
    if features is not None:
        arrays["features"] = features
    if data.group is not None:
        arrays["group"] = data.group[home].astype(str)
    if away:
        moved, inner = ask([data.texts[row] for row in parts[AWAY]])
        arrays |= {"shifted_logits": moved, "shifted_y": y[parts[AWAY]]}
        arrays |= {} if data.group is None else {"shifted_group": data.group[parts[AWAY]].astype(str)}
        arrays |= {} if inner is None else {"shifted_features": inner}
    given = GivenOutputs(**checked(arrays, notes), fingerprint=hashlib.blake2b(said.tobytes(), digest_size=32).hexdigest())
    return replace(given, notes=tuple(notes))


def labels_of(data: TextParts, known: Sequence[str]) -> tuple[np.ndarray, str]:
    """Return the model's class of each text, and a clause that says how it was found.

    Raises:
        InputError: If the labels are no classes of the model.
    """
    names = in_order(data.labels.tolist())
    order, how = order_of(names, known)
    place = dict(zip(names, order.tolist(), strict=True))
    return np.array([place[name] for name in data.labels]), how


def _drawn(data: TextParts, part: str, n_rows: int, seed: int) -> np.ndarray:
    rows = np.flatnonzero(data.part == part)
    return rows if len(rows) <= n_rows else np.sort(generator(seed, "subjects", "texts", part).permutation(rows)[:n_rows])
