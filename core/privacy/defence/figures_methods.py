"""More evidence of single methods: each attack before and after, ring occupancy, score concentration, a guarantee beside its test."""

import numpy as np
import plotly.graph_objects as go

from core.lab import words
from core.lab.estimate import over_seeds
from core.lab.figure import Look, canvas, label, name
from core.lab.palette import MARKS, NEUTRAL, faint
from core.lab.runs import Run
from core.privacy.figure_parts import short

KINDS = {"all": ("solid", "all weights"), "conv": ("dash", "convolutions"), "linear": ("dashdot", "linear layers"),
         "norm": ("longdash", "norms")}
PLACES = ("inner face", "between", "outer face")
GUARANTEES = (("epsilon", "guaranteed at most", "square", MARKS["defended"].colour),
              ("epsilon_lower_bound", "measured at least", "circle", ""))


def attacks(run: Run, look: Look) -> go.Figure | None:
    """Return the AUC of every attack on plain and on defended models, joined by a line, the strongest on plain models on top."""
    table = run.table("attacks").groupby(["which", "title"], as_index=False, sort=False)["auc"].mean()
    wide = table.pivot(index="title", columns="which", values="auc").sort_values("plain")
    axis = [short(title) for title in wide.index]
    figure = canvas(look, x="AUC, mean over targets and seeds", y="", height=int(110 + 32 * look.scale * len(wide)))
    for title, row in zip(axis, wide.itertuples(), strict=True):
        figure.add_scatter(x=[row.plain, row.defended], y=[title, title], mode="lines", hoverinfo="skip",
                           line={"color": faint(NEUTRAL, 0.8), "width": look.size(3)})
    for which, colour, symbol in (("plain", look.ink, "circle"), ("defended", MARKS["defended"].colour, MARKS["defended"].symbol)):
        figure.add_scatter(x=wide[which], y=axis, mode="markers", marker={"size": look.size(11), "color": colour, "symbol": symbol},
                           hovertemplate=f"<b>%{{y}}</b><br>{which}: AUC %{{x:.2f}}<extra></extra>")
        top = float(wide[which].iloc[-1])
        other = float(wide["defended" if which == "plain" else "plain"].iloc[-1])
        figure.add_annotation(x=top, y=axis[-1], text=f"<b>{which}</b>", showarrow=False, yshift=18,
                              xanchor="left" if top > other or (top == other and which == "plain") else "right",
                              font={"size": look.size(16), "color": look.ink})
    figure.add_vline(x=0.5, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    low, high = min(0.5, float(wide.min().min())), max(float(wide.max().max()), 0.52)
    figure.update_xaxes(range=[low - 0.25 * (high - low), high + 0.25 * (high - low)], tickformat=".2f")
    figure.update_yaxes(tickmode="linear", nticks=0, range=[-0.7, len(axis) + 0.1], tickfont={"size": look.size(14), "color": look.ink})
    return figure


def alt_attacks(run: Run) -> str:
    """Return which attack still finds most."""
    table = run.table("attacks").groupby(["which", "title"], as_index=False)["auc"].mean()
    after = table[table["which"] == "defended"]
    best = after.loc[after["auc"].idxmax()]
    before = float(table[(table["which"] == "plain") & (table["title"] == best["title"])]["auc"].iloc[0])
    return f"Against defended models {best['title']} finds most: AUC {best['auc']:.2f}, before {before:.2f}."


def ring_occupancy(run: Run, look: Look) -> go.Figure | None:
    """Return the shares of members and others whose features lie on either face of the ring or between, with intervals over seeds."""
    table = run.table("ring_occupancy")
    if table.empty:
        return None
    figure = canvas(look, x="place on the ring", y="share of features")
    for column, meaning, said, shift in (("members", "member", "members", -0.17), ("non_members", "non-member", "non-members", 0.17)):
        mark = MARKS[meaning]
        found = [over_seeds(table[table["place"] == place][column].tolist(), (0.0, 1.0)) for place in PLACES]
        values = np.array([one.value for one in found])
        low = np.array([one.value if one.low is None else one.low for one in found])
        high = np.array([one.value if one.high is None else one.high for one in found])
        at = np.arange(len(PLACES)) + shift
        figure.add_bar(
            x=at, y=values, width=0.3, marker={"color": faint(mark.colour), "line": {"color": mark.colour, "width": 2}},
            error_y={"type": "data", "symmetric": False, "array": high - values, "arrayminus": values - low, "color": NEUTRAL,
                     "thickness": look.size(2), "width": 0},
            customdata=PLACES, hovertemplate=f"<b>{said}</b><br>%{{y:.1%}} of features<br>%{{customdata}}<extra></extra>")
        tallest = int(values.argmax())
        figure.add_annotation(x=float(at[tallest]), y=float(high[tallest]), text=f"<b>{said}</b>", showarrow=False, yshift=14,
                              xanchor="right" if shift < 0 else "left", font={"size": look.size(16), "color": look.ink})
    figure.update_xaxes(tickvals=list(range(len(PLACES))), ticktext=list(PLACES), range=[-0.7, 2.7])
    figure.update_yaxes(range=[0, 1.18], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    return figure


def alt_ring(run: Run) -> str:
    """Return where most features of members lie."""
    table = run.table("ring_occupancy")
    if table.empty:
        return "This method has no ring."
    of = table.groupby("place")[["members", "non_members"]].mean()
    place = of["members"].idxmax()
    return f"{of['members'][place]:.0%} of members' features and {of['non_members'][place]:.0%} of others' lie at the place: {place}."


def score_mass(run: Run, look: Look) -> go.Figure | None:
    """Return how much of all vulnerability the most vulnerable weights hold, by layer type; equal shares are the dotted line."""
    table = run.table("score_mass")
    table = table[table["share_of_weights"] > 0]  # no weights hold nothing, which a logarithmic axis cannot show
    if table.empty:
        return None
    means = table.groupby(["layer_type", "share_of_weights"], as_index=False)["share_of_score"].mean()
    figure = canvas(look, x="most vulnerable weights, share", y="share of all vulnerability")
    start = float(means["share_of_weights"].min())
    line = np.geomspace(start, 1.0, 50)
    figure.add_scatter(x=line, y=line, mode="lines", hoverinfo="skip", showlegend=False,
                       line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    for kind, (dash, said) in KINDS.items():
        rows = means[means["layer_type"] == kind]
        if rows.empty:
            continue
        figure.add_scatter(x=rows["share_of_weights"], y=rows["share_of_score"], mode="lines", name=said,
                           line={"color": look.ink, "width": look.size(3.5 if kind == "all" else 2), "dash": dash},
                           hovertemplate=f"<b>{said}</b><br>%{{x:.1%}} of weights<br>hold %{{y:.0%}}<extra></extra>")
    figure.update_layout(showlegend=True)
    figure.update_xaxes(type="log", range=[float(np.log10(start)), 0.03], tickvals=[0.001, 0.01, 0.1, 1],
                        ticktext=["0.1%", "1%", "10%", "100%"])
    figure.update_yaxes(range=[0, 1.04], tickformat=".0%")
    label(figure, look, "equal shares", x=float(np.log10(0.05)), y=0.05, shift=(-20, -14), bold=False)
    return figure


def alt_mass(run: Run) -> str:
    """Return the concentration over all weights."""
    table = run.table("score_mass")
    if table.empty:
        return "This method scores no weights."
    gini = float(table[table["layer_type"] == "all"]["gini"].mean())
    return f"Vulnerability is spread over weights with a Gini coefficient of {gini:.2f}, 0 being equal; the horizontal axis is logarithmic."


def region_shares(run: Run, look: Look) -> go.Figure | None:
    """Return a heat map: what share of all risk and of all utility each region holds, darker for more, with the share in words."""
    table = run.table("region_scan")
    shares = table[table["kind"] == "region"].groupby("region", sort=False)[["risk_share", "utility_share"]].mean()
    if shares.empty or shares.isna().all(axis=None):
        return None
    figure = canvas(look, x="", y="", height=int(100 + 46 * look.scale * len(shares)))
    rows = shares.iloc[::-1]
    scale = [[0.0, faint(MARKS["defended"].colour, 0.04)], [1.0, faint(MARKS["defended"].colour, 0.65)]]
    figure.add_heatmap(
        z=rows.to_numpy(), x=["of risk", "of utility"], y=list(rows.index), colorscale=scale, zmin=0, zmax=1, showscale=False, xgap=3,
        ygap=3, hoverongaps=False, hovertemplate="<b>%{y}</b><br>%{z:.0%} %{x}<extra></extra>")
    for column, said in (("risk_share", "of risk"), ("utility_share", "of utility")):
        for region, value in rows[column].items():
            figure.add_annotation(x=said, y=region, text="none" if np.isnan(value) else f"{value:.0%}", showarrow=False,
                                  font={"size": look.size(15), "color": look.ink})
    figure.update_xaxes(showgrid=False, side="top", range=[-0.5, 1.5])
    figure.update_yaxes(showgrid=False, tickmode="linear", nticks=0, range=[-0.5, len(rows) - 0.5])
    return figure


def alt_shares(run: Run) -> str:
    """Return the region that holds most risk."""
    table = run.table("region_scan")
    shares = table[table["kind"] == "region"].groupby("region")[["risk_share", "utility_share"]].mean().dropna()
    if shares.empty:
        return "No region's training removes any leakage or costs any accuracy here."
    most = shares["risk_share"].idxmax()
    return f"Most risk sits in {most}: {shares['risk_share'][most]:.0%} of it, with {shares['utility_share'][most]:.0%} of utility."


def epsilon(run: Run, look: Look) -> go.Figure | None:
    """Return epsilon as guaranteed and as measured from below; without noise nothing is guaranteed and only the measurement drawn."""
    table = run.table("epsilon")
    if table.empty:
        return None
    figure = canvas(look, x="epsilon", y="", height=int(260 * look.scale))
    top = 0.1
    for order, (column, said, symbol, colour) in enumerate(GUARANTEES):
        found = over_seeds(table[column].tolist(), (0.0, np.inf))
        if not np.isfinite(found.value):
            continue
        low, high = (found.value if end is None else end for end in (found.low, found.high))
        figure.add_scatter(
            x=[found.value], y=[1 - order], mode="markers",
            marker={"size": look.size(14), "symbol": symbol, "color": colour or look.ink},
            error_x={"type": "data", "symmetric": False, "array": [high - found.value], "arrayminus": [found.value - low],
                     "color": NEUTRAL, "thickness": look.size(5), "width": 0},
            hovertemplate=f"<b>{said}</b><br>epsilon %{{x:.2f}}<extra></extra>")
        name(figure, look, f"{said} {words.two_digits(found.value)}", x=found.value, y=1 - order + 0.3,
             anchor="center" if order == 0 else "left")
        top = max(top, high)
    figure.update_xaxes(range=[-0.03 * top, 1.35 * top])
    figure.update_yaxes(range=[-0.5, 1.7], showticklabels=False, showgrid=False)
    return figure


def alt_epsilon(run: Run) -> str:
    """Return both numbers, with delta."""
    table = run.table("epsilon")
    if table.empty:
        return "This method gives no guarantee."
    row = table.mean(numeric_only=True)
    return (f"Epsilon is at most {words.two_digits(row['epsilon'])} at delta {row['delta']:g}; the attacks prove it to be at least "
            f"{words.two_digits(row['epsilon_lower_bound'])}.")


def guarantee(run: Run) -> str:
    """Return what DP-SGD guarantees in a run, epsilon with delta, noise and what was measured; empty for other methods."""
    table = run.table("epsilon")
    if table.empty:
        return ""
    row, bound = table.iloc[0], float(table["epsilon_lower_bound"].mean())
    return (f"{row['words']}, with noise of {row['noise_multiplier']:.2g} clipping norms over {int(row['steps']):,} steps. "
            f"The attacks prove epsilon to be at least {words.two_digits(bound)}.")


def early_stopping(run: Run, look: Look) -> go.Figure | None:
    """Return accuracy against leakage of plain models stopped early, in ink, and the defended ones as one point beside it."""
    table = run.table("early_stopping")
    rows = table[table["attack"] == "lira_online"].groupby("epoch", as_index=False)[["auc", "test_accuracy"]].mean()
    figure = canvas(look, x="attack AUC, LiRA online", y="test accuracy")
    figure.add_vline(x=0.5, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    figure.add_scatter(x=rows["auc"], y=rows["test_accuracy"], mode="lines+markers",
                       text=[f"after epoch {epoch}" for epoch in rows["epoch"]], line={"color": look.ink, "width": look.size(3.5)},
                       marker={"size": look.size(9), "color": look.ink},
                       hovertemplate="<b>Stopped %{text}</b><br>AUC %{x:.2f}<br>accuracy %{y:.1%}<extra></extra>")
    mark, ends = MARKS["defended"], {}
    for axis, metric in (("x", "auc"), ("y", "test_accuracy")):
        found = run.estimate(metric)
        low, high = (found.value if end is None else end for end in (found.low, found.high))
        ends[axis] = (found.value, {"type": "data", "symmetric": False, "array": [high - found.value], "arrayminus": [found.value - low],
                                    "color": NEUTRAL, "thickness": look.size(2), "width": 0})
    (x, error_x), (y, error_y) = ends["x"], ends["y"]
    figure.add_scatter(x=[x], y=[y], mode="markers", error_x=error_x, error_y=error_y,
                       marker={"size": look.size(13), "color": mark.colour, "symbol": mark.symbol},
                       hovertemplate="<b>Defended</b><br>AUC %{x:.2f}<br>accuracy %{y:.1%}<extra></extra>")
    label(figure, look, "defended", x=x, y=y, shift=(30, 34))
    middle = rows.iloc[len(rows) // 2]
    label(figure, look, "stopped early", x=float(middle["auc"]), y=float(middle["test_accuracy"]), shift=(34, 60))
    low, high = min(0.5, x, float(rows["auc"].min())), max(x, float(rows["auc"].max()), 0.52)
    figure.update_xaxes(range=[low - 0.06 * (high - low), high + 0.35 * (high - low)], tickformat=".2f")
    bottom, top = min(y, float(rows["test_accuracy"].min())), max(y, float(rows["test_accuracy"].max()))
    room = 0.15 * max(top - bottom, 0.02)
    figure.update_yaxes(range=[bottom - room, top + room], tickformat=".0%")
    return figure


def alt_early_stopping(run: Run) -> str:
    """Return the defended point."""
    auc, accuracy = run.estimate("auc").value, run.estimate("test_accuracy").value
    return f"Defended models leak with AUC {auc:.2f} at {words.number(accuracy, '%')} accuracy, drawn beside plain models stopped early."
