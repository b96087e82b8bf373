"""The budget: a slider over multiply-adds, and the sub-network that runs within it, with what it says of some test images.

It reads the answers that the run stored for every sub-network on the slider, so that no budget has to be waited for.
"""

import pandas as pd
import streamlit as st

from core.distillation.depth.figures import depth_rows, titles
from core.lab import words
from core.lab.estimate import Estimate
from core.lab.runs import Run
from pages._ui import samples
from pages._ui.controls import view

ARMS = {"package": "Package", "sandwich-long": "One net", "separate": "Separate", "exits": "Exits", "truncated": "Truncated"}
PICKS = {"changed": "Changed by the budget", "wrong": "Wrong", "all": "All"}


def affordable(run: Run, arms: tuple[str, ...], macs: float) -> pd.Series | None:
    """Return the most accurate sub-network of some arms that takes at most ``macs`` an image, with its arm; None where there is none."""
    found = pd.concat([depth_rows(run, arm, "accuracy").assign(arm=arm) for arm in arms], ignore_index=True)
    found = found[found["macs"] <= macs * (1 + 1e-9)]
    return None if found.empty else found.sort_values("value").iloc[-1]


def answers(run: Run, arm: str, depth: int) -> pd.DataFrame:
    """Return what a sub-network of the first seed says of the stored test images: sample, label, says, sure, full (at full depth)."""
    stored = run.results[0].predictions
    stored = stored[stored["arm"] == arm]
    mine, full = (stored[stored["depth"] == at].set_index("sample") for at in (depth, stored["depth"].max()))
    return pd.DataFrame({"label": mine["label_name"], "says": mine["predicted_name"], "sure": mine["probability"],
                         "full": full["predicted_name"]}).reset_index()


def draw(run: Run) -> None:
    """Draw the slider, the sub-network that it picks, and its answers."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown("### Choose a budget")
        picked = view("Trained as", ARMS, "trained")
        arms = ("package-a", "package-b") if picked == "package" else (picked,)
        steps = sorted({float(macs) for arm in arms for macs in depth_rows(run, arm, "accuracy")["macs"]})
        budget = st.select_slider("Multiply-adds an image, at most", steps, value=steps[len(steps) // 2], key=f"budget-{picked}",
                                  format_func=lambda macs: f"{macs / 1e6:.2f} M", bind="query-params")
        choice = affordable(run, arms, budget)
        full = depth_rows(run, "separate", "accuracy").iloc[-1]
        estimate = Estimate(choice["value"], choice["low"] if choice["n"] > 2 else None, choice["high"] if choice["n"] > 2 else None,
                            int(choice["n"]))
        st.markdown(f"**{titles(run)[choice['arm']]}, {int(choice['depth'])} of {int(full['depth'])} blocks**")
        st.caption(f"Accuracy {words.estimate(estimate, '%')}. {choice['macs'] / 1e6:.2f} million multiply-adds, "
                   f"{choice['milliseconds']:.1f} ms for 100 images on one thread, measured in this run; full depth takes "
                   f"{full['milliseconds']:.1f} ms.")
        _answers(answers(run, str(choice["arm"]), int(choice["depth"])), run)


def _answers(said: pd.DataFrame, run: Run) -> None:
    """Draw the answers: those that full depth gives otherwise, the wrong ones, or all."""
    wrong, changed = said["label"] != said["says"], said["says"] != said["full"]
    picked = view("Images", PICKS, "images")
    rows = said[changed] if picked == "changed" else said[wrong] if picked == "wrong" else said
    images = run.results[0].images
    if not rows.empty:
        _table(rows.assign(image=[samples.as_uri(images[place]) for place in rows["sample"]]))
    st.caption(f"Of {len(said)} test images of the first seed, whose answers are stored with the run for every budget: wrong about "
               f"{int(wrong.sum())}, full depth about {int((said['label'] != said['full']).sum())}; the budget changes "
               f"{int(changed.sum())}.")


def _table(rows: pd.DataFrame) -> None:
    st.dataframe(
        rows, hide_index=True, row_height=48, height=240, column_order=("image", "label", "says", "full", "sure"),
        alt=f"{len(rows)} test images with what the sub-network and full depth say of them.", column_config={
            "image": st.column_config.ImageColumn("Image", width="small", pinned=True),
            "label": st.column_config.TextColumn("Is"), "says": st.column_config.TextColumn("It says"),
            "full": st.column_config.TextColumn("At full depth"),
            "sure": st.column_config.ProgressColumn("How sure", min_value=0.0, max_value=1.0, format="percent")})
