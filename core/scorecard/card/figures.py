"""What stands behind the rows, as figures. Functions are pure: run and look in, plotly figure out."""

import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Figure, Look, canvas
from core.lab.palette import MARKS, NEUTRAL
from core.lab.runs import Run

MOST = 14


def _slices(run: Run, row: str, kind: str) -> pd.DataFrame:
    table = run.results[0].slices
    return table[(table["subject"] == 0) & (table["row"] == row) & (table["kind"] == kind)].head(MOST)


def _dots(run: Run, look: Look, row: str, kind: str, *, title: str, colour: str = "") -> go.Figure | None:
    table = _slices(run, row, kind)
    if table.empty:
        return None
    figure = canvas(look, x=title, y="", height=max(300, 34 * len(table) + 90))
    bars = {"type": "data", "symmetric": False, "array": 100 * (table["high"] - table["value"]).fillna(0),
            "arrayminus": 100 * (table["value"] - table["low"]).fillna(0), "color": NEUTRAL, "thickness": 2, "width": 0}
    text = [f"<b>{one.slice}</b><br>{words.number(one.value, '%')}, n {int(one.n)}" for one in table.itertuples()]
    figure.add_scatter(x=100 * table["value"], y=table["slice"], mode="markers", error_x=bars, hovertemplate="%{text}<extra></extra>",
                       text=text, marker={"size": 11, "color": colour or look.ink})
    figure.update_yaxes(autorange="reversed", tickmode="linear", dtick=1)  # every row has its name
    return figure


def _alt(row: str, kind: str, what: str):
    def told(run: Run) -> str:
        table = _slices(run, row, kind)
        if table.empty:
            return f"{what}: this subject has none."
        worst = table.loc[table["value"].abs().idxmax()]
        return f"{what}: largest for {worst['slice']}, {words.number(worst['value'], '%')}."[:159]
    return told


FIGURES: tuple[Figure, ...] = (
    Figure("groups", "Whom it serves how well", "Dots with intervals that hold for all groups at once.",
           lambda run, look: _dots(run, look, "worst_group", "accuracy", title="accuracy, %"), _alt("worst_group", "accuracy", "Accuracy")),
    Figure("smaller", "Who pays for a smaller copy", "Accuracy that each group loses at 4 bits; intervals hold for all at once.",
           lambda run, look: _dots(run, look, "rounded", "accuracy lost", title="points lost", colour=MARKS["harmed"].colour),
           _alt("rounded", "accuracy lost", "Accuracy lost at 4 bits")),
    Figure("settings", "The group hit hardest, setting by setting", "One dot a setting: the group that loses most there.",
           lambda run, look: _dots(run, look, "rounded", "worst loss", title="points lost", colour=MARKS["harmed"].colour),
           _alt("rounded", "worst loss", "Loss of the group hit hardest")),
    Figure("drift", "Too sure, by kind of drift", "Confidence minus accuracy; right of zero it is surer than right.",
           lambda run, look: _dots(run, look, "sure_shifted", "confidence minus accuracy", title="points too sure"),
           _alt("sure_shifted", "confidence minus accuracy", "Confidence minus accuracy")),
    Figure("topics", "What it refuses, by topic", "Requests to be refused that it refuses; one dot a topic.",
           lambda run, look: _dots(run, look, "refused", "refused", title="refused, %"), _alt("refused", "refused", "Refused")),
    Figure("taken", "What takes its refusals away", "Refused with all units, without the critical ones, without as many random ones.",
           lambda run, look: _dots(run, look, "units", "refused", title="refused, %", colour=MARKS["harmed"].colour),
           _alt("units", "refused", "Refused")),
    Figure("tuned", "What fine-tuning leaves", "Refused before and after some steps on ordinary answers; with refusals among them.",
           lambda run, look: _dots(run, look, "erased", "refused", title="refused, %", colour=MARKS["harmed"].colour),
           _alt("erased", "refused", "Refused")),
    Figure("scales", "What the norms' scales carry", "Questions answered rightly: as it is, scales at one, folded first, drawn anew.",
           lambda run, look: _dots(run, look, "norms", "right answers", title="right, %"), _alt("norms", "right answers", "Right answers")),
)
