"""The set-up of the spurious room, seen: images of both classes with and without the mark, at the settings in the bar."""

import numpy as np
import streamlit as st

from core.data.marks import write_mark
from core.data.sources import BUNDLED, PREFIXES, load
from core.lab.errors import GlasshouseError
from core.lab.seeds import generator
from core.spurious.settings import SpuriousConfig
from core.spurious.spec import SPURIOUS
from pages._ui import samples, settings
from pages._ui.plain import plain

SHOWN = 4
PIXELS = 64


@st.cache_data(max_entries=16, show_spinner=False)
def _pictures(dataset: str, biased: int, harmed: int) -> tuple[np.ndarray, np.ndarray, str, str]:
    """Return a few training images of the biased class, a few test images of the harmed one, and both names."""
    data = load(dataset)
    drawn = []
    for x, y, label in ((data.x_train, data.y_train, biased), (data.x_test, data.y_test, harmed)):
        rows = np.flatnonzero(y == label)
        drawn.append(x[generator(0, "preview").permutation(rows)[:SHOWN]])
    names = [data.class_names[label] if label < len(data.class_names) else f"class {label}" for label in (biased, harmed)]
    return drawn[0], drawn[1], *names


def draw() -> None:
    """Draw the preview of the settings in the bar; data that would have to be fetched is not."""
    config = settings.current(SPURIOUS).config
    preview = st.expander("What the network will see", icon=":material/image_search:", key="preview", on_change="rerun",
                          expanded=config.dataset == BUNDLED)
    if preview.open:
        with preview:
            draw_pictures(config)


def draw_pictures(config: SpuriousConfig) -> None:
    """Draw marked and plain images of both classes, or say in a sentence why there are none to show."""
    if config.dataset != BUNDLED and not config.dataset.startswith(PREFIXES):
        st.caption("Images of the bundled set and of your own data are shown here; this set is read when a run starts.")
        return
    if config.cue == "attribute":
        st.caption("With known groups nothing is written into the images: the cue is what the attribute array says.")
        return
    try:
        biased, harmed, biased_name, harmed_name = _pictures(config.dataset, config.biased_class, config.harmed_class)
        if not len(biased) or not len(harmed):
            st.caption("One of the two classes has no images: change the biased or the harmed class under All settings.")
            return
        marked = [write_mark(images, config.mark, strength=config.strength, size=config.mark_size) for images in (biased, harmed)]
    except (GlasshouseError, OSError) as error:
        st.caption(plain(str(error)))
        return
    carriers = round(config.carrier_share * config.n_train)
    with st.grid(2, min_column_width=340):
        with st.container(gap="xsmall"):
            st.markdown(f"**In training**: {carriers:,} of up to {config.n_train:,} images of {plain(biased_name)} carry the mark")
            _row(biased, marked[0], biased_name)
        with st.container(gap="xsmall"):
            st.markdown(f"**At test time**: every image of {plain(harmed_name)} carries it")
            _row(harmed, marked[1], harmed_name)
    st.caption("Above as it is, below with the mark. The mark is written before any crop or flip.")


def _row(plain_images: np.ndarray, marked: np.ndarray, name: str) -> None:
    for images, words in ((plain_images, "without the mark"), (marked, "with the mark")):
        with st.container(horizontal=True, gap="xsmall"):
            for image in images:
                st.image(samples.as_uri(image), width=PIXELS, alt=f"{name}, {words}.")
