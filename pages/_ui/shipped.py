"""Which of the finished runs that ship with the house is on show: a row of buttons above the answer, where there are several."""

from collections.abc import Callable, Mapping

import streamlit as st

from core.lab.experiment import Experiment
from core.lab.runs import Run
from pages._ui import on_show, spelled, stored


def choice(experiment: Experiment, titles: Mapping[str, str]) -> Callable[[Run | None], None]:
    """Return what draws the row between question and answer; ``titles`` names the presets whose runs there are to choose from."""
    def draw(run: Run | None) -> None:
        held = {request.run: titles.get(name, name) for name, request in stored.requests(experiment).items()}
        if len(held) < 2:
            return
        key = f"{experiment.name}:shipped"
        st.session_state[key] = run.request.run if run is not None and run.is_precomputed and run.request.run in held else None
        st.segmented_control("Precomputed result", list(held), format_func=held.__getitem__, key=key, on_change=_take,
                             args=(experiment, key), label_visibility="collapsed")
        spelled.caption(*held.values())
    return draw


def _take(experiment: Experiment, key: str) -> None:
    picked = st.session_state[key]
    if picked is not None:
        on_show.choose(experiment, picked)
