"""The axis of costs in figures: logarithmic, with a place below for what costs nothing and one above for what never got there."""

import math

import numpy as np
import pandas as pd
import plotly.graph_objects as go

LEAST = 40.0  # images at which costs of nothing are drawn
ABOVE = 1.35  # of the cap: where what never got there is drawn
TICKS = {100: "100", 300: "300", 1000: "1,000", 3000: "3,000", 10_000: "10,000", 30_000: "30,000"}


def places(images: pd.Series, cap: float) -> np.ndarray:
    """Return where costs are drawn; missing ones never got there."""
    return images.fillna(cap * ABOVE).clip(lower=LEAST).to_numpy()


def draw(figure: go.Figure, cap: float) -> None:
    """Give a figure's vertical axes the scale of costs up to ``cap``."""
    ticks = {LEAST: "none"} | {value: text for value, text in TICKS.items() if value < 0.85 * cap} | {cap * ABOVE: "never"}
    figure.update_yaxes(type="log", range=[math.log10(LEAST * 0.8), math.log10(cap * 1.7)], tickmode="array", tickvals=list(ticks),
                        ticktext=list(ticks.values()))
