"""The budget: a slider over multiply-adds, and the sub-network that runs within it, with what it says of some test images.

It reads what the run stored for every sub-network, so that it answers at once.
"""

import pandas as pd
import streamlit as st

from core.distillation.depth.figures import depth_rows, titles
from core.lab import words
from core.lab.estimate import Estimate
from core.lab.runs import Run
from pages._rooms.distillation.views import view
from pages._ui import samples

ARMS = {"package": "Package", "sandwich-long": "One net", "separate": "Separate"}


def affordable(run: Run, arms: tuple[str, ...], macs: float) -> pd.Series | None:
    """Return the most accurate sub-network of some arms that takes at most ``macs`` an image, with its arm; None where there is none."""
    found = pd.concat([depth_rows(run, arm, "accuracy").assign(arm=arm) for arm in arms], ignore_index=True)
    found = found[found["macs"] <= macs * (1 + 1e-9)]
    return None if found.empty else found.sort_values("value").iloc[-1]


def draw(run: Run) -> None:
    """Draw the slider, the sub-network that it picks, and its answers."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown("##### Choose a budget")
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
        _answers(run, str(choice["arm"]), int(choice["depth"]))


def _answers(run: Run, arm: str, depth: int) -> None:
    """Draw what a sub-network of the first seed says of its samples, wrong ones first."""
    result = run.results[0]
    said = result.predictions[(result.predictions["arm"] == arm) & (result.predictions["depth"] == depth)]
    rows = pd.DataFrame({
        "image": [samples.as_uri(result.images[place]) for place in said["sample"]], "label": said["label_name"].to_numpy(),
        "says": said["predicted_name"].to_numpy(), "sure": said["probability"].to_numpy()})
    wrong = rows["label"] != rows["says"]
    rows = pd.concat([rows[wrong], rows[~wrong]], ignore_index=True)
    st.dataframe(rows, hide_index=True, row_height=48, height=240,
                 alt=f"{len(rows)} test images: the sub-network is wrong about {int(wrong.sum())}.", column_config={
                     "image": st.column_config.ImageColumn("Image", width="small", pinned=True),
                     "label": st.column_config.TextColumn("Is"), "says": st.column_config.TextColumn("It says"),
                     "sure": st.column_config.ProgressColumn("How sure", min_value=0.0, max_value=1.0, format="percent")})
    st.caption(f"First seed, {len(rows)} test images; wrong about {int(wrong.sum())}.")
