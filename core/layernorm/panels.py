"""What the figures of this room share: its placements and variants, their marks, and ranges that hold their intervals."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from core.lab.figure import Look
from core.lab.palette import MARKS
from core.lab.runs import Run
from core.layernorm.variants import PLACEMENT_TITLES, PLACEMENTS, VARIANTS, Placement

TITLES = {variant.id: variant.title for variant in VARIANTS}


def placements_of(run: Run, table: str = "damage") -> tuple[Placement, ...]:
    """Return the placements that a table of a run holds, Post-LN first."""
    held = set(run.table(table)["placement"])
    return tuple(placement for placement in PLACEMENTS if placement in held)


def variants_of(run: Run, placement: str) -> tuple[str, ...]:
    """Return the variants that a run fine-tuned, in the plan's order."""
    table = run.table("variants")
    held = set(table.loc[table["placement"] == placement, "variant"])
    return tuple(variant.id for variant in VARIANTS if variant.id in held)


def mark_of(variant: str, look: Look) -> tuple[str, str, str]:
    """Return colour, dash and symbol of a variant: ink when intact, purple when stripped, green for rivals, neutral for controls."""
    meaning = {"intact": "reference", "dropout_intact": "reference", "scratch_intact": "reference", "elsewhere": "neutral",
               "frozen": "neutral", "elr": "defended", "label_smoothing": "defended", "norm_decay": "defended", "stopped": "defended",
               "folded": "neutral"}.get(variant, "stripped")
    mark = MARKS[meaning]
    return look.ink if meaning == "reference" else mark.colour, mark.dash, mark.symbol


def panels_of(run: Run) -> list[str]:
    """Return the titles of one panel for each placement."""
    return [PLACEMENT_TITLES[placement] for placement in placements_of(run)]


def ends_of(*parts: pd.DataFrame, at_least: float = 0.02, bounds: tuple[float, float] | None = None) -> list[float]:
    """Return a range that holds values and intervals of rows of ``over``, with some room.

    Args:
        parts: Rows.
        at_least: Smallest width.
        bounds: What the range may not leave by more than its own room, such as (0, 1).
    """
    rows = pd.concat(parts)
    low, high = float(rows["low"].min()), float(rows["high"].max())
    if bounds is not None:
        low, high = max(low, bounds[0]), min(high, bounds[1])
    room = 0.08 * max(high - low, at_least)
    return [low - room, high + room]


def rows_named(figure: go.Figure, names: Sequence[str]) -> None:
    """Write every name at the vertical axis, the first on top; plotly alone would leave some out."""
    figure.update_yaxes(categoryorder="array", categoryarray=list(reversed(names)), tickmode="array", tickvals=list(names),
                        range=[-0.6, len(names) - 0.4])
