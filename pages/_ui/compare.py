"""Runs of one experiment side by side: what differs in their settings, and each headline number as strips on one axis."""

import math

import pandas as pd
import streamlit as st

from core.lab import strip, words
from core.lab.experiment import load_object, metrics_of
from core.lab.seeds import format_seeds
from pages._ui import listing
from pages._ui.catalogue import Entry, differences
from pages._ui.plain import plain

MOST = 4


def draw(entries: list[Entry], *, names: tuple[str, ...] = ()) -> None:
    """Draw two to four runs of one experiment side by side.

    Args:
        entries: The runs; all of one experiment.
        names: Metrics to draw as strips; all of them when empty.
    """
    experiment = entries[0].request.experiment
    st.space("small")
    st.header(f"{experiment.title}, side by side", anchor=False)
    titles = [title(entry, number) for number, entry in enumerate(entries, 1)]
    _settings(entries, titles)
    metrics = metrics_of(experiment.result)
    texts = load_object(experiment.texts)
    with st.grid(2, min_column_width=380):
        for name in names or tuple(metrics):
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"##### {plain(metrics[name].label)}", help=metrics[name].help)
                _strips(entries, titles, name, metrics[name].unit, texts.baseline if name == experiment.headline else None)


def title(entry: Entry, number: int) -> str:
    """Return how a run is called in a comparison."""
    return f"{number} · " + ("precomputed" if entry.is_precomputed else f"run {entry.request.run[:8]}")


def _settings(entries: list[Entry], titles: list[str]) -> None:
    rows = differences([entry.request for entry in entries])
    rows["Seeds"] = [format_seeds(entry.request.seeds) for entry in entries]
    rows["Started"] = ["with the house" if entry.is_precomputed else listing.when(entry.request.submitted) for entry in entries]
    table = pd.DataFrame({plain(name): [plain(value[position]) for value in rows.values()] for position, name in enumerate(titles)},
                         index=[plain(label) for label in rows])
    if len(rows) == 2:
        st.caption("The settings are the same; what differs is where and when they ran.")
    else:
        st.caption("Settings that differ. All others are the same.")
    st.table(table, border="horizontal")


def _strips(entries: list[Entry], titles: list[str], name: str, unit: str, baseline: tuple[float, str] | None) -> None:
    estimates = [entry.estimate(name) for entry in entries]
    ends = [end for estimate in estimates for end in (estimate.value, estimate.low, estimate.high) if end is not None and math.isfinite(end)]
    if not ends:
        st.caption("Not resolvable in these runs.")
        return
    mark = baseline or (estimates[0].value, "run 1")
    mark = mark if math.isfinite(mark[0]) else (ends[0], "")
    span = strip.span_of([*ends, mark[0]])
    for position, (estimate, called) in enumerate(zip(estimates, titles, strict=True)):
        glyph = strip.Strip(estimate=estimate, unit=unit, baseline=mark[0], baseline_name=mark[1], span=span)
        st.caption(f"{plain(called)}: {words.estimate(estimate, unit)}")
        st.altair_chart(strip.draw(glyph), key=f"compare:{name}:{position}", alt=f"{called}: {strip.alt_text(glyph)}"[:159])
