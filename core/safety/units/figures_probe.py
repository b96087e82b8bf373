"""Figures of the reasoning direction: how far the opening of an answer moves the hidden state of a request, block by block."""

import math

import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Look, canvas
from core.lab.palette import MARKS, NEUTRAL
from core.lab.panels import legend_above, over, said, side_by_side
from core.lab.runs import Run

TWINS = {"aligned": "aligned", "unaligned": "unaligned"}
OPENINGS = {"refusal": ("defended", "refusing opening"), "compliance": ("harmed", "complying opening")}
PROMPTS = {"harmful": "As measured", "harmless": "Harmless requests", "beyond": "Content subtracted"}


def lengths(run: Run) -> list[int]:
    """Return the lengths of openings, in tokens, at which a run probed both kinds of opening."""
    table = run.table("probe")
    if table.empty:
        return []
    kinds = table.groupby("k")["opening"].nunique()
    return sorted(int(k) for k in kinds[kinds == len(OPENINGS)].index)


def probe_rows(run: Run, prompts: str) -> pd.DataFrame:
    """Return distances by seed, twin, opening, k and block; for ``beyond``, those after harmful minus those after harmless requests."""
    table = run.table("probe")
    keys = ["seed", "twin", "opening", "k", "block"]
    if prompts != "beyond":
        return table.loc[table["prompts"] == prompts, [*keys, "distance"]]
    wide = table.pivot_table(index=keys, columns="prompts", values="distance").reset_index()
    return wide.assign(distance=wide["harmful"] - wide["harmless"])[[*keys, "distance"]]


def distances(run: Run, look: Look, *, k: str = "", prompts: str = "harmful") -> go.Figure | None:
    """Return the distance that a refusing and a complying opening put between request and state, by block; the twins side by side.

    Args:
        run: A finished run.
        look: Ink and scale.
        k: Tokens of the opening; empty for the longest.
        prompts: A key of ``PROMPTS``.
    """
    known = lengths(run)
    if not known:
        return None
    at = int(k) if k.isdigit() and int(k) in known else known[-1]
    table = probe_rows(run, prompts)
    table = table[table["k"] == at]
    figure = canvas(look, x="block", y="distance moved" if prompts != "beyond" else "distance beyond content")
    places = side_by_side(figure, look, [f"{TWINS[twin]} twin" for twin in TWINS])
    blocks = sorted(int(block) for block in table["block"].unique())
    for index, (twin, axes) in enumerate(zip(TWINS, places, strict=True)):
        for opening, (meaning, name) in OPENINGS.items():
            rows = over(table[(table["twin"] == twin) & (table["opening"] == opening)], ["block"], "distance").sort_values("block")
            mark = MARKS[meaning]
            figure.add_scatter(
                x=rows["block"], y=rows["value"], mode="lines+markers", name=name, legendgroup=opening, showlegend=index == 0,
                line={"color": mark.colour, "width": look.size(3), "dash": mark.dash},
                marker={"symbol": mark.symbol, "size": look.size(8), "color": mark.colour},
                text=[f"<b>{name}, {TWINS[twin]} twin</b><br>block {row.block}: {said(row, '')}" for row in rows.itertuples()],
                hovertemplate="%{text}<extra></extra>", **axes)
        step = max(1, -(-len(blocks) // 5))
        figure.update_layout({f"xaxis{axes['xaxis'][1:]}": {
            "tickvals": blocks[::step], "range": [blocks[0] - 0.5, blocks[-1] + 0.5]}})
    _range(figure, look, table)
    legend_above(figure)
    return figure


def _range(figure: go.Figure, look: Look, table: pd.DataFrame) -> None:
    shown = table.groupby(["twin", "opening", "block"])["distance"].mean()
    low, high = min(0.0, float(shown.min())), max(0.0, float(shown.max()))
    room = 0.08 * max(high - low, 1e-3)
    figure.update_yaxes(range=[low - room, high + room], nticks=5)
    if low < 0:
        figure.add_hline(y=0, line={"color": NEUTRAL, "width": look.size(1.5), "dash": "dot"})


def by_length(run: Run, look: Look, *, prompts: str = "harmful") -> go.Figure | None:
    """Return the distances as the opening grows, mean over blocks; the twins side by side.

    Args:
        run: A finished run.
        look: Ink and scale.
        prompts: A key of ``PROMPTS``.
    """
    known = lengths(run)
    if not known:
        return None
    table = probe_rows(run, prompts)
    table = table[table["k"].isin(known)].groupby(["seed", "twin", "opening", "k"], as_index=False, sort=False)["distance"].mean()
    figure = canvas(look, x="tokens of the opening", y="mean over blocks")
    places = side_by_side(figure, look, [f"{TWINS[twin]} twin" for twin in TWINS])
    for index, (twin, axes) in enumerate(zip(TWINS, places, strict=True)):
        for opening, (meaning, name) in OPENINGS.items():
            rows = over(table[(table["twin"] == twin) & (table["opening"] == opening)], ["k"], "distance").sort_values("k")
            mark = MARKS[meaning]
            figure.add_scatter(
                x=rows["k"], y=rows["value"], mode="lines+markers", name=name, legendgroup=opening, showlegend=index == 0,
                line={"color": mark.colour, "width": look.size(3), "dash": mark.dash},
                marker={"symbol": mark.symbol, "size": look.size(9), "color": mark.colour},
                text=[f"<b>{name}, {TWINS[twin]} twin</b><br>{row.k} tokens: {said(row, '')}" for row in rows.itertuples()],
                hovertemplate="%{text}<extra></extra>", **axes)
        figure.update_layout({f"xaxis{axes['xaxis'][1:]}": {"tickvals": known, "range": [known[0] - 0.7, known[-1] + 0.7]}})
    _range(figure, look, table.rename(columns={"k": "block"}))
    legend_above(figure)
    return figure


def alt_distances(run: Run) -> str:
    """Return how the twins' gap of distances differs."""
    contrast, content = run.estimate("probe_contrast"), run.estimate("probe_contrast_content")
    if math.isnan(contrast.value):
        return "The direction probe was left out of this run."
    return (f"Distance to complying minus to refusing, aligned minus unaligned twin: {words.number(contrast.value, signed=True)}; after "
            f"harmless requests {words.number(content.value, signed=True)}.")


def alt_by_length(run: Run) -> str:
    """Return how the aligned twin's distances change as the opening grows."""
    if not lengths(run):
        return "The direction probe was left out of this run."
    table, known = probe_rows(run, "harmful"), lengths(run)
    table = table[table["k"].isin(known)]
    mean = table[table["twin"] == "aligned"].groupby(["opening", "k"])["distance"].mean()
    parts = "; ".join(f"{name} {words.number(mean[opening].iloc[0])} to {words.number(mean[opening].iloc[-1])}"
                      for opening, (_, name) in OPENINGS.items())
    return f"Aligned twin, distance at {known[0]} to {known[-1]} tokens of opening: {parts}."
