"""How single methods work, for the map and for one defence: views by name, each drawn only when it is asked for."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.lab import words
from core.lab.figure import Figure, Look
from core.lab.runs import Run
from core.privacy.defence import figures
from core.privacy.defence.figures_methods import guarantee
from core.privacy.defences import defence_by_id
from pages._ui import drawing
from pages._ui.plain import plain

ALL = "all"


@dataclass(frozen=True)
class View:
    """One view of the evidence.

    Attributes:
        title: On its button.
        table: The table without which there is nothing to see.
        defences: Whose runs have that table.
        figures: What is drawn.
    """

    title: str
    table: str
    defences: tuple[str, ...]
    figures: tuple[Figure, ...]


VIEWS: dict[str, View] = {
    "magnitudes": View("Magnitudes", "feature_norms", ("srcm",), (figures.PLAIN_NORMS, figures.NORMS)),
    "ring": View("Ring", "ring_occupancy", ("srcm",), (figures.RING,)),
    "levels": View("Loss levels", "loss_levels", ("crl", "relaxloss"), (figures.LEVELS,)),
    "weights": View("Critical weights", "score_sample", ("rewinding",), (figures.MASS, figures.ENTANGLEMENT)),
    "rewinding": View("Rewinding", "rewind_sweep", ("rewinding",), (figures.SWEEP,)),
    "regions": View("Regions", "region_scan", ("pptp",), (figures.SCAN, figures.SHARES)),
    "guarantee": View("Guarantee", "epsilon", ("dp_sgd",), (figures.EPSILON,)),
}



def has(run: Run, view: View) -> bool:
    """Return whether a run holds what a view shows."""
    return view.table in run.tables() and not run.table(view.table).empty


def draw(view: View, run: Run, look: Look) -> None:
    """Draw a view of a run that has it; magnitudes of one class or of all."""
    if view.table == "feature_norms":
        chosen = _class_choice(run)
        _side_by_side(view, run, look, lambda: {"y": chosen})
        return
    _side_by_side(view, run, look, None)


def _side_by_side(view: View, run: Run, look: Look, controls: Callable[[], drawing.Options] | None) -> None:
    if len(view.figures) == 1:
        drawing.show(view.figures[0], run, look, controls=controls)
        return
    with st.grid(2, min_column_width=380):
        for figure in view.figures:
            drawing.show(figure, run, look, controls=controls)


def _class_choice(run: Run) -> str:
    classes = run.results[0].classes
    names = {ALL: "All classes", **{str(y): str(name) for y, name in zip(classes["y"], classes["name"], strict=True)}}
    with st.grid(4, min_column_width=220):
        return st.selectbox("Class", list(names), format_func=names.__getitem__, key="class", bind="query-params",
                            help="Magnitudes differ between classes, so a class alone may show what the mean hides.") or ALL


def draw_guarantee(run: Run) -> None:
    """Draw epsilon with its delta where a run has a guarantee."""
    if said := guarantee(run):
        st.markdown(f":gray-badge[:material/verified_user: Guarantee] {plain(said)}")


def draw_provenance(defence: str, more: str = "") -> None:
    """Draw how faithful a defence is to what was published, where it acts, its source and what ``more`` says, as markdown."""
    one = defence_by_id(defence)
    with st.container(horizontal=True, gap="xsmall"):
        st.badge(one.provenance.capitalize(), color="gray",
                 icon=":material/menu_book:" if one.provenance == "as published" else ":material/architecture:")
        st.badge(f"Acts on: {one.level}", color="gray", icon=":material/my_location:")
    st.markdown(plain(one.explanation))
    st.caption(f"{plain(one.source)}. {more}".strip())


def knob_words(defence: str) -> str:
    """Return what the strength of a defence means, its range, and the values that the map takes."""
    one = defence_by_id(defence)
    unit = f" {one.knob.unit}" if one.knob.unit else ""
    weak, middle, strong = (f"{value:g}" for value in one.values)
    return (f"Strength is the {one.knob.label[:1].lower()}{one.knob.label[1:]}{unit}: {one.knob.help} "
            f"From {one.knob.low:g} to {one.knob.high:g}; weak {weak}, middle {middle}, strong {strong}.")


def said_of(run: Run) -> str:
    """Return which defence a run is of, at which strength, over how many seeds."""
    config = run.request.config
    one = defence_by_id(config.defence)
    return (f"{one.title}, {one.knob.label[:1].lower()}{one.knob.label[1:]} {one.strength_of(config.strength):g}, "
            f"{words.seeds(len(run.request.seeds))}, run {run.request.run[:8]}")
