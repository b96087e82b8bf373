"""How each method works, drawn from its evidence tables; every figure is None where the method has none of it."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Look, band, canvas, label, name
from core.lab.palette import MARKS, NEUTRAL
from core.lab.runs import Run
from core.privacy.figure_parts import distributions

ARMS = {"zero": "zero, tune others", "tune_critical": "rewind, tune those", "tune_others": "rewind, tune others",
        "no_rewind": "no rewinding"}
TYPES = {"conv": ("circle", "convolutions"), "linear": ("square", "linear layers"), "norm": ("diamond", "norms")}


def roc(run: Run, look: Look) -> go.Figure | None:
    """Return what LiRA finds in plain and in defended models, on logarithmic axes."""
    table = run.table("roc")
    figure = canvas(look, x="false alarms among non-members", y="members found")
    ticks = {"type": "log", "range": [-3, 0.04], "tickvals": [1e-3, 1e-2, 1e-1, 1], "ticktext": ["0.1%", "1%", "10%", "100%"]}
    figure.update_xaxes(**ticks)
    figure.update_yaxes(**ticks)
    line = np.array([1e-3, 1.0])
    figure.add_scatter(x=line, y=line, mode="lines", line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"}, hoverinfo="skip")
    for which, colour, dash in (("plain", look.ink, "solid"), ("defended", MARKS["defended"].colour, MARKS["defended"].dash)):
        rows = table[(table["which"] == which) & (table["fpr"] >= 1e-3)].groupby("fpr", as_index=False)["tpr_pooled"].mean()
        figure.add_scatter(x=rows["fpr"], y=rows["tpr_pooled"].clip(lower=1e-3), mode="lines", name=which,
                           line={"color": colour, "width": look.size(3.5), "dash": dash},
                           hovertemplate=f"<b>{which}</b><br>finds %{{y:.1%}} of members<br>at %{{x:.2%}} false alarms<extra></extra>")
        at = rows.iloc[(rows["fpr"] - (0.01 if which == "plain" else 0.1)).abs().argmin()]
        label(figure, look, which, x=float(np.log10(at["fpr"])), y=float(np.log10(max(at["tpr_pooled"], 1e-3))),
              shift=(-30, -24) if which == "plain" else (34, 30))
    return figure


def alt_roc(run: Run) -> str:
    """Return the rates at 1 % false alarms."""
    before, after = (words.number(run.estimate(f"tpr_at_1_percent{end}").value, "%") for end in ("_plain", ""))
    return f"At 1% false alarms the attack finds {before} of members of plain models and {after} of defended ones; axes are logarithmic."


def loss_levels(run: Run, look: Look) -> go.Figure | None:
    """Return the loss of members and non-members after every epoch, and the level that training holds."""
    table = run.table("loss_levels")
    if table.empty:
        return None
    figure, top = canvas(look, x="epoch", y="loss"), 0.1
    for meaning, said, column in (("non-member", "non-members", "non_member_loss"), ("member", "members", "member_loss")):
        rows = table.groupby("epoch")[column].agg(["mean", "min", "max"]).reset_index()
        mark = MARKS[meaning]
        band(figure, rows["epoch"], rows["min"], rows["max"], mark.colour)
        figure.add_scatter(x=rows["epoch"], y=rows["mean"], mode="lines+markers",
                           line={"color": mark.colour, "width": look.size(3), "dash": mark.dash},
                           hovertemplate=f"<b>{said}</b><br>loss %{{y:.2f}}<br>after epoch %{{x}}<extra></extra>")
        top = max(top, float(rows["max"].max()))
        side = 0.05 if meaning == "non-member" else -0.05
        name(figure, look, said, x=float(rows["epoch"].iloc[-1]), y=float(rows["mean"].iloc[-1]) + side * top, anchor="right")
    level = float(table["level"].iloc[0])
    figure.add_hline(y=level, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    name(figure, look, "level", x=float(table["epoch"].min()), y=level + 0.04 * top, bold=False)
    figure.update_xaxes(range=[0, float(table["epoch"].max()) * 1.02])
    figure.update_yaxes(range=[0, max(top, level) * 1.08])
    return figure


def alt_levels(run: Run) -> str:
    """Return where the losses end."""
    table = run.table("loss_levels")
    if table.empty:
        return "This method holds no loss level."
    last = table[table["epoch"] == table["epoch"].max()].mean(numeric_only=True)
    return (f"After the last epoch the loss is {last['member_loss']:.2f} on members and {last['non_member_loss']:.2f} on "
            f"non-members; the level is {last['level']:.2f}.")


def feature_norms(run: Run, look: Look, *, which: str = "defended", y: str = "all") -> go.Figure | None:
    """Return how long representations are, of one class (its number) or of all, in plain or defended models of the first seed."""
    table = run.table("feature_norms")
    mine = table[(table["which"] == which) & (table["seed"] == table["seed"].iloc[0])] if len(table) else table
    mine = mine if y == "all" else mine[mine["y"].astype(str) == y]
    if mine.empty:
        return None
    rows = mine.groupby(["left", "right"], as_index=False)[["members", "non_members"]].mean()
    figure = distributions(look, rows["left"].to_numpy(), rows["right"].to_numpy(), rows["members"].to_numpy(),
                           rows["non_members"].to_numpy(), axis="length of the representation")
    left, right = float(rows["left"].iloc[0]), float(rows["right"].iloc[-1])
    figure.update_xaxes(range=[left, right + 0.3 * (right - left)])  # a ring puts everything into the last bin, names and all
    return figure


def alt_norms(run: Run) -> str:
    """Return how well length tells members, before and after."""
    before, after = run.estimate("feature_norm_auc_plain").value, run.estimate("feature_norm_auc").value
    return f"Length alone tells members from others with AUC {before:.2f} in plain models and {after:.2f} in defended ones."


def entanglement(run: Run, look: Look) -> go.Figure | None:
    """Return vulnerability against learnability for a sample of weights, by layer type, both axes logarithmic."""
    table = run.table("score_sample")
    rows = table[(table["vulnerability"] > 0) & (table["learnability"] > 0)]
    if rows.empty:
        return None
    rows = rows[rows["seed"] == rows["seed"].iloc[0]]
    figure = canvas(look, x="learnability, times the mean", y="vulnerability, times the mean")
    for order, (kind, (symbol, said)) in enumerate(TYPES.items()):
        mine = rows[rows["layer_type"] == kind]
        colour = (look.ink, MARKS["member"].colour, MARKS["non-member"].colour)[order]
        figure.add_scatter(x=mine["learnability"], y=mine["vulnerability"], mode="markers", name=said,
                           marker={"symbol": f"{symbol}-open", "size": look.size(5), "color": colour},
                           hovertemplate=f"<b>{said}</b><br>vulnerability %{{y:.3g}}<br>learnability %{{x:.3g}}<extra></extra>")
    figure.update_layout(showlegend=True)
    for update, column in ((figure.update_xaxes, "learnability"), (figure.update_yaxes, "vulnerability")):
        ends = np.log10([float(rows[column].quantile(0.005)), float(rows[column].max()) * 1.5])
        update(type="log", range=ends.tolist(), exponentformat="power", nticks=5)
    return figure


def alt_entanglement(run: Run) -> str:
    """Return the correlation over all weights."""
    table = run.table("entanglement")
    if table.empty:
        return "This method scores no weights."
    of = table.groupby("layer_type")["correlation"].mean()
    return f"Vulnerability and learnability of weights correlate with r = {of['all']:.2f}; both axes are logarithmic."


def rewind_sweep(run: Run, look: Look) -> go.Figure | None:
    """Return accuracy against rewind rate, one line per arm; the arm without rewinding is the dotted reference."""
    table = run.table("rewind_sweep")
    if table.empty:
        return None
    figure = canvas(look, x="weights rewound, %", y="test accuracy")
    means = table.groupby(["arm", "rate"], as_index=False)["test_accuracy"].mean()
    for arm, mark in (("zero", MARKS["harmed"]), ("tune_critical", MARKS["stripped"]), ("tune_others", MARKS["defended"])):
        rows = means[means["arm"] == arm]
        figure.add_scatter(x=rows["rate"], y=rows["test_accuracy"], mode="lines+markers", name=ARMS[arm],
                           line={"color": mark.colour, "width": look.size(3), "dash": mark.dash},
                           marker={"symbol": mark.symbol, "size": look.size(9)},
                           hovertemplate=f"<b>{ARMS[arm]}</b><br>accuracy %{{y:.1%}}<br>at %{{x}}%<extra></extra>")
    control = float(means[means["arm"] == "no_rewind"]["test_accuracy"].iloc[0])
    figure.add_hline(y=control, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    figure.update_layout(showlegend=True)
    figure.update_xaxes(range=[0, float(means["rate"].max()) * 1.08])
    figure.update_yaxes(range=[0, min(1.02, max(control, float(means["test_accuracy"].max())) * 1.1)], tickformat=".0%")
    return figure


def alt_sweep(run: Run) -> str:
    """Return accuracy of the arms at the middle rate."""
    table = run.table("rewind_sweep")
    if table.empty:
        return "This method rewinds no weights."
    of = table[table["rate"] == 3.0].groupby("arm")["test_accuracy"].mean()
    control = table[table["arm"] == "no_rewind"]["test_accuracy"].mean()
    return (f"With 3% of weights rewound accuracy is {words.number(of['tune_others'], '%')}, zeroed "
            f"{words.number(of['zero'], '%')}, without rewinding {words.number(control, '%')}.")


def region_scan(run: Run, look: Look) -> go.Figure | None:
    """Return what each region's protection buys against what it costs; random weights of the same sizes are open."""
    table = run.table("region_scan")
    if table.empty:
        return None
    means = table[table["kind"].isin(["region", "all", "control"])].groupby(["kind", "region"], as_index=False, sort=False)[
        ["privacy_gain", "utility_cost"]].mean()
    figure = canvas(look, x="accuracy lost, points", y="AUC removed, loss threshold")
    for kind, symbol, colour in (("control", "circle-open", NEUTRAL), ("region", "square", MARKS["defended"].colour),
                                 ("all", "diamond", look.ink)):
        rows = means[means["kind"] == kind]
        figure.add_scatter(x=100 * rows["utility_cost"], y=rows["privacy_gain"], mode="markers", text=rows["region"],
                           marker={"symbol": symbol, "size": look.size(11), "color": colour, "line": {"width": 2, "color": colour}},
                           hovertemplate=f"<b>%{{text}}</b> ({'random weights, as many' if kind == 'control' else kind})<br>"
                                         "AUC removed %{y:.3f}<br>accuracy lost %{x:.1f} points<extra></extra>")
    _name_regions(figure, look, means[means["kind"] != "control"])
    cost, gain = 100 * means["utility_cost"], means["privacy_gain"]
    for update, values, least in ((figure.update_xaxes, cost, 1.0), (figure.update_yaxes, gain, 0.01)):
        low, high = min(0.0, float(values.min())), max(float(values.max()), least)
        update(range=[low - 0.15 * (high - low), high + 0.3 * (high - low)])
    return figure


def _name_regions(figure: go.Figure, look: Look, rows: pd.DataFrame) -> None:
    for order, row in enumerate(rows.itertuples()):
        label(figure, look, row.region, x=100 * row.utility_cost, y=row.privacy_gain,
              shift=(24, (-1 if order % 2 else 1) * (16 + 8 * (order % 3))), bold=row.kind == "all")


def alt_scan(run: Run) -> str:
    """Return the regions that remove most and least leakage."""
    table = run.table("region_scan")
    if table.empty:
        return "This method scans no regions."
    of = table[table["kind"] == "region"].groupby("region")["privacy_gain"].mean()
    return f"Training one region removes from {of.min():.3f} AUC ({of.idxmin()}) to {of.max():.3f} AUC ({of.idxmax()})."
