"""The slider over bits or sparsity: it moves over what is stored, so every figure that follows it answers at once."""

import streamlit as st

from core.compression.frames import FAMILIES, Rung, all_steps, group_rows
from core.lab import words
from core.lab.estimate import Estimate, over_seeds
from core.lab.runs import Run

LABELS = {"quantise": "Bits of weights and activations", "prune": "Share of weights removed"}


def choose(run: Run, family: str) -> Rung:
    """Draw the slider and what the chosen setting costs; return the setting."""
    steps = {step.setting: step for step in all_steps(run, family)[1:]}
    with st.container(border=True, gap="xsmall"):
        picked = st.select_slider(LABELS[family], list(steps), value=list(steps)[-1], format_func=lambda slug: steps[slug].tick,
                                  key=f"at-{family}", bind="query-params")
        st.caption(_said(run, steps[picked]))
    return steps[picked]


def _said(run: Run, step: Rung) -> str:
    """Return size, accuracy and what head and tail lose at a setting, in one or two sentences."""
    table = run.table("settings")
    mine = table[(table["copy"] == "tail") & (table["setting"] == step.setting)]
    size = f"{mine['size_bytes'].mean() / 1024:.0f} KB"
    accuracy = over_seeds(mine["accuracy"].tolist(), (0.0, 1.0))
    rows = group_rows(run)
    rows = rows[(rows["copy"] == "tail") & (rows["setting"] == step.setting)]
    lost = {edge: over_seeds(part.groupby("seed")["drop"].mean().tolist()) for edge, part in rows.groupby("edge")}
    return (f"{step.words[:1].upper()}{step.words[1:]}: {size}, accuracy {words.estimate(accuracy, '%')}. Small groups lose "
            f"{_short(lost['tail'])}, large ones {_short(lost['head'])}.")


def _short(estimate: Estimate) -> str:
    value = words.number(estimate.value, "pt")
    return value if estimate.low is None else f"{value} ({words.interval(estimate, 'pt')})"


assert set(LABELS) == set(FAMILIES)
