"""Compression disparity: who pays when a network is made smaller?"""

import streamlit as st

from core.compression.frames import FAMILIES, all_steps
from core.compression.groups import figures
from core.compression.groups.figures_causes import CAUSES, taylor_settings
from core.compression.groups.figures_effects import ESTIMATORS
from core.compression.groups.words import PREDICTION
from core.lab.figure import Look
from core.lab.runs import Run
from pages._rooms.compression import evidence, slider
from pages._ui import drawing
from pages._ui.controls import view
from pages._ui.parts import Parts

EVIDENCE = {"way": "Along the way", "chain": "The chain", "causes": "What goes with it", "bound": "The bound", "images": "Images lost",
            "layers": "Layers", "census": "Census"}
SHOWN = {"ends": "Large and small", "groups": "Every group"}
ROUNDED = {"both": "Both", "weights": "Weights", "activations": "Activations"}


def draw_figures(run: Run, look: Look) -> str:
    """Draw what leads, then every group at the setting of the slider; return the kind of compression on show."""
    family = view("Compression", FAMILIES, "by")
    with st.grid(2, min_column_width=380):
        drawing.show(figures.TRAINED, run, look)
        drawing.show(figures.CONTRASTS, run, look,
                     controls=lambda: {"family": family, "estimator": view("Estimate", ESTIMATORS, "estimate")})
    st.space("small")
    st.header("From float to the smallest network", anchor=False)
    draw_setting(run, look, family)
    return family


@st.fragment
def draw_setting(run: Run, look: Look, family: str) -> None:
    """Draw the slider with the two figures that follow it: a fragment, so that nothing else is drawn again."""
    options = {"family": family, "setting": slider.choose(run, family).setting}
    with st.grid(2, min_column_width=380):
        drawing.show(figures.GROUPS, run, look, controls=lambda: options)
        drawing.show(figures.CONFUSION, run, look, controls=lambda: options)


def draw_evidence(run: Run, look: Look, family: str) -> None:
    """Draw the part of the evidence that is asked for; all of it at once would double the time to the first figure."""
    match view("Evidence", EVIDENCE, "evidence"):
        case "chain":
            with st.grid(3, min_column_width=270):
                for figure in figures.LINKS:
                    drawing.show(figure, run, look, controls=lambda: {"family": family})
        case "causes":
            # above the cards: six names do not fit into one
            options = {"family": family, "cause": view("Against", {name: words for name, (words, _) in CAUSES.items()}, "cause")}
            with st.grid(2, min_column_width=380):
                drawing.show(figures.CAUSES, run, look, controls=lambda: options)
                drawing.show(figures.SIZE, run, look)
        case "bound":
            with st.grid(2, min_column_width=380):
                mild = evidence.mild_words(taylor_settings(run, family))
                drawing.show(figures.TAYLOR, run, look, controls=lambda: {
                    "family": family, "setting": view("At", mild, f"mild-{family}")})
                evidence.draw_exactness(run)
        case "images":
            evidence.draw_images(run, family)
        case "layers":
            steps = {step.setting: step.tick for step in all_steps(run, family)[:0:-1]}
            evidence.draw_layers(run, family, view("Setting", steps, f"layers-{family}"))
        case "census":
            with st.grid(2, min_column_width=380):
                drawing.show(figures.CENSUS, run, look)
                drawing.show(figures.BASE_RATE, run, look, controls=lambda: {
                    "measure": view("Against", {"base_rate": "Base rate", "n_train": "Size"}, "against")})
        case _:
            draw_way(run, look, family)


def draw_way(run: Run, look: Look, family: str) -> None:
    """Draw what is lost from float to the smallest network: by head and tail, and as the widest differences."""
    def controls() -> dict[str, str]:
        options = {"family": family, "shown": view("Lines", SHOWN, "lines")}
        return options | {"part": view("Rounded", ROUNDED, "part")} if family == "quantise" else options

    drawing.show(figures.WHO, run, look, controls=controls)
    with st.grid(2, min_column_width=380):
        for figure in figures.GAPS:
            drawing.show(figure, run, look, controls=lambda: {"family": family})


PARTS = Parts(prediction=PREDICTION, figures=draw_figures, evidence=draw_evidence,
              slides=(("From float to the smallest network", lambda run, look: draw_setting(run, look, next(iter(FAMILIES)))),))
