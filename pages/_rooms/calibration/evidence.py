"""What lies behind the verdicts: the surest mistakes, home again, and published accuracies beside ours."""

import math

import pandas as pd
import streamlit as st

from core.calibration.catalogue import METHODS
from core.calibration.study.figures_curves import CONDITIONS, SHOWN
from core.calibration.study.figures_rows import MEASURES
from core.calibration.study.published import TIERS
from core.lab import words
from core.lab.runs import Run
from pages._ui import samples

OURS = {"source": "no adaptation", "bn": "statistics", "dec": "distillation", "t3a": "T3A", "eta": "ETA"}


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


def choose_methods(run: Run) -> dict[str, str]:
    """Draw the choice of methods beside the figure over levels and return it as the figure takes it; more than five are not told apart."""
    names = list(run.request.config.method_names)
    chosen = st.multiselect(
        "Methods", names, default=[name for name in SHOWN if name in names], format_func=lambda name: METHODS[name].title,
        max_selections=5, key=f"{run.request.run}:levels", label_visibility="collapsed")
    return {"methods": "+".join(chosen or names[:1])}


def choose_measure() -> dict[str, str]:
    """Draw the choice of what the repairs are measured by and return it as the figure takes it."""
    names = {name: title[0].upper() + title[1:] for name, (title, *_) in MEASURES.items()}
    return {"measure": st.selectbox("Measured by", list(names), format_func=names.__getitem__, key="measure", bind="query-params",
                                    label_visibility="collapsed")}


def draw_moment(run: Run) -> None:
    """Say after how many passes distillation is calibrated for a moment, and where it ends."""
    found, end = run.estimate("crossing_dec"), run.estimate("over_dec_end")
    passes = run.request.config.course_passes
    if not passes or math.isnan(end.value):
        return
    per_seed = [result.crossing_dec for result in run.results]
    there = sorted(value for value in per_seed if not math.isnan(value))
    when = (f"is first no surer than right after {words.number(found.value)} passes" if len(there) == len(per_seed) else
            f"comes down to its accuracy in {len(there)} of {words.seeds(len(per_seed))}")
    st.markdown(f":material/timer: Certainty distillation {when}; after {passes} passes it is {words.number(abs(end.value), 'pt')} "
                f"{'less sure' if end.value < 0 else 'surer'} than right. Stopped by a clock it may be anywhere between.")


def draw_costs(run: Run) -> None:
    """Draw what each method takes in passes, memory and energy."""
    rows, spent = run.table("costs"), run.cost()
    if "held_bytes" not in rows:
        return
    means = rows.groupby("method", sort=False).mean(numeric_only=True)
    watts = 3.6e6 * spent["energy_kwh"] / spent["seconds"] if spent["seconds"] else math.nan
    wh = means["seconds"] / run.request.config.stream_batch * 10_000 * watts / 3600
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown("### Memory and energy")
        st.table({"Method": [METHODS[name].title for name in means.index],
                  "Held, MB": [f"{value / 2**20:.1f}" for value in means["held_bytes"]],
                  "Batch, MB": [f"{value / 2**20:.1f}" for value in means["kept_bytes"]],
                  "Wh": [f"{value:.3f}" if math.isfinite(value) else "n/a" for value in wh]}, border="horizontal")
        st.caption("Held: networks, gradients and moments between batches. Batch: what is kept of one for the backward pass, counted in "
                   "tensors. Wh for 10,000 images: the method's seconds times the mean power of the whole run, of the whole machine.")


def draw_again(run: Run) -> None:
    """Draw what is left of a method when the data comes home after all corruptions, without a reset."""
    rows = run.table("again")
    if rows.empty:
        return
    means = rows.groupby("method", sort=False)[["accuracy", "ece", "overconfidence"]].mean()
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown("### Home again, without a reset")
        st.table({"Method": [METHODS[name].title for name in means.index], "Accuracy": [f"{value:.1%}" for value in means["accuracy"]],
                  "Error": [f"{value:.1%}" for value in means["ece"]],
                  "Surer than right": [words.number(value, "pt", signed=True) for value in means["overconfidence"]]}, border="horizontal")
        st.caption(f"Clean images after a stretch of every corruption at the last level. Means over {len(run.request.seeds)} seeds.")


def draw_published(run: Run) -> None:
    """Draw what the paper reports by tier beside ours by level, with both scales."""
    config, scores = run.request.config, run.table("scores")
    scores = scores[(scores["repair"] == "none") & (scores["level"] > 0)]
    ours = {name: scores[scores["method"] == name].groupby("level")["accuracy"].mean() for name in OURS if name in config.method_names}
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown("### Published accuracies beside ours")
        columns = {"Method": [*TIERS, *(f"Ours: {OURS[name]}" for name in ours)]}
        columns |= {f"{tier}": [f"{values[tier - 1]:.0%}" for values in TIERS.values()]
                    + [f"{values[tier]:.0%}" if tier in values else "" for values in ours.values()] for tier in range(1, 6)}
        st.table(columns, border="horizontal")
        st.caption("By tier, 5 the worst: Amin and Kim, arXiv 2404.16168, appendix, Tiny-ImageNet-C, 200 classes. Ours by level: "
                   f"{len(run.results[0].names)} classes, {config.n_train:,} training images, a small network, batch statistics in all but "
                   "the source. Only directions compare.")
