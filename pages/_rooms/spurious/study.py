"""Spurious correlations: does the model lean on a cue that will not hold?"""

import pandas as pd
import streamlit as st

from core.lab.figure import Look
from core.lab.runs import Run
from core.spurious.figures_means import names_of
from core.spurious.study import figures
from core.spurious.study.figures_sweep import GROUP_WORDS
from core.spurious.study.words import PREDICTION
from pages._rooms.spurious import evidence, live, preview, share
from pages._ui import drawing, samples
from pages._ui.controls import view
from pages._ui.parts import Parts
from pages._ui.plain import plain

KINDS = {"carrier_pruned": "Carriers removed", "carrier_kept": "Carriers kept", "pruned": "Hardest removed", "kept": "Easiest kept"}


def draw_figures(run: Run, look: Look) -> None:
    def sweep_controls() -> dict[str, str]:
        return {"rules": view("Remove", GROUP_WORDS, "rules")}

    with st.grid(2, min_column_width=380):
        drawing.show(figures.CAUSAL, run, look)
        drawing.show(figures.SWEEP, run, look, controls=sweep_controls)
    share.draw(run)
    live.draw(run)


def draw_samples(run: Run) -> None:
    result = run.results[0]
    if result.samples.empty:
        return
    biased, _ = names_of(run)
    st.space("small")
    st.header("Which images go, which stay", anchor=False)
    there = {kind: title for kind, title in KINDS.items() if kind in set(result.samples["kind"])}
    kind = view("Show", there, "kind")
    chosen = result.samples[result.samples["kind"] == kind]
    rows = pd.DataFrame({
        "image": [samples.as_uri(result.sample_images[place]) for place in chosen.index], "class": chosen["name"],
        "percentile": chosen["percentile"], "score": chosen["score"], "carrier": chosen["is_carrier"].map({True: "yes", False: "no"})})
    position = samples.table(rows, key=f"samples:{kind}", alt=f"{len(rows)} training images: {there[kind].lower()}.", columns={
        "image": st.column_config.ImageColumn("Image", width="small", pinned=True), "class": st.column_config.TextColumn("Class"),
        "percentile": st.column_config.ProgressColumn("Harder than", format="%.0f%%", min_value=0, max_value=100,
                                                      help="Share of its class that the score finds easier."),
        "score": st.column_config.NumberColumn("Difficulty", format="%.2f"), "carrier": st.column_config.TextColumn("Carries the cue")})
    st.caption(f"First seed, hardest of every class pruned at {run.request.config.share:.0%}. Carriers are {plain(biased)}. Choose a row "
               "to see the image large.")
    if position is not None:
        with st.container(border=True, gap="xsmall"):
            row = rows.iloc[position]
            st.markdown(f"### {plain(row['class'])}, harder than {row['percentile']:.0f}% of its class")
            st.image(row["image"], width=224, alt=f"The training image, of class {row['class']}.")


def draw_evidence(run: Run, look: Look, _: None) -> None:
    """Draw the evidence that is asked for, then the images that go and stay."""
    evidence.draw(run, look)
    draw_samples(run)


PARTS = Parts(prediction=PREDICTION, bench=preview.draw, figures=draw_figures, evidence=draw_evidence,
              slides=(("The share to remove, by hand", lambda run, _: share.draw(run)),
                      ("Which images go, which stay", lambda run, _: draw_samples(run))))
