"""Runs of one experiment side by side: what differs in their settings, and each headline number as strips on one axis."""

import math

import pandas as pd
import streamlit as st

from core.lab import strip, words
from core.lab.experiment import load_object, metrics_of
from core.lab.seeds import format_seeds
from pages._ui import glyph, listing
from pages._ui.catalogue import Entry, differences
from pages._ui.plain import plain
from pages._ui.rooms import room_of

MOST = 4


def draw(entries: list[Entry]) -> None:
    """Draw two to four runs of one experiment side by side."""
    experiment = entries[0].request.experiment
    st.space("small")
    st.header(f"{experiment.title}, side by side", anchor=False)
    titles = [title(entry, number) for number, entry in enumerate(entries, 1)]
    _settings(entries, titles)
    metrics, baseline = metrics_of(experiment.result), load_object(experiment.texts).baseline
    shown = dict.fromkeys([*room_of(experiment).numbers, *(claim.effect for claim in experiment.claims)])
    with st.grid(2, min_column_width=380):
        for name in shown:
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"### {plain(metrics[name].label)}", help=metrics[name].help)
                _strips(entries, titles, name, metrics[name].unit, baseline if name == experiment.headline else None)
    with st.expander("All numbers", icon=":material/table_rows:"):
        columns = {plain(called): [words.estimate(entry.estimate(name), metric.unit) for name, metric in metrics.items()]
                   for called, entry in zip(titles, entries, strict=True)}
        table = pd.DataFrame(columns, index=[metric.label for metric in metrics.values()])
        st.table(table, border="horizontal")


def title(entry: Entry, number: int) -> str:
    """Return how a run is called in a comparison."""
    return f"{number} · " + ("precomputed" if entry.is_precomputed else f"run {entry.request.run[:8]}")


def _settings(entries: list[Entry], titles: list[str]) -> None:
    rows = differences([entry.request for entry in entries])
    st.caption("Settings that differ stand first, in colour. All others are the same." if rows else
               "The settings are the same; what differs is where and when they ran.")
    marked = {f":blue-background[{plain(label)}]": [f":blue-background[{plain(value)}]" for value in values]
              for label, values in rows.items()}
    marked["Seeds"] = [plain(format_seeds(entry.request.seeds)) for entry in entries]
    marked["Started"] = ["with the house" if entry.is_precomputed else listing.when(entry.request.submitted) for entry in entries]
    table = pd.DataFrame({plain(name): [values[position] for values in marked.values()] for position, name in enumerate(titles)},
                         index=list(marked))
    st.table(table, border="horizontal")


def _strips(entries: list[Entry], titles: list[str], name: str, unit: str, baseline: tuple[float, str] | None) -> None:
    estimates = [entry.estimate(name) for entry in entries]
    ends = [end for estimate in estimates for end in (estimate.value, estimate.low, estimate.high)
            if end is not None and math.isfinite(end)]
    if not ends:
        st.caption("Not resolvable in these runs.")
        return
    span = strip.span_of([*ends, *((baseline[0],) if baseline else ())])
    for position, (estimate, called) in enumerate(zip(estimates, titles, strict=True)):
        st.caption(f"{plain(called)}: {words.estimate(estimate, unit)}")
        shown = strip.Strip(estimate=estimate, unit=unit, baseline=baseline[0] if baseline else None,
                            baseline_name=baseline[1] if baseline else "", span=span, axis=position == len(estimates) - 1)
        glyph.show(shown, key=f"compare:{name}:{position}", what=called)
