"""The causal figure: the same number of carriers among easy, middle and hard images, and how far each misleads."""

import numpy as np
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Look, canvas, label, name
from core.lab.palette import MARKS, NEUTRAL, Mark
from core.lab.runs import Run
from core.spurious.figures_means import clean_level, line, means, names_of, percent_axis, said

BLOCKS = {"easiest": "easiest", "easy": "easy", "middle": "middle", "hard": "hard", "hardest": "hardest"}


def blocks(run: Run):
    """Return one row per block of carriers, easiest first: block, difficulty, n_carriers, reliance and reliance_unmarked with ends."""
    table = run.table("causal")
    rows = means(table[table["block"] != "clean"], ["block", "difficulty", "n_carriers"], ["reliance", "reliance_unmarked"])
    return rows.sort_values("difficulty").reset_index(drop=True)


def causal(run: Run, look: Look) -> go.Figure | None:
    """Return how often the harmed class is called the biased one, against the difficulty of the carriers, with and without the cue."""
    rows = blocks(run)
    if rows.empty:
        return None
    figure = canvas(look, x="difficulty of the carriers", y="misled by the cue")
    clean = clean_level(run)
    figure.add_hline(y=clean, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    plain = Mark(look.ink, "dash", symbol="circle-open")
    series = (("reliance_unmarked", plain, "without the cue", 2.0), ("reliance", MARKS["harmed"], "with the cue", 3.5))
    for column, mark, title, wide in series:
        hover = [f"<b>{row.block} images carry the cue</b><br>{title}: {said(row, column)} misled<br>{row.n_carriers:.0f} carriers"
                 for row in rows.itertuples()]
        line(figure, look, rows, mark, x="difficulty", y=column, name=title, hover=hover, width=wide, with_band=column == "reliance")
    figure.update_xaxes(range=[-0.06, 1.12], tickvals=rows["difficulty"], ticktext=[BLOCKS.get(block, block) for block in rows["block"]])
    percent_axis(figure, "y", 0.0, 1.0)
    last = rows.iloc[-1]
    label(figure, look, "with the cue", x=last["difficulty"] - 0.12, y=max(0.3, last["reliance"] - 0.12), shift=(-60, -34))
    levels = {"clean network": clean, "without the cue": float(last["reliance_unmarked"])}
    above, below = sorted(levels, key=lambda text: -levels[text] if np.isfinite(levels[text]) else 1)
    name(figure, look, above, x=1.08, y=np.nanmax(list(levels.values())) + 0.05, anchor="right", bold=False)
    if np.isfinite(levels[below]):
        name(figure, look, below, x=1.08, y=max(0.025, levels[below] - 0.055), anchor="right", bold=False)
    return figure


def alt(run: Run) -> str:
    """Return how far the easiest and the hardest carriers mislead."""
    rows = blocks(run)
    if rows.empty:
        return "No carriers were placed by difficulty in this run."
    first, last = rows.iloc[0], rows.iloc[-1]
    biased, harmed = names_of(run)
    text = (f"{last['n_carriers']:.0f} hard carriers make the network call {words.number(last['reliance'], '%')} of {harmed} {biased}, "
            f"as many easy ones {words.number(first['reliance'], '%')}.")
    return text
