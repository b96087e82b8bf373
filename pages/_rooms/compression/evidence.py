"""Evidence of the compression room that is no figure: images lost, layers, and how exact the checks are."""

import pandas as pd
import streamlit as st

from core.compression.frames import TRAINED
from core.lab import words
from core.lab.runs import Run
from pages._ui import samples
from pages._ui.plain import plain


def mild_words(slugs: list[str]) -> dict[str, str]:
    """Return the mild settings with what their buttons say, such as ``10%`` or ``8 bits``."""
    return {slug: f"{slug[1:]}%" if slug.startswith("p") else f"{slug[1:]} bits" for slug in slugs}


def draw_images(run: Run, family: str) -> None:
    """Draw the images of small groups that are lost at the trained setting of the first seed."""
    result = run.results[0]
    names = dict(zip(result.classes["y"], result.classes["name"], strict=True))
    chosen = result.samples[result.samples["setting"] == TRAINED[family]]
    with st.container(border=True, gap="xsmall"):
        st.markdown("### Right in float, wrong after training at small size")
        if chosen.empty:
            st.caption("No image of a small group was lost.")
            return
        rows = pd.DataFrame({
            "image": [samples.as_uri(result.sample_images[place]) for place in chosen.index], "class": chosen["y"].map(names),
            "taken": chosen["y_pred"].map(names), "before": chosen["margin_before"], "after": chosen["margin_after"]})
        row = samples.table(rows, key=f"lost:{family}", alt=f"{len(rows)} images that the small network gets wrong.", columns={
            "image": st.column_config.ImageColumn("Image", width="small", pinned=True), "class": st.column_config.TextColumn("Class"),
            "taken": st.column_config.TextColumn("Taken for"),
            "before": st.column_config.NumberColumn("Margin, float", format="%.1f", help="Logit of the class minus the largest other."),
            "after": st.column_config.NumberColumn("Margin, small", format="%.1f")})
        st.caption("Test images of the smallest groups, first seed, those whose margin fell farthest first. Choose a row to see one.")
        if row is not None:
            _draw_image(run, rows.iloc[row], int(chosen["group"].iloc[row]))


def _draw_image(run: Run, row: pd.Series, group: int) -> None:
    known = run.results[0].groups.query("copy == 'tail'").set_index("group")
    with st.container(horizontal=True, gap="medium"):
        st.image(row["image"], width=168, alt=f"The image, of class {row['class']}.")
        with st.container(width=320):
            st.table({"Class": plain(row["class"]), "Taken for, small": plain(row["taken"]),
                      "Training images of its group": f"{known.at[group, 'n_train']}",
                      "Margin, float": words.number(float(row["before"])), "Margin, small": words.number(float(row["after"]))},
                     border="horizontal")


def draw_layers(run: Run, family: str, setting: str) -> None:
    """Draw what happened to every layer at a setting, and which ones were left as they were."""
    table = run.table("layers")
    mine = table[table["setting"] == setting]
    keep = ["layer", "kind", "n_weights", "weight_bits", "activation_bits", "reason"]
    # a pruned layer is no less compressed for keeping its bits
    told = mine if family == "quantise" else mine.assign(reason=mine["reason"].where(mine["sparsity"] == 0, ""))
    rows = told.groupby(keep, sort=False, as_index=False)[["sparsity", "weight_change", "activation_head", "activation_tail"]].mean()
    for column in ("sparsity", "weight_change", "activation_head", "activation_tail"):
        rows[column] = 100.0 * rows[column]
    with st.container(border=True, gap="xsmall"):
        st.markdown("### Layer by layer")
        st.dataframe(rows, hide_index=True, alt=f"{len(rows)} layers with what was done to them.", column_order=[
            "layer", "n_weights", "weight_bits", "sparsity", "weight_change", "activation_head", "activation_tail", "reason"],
            column_config={
                "layer": st.column_config.TextColumn("Layer", pinned=True), "n_weights": st.column_config.NumberColumn("Weights"),
                "weight_bits": st.column_config.NumberColumn("Bits", help="32 is float."),
                "sparsity": st.column_config.NumberColumn("Zeros", format="%.0f%%"),
                "weight_change": st.column_config.NumberColumn("Weights moved", format="%.1f%%", help="Relative to their length."),
                "activation_head": st.column_config.NumberColumn("Input moved, large", format="%.1f%%", help="Largest groups."),
                "activation_tail": st.column_config.NumberColumn("Input moved, small", format="%.1f%%", help="Smallest groups."),
                "reason": st.column_config.TextColumn("Left as it was because")})
        st.caption(f"Means over seeds, long-tailed copy. {int8_words(run, setting)}".strip())


def int8_words(run: Run, setting: str) -> str:
    """Return how whole-number arithmetic answered beside the simulation at a setting; empty where it was not asked."""
    if "int8" not in run.tables():
        return ""
    table = run.table("int8")
    mine = table[table["setting"] == setting]
    if mine.empty:
        return ""
    if not mine["is_available"].all():
        return f"Whole-number arithmetic: not available here, {plain(str(mine['reason'].iloc[0]))}."
    return (f"With whole-number arithmetic {100 * mine['same_predictions'].mean():.0f}% of predictions are the same, and logits differ by "
            f"at most {100 * mine['largest_difference'].max():.2g}% of the largest.")


def draw_exactness(run: Run) -> None:
    """Draw how close the exact terms come, how far the bound is, and the check of the size identity."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown("### How exact is the theory?")
        error, reached = run.estimate("taylor_error"), run.estimate("bound_reached")
        st.table({
            "Error of the exact terms": words.estimate(error, "%"),
            "Largest share of the bound reached": words.estimate(reached, "%")}, border="horizontal")
        st.markdown("### Gradient norms of two groups against the inverse ratio of their sizes")
        table = run.table("identity").groupby("check", sort=False, as_index=False)[["predicted", "measured", "residual"]].mean()
        st.dataframe(table, hide_index=True, alt="Each check with the ratio that sizes foretell and the one measured.", column_config={
            "check": st.column_config.TextColumn("Check", pinned=True),
            "predicted": st.column_config.NumberColumn("Foretold", format="%.4f"),
            "measured": st.column_config.NumberColumn("Measured", format="%.4f"),
            "residual": st.column_config.NumberColumn("May differ by", format="%.2g", help="Because training did not end at a minimum.")})
        st.caption("Exact at a minimum, weight decay counted in. A network trained for some epochs stands at none.")
