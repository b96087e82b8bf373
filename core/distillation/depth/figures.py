"""The figures of depth: accuracy against depth, multiply-adds and measured time, what each loss term adds, what training costs."""

import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Figure, Look, canvas
from core.lab.palette import MARKS, NEUTRAL
from core.lab.panels import legend_above, over, rows_named, said, whiskers
from core.lab.runs import Run

AXES = {"macs": ("MACs", "million multiply-adds an image", 1e-6), "milliseconds": ("Measured time", "ms for 100 images, one thread", 1.0),
        "depth": ("Blocks", "blocks that run", 1.0)}
MEASURES = {"ece": ("Calibration error", "expected calibration error", ".1%"),
            "overconfidence": ("Too sure", "confidence minus accuracy", ".0%"),
            "brier": ("Brier score", "Brier score", ".2f")}
SHOWN = {
    "separate": "reference", "package-a": "defended", "package-b": "stripped", "sandwich-long": "member", "truncated": "harmed",
    "exits": "non-member"}
TERMS = {"package_mean": "The whole package", "no_leader_mean": "without the Leader", "no_mutual_mean": "without exchange of Teammates",
         "no_down_mean": "sub-networks on labels alone"}


def depth_rows(run: Run, arm: str, measure: str, statistics: str = "recalibrated") -> pd.DataFrame:
    """Return one row per depth of an arm: depth, macs, milliseconds (means over seeds), value, low, high, n; few blocks first."""
    table = run.table("depths")
    mine = table[(table["arm"] == arm) & (table["statistics"] == statistics)]
    if mine.empty:  # an arm that this run has not trained
        return pd.DataFrame(columns=["depth", "macs", "milliseconds", "value", "low", "high", "n"])
    costs = mine.groupby("depth", as_index=False)[["macs", "milliseconds"]].mean()
    bounds = {"overconfidence": (-1.0, 1.0), "brier": (0.0, 2.0)}.get(measure, (0.0, 1.0))
    return costs.merge(over(mine, ["depth"], measure, bounds), on="depth").sort_values("depth")


def titles(run: Run) -> dict[str, str]:
    """Return what each arm is called."""
    table = run.table("depths")
    return dict(zip(table["arm"], table["title"], strict=True))


def frontier(run: Run, look: Look, *, axis: str = "macs") -> go.Figure | None:
    """Return every way to a smaller network: accuracy against what it takes to run."""
    return _families(run, look, axis, "accuracy", "test accuracy", ".0%")


def calibration(run: Run, look: Look, *, measure: str = "ece") -> go.Figure | None:
    """Return how honest every way to a smaller network is about itself, at each depth."""
    if measure not in run.table("depths"):
        return None
    figure = _families(run, look, "depth", measure, *MEASURES[measure][1:])
    if measure == "overconfidence":
        figure.add_hline(y=0, line={"color": NEUTRAL, "width": look.size(2), "dash": "dot"})
    return figure


def _families(run: Run, look: Look, axis: str, measure: str, y: str, form: str) -> go.Figure:
    named = titles(run)
    unit = "%" if form.endswith("%") else ""
    figure = canvas(look, x=AXES[axis][1], y=y, height=int(look.height * 1.2))
    for arm, meaning in SHOWN.items():
        rows = depth_rows(run, arm, measure)
        if rows.empty:
            continue
        mark = MARKS[meaning]
        colour = look.ink if meaning == "reference" else mark.colour
        figure.add_scatter(
            x=rows[axis] * AXES[axis][2], y=rows["value"], mode="lines+markers", name=named[arm], error_y=whiskers(rows, look, colour),
            line={"color": colour, "width": look.size(3), "dash": mark.dash}, marker={"symbol": mark.symbol, "size": look.size(9)},
            text=[f"<b>{named[arm]}</b>, {row.depth} blocks<br>{said(row, unit)}<br>"
                  f"{row.macs / 1e6:.2f} million MACs<br>{row.milliseconds:.1f} ms for 100 images" for row in rows.itertuples()],
            hovertemplate="%{text}<extra></extra>")
    figure.update_yaxes(tickformat=form)
    legend_above(figure, titles=False)
    return figure


def statistics(run: Run, look: Look) -> go.Figure | None:
    """Return what BatchNorm does at each depth: shared, estimated again, or with scale and shift of its own for each depth."""
    figure = canvas(look, x="blocks that run", y="test accuracy")
    named = titles(run)
    for arm, meaning in (("truncated", "harmed"), ("sandwich", "member"), ("sandwich-own", "defended")):
        for kind, dash, words_ in (("recalibrated", "solid", "estimated again"), ("shared", "dot", "shared")):
            rows = depth_rows(run, arm, "accuracy", kind)
            if rows.empty:
                continue
            mark = MARKS[meaning]
            figure.add_scatter(
                x=rows["depth"], y=rows["value"], mode="lines+markers", name=f"{named[arm]}, {words_}",
                error_y=whiskers(rows, look, mark.colour), line={"color": mark.colour, "width": look.size(3), "dash": dash},
                marker={"symbol": mark.symbol if kind == "recalibrated" else f"{mark.symbol.removesuffix('-open')}-open",
                        "size": look.size(9)},
                hovertemplate=f"<b>{named[arm]}, {words_}</b><br>%{{x}} blocks: %{{y:.1%}}<extra></extra>")
    figure.update_yaxes(tickformat=".0%")
    legend_above(figure, titles=False)
    return figure


def loss_terms(run: Run, look: Look) -> go.Figure | None:
    """Return accuracy over all depths of the package, whole and without each part, paired over seeds against the whole."""
    table = pd.DataFrame([{"seed": seed, "title": title, "change": 100 * (getattr(result, name) - result.package_mean)}
                          for seed, result in zip(run.request.seeds, run.results, strict=True) for name, title in TERMS.items()
                          if name != "package_mean"])
    rows = over(table, ["title"], "change").dropna(subset=["value"])
    if rows.empty:
        return None
    figure = canvas(look, x="change against the whole package, points", y="")
    figure.add_vline(x=0, line={"color": NEUTRAL, "width": look.size(2), "dash": "dot"})
    mark = MARKS["stripped"]
    figure.add_scatter(x=rows["value"], y=rows["title"], mode="markers", error_x=whiskers(rows, look, mark.colour),
                       marker={"size": look.size(12), "color": mark.colour, "symbol": mark.symbol},
                       hovertemplate="<b>%{y}</b><br>%{x:.1f} points<extra></extra>")
    rows_named(figure, rows["title"].tolist())
    return figure


def training_cost(run: Run, look: Look) -> go.Figure | None:
    """Return what each way of training takes in CPU time."""
    rows = over(run.table("costs"), ["arm", "title"], "cpu_seconds")
    macs = over(run.table("costs"), ["arm"], "macs")["value"]
    figure = canvas(look, x="CPU seconds of training", y="")
    figure.add_bar(x=rows["value"], y=rows["title"], orientation="h", error_x=whiskers(rows, look),
                   marker={"color": [MARKS["defended"].colour if arm in ("package", "no-leader") else NEUTRAL for arm in rows["arm"]]},
                   text=[f"{value / 1e9:,.0f} billion MACs" for value in macs],
                   hovertemplate="<b>%{y}</b><br>%{x:.0f} CPU seconds<br>%{text}<extra></extra>", textposition="none")
    rows_named(figure, rows["title"].tolist())
    figure.update_xaxes(rangemode="tozero")
    return figure


def gaps(run: Run) -> pd.DataFrame:
    """Return package minus separate network by seed, depth and training set: columns seed, depth, n_train, gap."""
    table, config = run.table("depths"), run.request.config
    at = table[table["statistics"] == "recalibrated"].pivot_table(index=["seed", "depth"], columns="arm", values="accuracy")
    sets = {config.n_train: ("package-a", "package-b", "separate"), config.n_more: ("more-package-a", "more-package-b", "more-separate")}
    parts = [((at[first] + at[second]) / 2 - at[alone]).dropna().rename("gap").reset_index().assign(n_train=n_train)
             for n_train, (first, second, alone) in sets.items() if alone in at]
    return pd.concat(parts, ignore_index=True)


def sizes(run: Run, look: Look) -> go.Figure | None:
    """Return the gap between package and separate networks at each depth, on both training sets."""
    table = gaps(run).assign(gap=lambda rows: 100 * rows["gap"])
    if table["n_train"].nunique() < 2:
        return None
    figure = canvas(look, x="blocks that run", y="package minus separate, points")
    figure.add_hline(y=0, line={"color": NEUTRAL, "width": look.size(2), "dash": "dot"})
    for (n_train, part), meaning in zip(table.groupby("n_train"), ("reference", "defended"), strict=True):
        rows, mark = over(part, ["depth"], "gap").sort_values("depth"), MARKS[meaning]
        colour = look.ink if meaning == "reference" else mark.colour
        figure.add_scatter(
            x=rows["depth"] + (0.06 if meaning == "defended" else -0.06), y=rows["value"], mode="lines+markers", name=f"{n_train:,} images",
            error_y=whiskers(rows, look, colour), line={"color": colour, "width": look.size(3), "dash": mark.dash},
            marker={"symbol": mark.symbol, "size": look.size(9)}, customdata=rows["depth"],
            hovertemplate=f"<b>{n_train:,} images</b><br>%{{customdata}} blocks: %{{y:.1f}} points<extra></extra>")
    legend_above(figure, titles=False)
    return figure


def _alt_sizes(run: Run) -> str:
    here, more = run.estimate("package_beyond").value, run.estimate("package_beyond_more").value
    return (f"Package minus separate networks: {words.number(here, 'pt', signed=True)} on few images, "
            f"{words.number(more, 'pt', signed=True)} on more.")


def _alt_frontier(run: Run) -> str:
    package, separate = run.estimate("package_mean").value, run.estimate("separate_mean").value
    return (f"Over all depths the package has {words.number(package, '%')}, a network for each depth {words.number(separate, '%')}; x is "
            "the cost of running.")


def _alt_statistics(run: Run) -> str:
    again, shared = run.estimate("sandwich_smallest").value, run.estimate("sandwich_smallest_shared").value
    return f"At the fewest blocks {words.number(again, '%')} with BatchNorm estimated again, {words.number(shared, '%')} with shared."


def _alt_terms(run: Run) -> str:
    whole, without = run.estimate("package_mean").value, run.estimate("no_leader_mean").value
    return f"The package has {words.number(whole, '%')} over all depths, and {words.number(without, '%')} without the Leader."


def _alt_calibration(run: Run) -> str:
    package, separate = run.estimate("ece_package").value, run.estimate("ece_separate").value
    return (f"Mean calibration error over all depths: package {words.number(package, '%')}, a network for each depth "
            f"{words.number(separate, '%')}.")


def _alt_cost(run: Run) -> str:
    package, separate = run.estimate("cost_package").value, run.estimate("cost_separate").value
    return f"The package trains for {words.number(package, 's')} of CPU time, all depths separately for {words.number(separate, 's')}."


FRONTIER = Figure("frontier", "What every budget buys",
                  "Each point is a sub-network, with its 95% interval over seeds. Click a name to hide it.", frontier, _alt_frontier)
STATISTICS = Figure("statistics", "BatchNorm is the classic failure",
                    "Shared statistics fit no depth. Dotted and full lines of one colour are the same weights; the third net has "
                    "scale and shift of its own for each depth.", statistics, _alt_statistics)
LOSS_TERMS = Figure("terms", "What each part of the loss adds", "Paired over seeds, mean over all depths and both Teammates.", loss_terms,
                    _alt_terms)
COST = Figure("cost", "What it takes to train", "Our reading of the package, beside every other way to many depths.", training_cost,
              _alt_cost)
SIZES = Figure("sizes", "Does more data close the gap?",
               "Package (mean of both Teammates) minus a network trained for that depth, paired over seeds; as many training steps.", sizes,
               _alt_sizes)
CALIBRATION = Figure("calibration", "Is it as sure as it is right?",
                     "By depth, with the measures of the room on calibration. Brier score: 0 is best.", calibration, _alt_calibration)
FIGURES: tuple[Figure, ...] = (FRONTIER, STATISTICS, LOSS_TERMS, COST, CALIBRATION, SIZES)
