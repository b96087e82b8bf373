"""What lies behind the verdicts: the surest mistakes, home again, and published accuracies beside ours."""

import pandas as pd
import streamlit as st

from core.calibration.catalogue import METHODS
from core.calibration.study.figures_curves import CONDITIONS
from core.calibration.study.published import TIERS
from core.lab import words
from core.lab.runs import Run
from pages._ui import samples


def draw_mistakes(run: Run) -> None:
    """Draw the wrong answers that the adapted network is surest of, first seed."""
    result = run.results[0]
    rows = result.mistakes
    if rows.empty:
        return
    names = dict(zip(result.names["y"], result.names["name"], strict=True)) | {-1: "left out"}
    st.space("small")
    st.header("Wrong, and certain of it", anchor=False)
    shown = pd.DataFrame({
        "image": [samples.as_uri(image) for image in result.mistake_images],
        "where": [f"{CONDITIONS[row.corruption]}, {row.level}" for row in rows.itertuples()],
        "truth": rows["y"].map(names), "said": rows["said"].map(names), "confidence": 100 * rows["confidence"],
        "before": 100 * rows["confidence_bn"], "distilled": 100 * rows["confidence_dec"]})
    sure = {name: st.column_config.ProgressColumn(title, format="%.0f%%", min_value=0, max_value=100, help=told) for name, title, told in (
        ("confidence", "TENT", "How sure TENT is of this wrong answer."),
        ("before", "Statistics", "How sure batch statistics are of their own answer."),
        ("distilled", "Distillation", "How sure certainty distillation is of its own answer."))}
    alt = f"{len(rows)} wrong answers that the adapted network is surest of."
    samples.table(shown, key=f"{run.request.run}:mistakes", alt=alt, columns={
        "image": st.column_config.ImageColumn("Image", width="small", pinned=True), "where": st.column_config.TextColumn("Shift, level"),
        "truth": st.column_config.TextColumn("Is"), "said": st.column_config.TextColumn("TENT says"), **sure})
    st.caption("First seed, over all shifted streams, the surest first.")


def draw_again(run: Run) -> None:
    """Draw what is left of a method when the data comes home after all corruptions, without a reset."""
    rows = run.table("again")
    if rows.empty:
        return
    means = rows.groupby("method", sort=False)[["accuracy", "ece", "overconfidence"]].mean()
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown("##### Home again, without a reset")
        st.table({"Method": [METHODS[name].title for name in means.index], "Accuracy": [f"{value:.1%}" for value in means["accuracy"]],
                  "Error": [f"{value:.1%}" for value in means["ece"]],
                  "Surer than right": [words.number(value, "pt", signed=True) for value in means["overconfidence"]]}, border="horizontal")
        st.caption(f"Clean images after a stretch of every corruption at the last level. Means over {len(run.request.seeds)} seeds.")


def draw_published() -> None:
    """Draw what the paper reports by tier, with its scale."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown("##### Published accuracies, for scale")
        columns = {"Method": list(TIERS)}
        columns |= {f"Tier {tier + 1}": [f"{values[tier]:.0%}" for values in TIERS.values()] for tier in range(5)}
        st.table(columns, border="horizontal")
        st.caption("Amin and Kim, arXiv 2404.16168, appendix: Tiny-ImageNet-C, 200 classes, tier 5 the worst. Ours has ten classes and a "
                   "network of about 100,000 weights, so that only directions compare.")
