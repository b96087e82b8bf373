"""Privacy leakage: can an attacker tell who was in the training set?"""

import pandas as pd
import streamlit as st

from core.lab import words
from core.lab.figure import CONFIG, Look
from core.lab.runs import Run
from core.privacy.audit import figures
from core.privacy.audit.spec import PRIVACY
from core.privacy.audit.words import PREDICTION
from pages._ui import catalogue, drawing, samples
from pages._ui.controls import view
from pages._ui.parts import Parts
from pages._ui.plain import plain

EVIDENCE = {"attacks": "Every attack", "exposed": "Who is exposed", "growth": "How it grows", "thresholds": "Real thresholds",
            "runs": "All runs"}
GROUPS = {"exposed member": "Members found", "accused non-member": "Strangers accused"}


def attack_choice(run: Run) -> str:
    known = figures.titles(run)
    usual = list(known).index(figures.HEADLINE) if figures.HEADLINE in known else 0
    with st.grid(4, min_column_width=220):
        return st.selectbox("Attack on show", list(known), index=usual, format_func=known.__getitem__, key="attack", bind="query-params",
                            help="The attack drawn in the next two figures and in the slices.") or figures.HEADLINE



def draw_figures(run: Run, look: Look) -> dict[str, str]:
    def roc_controls() -> dict[str, str]:
        return chosen | {"scale": view("Axes", {"log": "Log", "linear": "Linear"}, "axes")}

    chosen = {"attack": attack_choice(run)}
    with st.grid(2, min_column_width=380):
        drawing.show(figures.ROC, run, look, controls=roc_controls)
        drawing.show(figures.SCORES, run, look, controls=lambda: chosen)
    return chosen


def draw_evidence(run: Run, look: Look, chosen: dict[str, str]) -> None:
    """Draw the part of the evidence that is asked for, since all of it at once would triple the time to the first figure; then samples."""
    def slice_controls() -> dict[str, str]:
        return {"kind": view("Split by", {"class": "Class", "difficulty": "Difficulty"}, "split")} | chosen

    match view("Evidence", EVIDENCE, "evidence"):
        case "exposed":
            with st.grid(2, min_column_width=380):
                drawing.show(figures.SLICES, run, look, controls=slice_controls)
                drawing.show(figures.NORMS, run, look)
        case "growth":
            with st.grid(2, min_column_width=380):
                drawing.show(figures.EARLY_STOPPING, run, look)
                drawing.show(figures.CURVES, run, look)
        case "thresholds":
            drawing.show(figures.THRESHOLDS, run, look)
        case "runs":
            draw_over_runs(run, look)
        case _:
            drawing.show(figures.LEAGUE, run, look, controls=lambda: {"measure": view("Measured by", figures.MEASURE_WORDS, "measure")})
            draw_attacks_table(run)
    draw_samples(run, look)


def draw_attacks_table(run: Run) -> None:
    expander = st.expander("All attacks as a table", icon=":material/table_rows:", key="attacks-table", on_change="rerun")
    if not expander.open:
        return
    table = run.table("attacks").groupby(["title", "family"], sort=False, as_index=False)[
        ["auc", "tpr_1pct", "balanced_accuracy_transferred", "balanced_accuracy_oracle"]].mean()
    table.iloc[:, 3:] *= 100
    with expander:
        st.dataframe(
            table.sort_values("auc", ascending=False), hide_index=True, alt="One row per attack, the largest AUC first.",
            column_config={
                "title": st.column_config.TextColumn("Attack", pinned=True), "family": "Family",
                "auc": st.column_config.NumberColumn("AUC", format="%.3f"),
                "tpr_1pct": st.column_config.NumberColumn("Found at 1%", format="%.1f%%", help="At 1% false alarms: an oracle threshold."),
                "balanced_accuracy_transferred": st.column_config.NumberColumn(
                    "Accuracy, transferred", format="%.1f%%", help="Threshold chosen on the reference models: what an attacker can do."),
                "balanced_accuracy_oracle": st.column_config.NumberColumn(
                    "Accuracy, oracle", format="%.1f%%", help="Threshold chosen on the target's own labels: only an upper bound.")})
        st.caption("Means over targets and seeds. Accuracy is balanced: 50% is guessing.")


def draw_over_runs(run: Run, look: Look) -> None:
    rows = []
    for entry in catalogue.entries(PRIVACY):
        if entry.state == "finished":
            auc, gap = entry.estimate("auc"), entry.estimate("accuracy_gap")
            rows.append((entry.request.run, catalogue.told_apart(entry.request), gap.value, auc.value, auc.low, auc.high))
    points = pd.DataFrame(rows, columns=["run", "words", "gap", "auc", "auc_low", "auc_high"]).drop_duplicates("run")
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown("### Leakage against the gap, all stored runs")
        drawn = figures.leakage_against_gap(points, look, current=run.request.run)
        if drawn is not None:
            st.plotly_chart(drawn, key="over-runs", theme=None, config=CONFIG,
                            alt=f"{len(points)} stored runs: attack AUC against the generalisation gap.")
        st.caption("One dot for each stored run, with its interval over seeds. Run other settings to add dots.")


def draw_samples(run: Run, look: Look) -> None:
    st.space("small")
    st.header("The images that give themselves away", anchor=False)
    result = run.results[0]
    names = dict(zip(result.classes["y"], result.classes["name"], strict=True))
    group = view("Show", GROUPS, "group")
    chosen = result.samples[result.samples["group"] == group]
    rows = pd.DataFrame({
        "image": [samples.as_uri(result.sample_images[position]) for position in chosen.index], "class": chosen["y"].map(names),
        "score": chosen[f"score_{figures.HEADLINE}"], "loss": chosen["target_loss"], "out": chosen["reference_out_loss"]})
    row = samples.table(rows, key=f"samples:{group}", alt=f"{len(rows)} images, those that look most like members first.", columns={
        "image": st.column_config.ImageColumn("Image", width="small", pinned=True), "class": st.column_config.TextColumn("Class"),
        "score": st.column_config.ProgressColumn("Membership score", format="%.1f", min_value=min(0.0, float(rows["score"].min())),
                                                 max_value=float(rows["score"].max()), help="Of LiRA, online: larger is more member-like."),
        "loss": st.column_config.NumberColumn("Loss, target", format="%.3f"),
        "out": st.column_config.NumberColumn("Loss, never saw it", format="%.3f", help="Mean over reference models trained without it.")})
    st.caption("Target model 1 of the first seed. Choose a row to see the image under each attack.")
    if row is not None:
        draw_sample(chosen.iloc[row], rows.iloc[row], figures.titles(run), look)


def draw_sample(sample: pd.Series, row: pd.Series, titles: dict[str, str], look: Look) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"### {plain(row['class'])}, {'a member' if sample['is_member'] else 'not a member'}")
        with st.container(horizontal=True, gap="medium"):
            st.image(row["image"], width=168, alt=f"The image, of class {row['class']}.")
            with st.container(width=280):
                st.table({"Loss, target": f"{sample['target_loss']:.3f}",
                          "Loss, models that saw it": words.number(float(sample["reference_in_loss"])),
                          "Loss, models that did not": words.number(float(sample["reference_out_loss"]))}, border="horizontal")
        st.plotly_chart(figures.under_each_attack(sample, titles, look), key="sample", theme=None, config=CONFIG,
                        alt=figures.under_each_attack_alt(sample, titles))
        st.caption("How member-like each attack finds this image: the share of the pool that scores at most as much. Dotted: half.")


PARTS = Parts(prediction=PREDICTION, figures=draw_figures, evidence=draw_evidence,
              slides=(("The images that give themselves away", draw_samples),))
