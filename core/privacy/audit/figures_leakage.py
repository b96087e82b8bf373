"""Figures of what an attacker finds: ROC, scores, the league of attacks, slices."""

import textwrap

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Look, band, canvas, label, name
from core.lab.palette import NEUTRAL, faint
from core.lab.runs import Run
from core.privacy.figure_parts import distributions, short

HEADLINE, PLAIN = "lira_online", "loss"
FLOOR = 1e-4
PIXELS_A_DECADE = 74
MEASURES = {"auc": "AUC", "10pct": "10%", "1pct": "1%", "01pct": "0.1%"}
TARGETS = "middle 95% of targets"
KNOWLEDGE = {
    "none": ("no reference models", "circle-open"),
    "references offline": ("references without the image", "square"),
    "references online": ("references with and without it", "circle")}
PERCENT_TICKS = ([1e-4, 1e-3, 1e-2, 1e-1, 1.0], ["0.01%", "0.1%", "1%", "10%", "100%"])


def titles(run: Run) -> dict[str, str]:
    """Return the attacks of a run, id to title, in table order."""
    attacks = run.results[0].attacks
    return dict(zip(attacks["attack"], attacks["title"], strict=True))


def _in_sentence(title: str) -> str:
    return title if title[:2].isupper() or title.startswith("LiRA") else title[:1].lower() + title[1:]


def roc(run: Run, look: Look, *, attack: str = HEADLINE, scale: str = "log", other: str = "", spread: str = TARGETS) -> go.Figure | None:
    """Return members found against false alarms: the chosen attack with its band over targets, a plain one, and chance.

    Args:
        run: A finished audit.
        look: Ink and scale.
        attack: Id of the attack drawn in ink.
        scale: ``log``, or ``linear`` for both axes.
        other: Id of the plain attack; the loss where it is empty.
        spread: What the band is, in words.
    """
    known, table = titles(run), run.table("roc")
    if attack not in known:
        return None
    other = other or (PLAIN if attack != PLAIN else HEADLINE)
    figure = canvas(look, x="false alarms among non-members", y="members found")
    _percent_axes(figure, scale)
    rates = np.geomspace(FLOOR, 1, 50) if scale == "log" else np.array([0.0, 1.0])
    figure.add_scatter(x=rates, y=rates, mode="lines", line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"}, hoverinfo="skip")
    if other in known:
        _curve(figure, look, table, other, known[other], scale, main=False, spread=spread)
    _curve(figure, look, table, attack, known[attack], scale, main=True, spread=spread)
    if scale == "log":
        _not_resolvable(figure, look, table)
    _name_curves(figure, look, table, {attack: known[attack]} | ({other: known[other]} if other in known else {}), scale)
    return figure


def _percent_axes(figure: go.Figure, scale: str) -> None:
    values, texts = PERCENT_TICKS if scale == "log" else ([0, 0.2, 0.4, 0.6, 0.8, 1], ["0%", "20%", "40%", "60%", "80%", "100%"])
    axis = {"type": scale, "range": [-4, 0.04] if scale == "log" else [0, 1.01], "tickvals": values, "ticktext": texts}
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)


def roc_points(table: pd.DataFrame, attack: str) -> pd.DataFrame:
    """Return the curve of one attack as means over seeds: fpr, tpr_median, tpr_low, tpr_high, where a target resolves the rate."""
    mine = table[(table["attack"] == attack) & table["is_resolved"]]
    return mine.groupby("fpr", as_index=False)[["tpr_median", "tpr_low", "tpr_high"]].mean()


def _curve(figure: go.Figure, look: Look, table: pd.DataFrame, attack: str, title: str, scale: str, *, main: bool, spread: str) -> None:
    points = roc_points(table, attack)
    floor = FLOOR if scale == "log" else 0.0
    x, low, high = (points[column].to_numpy() for column in ("fpr", "tpr_low", "tpr_high"))
    if main:
        band(figure, x, np.maximum(low, floor), np.maximum(high, floor), NEUTRAL)
    hover = [f"<b>{title}</b><br>finds {words.number(row.tpr_median, '%')} of members<br>{spread}: "
             f"{words.number(row.tpr_low, '%')} to {words.number(row.tpr_high, '%')}<br>at {row.fpr:.2%} false alarms"
             for row in points.itertuples()]
    figure.add_scatter(x=x, y=np.maximum(points["tpr_median"], floor), mode="lines", name=title, text=hover,
                       hovertemplate="%{text}<extra></extra>",
                       line={"color": look.ink, "width": look.size(3.5 if main else 2.5), "dash": "solid" if main else "dash"})


def resolution(table: pd.DataFrame) -> float:
    """Return the smallest false-alarm rate that a single target resolves."""
    return float(table.loc[table["is_resolved"], "fpr"].min())


def _not_resolvable(figure: go.Figure, look: Look, table: pd.DataFrame) -> None:
    edge = resolution(table)
    if not edge > FLOOR * 1.2:
        return
    figure.add_shape(type="rect", x0=FLOOR, x1=edge, y0=FLOOR, y1=1, fillcolor=faint(NEUTRAL, 0.18), line={"width": 0}, layer="below")
    name(figure, look, "not re-<br>solvable", x=(np.log10(FLOOR) + np.log10(edge)) / 2, y=-1.75, anchor="center", bold=False)


def _name_curves(figure: go.Figure, look: Look, table: pd.DataFrame, named: dict[str, str], scale: str) -> None:
    """Name the main curve above itself, the plain one and chance in the empty corner under the diagonal."""
    is_log = scale == "log"
    for order, (attack, title) in enumerate(named.items()):
        points = roc_points(table, attack)
        rate = (0.01, 0.12)[order] if is_log else (0.25, 0.5)[order]
        near = points.iloc[(points["fpr"] - max(rate, 1.5 * resolution(table) if is_log else 0)).abs().argmin()]
        x, y = near["fpr"], max(near["tpr_median"], FLOOR)
        room = -np.log10(y) * PIXELS_A_DECADE - 12
        shift = ((-14, -min(44, room)) if room > 16 else (-40, 8)) if is_log and order == 0 else (34, 52) if is_log else (
            (40, 40) if order == 0 else (34, 46))
        label(figure, look, _in_sentence("<br>".join(textwrap.wrap(title, 20))), x=np.log10(x) if is_log else x,
              y=np.log10(y) if is_log else y, shift=shift)
    x, shift = (-2.55, (34, 40)) if is_log else (0.72, (24, 40))
    label(figure, look, "chance", x=x, y=x, shift=shift, bold=False)


def scores(run: Run, look: Look, *, attack: str = HEADLINE) -> go.Figure | None:
    """Return the distributions of an attack's scores over members and non-members, on shared bins."""
    table = run.table("histograms")
    mine = table[table["attack"] == attack]
    if mine.empty:
        return None
    first = mine[mine["seed"] == mine["seed"].iloc[0]].reset_index(drop=True)  # bins differ from seed to seed
    return distributions(look, first["left"].to_numpy(), first["right"].to_numpy(), first["members"].to_numpy(),
                         first["non_members"].to_numpy(), axis=first["axis"].iloc[0])


def ranking(run: Run, measure: str = "auc") -> pd.DataFrame:
    """Return all attacks as means over seeds, best last: attack, title, family, access, knowledge, value, low, high."""
    table = run.table("attacks")
    stem = "auc" if measure == "auc" else f"tpr_{measure}"
    words_ = ["attack", "title", "family", "access", "knowledge"]
    grouped = table.groupby(words_, sort=False, as_index=False)[[stem, f"{stem}_low", f"{stem}_high"]].mean()
    grouped.columns = [*words_, "value", "low", "high"]
    return grouped.sort_values("value", kind="stable", na_position="first").reset_index(drop=True)


def league(run: Run, look: Look, *, measure: str = "auc") -> go.Figure | None:
    """Return every attack as a dot with its interval, the best on top; ``measure`` is a key of ``MEASURES``."""
    rows = ranking(run, measure)
    known = rows[rows["value"].notna()]
    if known.empty:
        return None
    chance = 0.5 if measure == "auc" else {"10pct": 0.1, "1pct": 0.01, "01pct": 0.001}[measure]
    figure = canvas(look, x="AUC" if measure == "auc" else f"members found at {MEASURES[measure]} false alarms", y="",
                    height=int(110 + 30 * look.scale * len(known)))
    for knowledge, (words_, symbol) in KNOWLEDGE.items():
        part = known[known["knowledge"] == knowledge]
        figure.add_scatter(
            x=part["value"], y=part["title"].map(short), mode="markers", name=words_,
            marker={"size": look.size(11), "color": look.ink, "symbol": symbol, "line": {"width": 2, "color": look.ink}},
            error_x={"type": "data", "symmetric": False, "array": part["high"] - part["value"], "arrayminus": part["value"] - part["low"],
                     "color": faint(NEUTRAL, 0.8), "thickness": look.size(3), "width": 0},
            text=[_hover(row, measure) for row in part.itertuples()], hovertemplate="%{text}<extra></extra>")
    end = max(float(known["high"].max()), float(known["value"].max()), chance)
    start = min(float(known["low"].min()), chance)
    room = 0.06 * (end - start)
    figure.add_vline(x=chance, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    figure.update_xaxes(range=[max(0.0, start - room), min(1.0 + room, end + room)],
                        tickformat=".2f" if measure == "auc" else ".1%" if end < 0.1 else ".0%")
    figure.update_yaxes(categoryorder="array", categoryarray=list(known["title"].map(short)), nticks=0, tickmode="linear",
                        range=[-0.7, len(known) - 0.3], tickfont={"size": look.size(14), "color": look.ink})
    figure.update_layout(showlegend=True, legend={
        "y": 1.0, "x": 1, "xanchor": "right", "itemsizing": "constant", "font": {"size": look.size(14), "color": look.ink}})
    return figure


def _hover(row: object, measure: str) -> str:
    unit = "" if measure == "auc" else "%"
    what = "AUC" if measure == "auc" else f"members found at {MEASURES[measure]} false alarms"
    return (f"<b>{row.title}</b><br>{what}: {words.number(row.value, unit)}<br>95%: {words.number(row.low, unit)} to "
            f"{words.number(row.high, unit)}<br>{row.family}, sees {row.access}")


def slices(run: Run, look: Look, *, attack: str = HEADLINE, kind: str = "class", spread: str = TARGETS) -> go.Figure | None:
    """Return an attack's AUC for every class, group or quarter of difficulty, as dots with their spread."""
    table = run.table("slices")
    mine = table[(table["attack"] == attack) & (table["kind"] == kind)]
    if mine.empty:
        return None
    rows = mine.groupby("slice", sort=False, as_index=False)[["auc", "low", "high", "n"]].mean()
    rows = rows.sort_values("auc", kind="stable") if kind != "difficulty" else rows.iloc[::-1]
    rows = pd.concat([rows.head(10), rows.tail(10)]) if len(rows) > 20 else rows
    figure, unit = canvas(look, x="AUC", y=""), "images" if spread == TARGETS else "rows"
    figure.add_scatter(
        x=rows["auc"], y=rows["slice"], mode="markers", marker={"size": look.size(11), "color": look.ink},
        error_x={"type": "data", "symmetric": False, "array": rows["high"] - rows["auc"], "arrayminus": rows["auc"] - rows["low"],
                 "color": faint(NEUTRAL, 0.8), "thickness": look.size(3), "width": 0},
        text=[f"<b>{row.slice}</b><br>AUC {row.auc:.2f}<br>{spread}: {row.low:.2f} to {row.high:.2f}<br>{row.n:,.0f} {unit}"
              for row in rows.itertuples()], hovertemplate="%{text}<extra></extra>")
    low, high = min(0.5, float(rows["low"].min())), float(rows["high"].max())
    room = 0.05 * (high - low)
    figure.add_vline(x=0.5, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    figure.update_xaxes(range=[low - room, min(1.02, high + room)], tickformat=".2f")
    figure.update_yaxes(range=[-0.7, len(rows) - 0.3], tickmode="linear", categoryorder="array", categoryarray=list(rows["slice"]))
    return figure
