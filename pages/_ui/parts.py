"""What a room draws of its own; everything else on its page is drawn alike from the table of concerns."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.lab.experiment import load_object
from core.lab.figure import Figure, Look
from core.lab.prediction import Prediction
from core.lab.runs import Run
from pages._ui import drawing


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The parts of one room, in the order in which they stand on the page.

    Attributes:
        prediction: What the reader is asked before the answer.
        follow_address: Takes what the address says beyond view and run, before anything is drawn.
        choice: Draws, between question and answer, which finished runs there are to choose from; takes the run on show.
        bench: Draws what stands under the set-up bar, whether or not there is a run.
        figures: Draws what leads; what it returns is handed to ``evidence``.
        evidence: Draws what stands after the claims.
        brief: Draws what leads in brief, where that is not the first figure of the experiment.
        slides: What a hall is shown beside the figures: titles with what draws them.
        notes: Draws what stands before the method, whether or not there is a run, which it takes.
    """

    prediction: Prediction
    figures: Callable[[Run, Look], Any]
    follow_address: Callable[[], None] | None = None
    choice: Callable[[Run | None], None] | None = None
    bench: Callable[[], None] | None = None
    evidence: Callable[[Run, Look, Any], None] | None = None
    brief: Callable[[Run, Look], None] | None = None
    slides: tuple[tuple[str, Callable[[Run, Look], Any]], ...] = ()
    notes: Callable[[Run | None], None] | None = None


def grid(*figures: Figure) -> Callable[[Run, Look], None]:
    """Return what draws these figures, two in a row."""
    def draw(run: Run, look: Look) -> None:
        with st.grid(min(2, len(figures)), min_column_width=380):
            for figure in figures:
                drawing.show(figure, run, look)
    return draw


def lead(run: Run) -> Figure:
    """Return the figure that answers the question: the first of its experiment."""
    return load_object(run.request.experiment.figures)[0]
