"""The evidence of the LayerNorm room: views by name, each drawn only when it is asked for, and the facts about its models."""

import pandas as pd
import streamlit as st

from core.lab.figure import Look
from core.lab.runs import Run
from core.layernorm.gauge.spec import LAYERNORM_GAUGE
from core.layernorm.panels import placements_of
from core.layernorm.study import figures
from core.layernorm.study.figures_compared import published_table
from core.layernorm.study.figures_layers import MEASURES, epochs_measured
from core.layernorm.variants import PLACEMENT_TITLES
from pages._ui import drawing, shell
from pages._ui.controls import view
from pages._ui.rooms import room_of

EVIDENCE = {"delay": "Delay or store", "layers": "Which layers", "gradients": "Gradients", "start": "Before training",
            "rivals": "Rivals", "published": "Published rows"}



def draw(run: Run, look: Look, variant: str) -> None:
    """Draw the part of the evidence that is asked for; all of it at once would triple the time to the first figure."""
    match view("Evidence", EVIDENCE, "evidence"):
        case "layers":
            with st.grid(2, min_column_width=380):
                drawing.show(figures.THIRDS, run, look, controls=lambda: {"measure": view("Measured by", MEASURES, "measure")})
                drawing.show(figures.MOVEMENT, run, look)
        case "gradients":
            _gradients(run, look)
        case "start":
            with st.grid(2, min_column_width=380):
                drawing.show(figures.DAMAGE, run, look)
                drawing.show(figures.GAUGE, run, look)
            shell.link_room(room_of(LAYERNORM_GAUGE), "Re-scale it yourself, in seconds")
        case "rivals":
            with st.grid(2, min_column_width=380):
                for placement, figure in (("post", figures.RIVALS_POST), ("pre", figures.RIVALS_PRE)):
                    if placement in placements_of(run):
                        drawing.show(figure, run, look)
        case "published":
            drawing.show(figures.PUBLISHED, run, look)
            _published(run)
        case _:
            with st.grid(2, min_column_width=380):
                drawing.show(figures.DELAY, run, look, controls=lambda: {"variant": variant})
                drawing.show(figures.COURSE, run, look)


def _gradients(run: Run, look: Look) -> None:
    epochs = epochs_measured(run)

    def controls() -> dict[str, str]:
        options = {"variant": view("Model", {"intact": "Intact", "all": "Stripped"}, "profiled")}
        if len(epochs) > 1:
            options["epoch"] = str(st.select_slider("After epoch", epochs, value=epochs[-1], key="gradient-epoch", width=220))
        return options
    if epochs:
        drawing.show(figures.GRADIENTS, run, look, controls=controls)


def _published(run: Run) -> None:
    table = published_table(run)
    table["variant"] = table["variant"].map({"intact": "Intact", "all": "Stripped"})
    share = ("memorised", "random", "recovered", "test_accuracy")
    table[list(share)] *= 100
    st.dataframe(table, hide_index=True, alt=f"{len(table)} rows: published models first, then those of this run.", column_config={
        "model": st.column_config.TextColumn("Model", pinned=True), "scale": "Scale", "variant": "Norms",
        **{name: st.column_config.NumberColumn(name.replace("_", " ").capitalize(), format="%.1f%%") for name in share}})
    st.caption("Published: Singhal and Kim 2025, Emotions, 5% wrong labels, 3 seeds. Means over seeds; intervals stand in the cards above.")


def draw_facts(run: Run) -> None:
    """Draw what each model is and where its weights come from."""
    rows = run.table("models").drop_duplicates("placement")
    with st.expander("The models", icon=":material/table_rows:"):
        st.dataframe(
            pd.DataFrame({"placement": rows["placement"].map(PLACEMENT_TITLES), "title": rows["title"], "norm": rows["norm"],
                          "start": rows["start"].str.capitalize(), "weights": rows["n_parameters"],
                          "stripped": rows["n_norm_parameters"]}),
            hide_index=True, alt="One row per model.", column_config={
                "placement": st.column_config.TextColumn("Placement", pinned=True), "title": "Model", "norm": "Norm",
                "start": "Weights are",
                "weights": st.column_config.NumberColumn("All weights", format="localized"),
                "stripped": st.column_config.NumberColumn("In stripped norms", format="localized")})
