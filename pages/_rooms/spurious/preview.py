"""The set-up of the spurious room, seen: images of both classes with and without the cue, at the settings in the bar."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from core.data.marks import write_mark
from core.data.sources import BUNDLED, PREFIXES, load
from core.lab import access
from core.lab.errors import GlasshouseError, InputError
from core.lab.seeds import generator
from core.spurious.config import SpuriousConfig
from core.spurious.data_rules import check_data
from core.spurious.study.spec import SPURIOUS
from pages._ui import samples, settings
from pages._ui.plain import plain

SHOWN = 4
PIXELS = 64


@dataclass(frozen=True, eq=False)
class Part:
    """A few images of one class: ``before`` without the cue; ``cued`` with it, where the data itself says which those are."""

    name: str
    before: np.ndarray
    cued: np.ndarray
    n_cued: int
    n: int


def draw() -> None:
    """Draw the preview of the settings in the bar; data that would have to be fetched is not."""
    config = settings.current(SPURIOUS).config
    preview = st.expander("What the network will see", icon=":material/image_search:", key="preview", on_change="rerun",
                          expanded=config.dataset == BUNDLED)
    if preview.open:
        with preview:
            draw_pictures(config)


def draw_pictures(config: SpuriousConfig) -> None:
    """Draw images of both classes without and with the cue, or say in a sentence why there are none to show."""
    if config.dataset != BUNDLED and not config.dataset.startswith(PREFIXES):
        st.caption("Images of the bundled set and of your own data are shown here; this set is read when a run starts.")
        return
    try:
        parts = _parts(config, _stamp(config.dataset))
    except (GlasshouseError, OSError) as error:
        said = str(error)
        st.caption(plain(said[:1].upper() + said[1:]))
        return
    is_mark = config.cue == "mark"
    carriers = round(config.carrier_share * min(config.n_train, parts[0].n)) if is_mark else parts[0].n_cued
    with st.grid(2, min_column_width=340):
        for part, when, words in (
                (parts[0], "In training", f"{carriers:,} of up to {min(config.n_train, parts[0].n):,} images of {parts[0].name}" if is_mark
                 else f"{carriers:,} of {parts[0].n:,} images of {parts[0].name}"),
                (parts[1], "At test time", f"every image of {parts[1].name}" if is_mark else
                 f"{parts[1].n_cued:,} of {parts[1].n:,} images of {parts[1].name}")):
            with st.container(gap="xsmall"):
                st.markdown(f"**{when}**: {plain(words)} {'with the mark' if is_mark else 'of the group'}")
                _rows(part, config)
    st.caption("Above as it is, below with the mark. The mark is written before any crop or flip." if is_mark else
               "Above images outside the group, below images of it, as the attribute array says.")


def _rows(part: Part, config: SpuriousConfig) -> None:
    is_mark = config.cue == "mark"
    below = write_mark(part.before, config.mark, strength=config.strength, size=config.mark_size) if is_mark else part.cued
    for images, words in ((part.before, "without the cue"), (below, "with the cue")):
        with st.container(horizontal=True, gap="xsmall"):
            for image in images:
                st.image(samples.as_uri(image), width=PIXELS, alt=f"{part.name}, {words}.")


def _stamp(dataset: str) -> float:
    """Return when a user's data last changed, so that an old preview is not shown for a new file."""
    try:
        return Path(dataset.partition(":")[2].strip()).expanduser().stat().st_mtime if dataset != BUNDLED else 0.0
    except (OSError, ValueError):
        return 0.0


def _parts(config: SpuriousConfig, stamp: float) -> tuple[Part, Part]:
    """Return images of the biased class in training and of the harmed class in the test set.

    Raises:
        InputError: If the data cannot serve the settings.
    """
    if access.is_shared() and config.dataset != BUNDLED:
        raise InputError("the mark is previewed on the bundled set alone on this server, got another: what was read of yours stands above.")
    group = config.attribute_value if config.cue == "attribute" else None
    shape = _checked(config, stamp)
    return (_part(config.dataset, "train", config.biased_class, group, stamp, shape),
            _part(config.dataset, "test", config.harmed_class, group, stamp, shape))


@st.cache_resource(max_entries=32, show_spinner=False)
def _checked(config: SpuriousConfig, stamp: float) -> tuple[int, ...]:
    data = load(config.dataset)
    check_data(data, config)
    return data.x_train.shape[1:]


@st.cache_resource(max_entries=32, show_spinner=False)
def _part(dataset: str, which: str, label: int, group: int | None, stamp: float, shape: tuple[int, ...]) -> Part:
    data = load(dataset)
    x, y, attribute = ((data.x_train, data.y_train, data.attribute_train) if which == "train" else
                       (data.x_test, data.y_test, data.attribute_test))
    rows = generator(0, "preview").permutation(np.flatnonzero(y == label))
    in_group = np.zeros(len(rows), dtype=bool) if group is None else attribute[rows] == group
    return Part(data.class_names[label], x[rows[~in_group][:SHOWN]], x[rows[in_group][:SHOWN]], int(in_group.sum()), len(rows))
