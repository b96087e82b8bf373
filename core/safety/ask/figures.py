"""The figures of one question: what became of held-out requests, and where the removed units lie."""

import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Figure, Look, canvas
from core.lab.palette import MARKS, NEUTRAL
from core.lab.panels import legend_above, over, rows_named, said, side_by_side
from core.lab.runs import Run
from core.language.units import KIND_TITLES, KINDS
from core.safety.ask.result import STATES
from core.safety.categories import CATEGORIES
from core.safety.marks import GROUPS, HATCHES, NAMES

OUTCOMES = {"refused": (MARKS["defended"].colour, "/", "refused"), "answered": ("", "", "answered"), "broken": (NEUTRAL, ".", "broken")}
LABELS = {state: title.replace("Without ", "Without<br>") for state, title in STATES.items()}


def outcome_shares(run: Run) -> pd.DataFrame:
    """Return by seed, kind of request and state which share was refused, answered or broken: seed, is_harmful, state, outcome, share."""
    table = run.table("answers")
    table = table[~table["is_asked"].astype(bool)]
    keys = ["seed", "is_harmful", "state"]
    counts = table.groupby([*keys, "outcome"]).size().unstack(fill_value=0).reindex(columns=list(OUTCOMES), fill_value=0)
    shares = counts.div(counts.sum(axis=1), axis=0)
    return shares.stack().rename("share").reset_index().rename(columns={"level_3": "outcome"})


def outcomes(run: Run, look: Look) -> go.Figure | None:
    """Return what became of held-out requests with all units, without the chosen and without random ones; ordinary ones beside them."""
    table = outcome_shares(run)
    figure = canvas(look, x="", y="")
    places = side_by_side(figure, look, ["to refuse", "ordinary"], gap=0.12)
    for index, (is_harmful, axes) in enumerate(zip((True, False), places, strict=True)):
        mine = table[table["is_harmful"].astype(bool) == is_harmful]
        for outcome, (colour, hatch, name) in OUTCOMES.items():
            rows = over(mine[mine["outcome"] == outcome], ["state"], "share", (0.0, 1.0)).set_index("state", drop=False)
            rows = rows.reindex([state for state in STATES if state in rows.index])
            figure.add_bar(
                x=rows["value"], y=[LABELS[state] for state in rows.index], orientation="h", name=name, legendgroup=outcome,
                showlegend=index == 0, marker={"color": colour or look.ink, "pattern": {"shape": hatch, "size": 7}},
                text=[f"<b>{STATES[row.state]}</b><br>{name}: {said(row)}" for row in rows.itertuples()], textposition="none",
                hovertemplate="%{text}<extra></extra>", **axes)
        figure.update_layout({f"xaxis{axes['xaxis'][1:]}": {"range": [0, 1.02], "tickformat": ".0%", "tickvals": [0, 0.5]}})
    figure.update_layout(barmode="stack", bargap=0.45)
    rows_named(figure, list(LABELS.values()))
    legend_above(figure)
    return figure


def alt_outcomes(run: Run) -> str:
    """Return how many held-out requests are refused in each state."""
    at = [words.number(run.estimate(f"refused_{name}").value, "%") for name in ("before", "after", "random")]
    return f"Held-out requests refused: {at[0]} with all units, {at[1]} without the chosen ones, {at[2]} without random ones."


def removed(run: Run, look: Look) -> go.Figure | None:
    """Return how many of the removed units lie in each block, by category; attention and MLP side by side."""
    table = run.table("removed")
    if table.empty:
        return None
    blocks = list(range(1, int(table["layer"].max()) + 1))
    n_seeds = table["seed"].nunique()
    figure = canvas(look, x="block", y="units removed")
    places, tops = side_by_side(figure, look, [KIND_TITLES[kind] for kind in KINDS]), [1.0]
    for index, (kind, axes) in enumerate(zip(KINDS, places, strict=True)):
        for code in CATEGORIES:
            mine = table[(table["kind"] == kind) & (table["category"] == code)]
            if code not in set(table["category"]):
                continue
            counts = (mine.groupby("layer")["n_units"].sum() / n_seeds).reindex(blocks, fill_value=0.0)
            tops.append(float(counts.max()))
            figure.add_bar(
                x=blocks, y=counts, name=NAMES[code], legendgroup=code, showlegend=index == 0,
                marker={"color": GROUPS[code].colour, "pattern": {"shape": HATCHES[code], "size": 6}},
                hovertemplate=f"<b>{NAMES[code]}</b><br>block %{{x}}: %{{y:.0f}} units<extra></extra>", **axes)
        step = max(1, -(-len(blocks) // 6))
        figure.update_layout({f"xaxis{axes['xaxis'][1:]}": {
            "tickvals": blocks[::step], "range": [blocks[0] - 0.6, blocks[-1] + 0.6]}})
    figure.update_layout(barmode="stack", bargap=0.25)
    figure.update_yaxes(range=[0, 1.1 * sum(sorted(tops)[-2:])], nticks=5)
    legend_above(figure)
    return figure


def alt_removed(run: Run) -> str:
    """Return how many units were removed, and of which kind."""
    table = run.table("removed")
    if table.empty:
        return "No units were removed in this run."
    share = table.groupby("kind")["n_units"].sum() / table["n_units"].sum()
    return f"{words.number(run.estimate('share_removed').value, '%')} of all units removed, {share.get('mlp', 0.0):.0%} of them in MLPs."


OUTCOME = Figure(
    id="outcomes", title="What became of held-out requests", draw=outcomes, alt=alt_outcomes,
    caption="Requests that neither training nor scoring saw, and ordinary ones. Broken: nothing, or in circles. Judged by the first words.")
REMOVED = Figure(
    id="removed", title="Where the removed units lie", draw=removed, alt=alt_removed,
    caption="Units taken out in every block, by category. Mean over seeds.")

FIGURES: tuple[Figure, ...] = (OUTCOME, REMOVED)
