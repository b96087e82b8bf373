"""The figures of soft labels: labels beside the teacher's confusion, accuracy by arm, accuracy against cost, choices, calibration."""

import math
import textwrap

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Figure, Look, canvas
from core.lab.palette import MARKS, NEUTRAL, faint
from core.lab.panels import legend_above, over, rows_named, said, side_by_side, whiskers
from core.lab.runs import Run

COLOURS = ["#E6F2EC", "#A5C9B8", "#65A187", "#29785B", "#074D36"]
DIVERGING = ["#842B02", "#D2643C", "#F7D6CA", "#D1DFF6", "#5588DD", "#0A46A2"]
VIEWS = {"soft": "Released", "centred": "Centred", "sharp": "Sharpened", "cosine": "Cosines"}
FAMILIES = {
    "plain": ("labels alone", "reference"), "smoothing": ("labels alone", "reference"), "encoder": ("autoencoder", "defended"),
    "sharp": ("autoencoder", "defended"), "teacher": ("teacher", "member"), "self": ("teacher", "member"), "both": ("both", "stripped")}
MEASURES = {"accuracy": "Accuracy", "ece": "Calibration error", "overconfidence": "Too sure",
            "brier": "Brier score", "loss": "Test loss"}
PLAIN = {"loss": "nats", "brier": "Brier score"}  # not in per cent
COSTS = {"seconds": ("CPU time", "CPU seconds, label making and student"), "macs": ("MACs of labels", "billion MACs of making the labels"),
         "energy": ("Energy", "Wh, label making and student")}


def compared(run: Run) -> pd.DataFrame:
    """Return the arms that are compared: one seed and arm a row, without candidates that were not chosen and other sizes."""
    table = run.table("arms")
    table = table[table["is_chosen"].astype(bool) & (table["family"] != "size")].copy()
    chosen = {"encoder": "Autoencoder's labels, chosen", "kd": "Distillation, chosen", "smoothing": "Label smoothing, chosen"}
    table["title"] = [chosen.get(arm, title) for arm, title in zip(table["arm"], table["title"], strict=True)]
    return table


def against_hard(run: Run, measure: str) -> pd.DataFrame:
    """Return every arm minus hard labels, paired over seeds: arm, title, family, value, low, high, n, best first."""
    table = compared(run)
    hard = table[table["arm"] == "hard"].set_index("seed")[measure]
    table = table[table["arm"] != "hard"].assign(change=lambda rows: rows[measure] - rows["seed"].map(hard))
    return over(table, ["arm", "title", "family"], "change").sort_values("value", ascending=measure != "accuracy", ignore_index=True)


def by_arm(run: Run, look: Look, *, measure: str = "accuracy") -> go.Figure | None:
    """Return every arm minus hard labels with its paired interval over seeds."""
    rows = against_hard(run, measure)
    if rows.empty:
        return None
    scale = 1.0 if measure in PLAIN else 100.0
    unit = PLAIN.get(measure, "points")
    figure = canvas(look, x=f"{unit} against hard labels", y="", height=int(look.height * 1.35))
    figure.add_vline(x=0, line={"color": NEUTRAL, "width": look.size(2), "dash": "dot"})
    for group in dict.fromkeys(name for name, _ in FAMILIES.values()):
        mine = rows[[FAMILIES[family][0] == group for family in rows["family"]]]
        if mine.empty:
            continue
        mark = MARKS[FAMILIES[mine["family"].iloc[0]][1]]
        colour = look.ink if mark.colour == MARKS["reference"].colour else mark.colour
        scaled = mine.assign(**{name: scale * mine[name] for name in ("value", "low", "high")})
        figure.add_scatter(
            x=scaled["value"], y=mine["title"], mode="markers", name=group, error_x=whiskers(scaled, look, colour),
            marker={"size": look.size(11), "color": colour, "symbol": mark.symbol},
            text=[_change(row, measure) for row in mine.itertuples()],
            hovertemplate="<b>%{y}</b><br>%{text}<extra></extra>")
    rows_named(figure, rows["title"].tolist())
    figure.update_yaxes(tickfont={"size": look.size(13)})
    legend_above(figure, titles=False)
    return figure


def _change(row, measure: str) -> str:
    return said(row, "" if measure in PLAIN else "pt", signed=True)


def heat_map(run: Run, look: Look, *, view: str = "soft") -> go.Figure | None:
    """Return the table of soft labels beside the teacher's confusion on validation images, mean over seeds."""
    table = run.table("labels").groupby(["row", "column", "row_name", "column_name"], as_index=False)[[*VIEWS, "mixing"]].mean()
    n = int(table["row"].max()) + 1
    if n > 100:
        return None
    names = table[table["row"] == 0].sort_values("column")["column_name"].tolist()
    left, right = (table.pivot(index="row", columns="column", values=column).to_numpy() for column in (view, "mixing"))
    figure = canvas(look, x="class in the answer", y="true class", height=int(look.height * 1.25))
    places = side_by_side(figure, look, [f"{VIEWS[view]} labels" if view != "cosine" else "Cosines", "Teacher's confusion"], gap=0.1)
    for values, axes, scale in ((left, places[0], DIVERGING if view == "centred" else COLOURS), (right, places[1], COLOURS)):
        shown = values.copy()
        if view != "centred" or axes is places[1]:
            shown = np.where(np.eye(n, dtype=bool) & (axes is places[1]), np.nan, shown)
        figure.add_heatmap(z=shown[::-1], x=list(range(n)), y=list(range(n)), showscale=False, colorscale=scale, hoverongaps=False,
                           text=[[f"{names[row]} → {names[column]}: {values[row, column]:.4f}" for column in range(n)]
                                 for row in range(n)][::-1], hovertemplate="%{text}<extra></extra>", **axes)
    step = max(1, n // 10)
    short = [textwrap.shorten(name, 11, placeholder="").removesuffix(" or") or name[:11] for name in names]
    for axes in places:
        end = axes["xaxis"].removeprefix("x")
        figure.update_layout({f"xaxis{end}": {"tickmode": "array", "tickvals": list(range(0, n, step)), "ticktext": short[::step],
                                              "tickangle": -60, "showgrid": False, "tickfont": {"size": look.size(12), "color": look.ink}}})
    figure.update_layout(yaxis={"tickmode": "array", "tickvals": list(range(n - 1, -1, -step)), "ticktext": short[::step],
                                "showgrid": False, "tickfont": {"size": look.size(12), "color": look.ink}})
    return figure


def watt_hours(run: Run) -> dict[int, float]:
    """Return, by seed, the watt-hours of one CPU second: the run's measured energy shared out by CPU time; NaN where unmeasured."""
    found = {}
    for seed, result, manifest in zip(run.request.seeds, run.results, run.manifests, strict=True):
        energy = manifest["cost"].get("energy_kwh")
        spent = float(result.arms["student_seconds"].sum() + result.costs.loc[result.costs["part"] != "student", "cpu_seconds"].sum())
        found[seed] = math.nan if energy is None or spent <= 0 else 1000.0 * energy / spent
    return found


def against_cost(run: Run, look: Look, *, cost: str = "seconds") -> go.Figure | None:
    """Return accuracy of every arm against what its labels and training take; up and to the left is better."""
    table = compared(run)
    table["seconds"] = table["label_seconds"] + table["student_seconds"]
    table["macs"] = table["label_macs"] / 1e9
    table["energy"] = table["seconds"] * table["seed"].map(watt_hours(run))
    if table[cost].isna().any():
        return None
    accuracy = over(table, ["arm", "title", "family"], "accuracy", (0.0, 1.0))
    accuracy["cost"] = over(table, ["arm"], cost)["value"]
    accuracy = accuracy[accuracy["arm"] != "extreme"]
    figure = canvas(look, x=COSTS[cost][1], y="test accuracy")
    for group in dict.fromkeys(name for name, _ in FAMILIES.values()):
        mine = accuracy[[FAMILIES[family][0] == group for family in accuracy["family"]]]
        if mine.empty:
            continue
        mark = MARKS[FAMILIES[mine["family"].iloc[0]][1]]
        colour = look.ink if mark.colour == MARKS["reference"].colour else mark.colour
        figure.add_scatter(
            x=mine["cost"], y=mine["value"], mode="markers", name=group, error_y=whiskers(mine, look, colour),
            marker={"size": look.size(12), "color": colour, "symbol": mark.symbol},
            text=[f"<b>{row.title}</b><br>{said(row)}<br>{row.cost:.2g} {COSTS[cost][1]}" for row in mine.itertuples()],
            hovertemplate="%{text}<extra></extra>")
    figure.update_yaxes(tickformat=".1%")
    figure.update_xaxes(range=[-0.06 * float(accuracy["cost"].max()), 1.1 * float(accuracy["cost"].max())])
    legend_above(figure, titles=False)
    return figure


def choices(run: Run, look: Look) -> go.Figure | None:
    """Return validation accuracy over the weight of the soft part, one line a temperature, for both makers of labels."""
    table = run.table("arms")
    table = table[table["title"].str.contains(", a ", regex=False) & ~table["title"].str.startswith("As released")]
    if table.empty:
        return None
    figure = canvas(look, x="weight of the soft part", y="validation accuracy")
    places = side_by_side(figure, look, ["Autoencoder", "Teacher"])
    for family, axes in zip(("encoder", "teacher"), places, strict=True):
        mine = table[table["family"] == family]
        for turn, (temperature, part) in enumerate(mine.groupby("temperature")):
            rows = over(part, ["weight"], "validation", (0.0, 1.0)).sort_values("weight")
            mark = list(MARKS.values())[(0, 4, 3, 2)[turn % 4]]
            colour = look.ink if turn == 0 else mark.colour
            figure.add_scatter(x=rows["weight"], y=rows["value"], mode="lines+markers", name=f"T {temperature:g}",
                               legendgroup=str(temperature), showlegend=family == "encoder", error_y=whiskers(rows, look, colour),
                               line={"color": colour, "width": look.size(3), "dash": mark.dash},
                               marker={"symbol": mark.symbol, "size": look.size(10)},
                               hovertemplate=f"<b>T {temperature:g}</b><br>weight %{{x}}<br>%{{y:.1%}}<extra></extra>", **axes)
    figure.update_yaxes(tickformat=".0%")
    legend_above(figure)
    return figure


def sizes(run: Run, look: Look) -> go.Figure | None:
    """Return the gain of soft labels and of smoothing of equal strength over hard labels, on both training sets."""
    table = run.table("arms")
    pairs = {"encoder": "Autoencoder's labels", "uniform": "Smoothing, equal strength"}
    rows = []
    for (seed, n_train), part in table.groupby(["seed", "n_train"]):
        at = part.drop_duplicates("arm").set_index("arm")["accuracy"]
        end = "-more" if "hard-more" in at else ""
        rows += [{"seed": seed, "n_train": n_train, "title": title, "gain": at[arm + end] - at["hard" + end]}
                 for arm, title in pairs.items()]
    gains = over(pd.DataFrame(rows), ["title", "n_train"], "gain")
    if gains["n_train"].nunique() < 2:
        return None
    figure = canvas(look, x="training images", y="gain over hard labels, points")
    figure.add_hline(y=0, line={"color": NEUTRAL, "width": look.size(2), "dash": "dot"})
    for turn, (title, part) in enumerate(gains.groupby("title", sort=False)):
        mark = MARKS["defended"] if turn == 0 else MARKS["reference"]
        colour = look.ink if turn else mark.colour
        scaled = part.assign(**{name: 100 * part[name] for name in ("value", "low", "high")})
        figure.add_scatter(
            x=[f"{n:,}" for n in part["n_train"]], y=scaled["value"], mode="markers", name=title, error_y=whiskers(scaled, look, colour),
            marker={"size": look.size(13), "color": colour, "symbol": mark.symbol, "line": {"color": faint(colour, 0.9), "width": 1}},
            text=[said(row, "pt", signed=True) for row in part.itertuples()],
            hovertemplate=f"<b>{title}</b><br>%{{x}} images<br>%{{text}}<extra></extra>")
    figure.update_layout(scattermode="group", xaxis={"type": "category"})
    legend_above(figure, titles=False)
    return figure


def _alt_arms(run: Run) -> str:
    rows = against_hard(run, "accuracy")
    best, worst = rows.iloc[0], rows.iloc[-1]
    return (f"Best against hard labels: {best.title}, {words.number(best.value, 'pt', signed=True)}; worst: {worst.title}, "
            f"{words.number(worst.value, 'pt', signed=True)}.")


def _alt_heat(run: Run) -> str:
    own, flat = run.estimate("own_class").value, run.estimate("evenness").value
    return f"Soft labels give their own class {words.number(own, '%')}; their entropy is {words.number(flat, '%')} of the largest possible."


def _alt_cost(run: Run) -> str:
    without, teacher = run.estimate("cost_encoder").value, run.estimate("cost_teacher").value
    return (f"Labels without a teacher take {words.number(without, 's')} of CPU time, a teacher and its answers "
            f"{words.number(teacher, 's')}.")


def _alt_choices(run: Run) -> str:
    return "Validation accuracy by weight and temperature of the soft part; heavy weights lose accuracy."


def _alt_sizes(run: Run) -> str:
    here, more = run.estimate("gain_here").value, run.estimate("gain_more").value
    return (f"Soft labels gain {words.number(here, 'pt', signed=True)} on few images and {words.number(more, 'pt', signed=True)} on "
            "more.")


ARMS = Figure("arms", "Every arm against hard labels",
              "Paired over seeds: same initial network, same order of images. The line through 0 is the hard-label student.",
              by_arm, _alt_arms)
HEAT = Figure("labels", "What the soft labels say, and what a teacher mixes up",
              "Row: true class. Each panel has its own colours; hover for numbers. The teacher's diagonal is left out.",
              heat_map, _alt_heat)
COST = Figure("cost", "Accuracy against cost, label making counted",
              "Up and to the left is better. The released extreme is left out; it stands in the figure of arms.", against_cost, _alt_cost)
CHOICES = Figure("choices", "What validation images chose from",
                 "Weight and temperature are chosen here, for both makers alike, never on test images.", choices, _alt_choices)
SIZES = Figure("sizes", "Does more data change it?", "Gain over hard labels with as many training steps; the autoencoder is trained anew.",
               sizes, _alt_sizes)
FIGURES: tuple[Figure, ...] = (ARMS, HEAT, COST, CHOICES, SIZES)
