"""The figures of outputs alone: home beside shifted, every repair, groups, abstaining."""

import plotly.graph_objects as go

from core.calibration.catalogue import POST_HOC
from core.calibration.outputs.result import HOME, SHIFTED
from core.lab import words
from core.lab.figure import Figure, Look, band, canvas
from core.lab.palette import MARKS, NEUTRAL, Mark, faint
from core.lab.panels import legend_above, over, rows_named, said, whiskers
from core.lab.runs import Run

PLACES = {HOME: "At home", SHIFTED: "Shifted"}
ALL = "all rows"


def _mark(place: str, look: Look) -> Mark:
    return Mark(look.ink) if place == HOME else MARKS["harmed"]


def reliability(run: Run, look: Look, *, repair: str = "none") -> go.Figure | None:
    """Return accuracy against confidence at home and away, all parts together, with how many rows each bin holds."""
    rows = run.table("bins")
    rows = rows[rows["repair"] == repair]
    figure = canvas(look, x="confidence", y="accuracy")
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"},
                       name="as sure as right", hoverinfo="skip")
    for place, title in PLACES.items():
        mine, mark = rows[rows["place"] == place], _mark(place, look)
        sums = mine.assign(sure=mine["confidence"] * mine["count"], right=mine["accuracy"] * mine["count"])
        bins = sums.groupby("bin")[["count", "sure", "right"]].sum()
        sure, right, share = bins["sure"] / bins["count"], bins["right"] / bins["count"], bins["count"] / bins["count"].sum()
        figure.add_bar(x=sure, y=share, width=0.018, offset=0.0 if place == HOME else -0.018, showlegend=False, hoverinfo="skip",
                       marker={"color": faint(mark.colour, 0.4)})
        figure.add_scatter(
            x=sure, y=right, mode="lines+markers", name=title, marker={"size": look.size(9), "symbol": mark.symbol},
            line={"color": mark.colour, "width": look.size(3.5), "dash": mark.dash}, hovertemplate="%{text}<extra></extra>",
            text=[f"<b>{title}</b><br>{100 * a:.0f}% sure, {100 * b:.0f}% right<br>{n:,.0f} rows, {100 * c:.1f}% of them"
                  for a, b, n, c in zip(sure, right, bins["count"], share, strict=True)])
    figure.update_xaxes(range=[0, 1.02], tickformat=".0%")
    figure.update_yaxes(range=[0, 1.02], tickformat=".0%")
    legend_above(figure, titles=False)
    return figure


def repairs(run: Run, look: Look) -> go.Figure | None:
    """Return the calibration error at home and away by each repair, with the floor of a perfect predictor."""
    rows = run.table("scores")
    rows = rows[rows["group"] == "all"]
    figure = canvas(look, x="calibration error", y="")
    for place, title in PLACES.items():
        mark, mine = _mark(place, look), over(rows[rows["place"] == place], ("repair",), "ece", (0.0, 1.0))
        figure.add_scatter(
            x=mine["value"], y=[POST_HOC[name] for name in mine["repair"]], mode="markers", name=title,
            error_x=whiskers(mine, look, mark.colour), marker={"size": look.size(12), "color": mark.colour, "symbol": mark.symbol},
            text=[f"<b>{POST_HOC[row.repair]}</b>, {title.lower()}<br>{said(row)}" for row in mine.itertuples()],
            hovertemplate="%{text}<extra></extra>")
    figure.add_vline(x=run.estimate("floor_shifted").value, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    rows_named(figure, list(POST_HOC.values()))
    figure.update_xaxes(rangemode="tozero", tickformat=".0%")
    legend_above(figure, titles=False)
    return figure


def groups(run: Run, look: Look) -> go.Figure | None:
    """Return confidence minus accuracy of each group of the shifted rows, as they come and by the home temperature."""
    rows = run.table("scores")
    rows = rows[rows["place"] == SHIFTED]
    if rows["group"].nunique() < 2:
        return None
    rows = rows.assign(gap=100 * rows["overconfidence"])
    names = [str(name) for name in dict.fromkeys(rows["group"])]
    titles = {name: ALL if name == "all" else name.replace("<", "‹") for name in names}
    figure = canvas(look, x="confidence − accuracy, points", y="", height=max(look.height, int(120 + 28 * look.scale * len(names))))
    for repair, mark in (("none", MARKS["harmed"]), ("home", MARKS["defended"])):
        mine = over(rows[rows["repair"] == repair], ("group",), "gap")
        figure.add_scatter(
            x=mine["value"], y=[titles[name] for name in mine["group"]], mode="markers", name=POST_HOC[repair],
            error_x=whiskers(mine, look, mark.colour), marker={"size": look.size(11), "color": mark.colour, "symbol": mark.symbol},
            text=[f"<b>{titles[row.group]}</b><br>{POST_HOC[repair].lower()}<br>{row.value:+.1f} points".replace("-", words.MINUS)
                  for row in mine.itertuples()], hovertemplate="%{text}<extra></extra>")
    figure.add_vline(x=0, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    rows_named(figure, list(titles.values()))
    legend_above(figure, titles=False)
    return figure


def risk(run: Run, look: Look) -> go.Figure | None:
    """Return the share wrong among the surest rows, at home and away."""
    rows, figure = run.table("risk"), canvas(look, x="rows answered, surest first", y="wrong among them")
    for place, title in PLACES.items():
        mine, mark = over(rows[rows["place"] == place], ("answered",), "risk", (0.0, 1.0)), _mark(place, look)
        band(figure, mine["answered"], mine["low"], mine["high"], mark.colour)
        figure.add_scatter(
            x=mine["answered"], y=mine["value"], mode="lines", name=title, showlegend=True, hovertemplate="%{text}<extra></extra>",
            line={"color": mark.colour, "width": look.size(3.5), "dash": mark.dash},
            text=[f"<b>{title}</b><br>{said(row)} wrong<br>of the surest {100 * row.answered:.0f}%" for row in mine.itertuples()])
    figure.update_xaxes(range=[0, 1.02], tickformat=".0%")
    figure.update_yaxes(tickformat=".0%", rangemode="tozero")
    legend_above(figure, titles=False)
    return figure


def classes(run: Run, look: Look) -> go.Figure | None:
    """Return confidence minus accuracy by the class that is said, shifted rows; the fifteen said most often."""
    rows = run.table("classes")
    rows = rows[rows["place"] == SHIFTED]
    often = rows.groupby("class")["n"].sum().nlargest(15).index
    rows = rows[rows["class"].isin(often)].sort_values("class")
    mine, mark = over(rows.assign(gap=100 * (rows["confidence"] - rows["accuracy"])), ("class",), "gap"), MARKS["harmed"]
    titles = [f"class {number}" for number in mine["class"]]
    figure = canvas(look, x="confidence − accuracy, points", y="")
    figure.add_scatter(
        x=mine["value"], y=titles, mode="markers", error_x=whiskers(mine, look, mark.colour), hovertemplate="%{text}<extra></extra>",
        marker={"size": look.size(11), "color": mark.colour, "symbol": mark.symbol},
        text=[f"<b>said: {title}</b><br>{row.value:+.1f} points".replace("-", words.MINUS)
              for title, row in zip(titles, mine.itertuples(), strict=True)])
    figure.add_vline(x=0, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    rows_named(figure, titles)
    return figure


def _number(run: Run, name: str, unit: str = "%") -> str:
    return words.number(run.estimate(name).value, unit)


FIGURES: tuple[Figure, ...] = (
    Figure(id="reliability", title="How right at how sure", draw=reliability,
           caption="Below the dotted line is too sure. Bars at the foot: share of rows in each bin. All parts together.",
           alt=lambda run: f"{_number(run, 'over_home', 'pt')} surer than right at home, {_number(run, 'over_shifted', 'pt')} away."),
    Figure(id="repairs", title="What one number repairs", draw=repairs,
           caption="Dotted: what a perfect predictor would show with as many rows. The best temperature needs labels: a bound.",
           alt=lambda run: f"The error away falls from {_number(run, 'ece_shifted')} to {_number(run, 'ece_home_temperature')} by a "
                           f"temperature from home and {_number(run, 'ece_stream')} by the stream's."),
    Figure(id="groups", title="Who is over-trusted", draw=groups, caption="Shifted rows by group. Right of the dotted line is too sure.",
           alt=lambda run: f"Confidence minus accuracy by group: from {_number(run, 'over_best', 'pt')} to "
                           f"{_number(run, 'over_worst', 'pt')}."),
    Figure(id="risk", title="If it may abstain", draw=risk, caption="Confidence ranks well where a curve starts low.",
           alt=lambda run: f"Wrong answers among the surest rows; ranking away from home {_number(run, 'auroc_shifted')}."),
    Figure(id="classes", title="Whose answers are over-trusted", draw=classes, caption="By the class that is said, shifted rows.",
           alt=lambda run: "Confidence minus accuracy for each class that is said, shifted rows."),
)
