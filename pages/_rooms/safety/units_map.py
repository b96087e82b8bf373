"""The map of the model with its sliders: stored scores are ranked anew at every move, so the categories change at once."""

import streamlit as st

from core.lab.errors import InputError
from core.lab.figure import Look
from core.lab.runs import Run
from core.safety.categories import CategoryShares
from core.safety.config import NORMALISATIONS
from core.safety.units import figures
from core.safety.units.figures_map import described
from pages._ui import drawing
from pages._ui.plain import plain

SLIDERS = (("scu", "SCU (ESU)", 20.0), ("ucu", "UCU (EUU)", 30.0), ("ru", "RU", 40.0))
STEP = 0.05


def percents(run: Run) -> dict[str, float]:
    """Return the shares that the sliders hold now, in per cent, by option of the map."""
    return {name: float(st.session_state.get(f"{run.request.run}:{name}", getattr(run.request.config, f"{name}_percent")))
            for name, _, _ in SLIDERS}


@st.fragment
def draw(run: Run, look: Look) -> None:
    """Draw shares, score scale and map: a fragment, so that nothing else is drawn again."""
    st.space("small")
    st.header("Choose the shares, and see where the units are", anchor=False)
    options = choose(run)
    try:
        CategoryShares(*(percent / 100 for percent in percents(run).values())).counts(1)
    except InputError as error:
        st.caption(plain(str(error)))
        return
    st.caption(described(run, **options))
    drawing.show(figures.MAP, run, look, controls=lambda: options)


def choose(run: Run) -> dict[str, str]:
    """Draw the sliders and the score scale; return them as the map's options."""
    config, options = run.request.config, {}
    with st.container(border=True, gap="xsmall"), st.grid(4, min_column_width=200):
        for name, title, most in SLIDERS:
            own = getattr(config, f"{name}_percent")
            share = st.slider(f"{title}, % of units", STEP, max(most, own), own, STEP, key=f"{run.request.run}:{name}", format="%.2f")
            options[name] = f"{share:g}"
        options["scale"] = st.selectbox(
            "Score scale", list(NORMALISATIONS), index=list(NORMALISATIONS).index(config.normalisation), key=f"{run.request.run}:scale",
            format_func=NORMALISATIONS.__getitem__, help="How scores are made comparable within each kind of unit and block.")
    return options
